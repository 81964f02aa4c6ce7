"""The one list of columns from which exports, codebooks and page lists are made."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal
from uuid import UUID

from registry.domain.axes import axis
from registry.domain.diagnoses import diagnosis_groups
from registry.domain.outcomes import State
from registry.domain.techniques import taxonomy
from registry.domain.timeline import Sex
from registry.domain.windows import BASELINE, WINDOWS, Window

Row = Mapping[str, Any]
Kind = Literal["text", "date", "integer", "decimal", "boolean", "list"]


@dataclass(frozen=True, slots=True)
class ColumnSpec:
    """One column: what it means, its type, unit and allowed values, and how it is read off a row.

    An empty cell means "not known" or "does not apply", as `meaning` says.
    """

    name: str
    kind: Kind
    meaning: str
    unit: str = ""
    values: tuple[str, ...] = ()
    read: Callable[[Row], Any] | None = None

    @property
    def is_number(self) -> bool:
        """Say whether its values are numbers, which no format may take for text."""
        return self.kind in {"integer", "decimal"}

    def of(self, row: Row) -> Any:
        """Read this column's value off a row."""
        return self.read(row) if self.read else row[self.name]


def to_text(value: object) -> str:
    """Write a value as every text format does: ISO dates, true/false, lists joined by `;`."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return repr(value)
    if isinstance(value, (date, UUID, int)):
        return str(value)
    return str(value)


def _slugs(axis_name: str) -> tuple[str, ...]:
    return tuple(v.slug for v in axis(axis_name).values)


def _days(window: Window) -> str:
    return f"days {window.opens} to {window.closes} after the procedure"


def _score_column(window: Window) -> ColumnSpec:
    return ColumnSpec(
        f"nrs_{window.slug}",
        "integer",
        "Pain intensity, 0-10 NRS, average over 24 h, self-reported, of the assessment nearest to "
        f"day {window.target} within {_days(window)}. Empty: not assessed.",
        unit="0-10 NRS",
    )


def _state_column(window: Window) -> ColumnSpec:
    return ColumnSpec(
        f"state_{window.slug}",
        "text",
        f"Where the patient stands at {window.label} ({_days(window)}) by nrs30, a fall of at "
        "least 30 % of baseline. Every procedure is in exactly one state; ineligible: no baseline "
        "score, or one below the site's eligibility floor.",
        values=tuple(State),
    )


def _medd_column(window: Window) -> ColumnSpec:
    return ColumnSpec(
        f"medd_{window.slug}",
        "decimal",
        "Systemic opioid as actually taken in the last 24 h, converted to oral morphine under the "
        f"site's table, of the assessment nearest to day {window.target} within {_days(window)}. "
        "A sum of what could be converted: compare only where it is complete. Describes a dose; "
        "not for switching opioids. Empty: opioids not asked about.",
        unit="mg/24 h oral morphine",
    )


def _complete_column(window: Window) -> ColumnSpec:
    return ColumnSpec(
        f"medd_complete_{window.slug}",
        "boolean",
        f"Whether every systemic opioid in medd_{window.slug} could be converted.",
    )


def _technique_columns() -> Sequence[ColumnSpec]:
    tree = taxonomy()
    return (
        ColumnSpec("procedure_id", "text", "The procedure's identifier (UUIDv7)."),
        ColumnSpec("site", "text", "The code of the site that treated."),
        ColumnSpec("performed_on", "date", "The day of the procedure.", unit="YYYY-MM-DD"),
        ColumnSpec(
            "region", "text", "Region of the technique.", values=tuple(r.slug for r in tree.regions)
        ),
        ColumnSpec(
            "category",
            "text",
            "Technique category: the unit of comparison.",
            values=tuple(c.slug for c in tree.categories),
        ),
        ColumnSpec("technique", "text", "The technique.", values=tuple(tree.techniques)),
    )


def _axis_columns() -> Sequence[ColumnSpec]:
    return (
        ColumnSpec("intent", "text", "What the procedure was meant for.", values=_slugs("intent")),
        ColumnSpec(
            "agent_classes",
            "list",
            "Classes of what was given or applied, joined by ';'.",
            values=_slugs("agent_class"),
        ),
        ColumnSpec(
            "guidance",
            "list",
            "How the needle was guided, joined by ';'.",
            values=_slugs("guidance"),
        ),
        ColumnSpec(
            "mechanism", "text", "Mechanism of the treated pain.", values=_slugs("mechanism")
        ),
        ColumnSpec(
            "diagnosis_group",
            "text",
            "Primary diagnosis group of the patient.",
            values=tuple(g.slug for g in diagnosis_groups()),
        ),
        ColumnSpec("age_years", "integer", "Age at the procedure, completed years.", unit="years"),
        ColumnSpec("sex", "text", "Sex as recorded.", values=tuple(Sex)),
        ColumnSpec(
            "akps",
            "integer",
            "Australia-modified Karnofsky Performance Status at baseline "
            f"(days {BASELINE.opens} to {BASELINE.closes}).",
            unit="0-100 in tens",
        ),
    )


def procedure_outcomes() -> tuple[ColumnSpec, ...]:
    """Give the columns of `procedure_outcomes`: one flat row a procedure."""
    whens = (BASELINE, *WINDOWS)
    return (
        *_technique_columns(),
        *_axis_columns(),
        *(_score_column(w) for w in whens),
        *(_state_column(w) for w in WINDOWS),
        *(_medd_column(w) for w in whens),
        *(_complete_column(w) for w in whens),
        ColumnSpec(
            "methadone",
            "boolean",
            "Methadone was taken at baseline or at any window: banded factors make its MEDD jump.",
        ),
        ColumnSpec(
            "neuraxial",
            "boolean",
            "An intrathecal or epidural opioid was given at baseline or at any window; it is in no "
            "MEDD, having no agreed factor.",
        ),
        ColumnSpec(
            "days_to_death",
            "integer",
            "Days from the procedure to death. Empty: not known to have died.",
            unit="days",
        ),
        ColumnSpec("patient_id", "text", "The patient's identifier: one patient, several rows."),
        ColumnSpec(
            "rules_version",
            "text",
            "Versions of the windows, conversion table and eligibility floor behind the row.",
        ),
        ColumnSpec("synthetic", "boolean", "The row is made up: there is no such patient."),
    )
