"""How the treated fall apart: by age, sex, diagnosis and performance, and by time until death."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from registry.domain.axes import axis
from registry.domain.diagnoses import diagnoses
from registry.domain.timeline import Sex
from reports.groups import Group

MISSING = Group("_missing", "Not recorded")
UNKNOWN = Group("_unknown", "Not on the list")
DEATH_FOLLOW_UP = 90
"""Days since the procedure from which the time until death is looked at."""


@dataclass(frozen=True, slots=True)
class Dimension:
    """A way to split procedures, each in exactly one of the `parts`; `column` tells which."""

    slug: str
    label: str
    parts: tuple[Group, ...]
    column: pl.Expr


def banded(slug: str, label: str, values: pl.Expr, bands: Mapping[int, Group]) -> Dimension:
    """Split by a number: `bands` by the highest number in each, the last without an end."""
    chain: pl.Expr = pl.lit(list(bands.values())[-1].slug)
    for highest, band in reversed(list(bands.items())[:-1]):
        chain = pl.when(values <= highest).then(pl.lit(band.slug)).otherwise(chain)
    column = pl.when(values.is_null()).then(pl.lit(MISSING.slug)).otherwise(chain)
    return Dimension(slug, label, (*bands.values(), MISSING), column)


def worded(slug: str, label: str, column: str, parts: Sequence[Group]) -> Dimension:
    """Split by a word of a list; a word that isn't on it stands apart rather than vanish."""
    value = pl.col(column)
    known = pl.when(value.is_in([part.slug for part in parts])).then(value)
    told = pl.when(value.is_null()).then(pl.lit(MISSING.slug))
    spread = told.otherwise(known.otherwise(pl.lit(UNKNOWN.slug)))
    return Dimension(slug, label, (*parts, UNKNOWN, MISSING), spread)


_END = 10**6
AGE = banded(
    "age",
    "Age",
    pl.col("age_years"),
    {
        49: Group("under-50", "Under 50"),
        64: Group("50-64", "50 to 64"),
        74: Group("65-74", "65 to 74"),
        84: Group("75-84", "75 to 84"),
        _END: Group("85-up", "85 and over"),
    },
)
OLD = Group("75-up", "75 and over")
AGE_BROAD = banded(
    "age_broad",
    "Age",
    pl.col("age_years"),
    {49: AGE.parts[0], 64: AGE.parts[1], 74: AGE.parts[2], _END: OLD},
)
"""Ages in bands wide enough for periods with few procedures."""
SEX = worded("sex", "Sex", "sex", [Group(sex.value, sex.value.capitalize()) for sex in Sex])
DIAGNOSIS = worded(
    "diagnosis",
    "Diagnosis",
    "diagnosis_group",
    [Group(group.slug, group.label) for group in diagnoses().groups],
)
PERFORMANCE = banded(
    "performance",
    "Performance",
    pl.col("akps"),
    {
        30: Group("akps-0-30", "AKPS 10 to 30, bedbound"),
        50: Group("akps-40-50", "AKPS 40 to 50, much help or often in bed"),
        70: Group("akps-60-70", "AKPS 60 to 70, some help or no work"),
        _END: Group("akps-80-100", "AKPS 80 to 100, normal activity"),
    },
)
INTENT = worded(
    "intent", "Intent", "intent", [Group(v.slug, v.label) for v in axis("intent").values]
)
WHO = (AGE, SEX, PERFORMANCE, DIAGNOSIS)

_DAYS = pl.col("days_to_death")
_ALIVE = Group("alive", "Not known to have died")


def _until_death(bands: Mapping[int, Group]) -> Dimension:
    found = banded("from_death", "Died after", _DAYS, bands)
    column = pl.when(_DAYS.is_null()).then(pl.lit(_ALIVE.slug)).otherwise(found.column)
    return Dimension(found.slug, found.label, (*bands.values(), _ALIVE), column)


UNTIL_DEATH = _until_death(
    {
        7: Group("0-7", "0 to 7 days"),
        28: Group("8-28", "8 to 28 days"),
        90: Group("29-90", "29 to 90 days"),
        180: Group("91-180", "91 to 180 days"),
        _END: Group("181-up", "More than 180 days"),
    }
)
WITHIN = Group("0-28", "0 to 28 days")
SOON = Dimension(
    "within_28",
    "Died after",
    (WITHIN, Group("29-90", "29 to 90 days"), Group("beyond", "Alive 90 days after")),
    pl.when(_DAYS <= 28)
    .then(pl.lit(WITHIN.slug))
    .when(_DAYS <= DEATH_FOLLOW_UP)
    .then(pl.lit("29-90"))
    .otherwise(pl.lit("beyond")),
)
REFERRAL = Dimension(
    "referral",
    "Referral date",
    (Group("recorded", "Recorded"), MISSING),
    pl.when(pl.col("referral_days").is_null())
    .then(pl.lit(MISSING.slug))
    .otherwise(pl.lit("recorded")),
)
