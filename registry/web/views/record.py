"""A record in words: its fields by their names on the page, and their values as clinicians write.

It works on the snapshots that the trail keeps, so a record, its corrections and its history read
the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from sqlmodel import SQLModel

from registry.domain.axes import axis
from registry.domain.complications import complication
from registry.domain.opioids import DoseUnit, OpioidItem, Route
from registry.domain.techniques import taxonomy
from registry.services.audit import snapshot
from registry.web.filters import DASH, day, number
from registry.web.views.opioids import show_item

Value = Any
Fact = tuple[str, str]

_KINDS = {
    "average": "average",
    "worst": "worst",
    "least": "least",
    "now": "now",
    "at_rest": "at rest",
    "on_movement": "on movement",
}
_RECALLS = {"now": "at that moment", "24h": "24 h", "7d": "7 days"}
_RESPONDENTS = {"self": "", "proxy": ", by proxy", "observed": ", observed"}


def score_in_words(kind: str, recall: str, respondent: str) -> str:
    """Name a kind of pain score: `average 24 h`, `worst 24 h, by proxy`."""
    when = "" if kind == recall else f" {_RECALLS[recall]}"
    return f"{_KINDS[kind]}{when}{_RESPONDENTS[respondent]}"


def _plain(value: Value) -> str:
    return str(value)


def _yes_no(value: Value) -> str:
    return "yes" if value else "no"


def _day(value: Value) -> str:
    return day(date.fromisoformat(value))


def _of_axis(name: str) -> Callable[[Value], str]:
    return lambda slug: axis(name).label_of(slug)


def _levels(value: Value) -> str:
    return ", ".join(axis("level").label_of(slug) for slug in value.split(";"))


def _guidance(value: Value) -> str:
    return ", ".join(axis("guidance").label_of(slug) for slug in value)


def _agents(value: Value) -> str:
    return "; ".join(_agent(agent) for agent in value)


def _agent(agent: Mapping[str, Any]) -> str:
    kind = axis("agent_class").value(agent["agent_class"])
    measures = [
        f"{number(agent[measure], 3)} {unit}"
        for measure, unit in kind.takes.items()
        if agent.get(measure) is not None
    ]
    substance = f" ({agent['substance']})" if agent.get("substance") else ""
    return ", ".join([kind.label + substance, *measures])


def _scores(value: Value) -> str:
    return ", ".join(
        f"{score}/10 {score_in_words(*name.split('/'))}" for name, score in value.items()
    )


def _functions(value: Value) -> str:
    return ", ".join(f"{name.upper()} {score}" for name, score in value.items())


def _opioids(value: Value) -> str:
    return "; ".join(show_item(_item(raw)) for raw in value)


def _item(raw: Mapping[str, Any]) -> OpioidItem:
    per_day = raw.get("per_day")
    return OpioidItem(
        drug=raw["drug"],
        route=Route(raw["route"]),
        dose=Decimal(str(raw["dose"])),
        unit=DoseUnit(raw["unit"]),
        per_day=None if per_day is None else Decimal(str(per_day)),
        as_needed=raw["as_needed"],
        product=raw.get("product"),
    )


# Every field that a reader of the record wants to see, in the order in which it is told. What
# isn't here is bookkeeping.
_FIELDS: dict[str, tuple[str, Callable[[Value], str]]] = {
    "performed_on": ("Day", _day),
    "assessed_on": ("Day", _day),
    "onset_on": ("Began on", _day),
    "died_on": ("Died on", _day),
    "technique": ("Technique", lambda slug: taxonomy().techniques[slug].label),
    "technique_text": ("Technique in words", _plain),
    "intent": ("Intent", _of_axis("intent")),
    "operator": ("Operator", _plain),
    "supervisor": ("Supervisor", _plain),
    "mechanism": ("Pain mechanism", _of_axis("mechanism")),
    "pain_site": ("Pain site", _plain),
    "approach": ("Approach", _of_axis("approach")),
    "laterality": ("Side", _of_axis("laterality")),
    "levels": ("Levels", _levels),
    "agents": ("Agents", _agents),
    "guidance": ("Guidance", _guidance),
    "sedation": ("Sedation", _of_axis("sedation")),
    "technical_success": ("Technical success", _of_axis("technical_success")),
    "baseline_missing_reason": ("Why there is no baseline", _plain),
    "after_procedure": ("Made after the procedure of that day", _yes_no),
    "scores": ("Pain", _scores),
    "regimen_recorded": ("Opioids asked about", _yes_no),
    "opioids": ("Opioids", _opioids),
    "medd_mg": ("MEDD", lambda mg: f"{number(mg)} mg/24 h oral morphine"),
    "medd_complete": ("All opioids converted", _yes_no),
    "functions": ("Function", _functions),
    "complication": ("Event", lambda slug: complication(slug).label),
    "complication_text": ("What happened", _plain),
    "expected": ("Expected effect", _yes_no),
    "grade": ("Grade", lambda grade: f"{grade} of 5 (CTCAE)"),
    "note": ("Note", _plain),
}
_TOLD_BY_OPIOIDS = {"regimen_recorded", "medd_complete"}


def label(field: str) -> str:
    """Name a field as the page does."""
    return _FIELDS[field][0]


def in_words(field: str, value: Value) -> str:
    """Write a field's value; what is empty is a dash."""
    if value is None or value in ("", [], {}):
        return DASH
    return _FIELDS[field][1](value)


def is_told(field: str) -> bool:
    """Say whether readers of a record want to see this field."""
    return field in _FIELDS


def order_of(field: str) -> int:
    """Give a field's place in the order of telling."""
    return list(_FIELDS).index(field)


def facts_of(record: SQLModel) -> list[Fact]:
    """Tell a record as (label, value) pairs, in order; what was not recorded is left out."""
    return facts_in(snapshot(record))


def facts_in(values: Mapping[str, Value]) -> list[Fact]:
    """Tell a snapshot as (label, value) pairs, as `facts_of` does a record."""
    return list(_facts(values))


def _facts(values: Mapping[str, Value]) -> Iterator[Fact]:
    for field, (name, write) in _FIELDS.items():
        value = values.get(field)
        if field == "opioids" and not value and values.get("regimen_recorded"):
            yield name, "takes none"
        elif field == "medd_complete" and value is False:
            yield name, "no: the MEDD leaves some out"
        elif field not in _TOLD_BY_OPIOIDS and not _is_blank(value):
            yield name, write(value)


def _is_blank(value: Value) -> bool:
    """Say whether there is nothing to tell: a false flag is the usual case, a zero is a value."""
    return value is None or value is False or value in ("", [], {})
