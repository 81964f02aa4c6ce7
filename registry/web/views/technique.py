"""What a page asks about a technique: only the axes that it has, with what may be chosen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from registry.domain.axes import MEASURES, axis
from registry.domain.techniques import PLAIN_AXES, Technique
from registry.web.forms.form import Form
from registry.web.forms.technique import AGENTS, AS_ON, USUAL

Options = tuple[tuple[str, str], ...]

_LABELS = {"concentration": "Concentration", "volume_ml": "Volume", "dose": "Dose"}
_UNITS = {"concentration": "%", "volume_ml": "ml", "dose": ""}


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


def choices(axis_name: str) -> list[tuple[str, str]]:
    """List what may be chosen on an axis, whatever the technique."""
    return [(value.slug, value.label) for value in axis(axis_name).current]


def details(form: Form, technique: Technique) -> Details:
    """Prepare the axes of a technique for drawing."""
    classes = [v.slug for v in axis("agent_class").current if v.slug in technique.agent_classes]
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
            "sedation": plain_options(form, technique)["sedation"],
        },
    )


def plain_options(form: Form, technique: Technique | None) -> dict[str, Options]:
    """List what may be chosen on each axis of one value; all of it while no technique is named."""
    found = {}
    for name in PLAIN_AXES:
        asked = technique is None or name in technique.axes
        current = tuple(value.slug for value in axis(name).current) if asked else ()
        found[name] = _options(name, current, form.values(name))
    return found


_MORE_OF_WHAT = ("setting", "supervisor", "trainee", "referred_on")
_MORE_OF_PAIN = (
    *("pain_region", "pain_cause", "prognosis", "anticoagulation"),
    *("radiotherapy_28d", "systemic_therapy_28d"),
)


def plain_context(form: Form, technique: Technique | None) -> dict[str, object]:
    """Give what the templates of a procedure's further axes draw."""
    return {
        "plain": plain_options(form, technique),
        "open_what": _is_open(form, _MORE_OF_WHAT),
        "open_pain": _is_open(form, _MORE_OF_PAIN),
        "setting_as_last": axis("setting").label_of(form.value("setting"))
        if form.has(AS_ON) and axis("setting").get(form.value("setting"))
        else None,
    }


def _is_open(form: Form, names: Sequence[str]) -> bool:
    """Say whether a closed part of the form opens: something in it was typed, or is wrong.

    What was filled in as last time leaves it closed, so that a repeat stays short.
    """
    as_last_time = USUAL if form.has(AS_ON) else ()
    return any(form.error(n) or (form.has(n) and n not in as_last_time) for n in names)


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
            yield measure, _LABELS[measure], unit


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
