"""The columns of what came after a procedure: the patient's course, and how long relief lasted."""

from __future__ import annotations

from collections.abc import Sequence

from registry.domain.outcomes.relief import ReliefEnd
from registry.domain.windows import WINDOWS
from registry.exchange.column_specs import ColumnSpec


def course_columns() -> Sequence[ColumnSpec]:
    """Give what came of the patient after the procedure."""
    return (
        ColumnSpec(
            "first_window",
            "text",
            "The earliest window with a score (average, 24 h, self): the first against the later "
            "ones. Empty: never assessed.",
            values=tuple(w.slug for w in WINDOWS),
        ),
        ColumnSpec(
            "further_days",
            "integer",
            "Days to the first further procedure for the same pain: one of the same course, at the "
            "same pain site, or a repeat or revision of the category. A refill or an explant is "
            "none. 0: on the same day. Empty: no further procedure.",
            unit="days",
        ),
        ColumnSpec(
            "days_to_death",
            "integer",
            "Days from the procedure to death. Empty: not known to have died.",
            unit="days",
        ),
        ColumnSpec(
            "last_seen_days",
            "integer",
            "Days from the procedure to the last day on which anything recorded presumes a living "
            "patient. Survival is censored there.",
            unit="days",
        ),
    )


def relief_columns() -> Sequence[ColumnSpec]:
    """Give when relief began, how long it lasted and what ended it."""
    return (
        ColumnSpec(
            "relief_from",
            "integer",
            "Day of the first assessment after the procedure that responds by nrs30, at any time; "
            "0: on its day. Empty: none does, or the patient is ineligible.",
            unit="days",
        ),
        ColumnSpec(
            "relief_days",
            "integer",
            "How long relief lasted from relief_from to what relief_end names, as far as it was "
            "seen: it depends on when patients were asked, and on the day of a further procedure "
            "only what was asked before it counts.",
            unit="days",
        ),
        ColumnSpec(
            "relief_end",
            "text",
            "What ended relief: the first assessment that no longer responds (relapse), or one of "
            "two competing events; still_responding is censored at the last assessment known to "
            "respond.",
            values=tuple(ReliefEnd),
        ),
    )
