"""Responder definitions: small, named, versioned, and decided without a float.

Each function decides on known numbers. `judge` says who can be judged at all: for anyone else the
answer is unknown (None), which is not the same as "does not respond".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from registry.domain import content

Scores = tuple[int, int]
"""0-10 scores of one type, at baseline and at follow-up."""
Doses = tuple[Decimal, Decimal]
"""MEDD in mg/24 h at baseline and at follow-up, under one table, all of it converted."""


@dataclass(frozen=True, slots=True)
class Definition:
    """A responder definition as the field words it.

    `meaning` is the clinical definition, `judged` whom it can judge; `checked` says whether its
    wording was compared with a text of `source`. What responds is decided by the function of the
    same name in this module.
    """

    slug: str
    version: str
    label: str
    meaning: str
    judged: str
    source: str
    checked: bool

    @property
    def name(self) -> str:
        """Give the slug with the version, as codebooks name it."""
        return f"{self.slug} v{self.version}"


def _definition(raw: Mapping[str, Any]) -> Definition:
    return Definition(**raw)


_CONTENT = content.load("responders")

RESPONDERS_VERSION: str = _CONTENT["version"]
DEFINITIONS: tuple[Definition, ...] = tuple(map(_definition, _CONTENT["definition"]))


class Icpre2012(StrEnum):
    """Response by the international consensus on palliative radiotherapy endpoints of 2012."""

    COMPLETE = "complete"
    PARTIAL = "partial"
    PROGRESSION = "progression"
    INDETERMINATE = "indeterminate"

    @property
    def responds(self) -> bool:
        """Say whether this counts as a response: complete or partial."""
        return self in {Icpre2012.COMPLETE, Icpre2012.PARTIAL}


def is_eligible(baseline: int, floor: int) -> bool:
    """Say whether there is pain enough to relieve; of no pain at all there never is."""
    return baseline >= max(floor, 1)


def nrs30(baseline: int, score: int) -> bool:
    """Say whether pain fell by at least 30 % of baseline (IMMPACT: a moderate improvement)."""
    return baseline > 0 and 10 * score <= 7 * baseline


def nrs50(baseline: int, score: int) -> bool:
    """Say whether pain fell by at least 50 % of baseline (IMMPACT: a substantial improvement)."""
    return baseline > 0 and 2 * score <= baseline


def nrs2(baseline: int, score: int) -> bool:
    """Say whether pain fell by at least 2 points on the 0-10 scale."""
    return baseline - score >= 2


def composite(worst: Scores, medd: Doses) -> bool:
    """Say whether worst pain fell by at least 2 points and MEDD rose by no more than 25 %.

    Any dose after none is a rise of more than 25 %; none after none is no rise.
    """
    before, after = medd
    return worst[0] - worst[1] >= 2 and 4 * after <= 5 * before


def icpre2012(worst: Scores, medd: Doses) -> Icpre2012:
    """Classify by the international consensus of 2012, by worst pain.

    Complete: pain 0 without a rise in opioids. Partial: pain down 2 or more without a rise in
    opioids, or opioids down 25 % or more without a rise in pain. Progression: pain up 2 or more, or
    opioids up 25 % or more (or begun) with pain no better. Indeterminate: everything else. A rise
    in opioids without a percentage is any rise at all.
    """
    (pain_before, pain), (before, after) = worst, medd
    relief, rise = pain_before - pain, after > before
    if pain == 0 and not rise:
        return Icpre2012.COMPLETE
    if relief >= 2 and not rise:
        return Icpre2012.PARTIAL
    if before > 0 and 4 * after <= 3 * before and relief >= 0:
        return Icpre2012.PARTIAL
    if relief <= -2 or (rise and 4 * after >= 5 * before and relief <= 0):
        return Icpre2012.PROGRESSION
    return Icpre2012.INDETERMINATE


def medd30(before: Decimal, after: Decimal) -> bool:
    """Say whether the systemic MEDD fell by at least 30 %; of no dose nothing can fall."""
    return before > 0 and 10 * after <= 7 * before


def medd50(before: Decimal, after: Decimal) -> bool:
    """Say whether the systemic MEDD fell by at least 50 %; of no dose nothing can fall."""
    return before > 0 and 2 * after <= before


@dataclass(frozen=True, slots=True)
class Response:
    """The answers of all definitions, side by side; None where one can't judge."""

    nrs30: bool | None = None
    nrs50: bool | None = None
    nrs2: bool | None = None
    composite: bool | None = None
    icpre2012: Icpre2012 | None = None
    medd30: bool | None = None
    medd50: bool | None = None


def judge(pain: Scores | None, worst: Scores | None, medd: Doses | None, floor: int) -> Response:
    """Ask every definition; `pain` is average, `worst` worst pain, None where an end is missing.

    - `nrs30`, `nrs50`, `nrs2` need average pain at both ends, its baseline at or above the floor.
    - `composite`, `icpre2012` need worst pain and MEDD at both ends, the worst baseline at or above
      the floor. One of the two is never enough, even where it would settle the answer: those
      judged without a dose would all be non-responders.
    - `medd30`, `medd50` need MEDD at both ends and a dose at baseline; pain doesn't matter.

    """
    pain = pain if pain and is_eligible(pain[0], floor) else None
    both = (worst, medd) if worst and medd and is_eligible(worst[0], floor) else None
    reducible = medd if medd and medd[0] > 0 else None
    return Response(
        nrs30=nrs30(*pain) if pain else None,
        nrs50=nrs50(*pain) if pain else None,
        nrs2=nrs2(*pain) if pain else None,
        composite=composite(*both) if both else None,
        icpre2012=icpre2012(*both) if both else None,
        medd30=medd30(*reducible) if reducible else None,
        medd50=medd50(*reducible) if reducible else None,
    )
