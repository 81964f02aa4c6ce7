"""Tables of points over time: every point with its limits, and the rule that fired in words."""

from __future__ import annotations

from reports import wording
from reports.disclosure.over_time_points import ReleasedTimes, TimeLine
from reports.scope import Scope
from reports.stats.charts import FEWEST
from reports.tables.table import Table
from reports.wording_over_time import Say, limits, say_optional


def time_table(
    caption: str, scope: Scope, released: ReleasedTimes, columns: tuple[str, ...], say: Say
) -> Table:
    """Tabulate a control chart: `columns` name n, k where there is one, and the value."""
    return Table(
        caption=f"{caption} {scope.sentence()}",
        columns=("When", *columns, "Centre line", "Control limits", "More than chance"),
        rows=tuple(_row(line, len(columns), say) for line in released.lines),
        notes=_notes(released),
    )


def _row(line: TimeLine, wide: int, say: Say) -> tuple[str, ...]:
    counts = (line.n, *(() if line.k is None else (line.k,)))
    told = (*map(wording.count, counts), say(line.value))[-wide:]
    return (line.months, *told, say_optional(line.centre, say), limits(line, say), _signal(line))


def _signal(line: TimeLine) -> str:
    if not line.judged:
        return "not judged: not a whole period"
    return "; ".join(rule.words for rule in line.rules) or "no"


def _notes(released: ReleasedTimes) -> tuple[str, ...]:
    few = f"With fewer than {FEWEST} points there are no limits." if not released.has_limits else ""
    later = (
        f"Not due yet, and left out (procedures): {wording.count(released.later)}."
        if released.later
        else ""
    )
    return tuple(note for note in (few, later, released.note or "") if note)
