"""The log form read into drafts: the procedure, and the assessment made before it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from registry.domain.drafts import AgentDraft, AssessmentDraft, ProcedureDraft
from registry.domain.errors import Problem
from registry.domain.levels import read_levels
from registry.web.assessment_form import read_assessment
from registry.web.forms import Form
from registry.web.technique_details import (
    AGENTS,
    named_technique,
    refuse_unclear_technique,
    usual_intent,
)
from registry.web.text_fields import LINE, NAME, NOTE, text_up_to

SUBSTANCE = 80
NO_BASELINE_REASONS = (
    "Not asked before the procedure",
    "Too drowsy or unwell to answer",
    "Can't communicate a score",
    "Under anaesthetic or sedation",
)


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
        technique_text=text_up_to(form, "technique_text", LINE),
        intent=form.text("intent") or usual_intent(technique),
        operator=text_up_to(form, "operator", NAME) or "",
        supervisor=text_up_to(form, "supervisor", NAME),
        mechanism=form.text("mechanism"),
        pain_site=text_up_to(form, "pain_site", NAME),
        approach=form.text("approach"),
        laterality=form.text("laterality"),
        levels=_read_levels(form),
        sedation=form.text("sedation"),
        technical_success=form.text("technical_success"),
        agents=tuple(_read_agent(form, row) for row in form.rows(AGENTS)),
        guidance=tuple(form.values("guidance")),
        baseline_missing_reason=text_up_to(form, "baseline_missing_reason", LINE),
        note=text_up_to(form, "note", NOTE),
    )


def read_baseline(form: Form, performed_on: date, today: date) -> AssessmentDraft:
    """Read the assessment made before the procedure, on its day unless another is given."""
    assessed_on = form.day("assessed_on", today) or performed_on
    return replace(read_assessment(form, assessed_on), after_procedure=False)


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
        substance=text_up_to(form, f"{AGENTS}-{row}-substance", SUBSTANCE),
        concentration=amount("concentration"),
        volume_ml=amount("volume_ml"),
        dose=amount("dose"),
    )


_PAGE_ORDER = (
    *("site", "hospital_number", "birth_date", "sex", "diagnosis_group", "name"),
    *("performed_on", "technique", "technique_text", "intent", "operator", "laterality", "levels"),
    *("approach", "agents", "guidance", "sedation"),
    *("scores", "average_pain", "worst_pain", "assessed_on", "baseline_missing_reason"),
    *("mechanism", "pain_site", "respondent", "akps", "ecog", "opioids", "no_opioids"),
    *("technical_success", "supervisor", "note"),
)


def tidy_problems(form: Form) -> None:
    """Keep one problem a field, the one found first, and order them as the page does."""
    first: dict[str, Problem] = {}
    for problem in form.problems:
        first.setdefault(problem.field, problem)
    form.problems = sorted(first.values(), key=lambda problem: _place(problem.field))


def _place(field: str) -> int:
    part = field.split(".")[0]
    return _PAGE_ORDER.index(part) if part in _PAGE_ORDER else -1
