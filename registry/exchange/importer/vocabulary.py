"""A field's words -> the registry's slugs, and whether a mapping translates to words it knows."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

from registry.domain.axes import axis
from registry.domain.complications import resolve_complication
from registry.domain.diagnoses import resolve_diagnosis
from registry.domain.techniques import resolve_technique
from registry.exchange.importer.cell_errors import UnclearCell
from registry.exchange.importer.mapping import Columns, LogbookMapping

_SEVERAL = re.compile(r"\s*(?:[+,;&]|\band\b)\s*", re.IGNORECASE)
_AXES = {
    "intent": "intent",
    "mechanism": "mechanism",
    "approach": "approach",
    "laterality": "laterality",
    "guidance": "guidance",
    "agents": "agent_class",
    "sedation": "sedation",
    "technical_success": "technical_success",
    "sex": "sex",
}
_MEASURED = frozenset({"pain", "opioids", "akps", "ecog"})


def read_axis(field: str) -> Callable[[str], str]:
    """Give the reader of a field whose values are an axis's: `read_axis("laterality")("bilat")`."""
    known = axis(_AXES[field])

    def read(text: str) -> str:
        value = known.resolve(text)
        if value is None:
            raise UnclearCell(
                f"This is none of: {', '.join(v.label for v in known.current)}. "
                f"Left out. Translate it in the mapping, under values.{field}."
            )
        return value.slug

    return read


def read_guidance(text: str) -> tuple[str, ...]:
    """Read one way of guidance or several (`CT + fluoro`)."""
    read = read_axis("guidance")
    if axis("guidance").resolve(text):
        return (read(text),)
    return tuple(dict.fromkeys(read(part) for part in _SEVERAL.split(text)))


def find_unknown_values(mapping: LogbookMapping) -> Iterator[str]:
    """Tell what a mapping translates to words that the registry doesn't know."""
    for field in mapping.values.keys() - Columns.model_fields.keys() - _MEASURED:
        yield f"values.{field}: there is no field of this name."
    for field, resolve in _resolvers().items():
        for meant in mapping.values.get(field, {}).values():
            if meant and resolve(meant) is None:
                yield f"values.{field}: the registry doesn't know '{meant}'."
    for where, slug in (
        *_intents(mapping.intent_words),
        ("defaults.intent", mapping.defaults.intent),
    ):
        if axis("intent").get(slug) is None:
            yield f"{where}: {axis('intent').choose()}"


def _intents(words: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for word, slug in words.items():
        yield f"intent_words.{word}", slug


def _resolvers() -> Mapping[str, Callable[[str], object | None]]:
    return {
        **{field: axis(name).resolve for field, name in _AXES.items()},
        "technique": resolve_technique,
        "complications": resolve_complication,
        "diagnosis": resolve_diagnosis,
    }
