"""Finding a mapping's file, and refusing one that can't be meant as it stands."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from difflib import get_close_matches
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from pydantic import ValidationError

from registry.domain.axes import axis
from registry.domain.complications import resolve_complication
from registry.domain.diagnoses import resolve_diagnosis
from registry.domain.techniques import resolve_technique
from registry.domain.timeline import Instrument
from registry.domain.windows import BASELINE
from registry.exchange.importer.errors import MappingError
from registry.exchange.importer.mapping import (
    Columns,
    Decisions,
    Defaults,
    FileForm,
    LogbookMapping,
    PainConvention,
    TimePoint,
)
from registry.exchange.importer.readers.words import AXES

_SHIPPED = files("registry.exchange").joinpath("mappings")
_TABLES = (FileForm, Columns, PainConvention, TimePoint, Defaults, Decisions, LogbookMapping)
_SETTINGS = {name for table in _TABLES for name in table.model_fields}
_MEASURED = frozenset({"pain", "opioids", "respondent", "source", *Instrument})


def load_mapping(name_or_path: str | Path) -> LogbookMapping:
    """Load a shipped mapping by its name, or any by the path of its TOML file.

    Raises `MappingError` that names every setting which can't be used.
    """
    name, text = _find(str(name_or_path))
    try:
        raw = tomllib.loads(text.decode("utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise MappingError(f"The mapping {name} is not valid TOML: {error}.") from None
    try:
        mapping = LogbookMapping.model_validate({**raw, "name": name})
    except ValidationError as error:
        raise MappingError(explain(name, error)) from None
    check_mapping(mapping)
    return mapping


def check_mapping(mapping: LogbookMapping) -> None:
    """Refuse a mapping that contradicts itself, or the registry (`MappingError`)."""
    if problems := [*_clashes(mapping), *_unknown_values(mapping)]:
        raise MappingError(f"The mapping {mapping.name} can't be used. " + " ".join(problems))


def _find(wanted: str) -> tuple[str, bytes]:
    path = Path(wanted)
    if path.suffix == ".toml" or path.parent != Path():
        if not path.is_file():
            raise MappingError(f"There is no mapping file {wanted}.")
        return path.stem, path.read_bytes()
    shipped = _shipped()
    if wanted not in shipped:
        raise MappingError(
            f"There is no mapping named {wanted}. Shipped: {', '.join(sorted(shipped))}. "
            "For one of your own give the path of its .toml file."
        )
    return wanted, shipped[wanted].read_bytes()


def shipped_names() -> list[str]:
    """List the mappings that come with Assuage."""
    return sorted(_shipped())


def _shipped() -> dict[str, Traversable]:
    return {f.name.removesuffix(".toml"): f for f in _SHIPPED.iterdir()}


def explain(name: str, error: ValidationError) -> str:
    """Say which settings of a mapping can't be used, and why."""
    return f"The mapping {name} can't be used. " + " ".join(
        _explain_one(".".join(map(str, e["loc"])), e["type"], e["msg"]) for e in error.errors()
    )


def _explain_one(where: str, kind: str, message: str) -> str:
    if kind == "missing":
        return f"{where} is missing."
    if kind != "extra_forbidden":
        return f"{where}: {message.removeprefix('Value error, ')}."
    near = get_close_matches(where.rpartition(".")[2], _SETTINGS, n=1)
    hint = f"; did you mean {near[0]}?" if near else "."
    return f"There is no setting {where}{hint}"


def _clashes(mapping: LogbookMapping) -> Iterator[str]:
    counts = Counter([*mapping.used_columns(), *mapping.ignore])
    if twice := sorted(column for column, count in counts.items() if count > 1):
        yield f"These columns are given twice: {', '.join(twice)}."
    points = Counter((p.day, p.after_procedure) for p in mapping.assessments)
    if any(count > 1 for count in points.values()):
        yield "Two assessments stand for the same day: give each its own."
    baselines = [p for p in mapping.assessments if p.is_baseline]
    if len(baselines) > 1:
        yield "Two assessments are made before the procedure: keep one as the baseline."
    if any(not BASELINE.holds(p.day) for p in baselines):
        yield f"A baseline's day lies from {BASELINE.opens} to {BASELINE.closes}."
    if any(p.after_procedure and p.day for p in mapping.assessments):
        yield "after_procedure is for day 0: a later day is after the procedure anyway."


def _unknown_values(mapping: LogbookMapping) -> Iterator[str]:
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
        **{field: axis(name).resolve for field, name in AXES.items()},
        "technique": resolve_technique,
        "complications": resolve_complication,
        "diagnosis": resolve_diagnosis,
    }
