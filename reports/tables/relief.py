"""The tables of relief and survival: each group in a line, and each group day by day."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from reports import wording
from reports.disclosure import HELD, Held
from reports.disclosure.curves import TABLE_DAYS, ByGroup, ReleasedCurve
from reports.disclosure.relief import (
    LifeDay,
    LifeLine,
    ReliefDay,
    ReliefLine,
    life_days,
    relief_days,
)
from reports.scope import Scope
from reports.stats.relief import CAUSES
from reports.tables.table import Table

_AT_RISK = "At risk just before"
_OF_RESPONDERS = "of those who responded"


def relief_table(released: ByGroup[ReliefLine], scope: Scope) -> Table:
    """Tabulate who responded, and the median duration of relief."""
    columns = (
        "Eligible",
        "Assessed at all",
        "Responded at all",
        "Responded, of those assessed (95 % Wilson interval)",
        "Median duration of relief (95 % interval)",
    )
    rows = [
        (
            line.group.label,
            *(wording.count(n) for n in (line.eligible, line.assessed, line.responded)),
            wording.response(line.of_assessed),
            median(line.curve, "nobody responded"),
        )
        for line in released.lines
    ]
    return _table("Who responded, and for how long.", scope, released, columns, rows)


def relief_day_table(released: ByGroup[ReliefLine], scope: Scope) -> Table:
    """Tabulate what had become of relief at the days of `TABLE_DAYS`."""
    columns = (
        "Days since first response",
        _AT_RISK,
        f"In relief, {_OF_RESPONDERS} (95 % interval)",
        *(f"{wording.RELIEF_LABELS[end]}, {_OF_RESPONDERS}" for end in CAUSES),
        "In relief, of all eligible",
    )
    days = [day for line in released.lines for day in relief_days(line) if day.day in TABLE_DAYS]
    caption = "What had become of relief, by days since the first assessment that responded."
    return _table(caption, scope, released, columns, map(relief_row, days))


def relief_row(day: ReliefDay) -> tuple[str, ...]:
    """Say the numbers of a day."""
    return (
        day.group.label,
        str(day.day),
        wording.count(day.at_risk),
        *relief_words(day),
        wording.share(day.in_relief_of_eligible, None, None),
    )


def relief_words(day: ReliefDay) -> tuple[str, ...]:
    """Say the share in relief, and those of its ends in the order of `CAUSES`."""
    ends = (day.relapse, day.death, day.further_procedure)
    return (
        wording.share(day.in_relief, day.low, day.high),
        *(wording.share(end, None, None) for end in ends),
    )


def life_table(released: ByGroup[LifeLine], scope: Scope) -> Table:
    """Tabulate patients, deaths and median survival."""
    columns = ("Patients", "Died", "Median survival (95 % interval)")
    rows = [
        (
            line.group.label,
            wording.count(line.patients),
            wording.count(line.deaths),
            median(line.curve, wording.NONE),
        )
        for line in released.lines
    ]
    return _table("Patients and their survival.", scope, released, columns, rows)


def life_day_table(released: ByGroup[LifeLine], scope: Scope) -> Table:
    """Tabulate survival at the days of `TABLE_DAYS`."""
    columns = ("Days since first procedure", _AT_RISK, "Alive (95 % interval)")
    days = [day for line in released.lines for day in life_days(line) if day.day in TABLE_DAYS]
    caption = "Survival, by days since the patient's first procedure in the group."
    return _table(caption, scope, released, columns, map(_life_row, days))


def _life_row(day: LifeDay) -> tuple[str, ...]:
    return (
        day.group.label,
        str(day.day),
        wording.count(day.at_risk),
        wording.share(day.alive, day.low, day.high),
    )


def median(curve: ReleasedCurve | Held | None, nobody: str) -> str:
    """Say a median duration, or until when fewer than half had met their end."""
    if curve is None:
        return nobody
    if curve is HELD:
        return wording.HELD_BACK
    if curve.median.day is None:
        return f"not reached by day {curve.days[-1]}"
    return wording.days(curve.median.day, curve.median.low, curve.median.high)


def _table(
    caption: str,
    scope: Scope,
    released: ByGroup[ReliefLine] | ByGroup[LifeLine],
    columns: Sequence[str],
    rows: Iterable[tuple[str, ...]],
) -> Table:
    pooled = ", ".join(group.label for group in released.pooled)
    return Table(
        caption=f"{caption} {scope.sentence()}",
        columns=("Group", *columns),
        rows=tuple(rows),
        notes=(
            *((released.note,) if released.note else ()),
            *((f"Smaller groups together: {pooled}.",) if pooled else ()),
        ),
    )
