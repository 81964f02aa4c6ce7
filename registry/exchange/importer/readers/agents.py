"""Cells that hold an injectate: `0.25% levobupiv 20ml + dex 6.6mg`. Taken wholly or not at all."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from functools import partial

from registry.domain.axes import AxisValue, axis
from registry.domain.drafts import AgentDraft
from registry.domain.search_text import normalise
from registry.exchange.importer.errors import UnclearCell
from registry.exchange.importer.mapping import LogbookMapping
from registry.exchange.importer.readers.words import fold

_PARTS = re.compile(r"\s*(?:[+&;]|,(?!\d)|\band\b|\bwith\b)\s*", re.IGNORECASE)
_MEASURE = re.compile(r"(?P<number>\d+(?:\.\d+)?)\s*(?P<unit>%|°?[^\W\d_]+)")
_UNITS = {
    **dict.fromkeys(("%",), "%"),
    **dict.fromkeys(("ml", "mls", "cc"), "ml"),
    **dict.fromkeys(("mg", "mgs", "milligram", "milligrams"), "mg"),
    **dict.fromkeys(("mcg", "ug", "µg", "μg", "microgram", "micrograms"), "mcg"),
    **dict.fromkeys(("unit", "units", "u", "iu"), "units"),
    **dict.fromkeys(("c", "°c", "deg", "degc", "celsius"), "°C"),
    **dict.fromkeys(("j", "joule", "joules"), "J"),
}
_IN_MG = {("mg", "mcg"): 1000.0, ("mcg", "mg"): 0.001}


def read_agents(mapping: LogbookMapping) -> Callable[[str], tuple[AgentDraft, ...]]:
    """Give the reader of an injectate.

    Each part names an agent by any of its names, or by one that the mapping translates, and gives
    measures in the units of the agent's class. The mapping names units that the record has no
    place for (the seconds of a lesion).
    """
    meant = {fold(word): known for word, known in mapping.values.get("agents", {}).items()}
    read = partial(_read_part, meant=meant, unrecorded={fold(u) for u in mapping.unrecorded_units})
    return lambda text: tuple(read(part) for part in _PARTS.split(text))


def _read_part(part: str, *, meant: dict[str, str], unrecorded: Collection[str]) -> AgentDraft:
    written = fold(_MEASURE.sub(" ", part))
    name = meant.get(written, written)
    agent = axis("agent_class").resolve(name)
    if agent is None:
        raise UnclearCell(
            "This is no agent that the registry knows. Left out. Translate its name in the "
            "mapping, under values.agents."
        )
    measures: dict[str, float] = {}
    for found in _MEASURE.finditer(part):
        if fold(found["unit"]) in unrecorded:
            continue
        measure, amount = _measure(agent, float(found["number"]), fold(found["unit"]))
        if measures.setdefault(measure, amount) != amount:
            raise UnclearCell("This gives one measure of an agent twice. Left out.")
    return AgentDraft(
        agent_class=agent.slug,
        substance=_substance(agent, name),
        concentration=measures.get("concentration"),
        volume_ml=measures.get("volume_ml"),
        dose=measures.get("dose"),
    )


def _measure(agent: AxisValue, number: float, written: str) -> tuple[str, float]:
    unit = _UNITS.get(written, written)
    for measure, taken_in in agent.takes.items():
        if unit == taken_in:
            return measure, number
        if (unit, taken_in) in _IN_MG:
            return measure, number * _IN_MG[unit, taken_in]
    taken = ", ".join(agent.takes.values()) or "no measure"
    raise UnclearCell(f"{agent.label} is recorded in {taken}. Left out. Check the units.")


def _substance(agent: AxisValue, name: str) -> str | None:
    """Name the drug where the class doesn't: levobupivacaine, but not cement again."""
    says_no_more = normalise(name) in {normalise(agent.slug), normalise(agent.label)}
    return None if says_no_more or agent.group != "reversible" else name
