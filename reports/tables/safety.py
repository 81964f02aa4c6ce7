"""The tables of harm: rates, grades scheme by scheme, what is counted apart, the list."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

from registry.domain.grading import Resolution
from reports import wording
from reports.disclosure.safety import ApartLine, ReleasedApart, ReleasedHarms
from reports.disclosure.safety_events import (
    GradeLine,
    RareLine,
    ReleasedEvents,
    ReleasedGrades,
    ReleasedRare,
    ScaleHarms,
)
from reports.groups import Group
from reports.names import apart_name, complication_name, technique_name
from reports.scope import Scope
from reports.stats.safety_grades import EventRow
from reports.tables.table import Table

MOST_ROWS = 200
INTERVAL = "share (95 % exact interval)"
_KINDS = {
    "harm": "Harm",
    "expected": "Expected effect",
    "progression": "Course of the disease",
    "unrelated-death": "Unrelated death",
}
_ENDS = {
    Resolution.ONGOING.value: "Ongoing",
    Resolution.RESOLVED.value: "Resolved",
    Resolution.RESOLVED_WITH_SEQUELAE.value: "Resolved, something stayed",
    Resolution.FATAL.value: "Fatal",
    Resolution.UNKNOWN.value: "Not known",
}


class _Noted(Protocol):
    @property
    def note(self) -> str | None: ...
    @property
    def pooled(self) -> tuple[Group, ...]: ...


def _notes(released: _Noted) -> tuple[str, ...]:
    pooled = ", ".join(group.label for group in released.pooled)
    return (
        *((released.note,) if released.note else ()),
        *((f"Smaller groups together: {pooled}.",) if pooled else ()),
    )


def harm_table(released: ReleasedHarms, scope: Scope) -> Table:
    """Tabulate rates of harm."""
    rows = [
        (
            line.group.label,
            wording.count(line.procedures),
            wording.rate(line.harmed),
            wording.rate(line.severe),
            wording.count(line.ungraded),
        )
        for line in released.lines
    ]
    return Table(
        caption=f"Procedures followed by harm. {scope.sentence()}",
        columns=(
            "Group",
            "Procedures",
            f"With any harm, {INTERVAL}",
            f"With harm of grade 3 or more, {INTERVAL}",
            "With harm that was not graded, none of grade 3 or more",
        ),
        rows=tuple(rows),
        notes=_notes(released),
    )


def grade_tables(released: ReleasedGrades, scope: Scope) -> tuple[Table, ...]:
    """Tabulate harms, one table a scheme; by group where single groups may be told apart."""
    return tuple(_grade_table(found, released, scope) for found in released.scales)


def _grade_table(found: ScaleHarms, released: ReleasedGrades, scope: Scope) -> Table:
    grades = found.scale.grades
    words = found.scale.words
    headers = [f"{g} ({w})" for g, w in zip(grades, words, strict=True)]
    lines: Sequence[GradeLine] = found.by_group or found.lines
    rows = [
        (
            line.group.label,
            line.complication,
            *(wording.count(n) for n in (line.counts if found.scale.is_graded else ())),
            wording.count(line.events),
        )
        for line in lines
    ]
    return Table(
        caption=f"Harms by complication and grade, {found.scale.label}. {scope.sentence()}",
        columns=(
            "Group",
            "Complication",
            *(headers if found.scale.is_graded else ()),
            "Harms",
        ),
        rows=tuple(rows),
        notes=(released.note,) if released.note else (),
    )


def apart_table(released: ReleasedApart, scope: Scope) -> Table:
    """Tabulate what is counted apart from harm."""
    lines = (*released.effects, *released.course)
    return Table(
        caption=f"Counted apart from harm. {scope.sentence()}",
        columns=("Group", "Recorded", "Counted as", f"Procedures with it, {INTERVAL}"),
        rows=tuple(_apart_row(line) for line in lines),
        notes=_notes(released),
    )


def _apart_row(line: ApartLine) -> tuple[str, ...]:
    return (line.group.label, apart_name(line.what), _KINDS[line.kind], wording.rate(line.share))


def rare_table(released: ReleasedRare, scope: Scope) -> Table:
    """Tabulate the series of severe harms with the rules that fired."""
    pairs = list(zip(released.between, released.days, strict=True))
    latest = pairs[-MOST_ROWS:]
    return Table(
        caption=f"From one severe harm to the next. {scope.sentence()}",
        columns=(
            "Day of the procedure",
            "Procedures since the one before",
            "Rule that fired (g chart)",
            "Days since the one before",
            "Rule that fired (t chart)",
        ),
        rows=tuple(
            (_day(g), f"{g.value:,.0f}", _rules(g), f"{t.value:,.0f}", _rules(t)) for g, t in latest
        ),
        notes=()
        if len(latest) == len(pairs)
        else (f"The latest {len(latest)} of {len(pairs):,}.",),
    )


def _day(line: RareLine) -> str:
    return f"{line.on.day} {line.on:%b %Y}"


def _rules(line: RareLine) -> str:
    if line.centre is None:
        return "too few for limits"
    return "; ".join(rule.words for rule in line.rules) or "none"


def event_table(released: ReleasedEvents, scope: Scope) -> Table:
    """List single events, the latest first; the last cell is the patient's id, for a link."""
    listed, n = released.told.rows, released.told.events
    return Table(
        caption=f"Single events, for those who may read records. {scope.sentence()}",
        columns=(
            "Onset",
            "Technique",
            "Event",
            "Counted as",
            "Grade and scheme",
            "Related to the procedure",
            "How it ended",
            "Days after the procedure",
            "Patient",
        ),
        rows=tuple(map(_event_row, listed)),
        notes=() if len(listed) == n else (f"The latest {len(listed):,} of {n:,} events.",),
    )


def _event_row(row: EventRow) -> tuple[str, ...]:
    return (
        f"{row.onset_on.day} {row.onset_on:%b %Y}",
        technique_name(row.technique),
        complication_name(row.complication),
        _KINDS.get(row.kind, row.kind),
        row.graded,
        (row.relatedness or "not judged").capitalize(),
        _ENDS.get(row.resolution or "", "Not recorded"),
        str((row.onset_on - row.performed_on).days),
        row.patient_id,
    )


def schemes_of(scales: Iterable[ScaleHarms]) -> str:
    """Name the schemes that harms were graded by."""
    return ", ".join(found.scale.label for found in scales if found.scale.is_graded)
