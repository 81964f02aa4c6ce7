"""What went wrong after a procedure."""

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field

from registry.db.base import KeptRow, one_of, within_site
from registry.domain.complications import counts_as_harm
from registry.domain.grading import Relatedness, Resolution, Scheme


class AdverseEvent(KeptRow, table=True):
    """Something untoward after a procedure, graded by a named scheme and its version.

    `expected` marks an effect that belongs to the technique (Horner after a stellate block); such
    are counted apart. `sequelae` says what stayed.
    """

    __tablename__ = "adverse_event"
    __table_args__ = (
        within_site("procedure_id", "procedure"),
        within_site("patient_id", "patient"),
        Index(None, "site_id", "patient_id"),
        Index(None, "site_id", "procedure_id"),
        CheckConstraint("grade IS NULL OR grade BETWEEN 1 AND 5", name="grade_on_scale"),
        CheckConstraint("(grade IS NULL) = (scheme IS NULL)", name="grade_has_scheme"),
        CheckConstraint("(scheme IS NULL) = (scheme_version IS NULL)", name="scheme_has_version"),
        CheckConstraint("resolved_on >= onset_on", name="resolved_after_onset"),
        one_of("scheme", Scheme),
        one_of("relatedness", Relatedness),
        one_of("resolution", Resolution),
    )

    procedure_id: UUID
    patient_id: UUID
    onset_on: date
    complication: str = Field(max_length=60)
    complication_text: str | None = Field(default=None, max_length=200)
    expected: bool = False
    scheme: str | None = Field(default=None, max_length=20)
    scheme_version: str | None = Field(default=None, max_length=20)
    grade: int | None = None
    relatedness: str | None = Field(default=None, max_length=20)
    resolution: str | None = Field(default=None, max_length=20)
    resolved_on: date | None = None
    sequelae: str | None = Field(default=None, max_length=500)
    note: str | None = Field(default=None, max_length=2000)

    @property
    def counts_as_harm(self) -> bool:
        """Say whether it counts among complications: neither expected nor the disease's course."""
        return counts_as_harm(self.complication, expected=self.expected)
