"""The technique that a form names, and what is filled in for it as last time."""

from __future__ import annotations

from registry.db.tables import Procedure, ProcedureAgent
from registry.domain.axes import MEASURES
from registry.domain.techniques import Technique, find_techniques, resolve_technique
from registry.web.forms.form import Form
from registry.web.forms.rows import without_rows

AGENTS = "agents"
AGENT_CLASS = "agent_class"

SHOWN_FOR = "details_for"
AS_ON = "as_on"
USUAL = ("guidance", "approach", "sedation", "setting")
"""What is filled in as last time, beside the agents."""

_OWN = (
    *("intent", "laterality", "levels", "technique_text", "follows_id"),
    *("block_result", "block_relief_percent"),
)
_USUALLY = "therapeutic"


def named_technique(form: Form) -> Technique | None:
    """Give the one technique that the typed text names."""
    return resolve_technique(form.value("technique"))


def refuse_unclear_technique(form: Form) -> None:
    """Say at the field why the typed text names no technique, with what it may have meant."""
    text = form.text("technique")
    near = find_techniques(text, 4) if text else ()
    if text is None:
        form.refuse("technique", "Choose the technique.")
    elif near:
        names = ", ".join(t.label for t in near)
        form.refuse("technique", f"This can mean more than one technique. Choose one: {names}.")
    else:
        form.refuse(
            "technique",
            "No technique has this name. Try another name for it, or choose “Other technique” "
            "and say in words what it was.",
        )


def usual_intent(technique: Technique | None) -> str:
    """Give the intent to start with: therapeutic, or the only one there is."""
    if technique is None or _USUALLY in technique.intents:
        return _USUALLY
    return technique.intents[0] if len(technique.intents) == 1 else ""


def with_details(form: Form, technique: Technique, last: Procedure | None) -> Form:
    """Give the form as it starts for a technique newly chosen, with last time's values."""
    if form.value(SHOWN_FOR) == technique.slug:
        return form
    if form.has(SHOWN_FOR):
        form = _without_other_techniques_values(form)
    starting = Form.starting(**_usual_values(last)) if last else Form.starting()
    typed = {**starting.typed, **{k: v for k, v in form.typed.items() if any(v)}}
    typed[SHOWN_FOR] = [technique.slug]
    typed.setdefault("intent", [usual_intent(technique)])
    return _with_a_row(form.holding({**form.typed, **typed}), technique)


def without_usual(form: Form, technique: Technique) -> Form:
    """Give the form with last time's values cleared."""
    form = without_rows(form, AGENTS)
    typed = {k: v for k, v in form.typed.items() if k not in (*USUAL, AS_ON)}
    return _with_a_row(form.holding(typed), technique)


def _without_other_techniques_values(form: Form) -> Form:
    form = without_rows(form, AGENTS)
    dropped = {*USUAL, *_OWN, AS_ON}
    return form.holding({k: v for k, v in form.typed.items() if k not in dropped})


def _with_a_row(form: Form, technique: Technique) -> Form:
    """Start with one row for an agent; where there is one class alone it is that."""
    if form.rows(AGENTS) or not technique.agent_classes:
        return form
    only = next(iter(technique.agent_classes)) if len(technique.agent_classes) == 1 else ""
    return form.holding({**form.typed, f"{AGENTS}-0-{AGENT_CLASS}": [only]})


def _usual_values(last: Procedure) -> dict[str, object]:
    agents = agent_values(last)
    usual = {
        "guidance": [g.mode for g in last.guidance] or None,
        "approach": last.approach,
        "sedation": last.sedation,
        "setting": last.setting,
    }
    if not agents and not any(usual.values()):
        return {}
    return {AS_ON: last.performed_on.isoformat(), **agents, **usual}


def agent_values(row: Procedure) -> dict[str, object]:
    """Give the form's values for the agents of a recorded procedure."""
    return {
        f"{AGENTS}-{number}-{field}": value
        for number, agent in enumerate(row.agents)
        for field, value in _agent_values(agent).items()
    }


def _agent_values(agent: ProcedureAgent) -> dict[str, object]:
    measures = {name: getattr(agent, name) for name in MEASURES}
    numbers = {name: f"{value:.10g}" for name, value in measures.items() if value is not None}
    return {"agent_class": agent.agent_class, "substance": agent.substance, **numbers}
