"""The one list of columns from which exports, codebooks and page lists are made."""

from __future__ import annotations

from collections.abc import Sequence

from registry.domain.axes import axis
from registry.domain.diagnoses import diagnosis_groups
from registry.domain.techniques import taxonomy
from registry.domain.windows import BASELINE
from registry.exchange.column_specs import ColumnSpec, Privacy, Row, to_text
from registry.exchange.course_columns import course_columns, relief_columns
from registry.exchange.vocabulary import of_axis
from registry.exchange.window_columns import window_columns

__all__ = ["ColumnSpec", "Row", "procedure_outcomes", "to_text"]


def _procedure(name: str, meaning: str) -> ColumnSpec:
    return ColumnSpec(name, "text", meaning, privacy=Privacy.KEY, key_of="procedures")


def _record_columns() -> Sequence[ColumnSpec]:
    return (
        _procedure("procedure_id", "The procedure's identifier."),
        _procedure(
            "course_id",
            "The first procedure of the course that this one belongs to by its links (prognostic "
            "block, neurolysis; trial, implant, refill); its own identifier when it has none. "
            "Procedures of one course are never pooled.",
        ),
        _procedure(
            "follows_id", "The procedure that this one continues. Empty: it continues none."
        ),
        ColumnSpec("site", "text", "The code of the site that treated.", privacy=Privacy.SITE),
        ColumnSpec(
            "performed_on",
            "date",
            "The day of the procedure.",
            unit="YYYY-MM-DD",
            privacy=Privacy.DAY,
        ),
    )


def _place_in_the_tree() -> Sequence[ColumnSpec]:
    tree = taxonomy()
    return (
        ColumnSpec(
            "region",
            "text",
            "Region of the technique.",
            values=tuple(r.slug for r in tree.regions),
            labels={r.slug: r.label for r in tree.regions},
        ),
        ColumnSpec(
            "category",
            "text",
            "Technique category: the unit of comparison.",
            values=tuple(c.slug for c in tree.categories),
            labels={c.slug: c.label for c in tree.categories},
        ),
        ColumnSpec(
            "technique",
            "text",
            "The technique.",
            values=tuple(tree.techniques),
            labels={slug: t.label for slug, t in tree.techniques.items()},
        ),
    )


def _axis_columns() -> Sequence[ColumnSpec]:
    return (
        ColumnSpec("intent", "text", "What the procedure was meant for.", **of_axis("intent")),
        ColumnSpec(
            "agent_classes",
            "list",
            "Classes of what was given or applied, joined by ';'.",
            **of_axis("agent_class"),
        ),
        ColumnSpec(
            "guidance",
            "list",
            "How the needle was guided, joined by ';'.",
            **of_axis("guidance"),
        ),
        *(ColumnSpec(name, "text", f"{axis(name).label}.", **of_axis(name)) for name in _AXES),
        ColumnSpec("levels", "list", "Spinal levels, joined by ';'.", **of_axis("level")),
    )


_AXES = ("approach", "laterality", "sedation", "setting", "technical_success", "technical_failure")
_PAIN_AXES = ("mechanism", "pain_region", "pain_cause", "prognosis", "anticoagulation")


def _pain_columns() -> Sequence[ColumnSpec]:
    """Give what was known of the pain and the patient when the procedure was done."""
    return (
        *(
            ColumnSpec(name, "text", f"{axis(name).label} at the procedure.", **of_axis(name))
            for name in _PAIN_AXES
        ),
        ColumnSpec("radiotherapy_28d", "boolean", "Radiotherapy in the 28 days before."),
        ColumnSpec(
            "systemic_therapy_28d", "boolean", "Systemic cancer therapy in the 28 days before."
        ),
        ColumnSpec(
            "block_result",
            "text",
            "What a diagnostic or prognostic block, or a trial, told.",
            **of_axis("block_result"),
        ),
        ColumnSpec(
            "block_relief_percent",
            "integer",
            "Relief after such a block or trial, of the pain before it.",
            unit="%",
        ),
        ColumnSpec(
            "referral_days",
            "integer",
            "Days from referral to the procedure. Empty: the referral is not recorded.",
            unit="days",
        ),
    )


def _patient_columns() -> Sequence[ColumnSpec]:
    return (
        ColumnSpec(
            "diagnosis_group",
            "text",
            "Primary diagnosis group of the patient.",
            values=tuple(g.slug for g in diagnosis_groups()),
            labels={g.slug: g.label for g in diagnosis_groups()},
        ),
        ColumnSpec(
            "age_years",
            "integer",
            "Age at the procedure, completed years.",
            unit="years",
            privacy=Privacy.AGE,
        ),
        ColumnSpec("sex", "text", "Sex as recorded.", **of_axis("sex")),
        ColumnSpec(
            "akps",
            "integer",
            "Australia-modified Karnofsky Performance Status at baseline "
            f"(days {BASELINE.opens} to {BASELINE.closes}).",
            unit="0-100 in tens",
        ),
        ColumnSpec(
            "ecog",
            "integer",
            f"ECOG performance status at baseline (days {BASELINE.opens} to {BASELINE.closes}).",
            unit="0-4",
        ),
    )


def _flag_columns() -> Sequence[ColumnSpec]:
    return (
        ColumnSpec(
            "methadone",
            "boolean",
            "Methadone was taken at baseline or at any window: banded factors make its MEDD jump.",
        ),
        ColumnSpec(
            "neuraxial",
            "boolean",
            "An intrathecal or epidural opioid was given at baseline or at any window, or by a "
            "device between the baseline window and the last window. A pump or spinal catheter is "
            "taken to give one from its placement to its removal unless a check found none in it. "
            "Such a dose is in no MEDD, having no agreed factor.",
        ),
    )


def procedure_outcomes() -> tuple[ColumnSpec, ...]:
    """Give the columns of `procedure_outcomes`: one flat row a procedure."""
    return (
        *_record_columns(),
        *_place_in_the_tree(),
        *_axis_columns(),
        *_pain_columns(),
        *_patient_columns(),
        *window_columns(),
        *course_columns(),
        *relief_columns(),
        *_flag_columns(),
        ColumnSpec(
            "patient_id",
            "text",
            "The patient's identifier: one patient, several rows.",
            privacy=Privacy.KEY,
            key_of="patients",
        ),
        ColumnSpec(
            "operator", "text", "Who did the procedure, as recorded.", privacy=Privacy.WORDS
        ),
        ColumnSpec(
            "rules_version",
            "text",
            "Versions of the windows, responder definitions, conversion table and eligibility "
            "floor behind the row.",
        ),
        ColumnSpec("synthetic", "boolean", "The row is made up: there is no such patient."),
    )
