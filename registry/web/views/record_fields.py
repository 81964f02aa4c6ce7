"""The fields of all records by their names on the page, each with how its value is written."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from registry.domain.axes import axis
from registry.domain.complications import complication
from registry.domain.diagnoses import diagnosis_group
from registry.domain.drugs import drugs
from registry.domain.opioids import DoseUnit, OpioidItem, Route
from registry.domain.techniques import taxonomy
from registry.domain.windows import window
from registry.web.filters import day, number
from registry.web.views.measures import measures_in_words
from registry.web.views.opioids import show_item

Value = Any

_KINDS = {
    "average": "average",
    "worst": "worst",
    "least": "least",
    "now": "now",
    "at_rest": "at rest",
    "on_movement": "on movement",
}
_SOURCES = {
    "clinic": "in person",
    "phone": "by phone",
    "link": "by the patient, over a link",
    "record": "from the notes",
}
_SCHEMES = {"ctcae": "CTCAE", "sir": "SIR", "clavien-dindo": "Clavien-Dindo"}
_ENDINGS = {
    "resolved": "resolved",
    "with_sequelae": "resolved, something stayed",
    "ongoing": "ongoing",
    "fatal": "fatal",
    "unknown": "not known",
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
        f"{value[name]}/10 {score_in_words(*name.split('/'))}" for name in sorted(value, key=_place)
    )


def _place(name: str) -> tuple[int, int, int]:
    """Order scores by whose word they are, then average, worst and the rest, then the span."""
    kind, recall, respondent = name.split("/")
    return (
        list(_RESPONDENTS).index(respondent),
        list(_KINDS).index(kind),
        list(_RECALLS).index(recall),
    )


def _infusate(value: Value) -> str:
    return "; ".join(_infused(item) for item in value)


def _infused(item: Mapping[str, Any]) -> str:
    parts = [
        f"{number(item[amount], 3)} {item[unit].replace('24h', '24 h')}"
        for amount, unit in (
            ("concentration", "concentration_unit"),
            ("daily_dose", "daily_unit"),
        )
        if item.get(amount) is not None
    ]
    return ", ".join([drugs()[item["drug"]].label, *parts])


def _slugs_of(name: str) -> Callable[[Value], str]:
    return lambda slugs: ", ".join(axis(name).label_of(slug) for slug in slugs.split(";"))


def _unit(unit: str) -> Callable[[Value], str]:
    return lambda amount: f"{number(amount, 3)} {unit}"


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
FIELDS: dict[str, tuple[str, Callable[[Value], str]]] = {
    "performed_on": ("Day", _day),
    "assessed_on": ("Day", _day),
    "onset_on": ("Began on", _day),
    "died_on": ("Died on", _day),
    "technique": ("Technique", lambda slug: taxonomy().techniques[slug].label),
    "technique_text": ("Technique in words", _plain),
    "intent": ("Intent", _of_axis("intent")),
    "operator": ("Operator", _plain),
    "supervisor": ("Supervisor", _plain),
    "trainee": ("Trainee", _plain),
    "setting": ("Setting", _of_axis("setting")),
    "referred_on": ("Referred on", _day),
    "mechanism": ("Pain mechanism", _of_axis("mechanism")),
    "pain_site": ("Pain site", _plain),
    "pain_region": ("Pain region", _of_axis("pain_region")),
    "pain_cause": ("Cause of the pain", _of_axis("pain_cause")),
    "prognosis": ("Expected survival", _of_axis("prognosis")),
    "anticoagulation": ("Anticoagulation", _of_axis("anticoagulation")),
    "radiotherapy_28d": ("Radiotherapy in the last 28 days", _yes_no),
    "systemic_therapy_28d": ("Systemic therapy in the last 28 days", _yes_no),
    "approach": ("Approach", _of_axis("approach")),
    "laterality": ("Side", _of_axis("laterality")),
    "levels": ("Levels", _levels),
    "agents": ("Agents", _agents),
    "guidance": ("Guidance", _guidance),
    "sedation": ("Sedation", _of_axis("sedation")),
    "technical_success": ("Technical success", _of_axis("technical_success")),
    "technical_failure": ("Why not complete", _of_axis("technical_failure")),
    "follows_id": ("Continues an earlier procedure", lambda _: "yes"),
    "block_result": ("Result", _of_axis("block_result")),
    "block_relief_percent": ("Relief", lambda percent: f"{percent} %"),
    "baseline_missing_reason": ("Why there is no baseline", _plain),
    "after_procedure": ("Made after the procedure of that day", _yes_no),
    "scores": ("Pain", _scores),
    "regimen_recorded": ("Opioids asked about", _yes_no),
    "opioids": ("Opioids", _opioids),
    "medd_mg": ("MEDD", lambda mg: f"{number(mg)} mg/24 h oral morphine"),
    "medd_complete": ("All opioids converted", _yes_no),
    "measures": ("Function and change", measures_in_words),
    "complication": ("Event", lambda slug: complication(slug).label),
    "complication_text": ("What happened", _plain),
    "expected": ("Expected effect", _yes_no),
    "grade": ("Grade", lambda grade: f"{grade} of 5"),
    "scheme": ("Scheme", lambda scheme: _SCHEMES[scheme]),
    "scheme_version": ("Version of the scheme", _plain),
    "relatedness": ("Related to the procedure", _plain),
    "resolution": ("How it ended", lambda value: _ENDINGS[value]),
    "resolved_on": ("Ended on", _day),
    "sequelae": ("What stayed", _plain),
    "checked_on": ("Day", _day),
    "status": ("State of the device", _of_axis("device_status")),
    "events": ("Events", _slugs_of("device_event")),
    "mode": ("Mode", _of_axis("device_mode")),
    "infusate": ("Infusate", _infusate),
    "rate_ml_per_day": ("Rate", _unit("ml/24 h")),
    "reservoir_ml": ("Left in the reservoir", _unit("ml")),
    "refilled_ml": ("Refilled with", _unit("ml")),
    "refill_due_on": ("Next refill due", _day),
    "amplitude": ("Amplitude", lambda value: number(value, 3)),
    "amplitude_unit": ("Amplitude in", _plain),
    "frequency_hz": ("Frequency", _unit("Hz")),
    "pulse_width_us": ("Pulse width", _unit("µs")),
    "hours_on_per_day": ("Hours on a day", _unit("h")),
    "window_slug": ("Window", lambda slug: window(slug).label),
    "reason": ("Why there is none", _of_axis("missed_reason")),
    "source": ("Answered", lambda source: _SOURCES[source]),
    "regimen_text": ("Medicines, as the patient wrote", _plain),
    "hospital_number": ("Hospital number", _plain),
    "name": ("Name", _plain),
    "birth_date": ("Birth date", _day),
    "sex": ("Sex", _plain),
    "phone": ("Phone", _plain),
    "diagnosis_group": ("Diagnosis group", lambda slug: diagnosis_group(slug).label),
    "diagnosis": ("Diagnosis", _plain),
    "metastases": ("Metastases", _yes_no),
    "merged_into": ("Merged into", _plain),
    "holds_also": ("Holds also", _plain),
    "confirmed": ("Confirmed", " ".join),
    "note": ("Note", _plain),
}
