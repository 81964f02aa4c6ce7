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
from reports.disclosure.held import HELD, Count, Held, Policy
from reports.disclosure.released import Line
from reports.stats.doses import DoseRow
from reports.stats.doses_by_table import TableRow
from reports.stats.doses_change import METHADONE, WITHOUT_METHADONE, ChangeRow
from reports.stats.doses_paths import DosePaths, GroupPaths
from reports.stats.intervals import Floors, Proportion, Quartiles

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


def release_doses(policy: Policy, rows: Iterable[DoseRow]) -> Iterator[DoseLine]:
    """Release the doses of each group at each moment: its treated fall into six parts."""
    return (_dose_line(policy, row) for row in rows)


def _dose_line(policy: Policy, row: DoseRow) -> DoseLine:
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
        dose=_quartiles(policy, row.dose, whole),
        p10=_percentile(policy, row.p10, whole),
        p90=_percentile(policy, row.p90, whole),
        paired_before=_quartiles(policy, row.paired_before, paired),
        paired_after=_quartiles(policy, row.paired_after, paired),
    )


def release_change(
    policy: Policy, rows: Iterable[ChangeRow], floors: Floors
) -> Iterator[ChangeLine]:
    """Release the change of each group at each window: its four rows are told together."""
    for _, found in groupby(rows, key=lambda row: (row.group, row.window)):
        together = list(found)
        told = _pairs(policy, together)
        yield from (
            _change_line(policy, row, pairs, floors)
            for row, pairs in zip(together, told, strict=True)
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


def _change_line(policy: Policy, row: ChangeRow, pairs: Count, floors: Floors) -> ChangeLine:
    from_some: Count = HELD if pairs is HELD else policy.count(row.from_some)
    return ChangeLine(
        row.group,
        row.window,
        row.people,
        pairs=pairs,
        from_some=from_some,
        incomplete=policy.count(row.incomplete),
        before=_quartiles(policy, row.before, pairs),
        after=_quartiles(policy, row.after, pairs),
        change_mg=_quartiles(policy, row.change_mg, pairs),
        change_percent=_quartiles(policy, row.change_percent, from_some, PERCENT_STEP),
        medd30=_share(policy, row.medd30, from_some, floors),
        medd50=_share(policy, row.medd50, from_some, floors),
    )


def release_tables(policy: Policy, rows: Iterable[TableRow]) -> Iterator[TableLine]:
    """Release each group at each window under each table."""
    return (_table_line(policy, row) for row in rows)


def _table_line(policy: Policy, row: TableRow) -> TableLine:
    whole, common = policy.count(row.whole), policy.count(row.common)
    return TableLine(
        row.group,
        row.window,
        row.table_id,
        recorded=policy.count(row.recorded),
        whole=whole,
        common=common,
        before=_quartiles(policy, row.before, whole),
        after=_quartiles(policy, row.after, whole),
        change=_quartiles(policy, row.change, whole),
        common_before=_quartiles(policy, row.common_before, common),
        common_change=_quartiles(policy, row.common_change, common),
    )


def _quartiles(policy: Policy, values: Quartiles | None, n: Count, step: int = MG_STEP) -> Shown:
    return HELD if n is HELD else policy.rounded(values, step)


def _percentile(policy: Policy, value: float | None, n: Count) -> float | Held | None:
    if n is HELD:
        return HELD
    if value is None or policy.threshold is None:
        return value
    return float(MG_STEP * round(value / MG_STEP))


def _share(policy: Policy, share: Proportion, n: Count, floors: Floors) -> Proportion | Held:
    return HELD if n is HELD else release_share(policy, share.k, share.n, floors)


@dataclass(frozen=True, slots=True)
class ShownPaths:
    """Single doses over time, as `GroupPaths` defines them: only for those who see records."""

    rows: tuple[GroupPaths, ...]


def release_paths(policy: Policy, found: DosePaths) -> ShownPaths | None:
    """Release single paths where nothing is held back; None for every other reader."""
    return ShownPaths(found.rows) if policy.threshold is None else None
