"""The empty logbook that Assuage hands out, and what reads it: its columns are the exports' own.

A column that an export has, too, is described there and nowhere else. So what was filled into the
template, and `procedure_outcomes` as an identified export has it, come in without a mapping made by
hand. Of such an export derived columns are passed over: they are worked out anew.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from registry.domain.complications import complications
from registry.domain.timeline import Instrument, ScoreKind
from registry.domain.windows import BASELINE, WINDOWS, Window
from registry.exchange.column_specs import ColumnSpec, Privacy
from registry.exchange.datasets import data_sets
from registry.exchange.importer.errors import LogbookError
from registry.exchange.importer.files import read_logbook
from registry.exchange.importer.mapping import Columns, FileForm, LogbookMapping, TimePoint

NAME = "template"
_DATES = ("yyyy-mm-dd", "dd mon yyyy")
_SHARED = ("patients", "procedures", "procedure_outcomes", "deaths")
"""The data sets whose columns a logbook may have; of two with one name the earlier's is meant."""
_INSTEAD = {"agents": "agent_classes", "diagnosis": "diagnosis_group"}
"""What says less than a field's own column, and is read where that one isn't there."""
_SEPARATORS = (",", ";", "\t")
_AFTER = (Instrument.PGIC,)
_BEFORE = (Instrument.AKPS, Instrument.ECOG)


@cache
def template_columns() -> tuple[ColumnSpec, ...]:
    """Give the template's columns: patient and procedure first, then each time of asking."""
    own = {column.name: column for column in (_agents(), _complications())}
    exported = _exported()
    fields = (exported.get(name) or own[name] for name in Columns.model_fields)
    return (*fields, *(c for window in (BASELINE, *WINDOWS) for c in _at(window, exported)))


def needed_columns() -> tuple[str, ...]:
    """Name the columns without which no row can come in."""
    needed = (name for name, field in Columns.model_fields.items() if field.is_required())
    return (*needed, "operator")


def _exported() -> dict[str, ColumnSpec]:
    known: dict[str, ColumnSpec] = {}
    for name in _SHARED:
        for column in data_sets()[name].columns:
            known.setdefault(column.name, column)
    # These stand in `procedures` as rows of their own, and flat in the outcomes.
    flat = {c.name: c for c in data_sets()["procedure_outcomes"].columns}
    return {**known, "levels": flat["levels"], "guidance": flat["guidance"]}


def _agents() -> ColumnSpec:
    return ColumnSpec(
        "agents",
        "list",
        "What was given or applied, joined by ';', each with its measures if known: "
        "alcohol 96% 20 ml; bupivacaine 0.25% 10 ml. An export has the classes alone, as "
        "agent_classes.",
        privacy=Privacy.WORDS,
    )


def _complications() -> ColumnSpec:
    known = complications().by_slug
    return ColumnSpec(
        "complications",
        "list",
        "What went wrong on the day of the procedure, joined by ';'. Empty: nothing recorded.",
        values=tuple(known),
        labels={slug: c.label for slug, c in known.items()},
        privacy=Privacy.NOTE,
    )


def _at(window: Window, exported: dict[str, ColumnSpec]) -> Iterator[ColumnSpec]:
    """Give the columns of one time of asking."""
    yield ColumnSpec(
        f"assessed_on_{window.slug}",
        "date",
        f"Day of the assessment: {window.label}. Empty: day {window.target}, counted from the "
        "procedure.",
        unit="YYYY-MM-DD",
        privacy=Privacy.DAY,
    )
    yield from (exported[name] for name in _asked(window).values())
    yield ColumnSpec(
        f"opioids_{window.slug}",
        "text",
        "Every opioid as actually taken in the 24 h before, joined by ';': morphine MR 30 mg bd; "
        "oxycodone 5 mg prn x3. Empty: not asked about.",
        privacy=Privacy.NOTE,
    )


def _asked(window: Window) -> dict[str, str]:
    """Name the export's columns of what is asked at a time, by what each measures."""
    names = {kind: f"{prefix}_{window.slug}" for kind, prefix in _PAIN.items()}
    if window == BASELINE:
        return {**names, **{i.value: i.value for i in _BEFORE}}
    return {**names, **{i.value: f"{i.value}_{window.slug}" for i in _AFTER}}


_PAIN = {ScoreKind.AVERAGE.value: "nrs", ScoreKind.WORST.value: "worst"}


def template_mapping(path: Path) -> LogbookMapping:
    """Make the mapping of a file that has the template's columns; `LogbookError` if it hasn't."""
    columns: Sequence[str] = ()
    for separator in _SEPARATORS:
        form = FileForm.model_validate({"separator": separator, "formula_quote": True})
        columns = read_logbook(path.name, path.read_bytes(), form).columns
        if len(columns) > 1:
            return mapping_of(columns, form)
    return mapping_of(columns, FileForm())


def mapping_of(columns: Collection[str], form: FileForm) -> LogbookMapping:
    """Make the mapping of these columns, any of the template's or of an export's."""
    _refuse_foreign(columns)
    fields = {name: _column_of(name, columns) for name in Columns.model_fields}
    mapping = LogbookMapping(
        name=NAME,
        title="Assuage's own columns",
        file=form,
        dates=_DATES,
        columns=Columns.model_validate({f: c for f, c in fields.items() if c}),
        assessments=tuple(p for w in (BASELINE, *WINDOWS) for p in _points(w, columns)),
    )
    used = set(mapping.used_columns())
    return mapping.model_copy(update={"ignore": tuple(c for c in columns if c not in used)})


def _refuse_foreign(columns: Collection[str]) -> None:
    known = {c.name for name in _SHARED for c in data_sets()[name].columns}
    known |= {column.name for column in template_columns()}
    missing = [name for name in needed_columns() if name not in columns]
    foreign = [name for name in columns if name not in known]
    if not missing and not foreign:
        return
    told = f" It lacks {', '.join(missing)}." if missing else ""
    told += f" It has {', '.join(foreign)} beyond them." if foreign else ""
    raise LogbookError(
        f"Without a mapping a file has the template's columns, or those of an identified export of "
        f"procedure_outcomes.{told} Start from the template, or give a mapping that says which "
        "column is what."
    )


def _column_of(field: str, columns: Collection[str]) -> str | None:
    instead = _INSTEAD.get(field)
    return field if field in columns else instead if instead in columns else None


def _points(window: Window, columns: Collection[str]) -> Iterator[TimePoint]:
    """Give the time point of a window, if the file has anything of it."""
    asked = {what: name for what, name in _asked(window).items() if name in columns}
    pain = {kind: asked.pop(kind) for kind in _PAIN if kind in asked}
    told: dict[str, Any] = {**asked, "pain": pain or None}
    for setting, prefix in (("date", "assessed_on"), ("opioids", "opioids")):
        if (name := f"{prefix}_{window.slug}") in columns:
            told[setting] = name
    point = TimePoint.model_validate({"day": window.target, **told})
    if any(point.columns()):
        yield point
