"""A recorded procedure as the values of a form, to be corrected."""

from __future__ import annotations

from registry.db.tables import Procedure, ProcedureAgent
from registry.domain.axes import MEASURES, axis
from registry.domain.dates import show_day
from registry.domain.techniques import taxonomy
from registry.web.technique_details import AGENTS, SHOWN_FOR

_TEXTS = (
    *("technique_text", "intent", "operator", "supervisor", "mechanism", "pain_site", "approach"),
    *("laterality", "sedation", "technical_success", "baseline_missing_reason", "note"),
)


def procedure_values(row: Procedure) -> dict[str, object]:
    """Give the form's values for a recorded procedure."""
    levels = row.levels.split(";") if row.levels else []
    return {
        "performed_on": show_day(row.performed_on),
        "technique": taxonomy().techniques[row.technique].label,
        SHOWN_FOR: row.technique,
        **{name: getattr(row, name) for name in _TEXTS},
        "levels": ", ".join(axis("level").label_of(slug) for slug in levels) or None,
        "guidance": [g.mode for g in row.guidance],
        **{
            f"{AGENTS}-{number}-{field}": value
            for number, agent in enumerate(row.agents)
            for field, value in _agent_values(agent).items()
        },
    }


def _agent_values(agent: ProcedureAgent) -> dict[str, object]:
    amounts = {name: getattr(agent, name) for name in MEASURES}
    numbers = {name: f"{value:.10g}" for name, value in amounts.items() if value is not None}
    return {"agent_class": agent.agent_class, "substance": agent.substance, **numbers}
