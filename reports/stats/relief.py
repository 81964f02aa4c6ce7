"""How long does relief last, and how long do the patients live? Curves of each group.

Relief runs from the first responding assessment (`nrs30`) to what ended it; relapse, death and a
further procedure compete. It is found at assessments only, so a relapse is dated by the first
assessment that shows it. Survival counts patients, each from the first procedure in the group.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from registry.domain.outcomes import State
from registry.domain.outcomes.relief import ReliefEnd
from registry.domain.windows import WINDOWS
from reports.frames import OutcomeFrame, state
from reports.groups import Group, Grouping
from reports.stats.survival import CumulativeIncidence, Survival, aalen_johansen, kaplan_meier

CENSORED = ReliefEnd.STILL_RESPONDING
CAUSES: tuple[ReliefEnd, ...] = tuple(end for end in ReliefEnd if end is not CENSORED)
"""What ends relief, in the order of the enumeration: relapse, death, further procedure."""


@dataclass(frozen=True, slots=True)
class ReliefRow:
    """Relief after the procedures of one group; days since the first responding assessment.

    Of the `eligible` (a baseline that can be judged), `assessed` have a score in a window or are
    known to have responded at another time, and `responded` have relief to follow. `incidence` is
    Aalen-Johansen by `CAUSES`, `lasting` Kaplan-Meier of any end: the median and its interval.
    """

    group: Group
    eligible: int
    assessed: int
    responded: int
    incidence: CumulativeIncidence
    lasting: Survival


@dataclass(frozen=True, slots=True)
class Relief:
    """Duration of relief, group by group. No total over groups: they treat different pains."""

    rows: tuple[ReliefRow, ...]


@dataclass(frozen=True, slots=True)
class LifeRow:
    """Survival of the `patients` of one group, in days since their first procedure in it.

    `dying` is what survival leaves: the incidence of the one end there is.
    """

    group: Group
    patients: int
    deaths: int
    survival: Survival
    dying: CumulativeIncidence


@dataclass(frozen=True, slots=True)
class Lives:
    """Survival, group by group. Who was treated in two groups stands in both."""

    rows: tuple[LifeRow, ...]


def relief(frame: OutcomeFrame, grouping: Grouping) -> Relief:
    """Estimate how long relief lasts in each group; rows (procedures) count as independent.

    Censored at the last assessment known to respond: after a single one, on day 0.
    """
    is_eligible = pl.col(state(WINDOWS[0])) != State.INELIGIBLE.value
    eligible = (
        frame.lazy()
        .filter(is_eligible)
        .select(grouping.by, "first_window", "relief_days", "relief_end")
    )
    found = _by_group(eligible.collect(), grouping)
    return Relief(tuple(_relief(group, rows) for group, rows in found))


def _relief(group: Group, eligible: pl.DataFrame) -> ReliefRow:
    responded = eligible.filter(pl.col("relief_end").is_not_null())
    seen = pl.col("first_window").is_not_null() | pl.col("relief_end").is_not_null()
    days, end = responded["relief_days"], responded["relief_end"]
    return ReliefRow(
        group,
        eligible=eligible.height,
        assessed=eligible.filter(seen).height,
        responded=responded.height,
        incidence=aalen_johansen(days, end, causes=CAUSES, censored=CENSORED),
        lasting=kaplan_meier(days, end != CENSORED.value),
    )


def lives(frame: OutcomeFrame, grouping: Grouping) -> Lives:
    """Estimate survival in each group: one row a patient, the first procedure in the group.

    Those not known dead are censored on the last day on which they are known to have been alive.
    """
    # Of two procedures on one day either will do: their days to death are the same.
    first = (
        frame.lazy()
        .group_by(grouping.by, "patient_id")
        .agg(pl.col("days_to_death", "last_seen_days").sort_by("performed_on").first())
    )
    found = _by_group(first.collect(), grouping)
    return Lives(tuple(_life(group, patients) for group, patients in found))


def _life(group: Group, first: pl.DataFrame) -> LifeRow:
    dead = first["days_to_death"].is_not_null()
    days = first.select(
        pl.coalesce("days_to_death", "last_seen_days", pl.lit(0)).clip(lower_bound=0)
    ).to_series()
    end = dead.replace_strict({True: ReliefEnd.DEATH.value, False: None}, return_dtype=pl.String)
    dying = aalen_johansen(days, end, causes=[ReliefEnd.DEATH])
    return LifeRow(group, first.height, int(dead.sum()), kaplan_meier(days, dead), dying)


def _by_group(frame: pl.DataFrame, grouping: Grouping) -> list[tuple[Group, pl.DataFrame]]:
    found = frame.partition_by(grouping.by, as_dict=True)
    return [(group, found.get((group.slug,), frame.clear())) for group in grouping.groups]
