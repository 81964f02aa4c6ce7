"""A procedure as a form: read into a draft, with the assessment made before it, and back again."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

from registry.db.tables import Procedure
from registry.domain.axes import axis
from registry.domain.dates import show_day
from registry.domain.drafts import AgentDraft, AssessmentDraft, ProcedureDraft
from registry.domain.techniques import PLAIN_AXES, taxonomy
from registry.domain.techniques.levels import read_levels
from registry.web.forms.assessment import read_assessment
from registry.web.forms.form import LINE, NAME, NOTE, Form
from registry.web.forms.technique import (
    AGENTS,
    SHOWN_FOR,
    agent_values,
    named_technique,
    refuse_unclear_technique,
    usual_intent,
)

SUBSTANCE = 80
NO_BASELINE_REASONS = (
    "Not asked before the procedure",
    "Too drowsy or unwell to answer",
    "Can't communicate a score",
    "Under anaesthetic or sedation",
)

YES, NO = "yes", "no"

_TEXTS = (
    *("technique_text", "intent", "operator", "supervisor", "trainee", "pain_site", "approach"),
    *("laterality", "block_result", "block_relief_percent", "baseline_missing_reason", "note"),
    *("follows_id", *PLAIN_AXES),
)
_TREATED = ("radiotherapy_28d", "systemic_therapy_28d")


def read_procedure(form: Form, today: date) -> ProcedureDraft:
    """Read the procedure; what can't be read is refused at its field.

    A refused or missing value has a stand-in in the draft, so that the rules can look at the rest:
    a draft of a form with problems is never to be saved.
    """
    technique = named_technique(form)
    if technique is None:
        refuse_unclear_technique(form)
    return ProcedureDraft(
        performed_on=form.day("performed_on", today, missing="Enter the day of the procedure.")
        or today,
        technique=technique.slug if technique else "",
        technique_text=form.text("technique_text", LINE),
        intent=form.text("intent") or usual_intent(technique),
        operator=form.text("operator", NAME) or "",
        supervisor=form.text("supervisor", NAME),
        trainee=form.text("trainee", NAME),
        referred_on=form.day("referred_on", today),
        pain_site=form.text("pain_site", NAME),
        approach=form.text("approach"),
        laterality=form.text("laterality"),
        levels=_read_levels(form),
        **_read_plain(form),
        follows_id=_read_follows(form),
        block_result=form.text("block_result"),
        block_relief_percent=form.whole("block_relief_percent", "Enter a whole number, as 80."),
        agents=tuple(_read_agent(form, row) for row in form.rows(AGENTS)),
        guidance=tuple(form.values("guidance")),
        baseline_missing_reason=form.text("baseline_missing_reason", LINE),
        note=form.text("note", NOTE),
        confirmed=form.confirmed,
    )


def read_baseline(form: Form, performed_on: date, today: date) -> AssessmentDraft:
    """Read the assessment made before the procedure, on its day unless another is given."""
    assessed_on = form.day("assessed_on", today) or performed_on
    return replace(read_assessment(form, assessed_on), after_procedure=False)


def _read_plain(form: Form) -> dict[str, Any]:
    return {
        **{name: form.text(name) for name in PLAIN_AXES},
        **{name: _read_yes_no(form, name) for name in _TREATED},
    }


def _read_yes_no(form: Form, name: str) -> bool | None:
    return {YES: True, NO: False}.get(form.value(name))


def _read_follows(form: Form) -> UUID | None:
    text = form.text("follows_id")
    try:
        return UUID(text) if text else None
    except ValueError:
        form.refuse("follows_id", "Choose one of the listed procedures.")
        return None


def _read_levels(form: Form) -> tuple[str, ...]:
    text = form.text("levels")
    levels = read_levels(text) if text else ()
    if levels is None:
        form.refuse("levels", "Write levels as C1-C2, T8 or L2, L3.")
    return levels or ()


def _read_agent(form: Form, row: int) -> AgentDraft:
    def amount(measure: str) -> float | None:
        return form.decimal(f"{AGENTS}-{row}-{measure}", "Enter a number, for example 0.5.")

    return AgentDraft(
        agent_class=form.value(f"{AGENTS}-{row}-agent_class"),
        substance=form.text(f"{AGENTS}-{row}-substance", SUBSTANCE),
        concentration=amount("concentration"),
        volume_ml=amount("volume_ml"),
        dose=amount("dose"),
    )


def procedure_values(row: Procedure) -> dict[str, object]:
    """Give the form's values for a recorded procedure."""
    levels = row.levels.split(";") if row.levels else []
    return {
        "performed_on": show_day(row.performed_on),
        "technique": taxonomy().techniques[row.technique].label,
        SHOWN_FOR: row.technique,
        **{name: getattr(row, name) for name in _TEXTS},
        **{name: _show_yes_no(getattr(row, name)) for name in _TREATED},
        "referred_on": show_day(row.referred_on) if row.referred_on else None,
        "levels": ", ".join(axis("level").label_of(slug) for slug in levels) or None,
        "guidance": [g.mode for g in row.guidance],
        **agent_values(row),
    }


def _show_yes_no(value: bool | None) -> str | None:
    return None if value is None else (YES if value else NO)
