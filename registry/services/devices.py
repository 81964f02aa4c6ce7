"""Each device's course: what placed, served and removed it, what was found, what is due next."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlmodel import Session

from registry.db.queries.devices import list_device_records, list_people_with_refill
from registry.db.queries.patients import Course
from registry.db.tables import DeviceCheck, Patient, Procedure
from registry.domain.access import Actor, Permission
from registry.domain.devices import EXPLANT, DeviceKind, device_id, explanted_on
from registry.domain.techniques import taxonomy
from registry.services.readings import note_patients
from registry.services.timelines import to_event

AHEAD = 14
KEPT = 120
"""Days: a refill is listed from `AHEAD` before it is due until `KEPT` after, when others care."""


@dataclass(frozen=True, slots=True)
class DeviceCourse:
    """A device from the procedure that placed it to its removal; both lists earliest first."""

    kind: DeviceKind
    procedures: Sequence[Procedure]
    checks: Sequence[DeviceCheck]
    removed_on: date | None

    @property
    def technique(self) -> str:
        """Name the technique that placed it."""
        return self.procedures[0].technique

    @property
    def served_by(self) -> Procedure:
        """Give the latest procedure that left it in place: a new check hangs on this one."""
        return next(p for p in reversed(self.procedures) if p.intent != EXPLANT)

    @property
    def refill_due_on(self) -> date | None:
        """Give the day on which it is to be refilled next; None when that isn't known any more."""
        for check in reversed(self.checks):
            if check.status == "removed" or self.removed_on is not None:
                return None
            if check.refill_due_on is not None:
                refills = (p for p in self.procedures if p.intent == "refill")
                later = any(p.performed_on > check.checked_on for p in refills)
                return None if later else check.refill_due_on
            if check.refilled_ml is not None:
                return None
        return None


def device_courses(
    procedures: Iterable[Procedure], checks: Iterable[DeviceCheck]
) -> list[DeviceCourse]:
    """Sort a patient's procedures and checks by the device that they are about."""
    techniques = taxonomy().techniques
    about = {p.id: p for p in procedures if techniques[p.technique].device}
    events = {p.id: to_event(p) for p in about.values()}
    groups: dict[UUID, list[Procedure]] = {}
    for procedure in about.values():
        groups.setdefault(device_id(events[procedure.id], events.values()), []).append(procedure)
    found = list(checks)
    courses = []
    for first, group in groups.items():
        kind = techniques[group[0].technique].device
        if kind is None or all(p.intent == EXPLANT for p in group):
            continue
        own = {p.id for p in group}
        courses.append(
            DeviceCourse(
                kind=kind,
                procedures=group,
                checks=[c for c in found if c.procedure_id in own],
                removed_on=explanted_on(events[first], events.values()),
            )
        )
    return courses


def last_check(
    course: Course, procedure: Procedure, until: date | None = None
) -> DeviceCheck | None:
    """Give the last check, up to a day, of the device that a procedure placed or served."""
    for device in device_courses(course.procedures, course.device_checks):
        if procedure.id in {p.id for p in device.procedures}:
            found = (c for c in reversed(device.checks) if until is None or c.checked_on <= until)
            return next(found, None)
    return None


@dataclass(frozen=True, slots=True)
class RefillDue:
    """A pump or catheter to be refilled; `days_late` is negative while the day lies ahead."""

    patient_id: UUID
    hospital_number: str
    name: str | None
    phone: str | None
    procedure_id: UUID
    technique: str
    due_on: date
    days_late: int


def list_refills_due(session: Session, *, actor: Actor, today: date) -> list[RefillDue]:
    """List the refills of the living that are overdue or due within two weeks, latest first."""
    sites = actor.sites(Permission.READ_RECORDS)
    since, until = today - timedelta(days=KEPT), today + timedelta(days=AHEAD)
    people = list_people_with_refill(session, sites, since=since, until=until)
    note_patients(session, actor, ((p.site_id, p.id) for p in people))
    due = []
    for patient, courses in _courses_of(session, people):
        for course in courses:
            on = course.refill_due_on
            if on is not None and since <= on <= until:
                due.append(_refill(patient, course, on, today))
    return sorted(due, key=lambda d: (-d.days_late, d.hospital_number, d.procedure_id))


def _courses_of(
    session: Session, records: Sequence[Patient]
) -> Iterator[tuple[Patient, list[DeviceCourse]]]:
    """Give each person with their devices, whichever of their records these were entered under."""
    person = {r.id: r.merged_into_id or r.id for r in records}
    procedures: dict[UUID, list[Procedure]] = defaultdict(list)
    checks: dict[UUID, list[DeviceCheck]] = defaultdict(list)
    all_procedures, all_checks = list_device_records(session, records)
    for procedure in all_procedures:
        procedures[person[procedure.patient_id]].append(procedure)
    for check in all_checks:
        checks[person[check.patient_id]].append(check)
    for patient in (r for r in records if r.merged_into_id is None):
        yield patient, device_courses(procedures[patient.id], checks[patient.id])


def _refill(patient: Patient, course: DeviceCourse, due_on: date, today: date) -> RefillDue:
    return RefillDue(
        patient_id=patient.id,
        hospital_number=patient.hospital_number,
        name=patient.name,
        phone=patient.phone,
        procedure_id=course.served_by.id,
        technique=course.technique,
        due_on=due_on,
        days_late=(today - due_on).days,
    )
