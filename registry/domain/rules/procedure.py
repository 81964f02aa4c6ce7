"""The rules of a procedure, its axes and its baseline."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from registry.domain.axes import axis
from registry.domain.drafts import AssessmentDraft, ProcedureDraft
from registry.domain.errors import Problem, RuleViolation
from registry.domain.links import ASKING, UPKEEP
from registry.domain.rules.bounds import Bounds
from registry.domain.rules.choices import check_choice
from registry.domain.techniques import PLAIN_AXES, check_axes, technique
from registry.domain.timeline import AVERAGE_SELF

SHORT_OF_SUCCESS = frozenset({"partial", "failed"})
"""Grades of technical success that ask why it was not complete."""


def check_procedure(draft: ProcedureDraft, bounds: Bounds) -> list[Problem]:
    """Find what is wrong with a procedure, its axes included."""
    problems = list(bounds.check("performed_on", draft.performed_on, "The procedure"))
    if not draft.operator.strip():
        problems.append(Problem("operator", "Enter who did the procedure."))
    problems += [*_check_referral(draft, bounds), *_check_failure(draft), *_check_result(draft)]
    plain = {name: getattr(draft, name) for name in PLAIN_AXES}
    try:
        chosen = technique(draft.technique)
    except RuleViolation as unknown:
        problems += [p for name, slug in plain.items() for p in check_choice(name, slug)]
        return problems + list(unknown.problems)
    return problems + check_axes(
        chosen,
        technique_text=draft.technique_text,
        intent=draft.intent,
        agents=draft.agents,
        guidance=draft.guidance,
        approach=draft.approach,
        laterality=draft.laterality,
        levels=draft.levels,
        **plain,
    )


def _check_referral(draft: ProcedureDraft, bounds: Bounds) -> Iterator[Problem]:
    if draft.referred_on is None:
        return
    if draft.referred_on > draft.performed_on:
        yield Problem("referred_on", "The referral lies after the procedure. Check both dates.")
    elif draft.referred_on < bounds.born_on:
        yield Problem("referred_on", "The referral lies before the patient's birth. Check it.")


def _check_failure(draft: ProcedureDraft) -> Iterator[Problem]:
    """Hold the reason of a failure to a technical success that was not complete."""
    if draft.technical_failure is None:
        return
    if draft.technical_success not in SHORT_OF_SUCCESS:
        grades = " or ".join(
            value.label.lower()
            for value in axis("technical_success").values
            if value.slug in SHORT_OF_SUCCESS
        )
        yield Problem(
            "technical_failure",
            f"This is for a technical success that was {grades}. Leave it empty, or correct that.",
        )
    elif draft.technical_failure == "other" and not (draft.note or "").strip():
        yield Problem("technical_failure", "Say in the note what it was, or choose another.")


def _check_result(draft: ProcedureDraft) -> Iterator[Problem]:
    """Hold the result of a block or a trial to what asks for one."""
    told = {"block_result": draft.block_result, "block_relief_percent": draft.block_relief_percent}
    given = [name for name, value in told.items() if value is not None]
    if given and draft.intent not in ASKING:
        yield Problem(
            given[0],
            "Only a diagnostic or prognostic block or a trial has a result. Leave it empty, or "
            "say which block or trial this procedure continues.",
        )
    else:
        yield from check_result(draft.block_result, draft.block_relief_percent)


def check_result(result: str | None, relief_percent: int | None) -> list[Problem]:
    """Find what is wrong with what a block or a trial told."""
    problems = check_choice("block_result", result)
    if relief_percent not in {None, *range(101)}:
        reason = "Relief is a whole number from 0 to 100 % of the pain before."
        problems.append(Problem("block_relief_percent", reason))
    return problems


def check_baseline(
    procedure: ProcedureDraft, baseline: AssessmentDraft | None, known_baseline: bool
) -> list[Problem]:
    """Ask for the average pain before the procedure, or for the reason why there is none.

    Not before the upkeep of a device, which treats no new pain.
    """
    if procedure.intent in UPKEEP:
        return []
    has_score = baseline is not None and any(s.type == AVERAGE_SELF for s in baseline.scores)
    if has_score or known_baseline or procedure.baseline_missing_reason:
        return []
    return [
        Problem(
            "average_pain", "Enter the average pain before the procedure, or why there is none."
        )
    ]


def check_events_after(performed_on: date, onsets: Iterable[date]) -> list[Problem]:
    """Find out whether a procedure is moved past its own adverse events."""
    if all(onset >= performed_on for onset in onsets):
        return []
    return [
        Problem(
            "performed_on",
            "An adverse event of this procedure began before this day. Check the date, or correct "
            "the event first.",
        )
    ]
