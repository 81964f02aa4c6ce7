"""What was asked and answered: assessments, scores, measures, and the opioids actually taken."""

from __future__ import annotations

from registry.domain.drugs import DoseUnit, Route, drugs
from registry.domain.timeline import Instrument, Recall, Respondent, ScoreKind, Source
from registry.exchange.column_specs import ColumnSpec, Privacy, Row
from registry.exchange.datasets.dataset import (
    ASSESSMENT,
    PATIENT,
    POSITION,
    SITE,
    DataSet,
    amount,
    day,
    flag,
    note,
    own_key,
    text,
    words,
)
from registry.exchange.vocabulary import of_words

_MEDD = "mg/24 h oral morphine"


def _assessment_columns() -> tuple[ColumnSpec, ...]:
    return (
        own_key("assessment_id", "assessments", "The assessment's identifier."),
        PATIENT,
        SITE,
        day("assessed_on", "Day of the assessment."),
        flag(
            "after_procedure",
            "Made after the procedure of the same day. It is no baseline of that one.",
        ),
        text("source", "How the answers were had.", **of_words(Source)),
        flag(
            "regimen_recorded",
            "Opioids were asked about: with no row in opioid_items, none are taken.",
        ),
        amount(
            "medd_mg",
            "Systemic opioid converted to oral morphine under medd_table when it was recorded; a "
            "sum of what could be converted. Describes a dose; not for switching opioids.",
            _MEDD,
        ),
        flag("medd_complete", "Every systemic opioid could be converted."),
        text("medd_table", "The conversion table."),
        text("medd_version", "The conversion table's version."),
        note("regimen_text", "What a patient wrote, by a link, of the medicines taken."),
        note("note", "Whatever else was written."),
    )


def assessments() -> DataSet:
    """Describe the assessments: one row each."""
    return DataSet(
        "assessments",
        "Assessments",
        "one row an assessment; voided ones are left out",
        "assessments",
        ("assessment_id",),
        _assessment_columns(),
    )


def measures() -> DataSet:
    """Describe the answers beside pain intensity: one row an instrument."""
    columns = (
        ASSESSMENT,
        text(
            "instrument",
            "What was measured: akps 0-100 in tens, ecog 0-4, pgic 1-7 (1 very much better), the "
            "items of PEG 0-10, breakthrough episodes of the last 24 h.",
            **of_words(Instrument),
        ),
        text("respondent", "Who answered. Empty: rated by the clinician.", **of_words(Respondent)),
        ColumnSpec("value", "integer", "The answer.", unit="by instrument"),
    )
    return DataSet(
        "measures",
        "Measures",
        "one row an instrument of an assessment",
        "measures",
        ("assessment_id", "instrument"),
        columns,
    )


def pain_scores() -> DataSet:
    """Describe the pain scores: one row a score of its type."""
    columns = (
        ASSESSMENT,
        text(
            "kind",
            "Which pain. Two kinds are never subtracted from each other.",
            **of_words(ScoreKind),
        ),
        text("recall", "The span that is looked back over.", **of_words(Recall)),
        text(
            "respondent",
            "Who gave the score. A proxy's is never averaged with the patient's own.",
            **of_words(Respondent),
        ),
        ColumnSpec("score", "integer", "Pain intensity.", unit="0-10 NRS"),
    )
    return DataSet(
        "pain_scores",
        "Pain scores",
        "one row a score of its kind, recall and respondent",
        "pain_scores",
        ("assessment_id", "kind", "recall", "respondent"),
        columns,
    )


def _known_drug(row: Row) -> str:
    """Give a drug of the list; whatever else somebody typed could be anything."""
    return row["drug"] if row["drug"] in drugs() else "other"


def _opioid_columns() -> tuple[ColumnSpec, ...]:
    return (
        ASSESSMENT,
        POSITION,
        text(
            "drug",
            "The drug, as the registry's list names it. In de-identified exports `other` for one "
            "that isn't listed.",
            safe=_known_drug,
        ),
        text("route", "How it is given.", **of_words(Route)),
        words("form", "Form, as it was written. Empty: not recorded."),
        words("product", "Product, as it was written. Empty: not recorded."),
        amount("dose", "Dose at a time, or the rate of a patch.", "see unit"),
        text("unit", "Unit of the dose.", **of_words(DoseUnit)),
        amount("per_day", "Doses taken in the last 24 h. Empty: a patch or a rate.", "per 24 h"),
        flag("as_needed", "Taken as needed."),
        amount("factor", "Factor by which it was converted. Empty: not converted.", ""),
        amount("mg", "Oral morphine that it counts for. Empty: not converted.", _MEDD),
        text("reason", "Why it was not converted. Empty: it was.", privacy=Privacy.NOTE),
    )


def opioid_items() -> DataSet:
    """Describe the opioids taken: one row a line of a regimen."""
    return DataSet(
        "opioid_items",
        "Opioids taken",
        "one row an opioid as actually taken in the 24 h before an assessment",
        "opioid_items",
        ("assessment_id", "position"),
        _opioid_columns(),
    )
