"""Patients, and the end of the timeline."""

from __future__ import annotations

from dataclasses import replace

from registry.domain.diagnoses import diagnosis_groups
from registry.domain.timeline import age_on
from registry.exchange.column_specs import ColumnSpec, Privacy, Row
from registry.exchange.datasets.dataset import PATIENT, SITE, DataSet, day, flag, note, text
from registry.exchange.vocabulary import of_axis


def direct(name: str, meaning: str) -> ColumnSpec:
    """Make a column of direct identifiers."""
    return ColumnSpec(name, "text", meaning, privacy=Privacy.DIRECT)


def hospital_number() -> ColumnSpec:
    """Give the column of the site's number of a patient."""
    meaning = "The number under which the site knows the patient."
    return replace(direct("hospital_number", meaning), source="patient.hospital_number")


def birth_date() -> ColumnSpec:
    """Give the column of the birth date."""
    return ColumnSpec(
        "birth_date",
        "date",
        "Birth date.",
        unit="YYYY-MM-DD",
        privacy=Privacy.BIRTH,
        source="patient.birth_date",
    )


def diagnosis_group() -> ColumnSpec:
    """Give the column of the group of primary diagnoses."""
    groups = diagnosis_groups()
    return text(
        "diagnosis_group",
        "Primary diagnosis group of the patient. Empty: not recorded.",
        values=tuple(g.slug for g in groups),
        labels={g.slug: g.label for g in groups},
    )


def _age_at_first(row: Row) -> int | None:
    return age_on(row["birth_date"], row["first_on"]) if row["first_on"] else None


def _who() -> tuple[ColumnSpec, ...]:
    return (
        PATIENT,
        SITE,
        hospital_number(),
        direct("name", "The patient's name, where it is kept. Empty: not kept."),
        direct("phone", "A telephone number for follow-up. Empty: not recorded."),
        birth_date(),
    )


def _what() -> tuple[ColumnSpec, ...]:
    return (
        ColumnSpec(
            "age_at_first_procedure",
            "integer",
            "Completed years at the first procedure. Empty: no procedure.",
            unit="years",
            read=_age_at_first,
            privacy=Privacy.AGE,
            source="derived",
        ),
        ColumnSpec(
            "first_procedure_on",
            "date",
            "Day of the patient's first procedure. Empty: no procedure.",
            unit="YYYY-MM-DD",
            read=lambda row: row["first_on"],
            privacy=Privacy.YEAR,
            source="derived",
        ),
        text("sex", "Sex as recorded in the notes.", **of_axis("sex")),
        diagnosis_group(),
        note("diagnosis", "Primary diagnosis as it was written. Empty: not recorded."),
        flag("metastases", "Metastatic disease. Empty: not recorded."),
        ColumnSpec(
            "synthetic",
            "boolean",
            "The patient is made up: there is no such person.",
            source="site.synthetic",
        ),
    )


def patients() -> DataSet:
    """Describe the patients: one row a person."""
    return DataSet(
        "patients",
        "Patients",
        "one row a patient, merged records being one",
        "patients",
        ("patient_id",),
        (*_who(), *_what()),
    )


def deaths() -> DataSet:
    """Describe the deaths: at most one row a person."""
    return DataSet(
        "deaths",
        "Deaths",
        "one row a patient who is known to have died",
        "deaths",
        ("patient_id",),
        (PATIENT, SITE, day("died_on", "Day of death.")),
    )
