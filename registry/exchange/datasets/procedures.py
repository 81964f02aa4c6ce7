"""What was done, along its axes, and what came of asking afterwards."""

from __future__ import annotations

from collections.abc import Iterator

from registry.domain.techniques import taxonomy
from registry.domain.windows import WINDOWS
from registry.exchange.column_specs import ColumnSpec, Row
from registry.exchange.datasets.dataset import (
    PATIENT,
    POSITION,
    PROCEDURE,
    SITE,
    DataSet,
    amount,
    day,
    flag,
    key,
    note,
    own_key,
    text,
    words,
)
from registry.exchange.vocabulary import of_axis, of_states

_BEFORE = ("mechanism", "pain_region", "pain_cause", "prognosis", "anticoagulation")
_HOW = ("approach", "laterality", "sedation", "setting", "technical_success", "technical_failure")


def _axis(name: str, meaning: str) -> ColumnSpec:
    return ColumnSpec(name, "text", meaning, **of_axis(name))


def technique_column() -> ColumnSpec:
    """Give the column of the technique."""
    known = taxonomy().techniques
    return text(
        "technique",
        "The technique.",
        values=tuple(known),
        labels={slug: t.label for slug, t in known.items()},
    )


def _what() -> tuple[ColumnSpec, ...]:
    return (
        own_key("procedure_id", "procedures", "The procedure's identifier."),
        PATIENT,
        SITE,
        day("performed_on", "Day of the procedure."),
        technique_column(),
        note("technique_text", "The technique in words, where it is none of the list."),
        text("taxonomy_version", "Version of the list of techniques then."),
        _axis("intent", "What the procedure was meant for."),
        key(
            "follows_id",
            "procedures",
            "The procedure that this one continues; under filters it may not be among the rows. "
            "Empty: it continues none.",
        ),
        words("operator", "Who did the procedure, as recorded."),
        words("supervisor", "Who supervised. Empty: nobody, or not recorded."),
        words("trainee", "Who was in training. Empty: nobody, or not recorded."),
        day("referred_on", "Day of the referral. Empty: not recorded."),
    )


def _found() -> tuple[ColumnSpec, ...]:
    return (
        *(_axis(n, f"{_title(n)} at the procedure. Empty: not recorded.") for n in _BEFORE),
        note("pain_site", "Where the pain is, as it was written."),
        flag("radiotherapy_28d", "Radiotherapy in the 28 days before."),
        flag("systemic_therapy_28d", "Systemic cancer therapy in the 28 days before."),
        *(_axis(n, f"{_title(n)}. Empty: not recorded.") for n in _HOW),
        _axis("block_result", "What a diagnostic or prognostic block, or a trial, told."),
        ColumnSpec(
            "block_relief_percent",
            "integer",
            "Relief after such a block or trial, of the pain before it.",
            unit="%",
        ),
        note("baseline_missing_reason", "Why there is no assessment before the procedure."),
        note("note", "Whatever else was written."),
    )


def _title(name: str) -> str:
    return name.replace("_", " ").capitalize()


def procedures() -> DataSet:
    """Describe the procedures: one row a procedure that stands."""
    return DataSet(
        "procedures",
        "Procedures",
        "one row a procedure; voided ones are left out",
        "procedures",
        ("procedure_id",),
        (*_what(), *_found()),
    )


def procedure_agents() -> DataSet:
    """Describe what was given or applied: one row an agent."""
    columns = (
        PROCEDURE,
        POSITION,
        _axis("agent_class", "Class of what was given or applied."),
        words("substance", "What it was, as it was written. Empty: not recorded."),
        amount("concentration", "Concentration. Empty: not recorded, or has none.", "%"),
        amount("volume_ml", "Volume. Empty: not recorded, or has none.", "ml"),
        amount("dose", "Dose, in its class's unit (mg, mcg, units, °C, J, mg/24 h).", "by class"),
    )
    return DataSet(
        "procedure_agents",
        "Agents of procedures",
        "one row a thing given or applied",
        "procedure_agents",
        ("procedure_id", "position"),
        columns,
    )


def procedure_guidance() -> DataSet:
    """Describe how the needle was guided: one row a way."""
    mode = text("mode", "A way in which the needle was guided.", **of_axis("guidance"))
    return DataSet(
        "procedure_guidance",
        "Guidance of procedures",
        "one row a way of guidance; a procedure may use several",
        "procedure_guidance",
        ("procedure_id", "mode"),
        (PROCEDURE, mode),
    )


def procedure_levels() -> DataSet:
    """Describe the spinal levels: one row a level."""
    level = text("level", "A spinal level.", **of_axis("level"), source="procedure.levels")
    return DataSet(
        "procedure_levels",
        "Levels of procedures",
        "one row a spinal level; a procedure may have several",
        "procedure_levels",
        ("procedure_id", "level"),
        (PROCEDURE, level),
        expand=_levels,
    )


def _levels(row: Row) -> Iterator[Row]:
    for level in dict.fromkeys(row["levels"].split(";")):
        yield {
            "site_id": row["site_id"],
            "person_id": row["person_id"],
            "procedure_id": row["id"],
            "level": level,
        }


def _status_columns() -> tuple[ColumnSpec, ...]:
    return (
        PROCEDURE,
        PATIENT,
        SITE,
        text(
            "window",
            "The follow-up window.",
            values=tuple(w.slug for w in WINDOWS),
            labels={w.slug: w.label for w in WINDOWS},
            source="derived",
        ),
        day("opens_on", "First day on which the follow-up counts."),
        day("closes_on", "Last day on which the follow-up counts."),
        text(
            "state",
            "Where the patient stands in this window by nrs30, as of the export's day. Every "
            "procedure is in exactly one state in each window.",
            **of_states("state"),
            source="procedure_outcome.state_<window>",
        ),
        text(
            "missed",
            "Why there is no score, where somebody said so.",
            **of_axis(
                "missed_reason",
            ),
            source="procedure_outcome.missed_<window>",
        ),
    )


def follow_up_status() -> DataSet:
    """Describe what came of each window: one row a procedure and window."""
    return DataSet(
        "follow_up_status",
        "Follow-up status",
        "one row a procedure and follow-up window",
        "follow_up_status",
        ("procedure_id", "window"),
        _status_columns(),
        expand=_windows,
    )


def _windows(row: Row) -> Iterator[Row]:
    for window in WINDOWS:
        yield {
            "site_id": row["site_id"],
            "person_id": row["person_id"],
            "procedure_id": row["procedure_id"],
            "site": row["site"],
            "window": window.slug,
            "opens_on": window.opens_on(row["performed_on"]),
            "closes_on": window.closes_on(row["performed_on"]),
            "state": row[f"state_{window.slug}"],
            "missed": row[f"missed_{window.slug}"],
        }
