"""What each course of linked procedures achieved, in words and numbers for the patient's page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from registry.db.queries.patients import Course
from registry.db.tables import Procedure, Site
from registry.domain.opioids import ConversionTable, Medd, conversion_table
from registry.domain.opioids.tables import TABLE_IDS
from registry.domain.outcomes import ProcedureOutcome, State, WindowOutcome
from registry.domain.outcomes.relief import Relief, ReliefEnd
from registry.domain.outcomes.responders import DEFINITIONS, Icpre2012
from registry.domain.techniques import taxonomy
from registry.services.outcomes import read_outcomes
from registry.web.filters import number
from registry.web.views.link import noun_of, result_of
from registry.web.views.opioids import cautions, left_out
from reports.filters import TREATMENTS

_ENDS = {
    ReliefEnd.RELAPSE: "until the pain was back",
    ReliefEnd.DEATH: "until death",
    ReliefEnd.FURTHER_PROCEDURE: "until a further procedure for the same pain",
    ReliefEnd.STILL_RESPONDING: "and lasting still at the last assessment",
}
_SPINAL = "An opioid was given spinally: it has no agreed factor and is in no MEDD."


@dataclass(frozen=True, slots=True)
class WindowLine:
    """One window: the state, the average pain with its change, the systemic MEDD in mg/24 h with
    its change; `beside` is the MEDD under the other table that is looked at.
    """

    label: str
    state: State | None
    pain: str | None
    medd: str | None
    beside: str | None


@dataclass(frozen=True, slots=True)
class DefinitionLine:
    """One responder definition in words, and its answer at each window."""

    label: str
    meaning: str
    answers: tuple[str | None, ...]


@dataclass(frozen=True, slots=True)
class Achievement:
    """A procedure with its part in the course, its baseline, every window and its relief.

    `told` is what a block or a trial told; `treats` says whether it is one that is compared;
    `cautions` are what to mind about its doses.
    """

    procedure_id: UUID
    title: str
    noun: str
    told: str
    treats: bool
    performed_on: date
    lines: tuple[WindowLine, ...]
    cautions: tuple[str, ...]
    relief: str | None
    windows: tuple[str, ...]
    definitions: tuple[DefinitionLine, ...]


@dataclass(frozen=True, slots=True)
class CourseOfCare:
    """Procedures that continue each other, the earliest first; most often a single one."""

    title: str
    steps: tuple[Achievement, ...]


@dataclass(frozen=True, slots=True)
class Achievements:
    """All courses, the latest first, with the tables that MEDD is shown by.

    `beside` is the other table that is looked at, None for the site's alone; `others` are those
    that may be chosen.
    """

    courses: tuple[CourseOfCare, ...]
    table: ConversionTable
    beside: ConversionTable | None
    others: tuple[tuple[str, str], ...]


def achievements(course: Course, site: Site, today: date, beside: str | None) -> Achievements:
    """Tell what each procedure achieved as of today; `beside` names another table to look at.

    Raises `RuleViolation` when there is no such table.
    """
    table = conversion_table(site.opioid_table)
    other = conversion_table(beside) if beside and beside != table.id else None
    found = read_outcomes(course, site)
    under_other = read_outcomes(course, site, other) if other else {}
    by_course: dict[UUID, list[Achievement]] = {}
    for row in sorted(course.procedures, key=lambda p: (p.performed_on, p.id)):
        outcome = found[row.id]
        done = _achievement(row, outcome, under_other.get(row.id), today)
        by_course.setdefault(outcome.course_id, []).append(done)
    latest = sorted(by_course.values(), key=lambda steps: steps[-1].performed_on, reverse=True)
    return Achievements(
        courses=tuple(CourseOfCare(_title(steps), tuple(steps)) for steps in latest),
        table=table,
        beside=other,
        others=tuple((i, conversion_table(i).title) for i in TABLE_IDS if i != table.id),
    )


def _title(steps: list[Achievement]) -> str:
    return ", ".join(dict.fromkeys(step.title for step in steps))


def _achievement(
    row: Procedure, outcome: ProcedureOutcome, other: ProcedureOutcome | None, today: date
) -> Achievement:
    pain = None if outcome.baseline is None else str(outcome.baseline)
    before = WindowLine(
        "Before", None, pain, _medd(outcome.medd), _medd(other.medd) if other else None
    )
    beside = other.windows if other else {}
    return Achievement(
        procedure_id=row.id,
        title=taxonomy().techniques[row.technique].label,
        noun=noun_of(row),
        told=result_of(row),
        treats=row.intent in TREATMENTS,
        performed_on=row.performed_on,
        lines=(
            before,
            *(
                _line(at, beside.get(slug), row.performed_on, today)
                for slug, at in outcome.windows.items()
            ),
        ),
        cautions=_cautions(outcome),
        relief=_relief(outcome.relief),
        windows=tuple(at.window.label.capitalize() for at in outcome.windows.values()),
        definitions=_definitions(outcome),
    )


def _cautions(outcome: ProcedureOutcome) -> tuple[str, ...]:
    """Say once what makes any of a procedure's doses one to compare with care."""
    medds = [outcome.medd, *(at.medd for at in outcome.windows.values())]
    told = dict.fromkeys(line for medd in medds if medd is not None for line in cautions(medd))
    return (*told, *([_SPINAL] if outcome.neuraxial else []))


def _line(
    at: WindowOutcome, other: WindowOutcome | None, performed_on: date, today: date
) -> WindowLine:
    return WindowLine(
        label=at.window.label.capitalize(),
        state=at.settled(performed_on, today),
        pain=None if at.score is None else f"{at.score}{_change(at.change)}",
        medd=_medd(at.medd, at.medd_change),
        beside=_medd(other.medd, other.medd_change) if other else None,
    )


def _change(change: float | None) -> str:
    if change is None:
        return ""
    if change == 0:
        return " (no change)"
    return f" ({'+' if change > 0 else '−'}{number(abs(change))})"


def _medd(medd: Medd | None, change: float | None = None) -> str | None:
    if medd is None:
        return None
    least = "" if medd.complete else "at least "
    without = f", without {' and '.join(left_out(medd))}" if left_out(medd) else ""
    return f"{least}{number(float(medd.total_mg))}{_change(change)}{without}"


def _relief(relief: Relief | None) -> str | None:
    if relief is None:
        return None
    since, days = f"day {relief.from_day}", "1 day" if relief.days == 1 else f"{relief.days} days"
    span = f"from {since}, for {days}" if relief.days else f"on {since}"
    return f"Relief {span}, {_ENDS[relief.end]}."


def _definitions(outcome: ProcedureOutcome) -> tuple[DefinitionLine, ...]:
    """Give the definitions side by side; nothing where none of them can judge anything."""
    lines = tuple(
        DefinitionLine(
            label=f"{d.label[:1].upper()}{d.label[1:]}",
            meaning=f"{d.meaning} ({d.name})",
            answers=tuple(_answer(getattr(at, d.slug)) for at in outcome.windows.values()),
        )
        for d in DEFINITIONS
    )
    return lines if any(a is not None for line in lines for a in line.answers) else ()


def _answer(response: bool | Icpre2012 | None) -> str | None:
    if isinstance(response, Icpre2012):
        return response.value
    return None if response is None else ("yes" if response else "no")
