"""Doses, their change and the conversion tables: result -> released result.

Parts of a whole are released together (`release_parts`): the treated at a moment, and the takers
and non-takers of methadone among the pairs. Of counts that lie in each other (recorded, wholly
converted, converted by every table) each is rounded by itself: what lies between two of them is
known no better than the two are. Medians and quartiles are held where the number behind them is,
and rounded to 5 mg or 5 % where small numbers are held back.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from reports.disclosure.alone import release_parts, release_share
from reports.disclosure.covered import Cover
from reports.disclosure.held import HELD, ROUND_TO, Count, Held, Policy
from reports.disclosure.released import Line
from reports.stats.doses import TAIL, DoseRow
from reports.stats.doses_by_table import TableRow
from reports.stats.doses_change import METHADONE, WITHOUT_METHADONE, ChangeRow
from reports.stats.doses_paths import DosePaths, GroupPaths
from reports.stats.intervals import Proportion, Quartiles

MG_STEP = 5
PERCENT_STEP = 5

Shown = Quartiles | Held | None


@dataclass(frozen=True, slots=True)
class DoseLine(Line):
    """The doses of one group at one moment, as `DoseRow` defines them, mg/24 h oral morphine."""

    treated: Count
    neuraxial: Count
    whole: Count
    paired: Count
    incomplete: Count
    died: Count
    not_due: Count
    unasked: Count
    dead: Count
    dose: Shown
    p10: float | Held | None
    p90: float | Held | None
    paired_before: Shown
    paired_after: Shown


@dataclass(frozen=True, slots=True)
class ChangeLine(Line):
    """The change of dose of some people of one group at one window, as `ChangeRow` defines it."""

    people: str
    pairs: Count
    from_some: Count
    incomplete: Count
    before: Shown
    after: Shown
    change_mg: Shown
    change_percent: Shown
    medd30: Proportion | Held
    medd50: Proportion | Held


@dataclass(frozen=True, slots=True)
class TableLine(Line):
    """One group at one window under one conversion table, as `TableRow` defines it."""

    table_id: str
    recorded: Count
    whole: Count
    common: Count
    before: Shown
    after: Shown
    change: Shown
    common_before: Shown
    common_change: Shown


def release_doses(cover: Cover, rows: Iterable[DoseRow]) -> Iterator[DoseLine]:
    """Release the doses of each group at each moment: its treated fall into six parts."""
    return (_dose_line(cover, row) for row in rows)


def _dose_line(cover: Cover, row: DoseRow) -> DoseLine:
    policy = cover.policy
    parts = (row.neuraxial, row.whole, row.incomplete, row.died, row.not_due, row.unasked)
    neuraxial, whole, incomplete, died, not_due, unasked = release_parts(policy, parts)
    paired = HELD if whole is HELD else policy.count(row.paired)
    return DoseLine(
        row.group,
        row.window,
        treated=policy.count(sum(parts)),
        neuraxial=neuraxial,
        whole=whole,
        paired=paired,
        incomplete=incomplete,
        died=died,
        not_due=not_due,
        unasked=unasked,
        dead=policy.count(row.dead),
        dose=cover.quartiles(row.dose, MG_STEP, whole),
        p10=_percentile(cover, row.p10, whole),
        p90=_percentile(cover, row.p90, whole),
        paired_before=cover.quartiles(row.paired_before, MG_STEP, paired),
        paired_after=cover.quartiles(row.paired_after, MG_STEP, paired),
    )


def release_change(cover: Cover, rows: Iterable[ChangeRow]) -> Iterator[ChangeLine]:
    """Release the change of each group at each window: its four rows are told together."""
    for _, found in groupby(rows, key=lambda row: (row.group, row.window)):
        together = list(found)
        told = _pairs(cover.policy, together)
        yield from (
            _change_line(cover, row, pairs) for row, pairs in zip(together, told, strict=True)
        )


def _pairs(policy: Policy, rows: Sequence[ChangeRow]) -> list[Count]:
    """Release the pairs of each row: takers and non-takers of methadone are the compared."""
    counts = {row.people: row.pairs for row in rows}
    told = {people: policy.count(n) for people, n in counts.items()}
    sorts = (METHADONE, WITHOUT_METHADONE)
    split = release_parts(policy, [counts[people] for people in sorts])
    for people, count in zip(sorts, split, strict=True):
        told[people] = count
    return [told[row.people] for row in rows]


def _change_line(cover: Cover, row: ChangeRow, pairs: Count) -> ChangeLine:
    policy = cover.policy
    from_some: Count = HELD if pairs is HELD else policy.count(row.from_some)
    return ChangeLine(
        row.group,
        row.window,
        row.people,
        pairs=pairs,
        from_some=from_some,
        incomplete=policy.count(row.incomplete),
        before=cover.quartiles(row.before, MG_STEP, pairs),
        after=cover.quartiles(row.after, MG_STEP, pairs),
        change_mg=cover.quartiles(row.change_mg, MG_STEP, pairs),
        change_percent=cover.quartiles(row.change_percent, PERCENT_STEP, from_some),
        medd30=_share(cover, row.medd30, from_some),
        medd50=_share(cover, row.medd50, from_some),
    )


def release_tables(cover: Cover, rows: Iterable[TableRow]) -> Iterator[TableLine]:
    """Release each group at each window under each table."""
    return (_table_line(cover, row) for row in rows)


def _table_line(cover: Cover, row: TableRow) -> TableLine:
    policy = cover.policy
    whole, common = policy.count(row.whole), policy.count(row.common)
    return TableLine(
        row.group,
        row.window,
        row.table_id,
        recorded=policy.count(row.recorded),
        whole=whole,
        common=common,
        before=cover.quartiles(row.before, MG_STEP, whole),
        after=cover.quartiles(row.after, MG_STEP, whole),
        change=cover.quartiles(row.change, MG_STEP, whole),
        common_before=cover.quartiles(row.common_before, MG_STEP, common),
        common_change=cover.quartiles(row.common_change, MG_STEP, common),
    )


def _percentile(cover: Cover, value: float | None, n: Count) -> float | Held | None:
    """Release a far percentile: in steps, and only where the shown number says it has enough."""
    if n is HELD:
        return HELD
    if value is None or cover.policy.threshold is None:
        return value
    if n - ROUND_TO // 2 < TAIL * cover.floors.interval:
        return None
    return float(MG_STEP * round(value / MG_STEP))


def _share(cover: Cover, share: Proportion, n: Count) -> Proportion | Held:
    return HELD if n is HELD else release_share(cover.policy, share.k, share.n, cover.floors)


@dataclass(frozen=True, slots=True)
class ShownPaths:
    """Single doses over time, as `GroupPaths` defines them: only for those who see records."""

    rows: tuple[GroupPaths, ...]


def release_paths(policy: Policy, found: DosePaths) -> ShownPaths | None:
    """Release single paths where nothing is held back; None for every other reader."""
    return ShownPaths(found.rows) if policy.threshold is None else None
