"""The one list of columns from which exports, codebooks and page lists are made."""

from __future__ import annotations

from collections.abc import Sequence

from registry.domain.axes import axis
from registry.domain.diagnoses import diagnosis_groups
from registry.domain.outcomes.relief import ReliefEnd
from registry.domain.techniques import taxonomy
from registry.domain.timeline import Sex
from registry.domain.windows import BASELINE, WINDOWS
from registry.exchange.column_specs import ColumnSpec, Row, to_text
from registry.exchange.window_columns import window_columns

__all__ = ["ColumnSpec", "Row", "procedure_outcomes", "to_text"]


def _slugs(axis_name: str) -> tuple[str, ...]:
    return tuple(v.slug for v in axis(axis_name).values)


def _technique_columns() -> Sequence[ColumnSpec]:
    tree = taxonomy()
    return (
        ColumnSpec("procedure_id", "text", "The procedure's identifier (UUIDv7)."),
        ColumnSpec(
            "course_id",
            "text",
            "The first procedure of the course that this one belongs to by its links (prognostic "
            "block, neurolysis; trial, implant, refill); its own identifier when it has none. "
            "Procedures of one course are never pooled.",
        ),
        ColumnSpec(
            "follows_id", "text", "The procedure that this one continues. Empty: it continues none."
        ),
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
        *(ColumnSpec(name, "text", f"{axis(name).label}.", values=_slugs(name)) for name in _AXES),
        ColumnSpec("levels", "list", "Spinal levels, joined by ';'.", values=_slugs("level")),
    )


_AXES = ("approach", "laterality", "sedation", "setting", "technical_success", "technical_failure")
_PAIN_AXES = ("mechanism", "pain_region", "pain_cause", "prognosis", "anticoagulation")


def _pain_columns() -> Sequence[ColumnSpec]:
    """Give what was known of the pain and the patient when the procedure was done."""
    return (
        *(
            ColumnSpec(name, "text", f"{axis(name).label} at the procedure.", values=_slugs(name))
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
            values=_slugs("block_result"),
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
        ColumnSpec(
            "ecog",
            "integer",
            f"ECOG performance status at baseline (days {BASELINE.opens} to {BASELINE.closes}).",
            unit="0-4",
        ),
    )


def _course_columns() -> Sequence[ColumnSpec]:
    return (
        ColumnSpec(
            "first_window",
            "text",
            "The earliest window with a score (average, 24 h, self): the first against the later "
            "ones. Empty: never assessed.",
            values=tuple(w.slug for w in WINDOWS),
        ),
        ColumnSpec(
            "further_days",
            "integer",
            "Days to the first further procedure for the same pain: one of the same course, at the "
            "same pain site, or a repeat or revision of the category. A refill or an explant is "
            "none. 0: on the same day. Empty: no further procedure.",
            unit="days",
        ),
        ColumnSpec(
            "days_to_death",
            "integer",
            "Days from the procedure to death. Empty: not known to have died.",
            unit="days",
        ),
        ColumnSpec(
            "last_seen_days",
            "integer",
            "Days from the procedure to the last day on which anything recorded presumes a living "
            "patient. Survival is censored there.",
            unit="days",
        ),
    )


def _relief_columns() -> Sequence[ColumnSpec]:
    return (
        ColumnSpec(
            "relief_from",
            "integer",
            "Day of the first assessment after the procedure that responds by nrs30, at any time; "
            "0: on its day. Empty: none does, or the patient is ineligible.",
            unit="days",
        ),
        ColumnSpec(
            "relief_days",
            "integer",
            "How long relief lasted from relief_from to what relief_end names, as far as it was "
            "seen: it depends on when patients were asked, and on the day of a further procedure "
            "only what was asked before it counts.",
            unit="days",
        ),
        ColumnSpec(
            "relief_end",
            "text",
            "What ended relief: the first assessment that no longer responds (relapse), or one of "
            "two competing events; still_responding is censored at the last assessment known to "
            "respond.",
            values=tuple(ReliefEnd),
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
        *_technique_columns(),
        *_axis_columns(),
        *_pain_columns(),
        *_patient_columns(),
        *window_columns(),
        *_course_columns(),
        *_relief_columns(),
        *_flag_columns(),
        ColumnSpec("patient_id", "text", "The patient's identifier: one patient, several rows."),
        ColumnSpec("operator", "text", "Who did the procedure, as recorded."),
        ColumnSpec(
            "rules_version",
            "text",
            "Versions of the windows, responder definitions, conversion table and eligibility "
            "floor behind the row.",
        ),
        ColumnSpec("synthetic", "boolean", "The row is made up: there is no such patient."),
    )
