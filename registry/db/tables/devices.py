"""How an implanted device or a catheter is doing: what it delivers, its settings, its events."""

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlmodel import Field, Relationship

from registry.db.base import KeptRow, SiteRow, one_of, within_site
from registry.domain.devices import AmplitudeUnit, ConcentrationUnit, DailyUnit

_PARTS = {"cascade": "all, delete-orphan", "lazy": "raise", "passive_deletes": True}


class DeviceCheck(KeptRow, table=True):
    """A look at a device on one day; it hangs on the procedure that placed the device.

    `status` and `events` are slugs of the axes `device_status` and `device_event`, `events` joined
    by `;`. Volumes in ml, pulse width in microseconds, frequency in Hz.
    """

    __tablename__ = "device_check"
    __table_args__ = (
        within_site("patient_id", "patient"),
        within_site("procedure_id", "procedure"),
        Index(None, "site_id", "patient_id", "checked_on"),
        CheckConstraint("rate_ml_per_day >= 0", name="rate_not_negative"),
        CheckConstraint("reservoir_ml >= 0", name="reservoir_not_negative"),
        CheckConstraint("refilled_ml > 0", name="refilled_positive"),
        CheckConstraint("amplitude >= 0", name="amplitude_not_negative"),
        CheckConstraint("(amplitude IS NULL) = (amplitude_unit IS NULL)", name="amplitude_unit"),
        CheckConstraint("frequency_hz > 0", name="frequency_positive"),
        CheckConstraint("pulse_width_us > 0", name="pulse_width_positive"),
        CheckConstraint("hours_on_per_day BETWEEN 0 AND 24", name="hours_on_in_a_day"),
        one_of("amplitude_unit", AmplitudeUnit),
    )

    patient_id: UUID
    procedure_id: UUID
    checked_on: date
    status: str | None = Field(default=None, max_length=40)
    events: str | None = Field(default=None, max_length=200)
    mode: str | None = Field(default=None, max_length=40)
    rate_ml_per_day: float | None = None
    reservoir_ml: float | None = None
    refilled_ml: float | None = None
    refill_due_on: date | None = None
    amplitude: float | None = None
    amplitude_unit: str | None = Field(default=None, max_length=5)
    frequency_hz: float | None = None
    pulse_width_us: float | None = None
    hours_on_per_day: float | None = None
    note: str | None = Field(default=None, max_length=2000)

    infusate: list["InfusateItem"] = Relationship(
        sa_relationship_kwargs={**_PARTS, "order_by": "InfusateItem.position"}
    )


class InfusateItem(SiteRow, table=True):
    """One drug of what a pump or a catheter delivers: its concentration and its daily dose."""

    __tablename__ = "infusate_item"
    __table_args__ = (
        within_site("device_check_id", "device_check", ondelete="CASCADE"),
        UniqueConstraint("site_id", "device_check_id", "position"),
        CheckConstraint("concentration > 0", name="concentration_positive"),
        CheckConstraint("daily_dose > 0", name="daily_dose_positive"),
        CheckConstraint(
            "(concentration IS NULL) = (concentration_unit IS NULL)", name="concentration_unit"
        ),
        CheckConstraint("(daily_dose IS NULL) = (daily_unit IS NULL)", name="daily_unit"),
        one_of("concentration_unit", ConcentrationUnit),
        one_of("daily_unit", DailyUnit),
    )

    device_check_id: UUID
    position: int
    drug: str = Field(max_length=60)
    concentration: float | None = None
    concentration_unit: str | None = Field(default=None, max_length=10)
    daily_dose: float | None = None
    daily_unit: str | None = Field(default=None, max_length=10)
