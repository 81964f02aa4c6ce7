"""Each device of a patient for the page: what it delivers, when it is refilled, what was found."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from registry.db.queries.patients import Course
from registry.db.tables import AdverseEvent, DeviceCheck
from registry.domain.axes import axis
from registry.domain.complications import Complication, harm_of_device_event
from registry.domain.techniques import taxonomy
from registry.services.devices import DeviceCourse, device_courses
from registry.web.views.record import facts_of

SHOWN = 3
"""So many checks stand on the card; all of them stand in the record."""

NEAR = 14
"""Days: an adverse event that began this near to a check is what was found there."""

_DELIVERS = {
    "Mode": "{}",
    "Infusate": "{}",
    "Rate": "rate {}",
    "Amplitude": "{}",
    "Frequency": "{}",
    "Pulse width": "{}",
    "Hours on a day": "on {} a day",
}
_FOUND = ("State of the device", "Events")


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found at a check and may be harm, and where to record it as such."""

    events: str
    on: date
    address: str


@dataclass(frozen=True, slots=True)
class CheckLine:
    """A check in a row: what was set and delivered, how the device was, what had happened."""

    on: date
    delivers: str | None
    found: str | None


@dataclass(frozen=True, slots=True)
class DeviceCard:
    """A device on the patient's page: its last checks, newest first, and how many are earlier."""

    title: str
    placed_on: date
    removed_on: date | None
    check_address: str
    refill_due_on: date | None
    days_to_refill: int | None
    lines: tuple[CheckLine, ...]
    earlier: int
    findings: tuple[Finding, ...]


def list_devices(course: Course, today: date) -> list[DeviceCard]:
    """Tell every device of a patient, the latest placed first."""
    found = device_courses(course.procedures, course.device_checks)
    found.sort(key=lambda d: d.procedures[0].performed_on, reverse=True)
    dead = course.death is not None
    return [_card(device, course.adverse_events, None if dead else today) for device in found]


def unrecorded_harms(
    check: DeviceCheck, technique: str, events: Iterable[AdverseEvent]
) -> list[tuple[str, Complication]]:
    """Give what was found at a check and may be harm, unless that was recorded about then."""
    about_then = {
        e.complication for e in events if abs((e.onset_on - check.checked_on).days) <= NEAR
    }
    found = check.events.split(";") if check.events else []
    harms = ((event, harm_of_device_event(event, technique)) for event in found)
    return [(event, harm) for event, harm in harms if harm and harm.slug not in about_then]


def _card(device: DeviceCourse, events: Sequence[AdverseEvent], today: date | None) -> DeviceCard:
    due = device.refill_due_on if today else None
    return DeviceCard(
        title=taxonomy().techniques[device.technique].label,
        placed_on=device.procedures[0].performed_on,
        removed_on=device.removed_on,
        check_address=f"/procedures/{device.served_by.id}/device-checks/new",
        refill_due_on=due,
        days_to_refill=(due - today).days if due and today else None,
        lines=tuple(_line(check) for check in reversed(device.checks[-SHOWN:])),
        earlier=max(len(device.checks) - SHOWN, 0),
        findings=tuple(_findings(device, events)),
    )


def _line(check: DeviceCheck) -> CheckLine:
    facts = dict(facts_of(check))
    delivers = [text.format(facts[name]) for name, text in _DELIVERS.items() if name in facts]
    found = [facts[name] for name in _FOUND if name in facts]
    return CheckLine(check.checked_on, " · ".join(delivers) or None, " · ".join(found) or None)


def _findings(device: DeviceCourse, events: Sequence[AdverseEvent]) -> Iterator[Finding]:
    for check in reversed(device.checks):
        if harms := unrecorded_harms(check, device.technique, events):
            yield Finding(
                events=", ".join(axis("device_event").label_of(event) for event, _ in harms),
                on=check.checked_on,
                address=f"/procedures/{check.procedure_id}/adverse-events/new"
                f"?device_check={check.id}",
            )
