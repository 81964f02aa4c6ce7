"""All trusted rows of a file -> what is to be written for each patient, and what is not."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from registry.db.queries.patients import Course
from registry.domain.dates import show_day
from registry.exchange.importer.assessments import Answers
from registry.exchange.importer.lives import (
    find_after_death,
    find_contradictions,
    find_logged,
    find_not_yet,
    find_told_twice,
)
from registry.exchange.importer.mapping import Decisions
from registry.exchange.importer.report import Finding, FindingKind
from registry.exchange.importer.rows import Row


@dataclass(frozen=True, slots=True)
class Plan:
    """One patient's rows, earliest procedure first, and what the registry has of the patient."""

    number: str
    rows: tuple[Row, ...]
    known: Course | None


def drop_repeats(rows: Sequence[Row]) -> tuple[list[Row], list[Finding]]:
    """Keep the first of rows that say the same."""
    first: dict[Row, int] = {}
    kept, findings = [], []
    for row in rows:
        line = first.setdefault(row, row.line)
        if line == row.line:
            kept.append(row)
        else:
            reason = f"Says the same as line {line}, which is the one that counts."
            findings.append(row.find(FindingKind.REPEATED, "", reason))
    return kept, findings


def drop_imported(
    rows: Sequence[Row], fingerprints: Collection[str]
) -> tuple[list[Row], list[Finding]]:
    """Drop the rows that came in with an earlier import."""
    reason = "This line came in with an earlier import."
    found = [
        row.find(FindingKind.ALREADY_THERE, "", reason)
        for row in rows
        if row.fingerprint in fingerprints
    ]
    return _standing(rows, found), found


def plan_patients(
    rows: Iterable[Row],
    *,
    look_up: Callable[[str], Course | None],
    decisions: Decisions,
    today: date,
) -> Iterator[tuple[Plan, list[Finding]]]:
    """Plan each patient's part; what doesn't hold together is left out of it and reported."""
    by_number: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        by_number[row.patient.hospital_number].append(row)
    for number, those in by_number.items():
        known = look_up(number)
        standing, findings = _settle(those, known, today)
        last = _last_day(standing, known, today)
        dated = [_date_follow_ups(row, last, decisions, findings) for row in standing]
        yield Plan(number, tuple(sorted(dated, key=_when)), known), findings


def _settle(
    rows: Sequence[Row], known: Course | None, today: date
) -> tuple[list[Row], list[Finding]]:
    """Hold a patient's rows against each other; each check sees what the one before left."""
    checks: tuple[Callable[[Sequence[Row]], Iterable[Finding]], ...] = (
        lambda standing: find_logged(standing, known),
        find_told_twice,
        lambda standing: find_contradictions(standing, known),
        lambda standing: find_after_death(standing, known),
        lambda standing: find_not_yet(standing, today),
    )
    standing, findings = list(rows), []
    for check in checks:
        found = list(dict.fromkeys(check(standing)))
        findings += found
        standing = _standing(standing, found)
    return standing, findings


def _standing(rows: Sequence[Row], found: Iterable[Finding]) -> list[Row]:
    out = {finding.line for finding in found if finding.keeps_out}
    return [row for row in rows if row.line not in out]


def _last_day(rows: Sequence[Row], known: Course | None, today: date) -> date:
    """Give the last day on which the patient can have been assessed."""
    recorded = known.death.died_on if known and known.death else None
    died_on = recorded or next((row.died_on for row in rows if row.died_on), None)
    return min(died_on, today) if died_on else today


def _date_follow_ups(row: Row, last: date, decisions: Decisions, findings: list[Finding]) -> Row:
    """Date follow-ups that the nominal day puts after the last day possible.

    Such a one was made within its window, for the window had opened; on which day isn't known.
    """
    kept: list[Answers] = []
    for answers in row.visits.follow_ups:
        if answers.draft.assessed_on <= last:
            kept.append(answers)
            continue
        dated = decisions.follow_up_cut_short == "date it on the last day"
        if dated:
            kept.append(replace(answers, draft=replace(answers.draft, assessed_on=last)))
        what = f"Dated {show_day(last)}, the last day possible." if dated else "Left out."
        reason = f"Its day by the mapping, {show_day(answers.draft.assessed_on)}, can't be. {what}"
        findings.append(row.find(FindingKind.WARNING, answers.key, reason))
    return replace(row, visits=replace(row.visits, follow_ups=tuple(kept)))


def _when(row: Row) -> tuple[date, str, str]:
    return row.procedure.performed_on, row.procedure.technique, row.fingerprint
