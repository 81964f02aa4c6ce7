"""What of the field's minimum set a record lacks. It is shown, and never keeps a record out.

The minimum set is that of the registries of this field: who the patient is and how ill, what pain
was treated and how, what the patient said of it before and after with the opioids taken, and what
went wrong. Of a technique only the axes that it has are asked for.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from registry.domain.axes import MEASURES, axis
from registry.domain.complications import complications
from registry.domain.techniques.tree import Technique

TELLING_INTENTS = frozenset({"diagnostic", "prognostic", "trial"})
"""Intents of a block or a trial whose point is what it told."""

_PATIENT = ("sex", "diagnosis_group", "metastases")
_AXES = (
    *("setting", "approach", "laterality", "levels", "agents", "guidance", "sedation"),
    *("technical_success", "pain_region", "mechanism", "pain_cause"),
    *("prognosis", "anticoagulation"),
)
_ALWAYS = ("radiotherapy_28d", "systemic_therapy_28d")
_EVENT = ("grade", "relatedness", "resolution")
_PEG = frozenset({"peg_pain", "peg_enjoyment", "peg_activity"})

Given = Mapping[str, object]
"""What a record holds, by field; an absent field, None, "" and an empty list are not recorded."""


def lacks_of_patient(given: Given) -> list[str]:
    """Name the particulars that are not recorded."""
    return [f for f in _PATIENT if not _has(given, f) or given[f] == "unknown"]


def lacks_of_procedure(technique: Technique, given: Given) -> list[str]:
    """Name what is not recorded of a procedure.

    `amounts` stands for agents without any amount though they have one. Why success was not full is
    asked where it was not, a block's or a trial's result where it was done for that, and the
    supervisor of a trainee.
    """
    wanted = [*(a for a in _AXES if a in technique.axes), *_ALWAYS]
    if given.get("technical_success") in ("partial", "failed"):
        wanted.append("technical_failure")
    if given.get("intent") in TELLING_INTENTS:
        wanted.append("block_result")
    if _has(given, "trainee"):
        wanted.append("supervisor")
    missing = [field for field in wanted if not _has(given, field)]
    agents = given.get("agents")
    if isinstance(agents, list) and not all(_has_amount(agent) for agent in agents):
        missing.append("amounts")
    return missing


def lacks_of_assessment(
    *,
    pains: Collection[str],
    measures: Collection[str],
    opioids_asked: bool,
    follow_up: bool,
) -> list[str]:
    """Name what is not recorded of an assessment: `pains` are kinds of score, `measures`
    instruments. Change (PGIC) and interference (PEG) are asked after a procedure.
    """
    given = {
        "average_pain": "average" in pains,
        "worst_pain": "worst" in pains,
        "opioids": opioids_asked,
        "function": bool({"akps", "ecog"} & set(measures)),
    }
    if follow_up:
        given["pgic"] = "pgic" in measures
        given["peg"] = set(measures) >= _PEG
    return [name for name, there in given.items() if not there]


def lacks_of_adverse_event(given: Given) -> list[str]:
    """Name what is not recorded of an adverse event; an expected effect needs no grade,
    the course of the disease nothing more.
    """
    if (known := complications().by_slug.get(str(given.get("complication")))) and known.is_apart:
        return []
    wanted = _EVENT[1:] if given.get("expected") else _EVENT
    return [field for field in wanted if not _has(given, field)]


def _has(given: Given, field: str) -> bool:
    return given.get(field) not in (None, "", [])


def _has_amount(agent: Mapping[str, object]) -> bool:
    known = axis("agent_class").get(str(agent.get("agent_class")))
    takes = known.takes if known else {}
    return not takes or any(agent.get(measure) is not None for measure in MEASURES)
