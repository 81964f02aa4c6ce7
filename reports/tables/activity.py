"""Tables of activity: procedures split one way and across another, work, and waits."""

from __future__ import annotations

from collections.abc import Sequence

from reports import wording
from reports.disclosure import HELD
from reports.disclosure.activity import (
    CrossLine,
    ReleasedCross,
    ReleasedWaiting,
    ReleasedWork,
    WaitLine,
    WorkLine,
)
from reports.groups import ALL, Group
from reports.scope import Scope
from reports.stats.intervals import Floors
from reports.tables.table import MEDIAN, Table


def cross_table(
    caption: str, scope: Scope, head: str, released: ReleasedCross, notes: Sequence[str]
) -> Table:
    """Tabulate counts and shares: a row a head, a column a part."""
    return Table(
        caption=f"{caption} {scope.sentence()}",
        columns=(head, "Procedures", *(part.label for part in released.parts)),
        rows=tuple(
            (_name(line.head, head), wording.count(line.n), *_cells(line))
            for line in released.with_total
        ),
        notes=tuple(notes),
    )


def _name(own: Group, head: str) -> str:
    """Name a row; the total is of groups only where the rows are groups."""
    return own.label if own != ALL or head == "Group" else "All"


def _cells(line: CrossLine) -> list[str]:
    return [
        wording.HELD_BACK
        if n is HELD
        else f"{wording.count(n)} ({wording.percent(share)})"
        if n and share is not HELD
        else wording.count(n)
        for n, share in zip(line.counts, line.shares, strict=True)
    ]


def work_table(caption: str, scope: Scope, work: ReleasedWork, notes: Sequence[str]) -> Table:
    """Tabulate procedures, patients and agents of each group."""
    return Table(
        caption=f"{caption} {scope.sentence()}",
        columns=("Group", "Procedures", "Patients", "Agents, procedures with each"),
        rows=tuple(
            (
                line.group.label,
                wording.count(line.procedures),
                wording.count(line.patients),
                _agents(work, line),
            )
            for line in work.lines
        ),
        notes=(
            "A procedure may use several agents, and a patient have several procedures.",
            *notes,
        ),
    )


def _agents(work: ReleasedWork, line: WorkLine) -> str:
    if line.group == ALL:
        return "see the groups"
    told = [
        f"{own.agent_label} {wording.count(own.procedures)}"
        for own in work.agents
        if own.group == line.group
    ]
    if line.without_agent:
        told.append(f"none recorded {wording.count(line.without_agent)}")
    return "; ".join(told) or wording.NONE


def wait_table(
    caption: str, scope: Scope, head: str, waits: ReleasedWaiting, notes: Sequence[str]
) -> Table:
    """Tabulate days from referral to procedure."""
    return Table(
        caption=f"{caption} {scope.sentence()}",
        columns=(
            head,
            "Procedures",
            "Referral date recorded",
            "Not recorded",
            f"Days, {MEDIAN}",
            "90 % within, days",
        ),
        rows=tuple(
            (
                _name(line.group, head),
                *(wording.count(n) for n in (line.n, line.recorded, line.missing)),
                wording.quartiles(line.days),
                _most(line),
            )
            for line in waits.lines
        ),
        notes=tuple(notes),
    )


def _most(line: WaitLine) -> str:
    if line.most is HELD:
        return wording.HELD_BACK
    return "too few" if line.most is None else wording.number(line.most)


def soon_table(
    caption: str, scope: Scope, released: ReleasedCross, floors: Floors, notes: Sequence[str]
) -> Table:
    """Tabulate who died how soon, and the share within 28 days with its interval."""
    plain = cross_table(caption, scope, "Who", released, notes)
    return Table(
        plain.caption,
        (*plain.columns, "Within 28 days (95 % Wilson interval)"),
        tuple(
            (*row, wording.response(line.share_of(0, floors)))
            for row, line in zip(plain.rows, released.with_total, strict=True)
        ),
        plain.notes,
    )
