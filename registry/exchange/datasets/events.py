"""What went wrong after procedures, and the audit trail."""

from __future__ import annotations

import json

from registry.domain.access import Role
from registry.domain.complications import complications
from registry.domain.grading import Relatedness, Resolution, Scheme
from registry.exchange.column_specs import ColumnSpec, Privacy, Row
from registry.exchange.datasets.dataset import (
    PATIENT,
    PROCEDURE,
    SITE,
    DataSet,
    day,
    flag,
    note,
    own_key,
    text,
)
from registry.exchange.vocabulary import of_words
from registry.services.audit import unsealed


def _complication() -> ColumnSpec:
    known = complications().by_slug
    return text(
        "complication",
        "What happened.",
        values=tuple(known),
        labels={slug: c.label for slug, c in known.items()},
    )


def _event_columns() -> tuple[ColumnSpec, ...]:
    return (
        own_key("adverse_event_id", "adverse_events", "The event's identifier."),
        PROCEDURE,
        PATIENT,
        SITE,
        day("onset_on", "Day of onset."),
        _complication(),
        note("complication_text", "What happened in words, where it is none of the list."),
        flag(
            "expected", "An effect that belongs to the technique; counted apart from complications."
        ),
        text("scheme", "The scheme of its grade.", **of_words(Scheme)),
        text("scheme_version", "The scheme's version."),
        ColumnSpec("grade", "integer", "Grade in that scheme. Empty: not graded.", unit="1-5"),
        text("relatedness", "How likely the procedure brought it about.", **of_words(Relatedness)),
        text("resolution", "How it ended.", **of_words(Resolution)),
        day("resolved_on", "Day of resolution. Empty: not resolved, or not recorded."),
        note("sequelae", "What stayed, in words."),
        note("note", "Whatever else was written."),
    )


def adverse_events() -> DataSet:
    """Describe the adverse events: one row each."""
    return DataSet(
        "adverse_events",
        "Adverse events",
        "one row an adverse event; voided ones are left out",
        "adverse_events",
        ("adverse_event_id",),
        _event_columns(),
    )


def _role(row: Row) -> str:
    return row["role"]  # type: ignore[no-any-return]


def _changed_fields(row: Row) -> list[str]:
    return sorted(row["changes"])


def _changes(row: Row) -> str:
    return json.dumps(unsealed(row["changes"]), sort_keys=True, ensure_ascii=False)


def _trail_columns() -> tuple[ColumnSpec, ...]:
    return (
        SITE,
        ColumnSpec("number", "integer", "Place in the site's chain, from 1 without a gap."),
        ColumnSpec(
            "at", "instant", "When, UTC.", unit="YYYY-MM-DDThh:mm:ss UTC", privacy=Privacy.YEAR
        ),
        text("actor", "Who.", privacy=Privacy.WORDS),
        text(
            "role",
            f"In which role: {', '.join(Role)}; local: the command line of the machine.",
            read=_role,
        ),
        text("action", "What was done."),
        text("record_type", "The table of the record it was done to."),
        text("record_id", "The record's identifier in the database.", privacy=Privacy.WORDS),
        ColumnSpec(
            "changed_fields",
            "list",
            "The names of what changed.",
            read=_changed_fields,
            source="audit_event.changes",
        ),
        text(
            "changes",
            "Each field's old and new value, as JSON.",
            read=_changes,
            privacy=Privacy.NOTE,
        ),
        text("reason", "Why, in words.", privacy=Privacy.NOTE),
        text("request_id", "The request's number.", privacy=Privacy.WORDS),
    )


def _seal_columns() -> tuple[ColumnSpec, ...]:
    return (
        text("app_version", "Version of the software."),
        text("schema_version", "Version of the schema."),
        text("previous", "The seal of the line before.", privacy=Privacy.WORDS),
        text("seal", "The line's seal, SHA-256.", privacy=Privacy.WORDS),
    )


def audit_trail() -> DataSet:
    """Describe the audit trail: one row a line of a site's chain."""
    return DataSet(
        "audit_trail",
        "Audit trail",
        "one row a line of a site's trail",
        "audit_trail",
        ("site", "number"),
        (*_trail_columns(), *_seal_columns()),
        of_persons=False,
    )
