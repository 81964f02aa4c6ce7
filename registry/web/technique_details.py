"""What a form asks about a technique: only the axes that it has, filled in as last time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from registry.db.tables import Procedure, ProcedureAgent
from registry.domain.axes import MEASURES, axis
from registry.domain.techniques import Technique, find_techniques, resolve_technique
from registry.web.forms import Form
from registry.web.repeated_rows import without_rows

AGENTS = "agents"
FIRST_FIELD = "agent_class"
MEASURE_LABELS = {"concentration": "Concentration", "volume_ml": "Volume", "dose": "Dose"}

SHOWN_FOR = "details_for"
AS_ON = "as_on"
_USUAL = ("guidance", "approach", "sedation")
_OWN = ("intent", "laterality", "levels", "technique_text")
_USUALLY = "therapeutic"

Options = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class AgentFields:
    """The measures that an agent's row asks for: name, label and unit of each."""

    measures: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True)
class Details:
    """What may be chosen on each axis of a technique; an empty axis is not asked for.

    A value that was typed and can't be chosen is listed all the same: nothing typed vanishes.
    `as_on` is the day of the procedure whose values stand here.
    """

    technique: Technique
    as_on: date | None
    agents: tuple[AgentFields, ...]
    options: Mapping[str, Options]

    def __getitem__(self, axis_name: str) -> Options:
        return self.options[axis_name]


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
    return _with_a_row(Form({**form.typed, **typed}, form.problems), technique)


def without_usual(form: Form, technique: Technique) -> Form:
    """Give the form with last time's values cleared."""
    form = without_rows(form, AGENTS)
    typed = {k: v for k, v in form.typed.items() if k not in (*_USUAL, AS_ON)}
    return _with_a_row(Form(typed, form.problems), technique)


def details(form: Form, technique: Technique) -> Details:
    """Prepare the axes of a technique for drawing."""
    classes = [v.slug for v in axis("agent_class").current if v.slug in technique.agent_classes]
    sedations = axis("sedation").slugs if "sedation" in technique.axes else ()
    rows = form.rows(AGENTS)
    typed_classes = [form.value(f"{AGENTS}-{row}-agent_class") for row in rows]
    return Details(
        technique=technique,
        as_on=_day(form.value(AS_ON)),
        agents=tuple(AgentFields(tuple(_measures(form, row))) for row in rows),
        options={
            "intent": _options("intent", technique.intents, form.values("intent")),
            "agent_class": _options("agent_class", classes, typed_classes),
            "guidance": _options("guidance", technique.guidance, form.values("guidance")),
            "approach": _options("approach", technique.approaches, form.values("approach")),
            "laterality": _options("laterality", technique.laterality, form.values("laterality")),
            "sedation": _options("sedation", sedations, form.values("sedation")),
        },
    )


def _options(axis_name: str, allowed: Sequence[str], typed: Sequence[str]) -> Options:
    values = axis(axis_name)
    extra = [slug for slug in dict.fromkeys(typed) if slug and slug not in allowed]
    known = [(slug, values.label_of(slug)) for slug in allowed]
    foreign = [(s, value.label if (value := values.get(s)) else s) for s in extra]
    return (*known, *((slug, f"{label} (not for this technique)") for slug, label in foreign))


def _measures(form: Form, row: int) -> Iterator[tuple[str, str, str]]:
    agent = axis("agent_class").get(form.value(f"{AGENTS}-{row}-agent_class"))
    for measure in MEASURES:
        takes = agent is None or measure in agent.takes
        if takes or form.has(f"{AGENTS}-{row}-{measure}"):
            unit = agent.takes.get(measure, "") if agent else _UNITS[measure]
            yield measure, MEASURE_LABELS[measure], unit


_UNITS = {"concentration": "%", "volume_ml": "ml", "dose": ""}


def _without_other_techniques_values(form: Form) -> Form:
    form = without_rows(form, AGENTS)
    dropped = {*_USUAL, *_OWN, AS_ON}
    return Form({k: v for k, v in form.typed.items() if k not in dropped}, form.problems)


def _with_a_row(form: Form, technique: Technique) -> Form:
    """Start with one row for an agent; where there is one class alone it is that."""
    if form.rows(AGENTS) or not technique.agent_classes:
        return form
    only = next(iter(technique.agent_classes)) if len(technique.agent_classes) == 1 else ""
    return Form({**form.typed, f"{AGENTS}-0-{FIRST_FIELD}": [only]}, form.problems)


def _usual_values(last: Procedure) -> dict[str, object]:
    agents = {
        f"{AGENTS}-{row}-{field}": value
        for row, agent in enumerate(last.agents)
        for field, value in _agent_values(agent).items()
    }
    usual = {
        "guidance": [g.mode for g in last.guidance] or None,
        "approach": last.approach,
        "sedation": last.sedation,
    }
    if not agents and not any(usual.values()):
        return {}
    return {AS_ON: last.performed_on.isoformat(), **agents, **usual}


def _agent_values(agent: ProcedureAgent) -> dict[str, object]:
    measures = {name: getattr(agent, name) for name in MEASURES}
    numbers = {name: f"{value:.10g}" for name, value in measures.items() if value is not None}
    return {"agent_class": agent.agent_class, "substance": agent.substance, **numbers}


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
