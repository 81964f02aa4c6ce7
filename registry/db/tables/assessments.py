"""What was asked and answered on a day: pain, function and the opioids actually taken."""

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlmodel import Field, Relationship

from registry.db.base import KeptRow, SiteRow, one_of, within_site
from registry.domain.opioids import DoseUnit, Route
from registry.domain.timeline import Instrument, Recall, Respondent, ScoreKind, Source

_PARTS = {"cascade": "all, delete-orphan", "lazy": "raise", "passive_deletes": True}


class Assessment(KeptRow, table=True):
    """One assessment of a patient.

    `regimen_recorded` tells "takes no opioids" from "was not asked". The `medd_*` columns keep
    what the regimen came to under the site's table at the time of the last write. `regimen_text` is
    what a patient wrote of it, by a link, in words.
    """

    __table_args__ = (
        within_site("patient_id", "patient"),
        Index(None, "site_id", "patient_id", "assessed_on"),
        CheckConstraint("medd_mg IS NULL OR medd_mg >= 0", name="medd_not_negative"),
        CheckConstraint("regimen_recorded OR medd_mg IS NULL", name="medd_needs_a_regimen"),
        one_of("source", Source),
    )

    patient_id: UUID
    assessed_on: date
    after_procedure: bool = False
    source: str = Field(default=Source.CLINIC.value, max_length=10)
    regimen_recorded: bool = False
    medd_mg: float | None = None
    medd_complete: bool | None = None
    medd_table: str | None = Field(default=None, max_length=40)
    medd_version: str | None = Field(default=None, max_length=40)
    regimen_text: str | None = Field(default=None, max_length=2000)
    note: str | None = Field(default=None, max_length=2000)

    scores: list["PainScoreRow"] = Relationship(
        sa_relationship_kwargs={
            **_PARTS,
            "order_by": "(PainScoreRow.kind, PainScoreRow.recall, PainScoreRow.respondent)",
        }
    )
    measures: list["MeasureRow"] = Relationship(sa_relationship_kwargs=_PARTS)
    opioids: list["OpioidItemRow"] = Relationship(
        sa_relationship_kwargs={**_PARTS, "order_by": "OpioidItemRow.position"}
    )


class PainScoreRow(SiteRow, table=True):
    """A typed 0-10 pain score."""

    __tablename__ = "pain_score"
    __table_args__ = (
        within_site("assessment_id", "assessment", ondelete="CASCADE"),
        UniqueConstraint("site_id", "assessment_id", "kind", "recall", "respondent"),
        CheckConstraint("score BETWEEN 0 AND 10", name="score_on_scale"),
        one_of("kind", ScoreKind),
        one_of("recall", Recall),
        one_of("respondent", Respondent),
    )

    assessment_id: UUID
    kind: str = Field(max_length=20)
    recall: str = Field(max_length=10)
    respondent: str = Field(max_length=10)
    score: int


class MeasureRow(SiteRow, table=True):
    """One answer beside pain intensity: function, PGIC, PEG, breakthrough episodes.

    `respondent` is null for what a clinician rates.
    """

    __tablename__ = "measure"
    __table_args__ = (
        within_site("assessment_id", "assessment", ondelete="CASCADE"),
        UniqueConstraint("site_id", "assessment_id", "instrument"),
        one_of("instrument", Instrument),
        one_of("respondent", Respondent),
        CheckConstraint(
            "(instrument = 'akps' AND value BETWEEN 0 AND 100 AND value % 10 = 0)"
            " OR (instrument = 'ecog' AND value BETWEEN 0 AND 4)"
            " OR (instrument = 'pgic' AND value BETWEEN 1 AND 7)"
            " OR (instrument IN ('peg_pain', 'peg_enjoyment', 'peg_activity')"
            " AND value BETWEEN 0 AND 10)"
            " OR (instrument = 'breakthrough' AND value BETWEEN 0 AND 99)",
            name="value_on_scale",
        ),
        CheckConstraint(
            "(instrument IN ('akps', 'ecog')) = (respondent IS NULL)", name="respondent_given"
        ),
    )

    assessment_id: UUID
    instrument: str = Field(max_length=20)
    respondent: str | None = Field(default=None, max_length=10)
    value: int


class OpioidItemRow(SiteRow, table=True):
    """One line of a regimen as actually taken in the last 24 h, and how it was converted."""

    __tablename__ = "opioid_item"
    __table_args__ = (
        within_site("assessment_id", "assessment", ondelete="CASCADE"),
        UniqueConstraint("site_id", "assessment_id", "position"),
        CheckConstraint("dose > 0", name="dose_positive"),
        CheckConstraint("per_day IS NULL OR per_day > 0", name="per_day_positive"),
        one_of("route", Route),
        one_of("unit", DoseUnit),
    )

    assessment_id: UUID
    position: int
    drug: str = Field(max_length=60)
    route: str = Field(max_length=20)
    form: str | None = Field(default=None, max_length=60)
    product: str | None = Field(default=None, max_length=120)
    dose: float
    unit: str = Field(max_length=10)
    per_day: float | None = None
    as_needed: bool = False
    factor: float | None = None
    mg: float | None = None
    reason: str | None = Field(default=None, max_length=300)
