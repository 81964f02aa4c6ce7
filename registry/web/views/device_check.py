"""What the form of a device check offers: the settings and events of its kind of device alone."""

from __future__ import annotations

from dataclasses import dataclass

from registry.db.tables import DeviceCheck
from registry.domain.axes import axis
from registry.domain.dates import show_day
from registry.domain.devices import AmplitudeUnit, ConcentrationUnit, DailyUnit, DeviceKind
from registry.web.forms.device_check import INFUSATE
from registry.web.forms.form import Form

Options = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class DeviceCheckView:
    """What may be chosen, how many drugs have a row, and the day of the check before this one."""

    kind: DeviceKind
    statuses: Options
    events: Options
    modes: Options
    rows: int
    last_on: str | None
    concentration_units: Options = tuple((u.value, u.value) for u in ConcentrationUnit)
    daily_units: Options = tuple((u.value, u.value.replace("24h", "24 h")) for u in DailyUnit)
    amplitude_units: Options = tuple((u.value, u.value) for u in AmplitudeUnit)


def device_check_view(form: Form, kind: DeviceKind, last: DeviceCheck | None) -> DeviceCheckView:
    """Prepare the form for drawing."""
    return DeviceCheckView(
        kind=kind,
        statuses=(*_choices("device_status", kind), ("", "Not recorded")),
        events=_choices("device_event", kind),
        modes=(*_choices("device_mode", kind), ("", "Not recorded")),
        rows=len(form.rows(INFUSATE)),
        last_on=show_day(last.checked_on) if last else None,
    )


def _choices(name: str, kind: DeviceKind) -> Options:
    return tuple((v.slug, v.label) for v in axis(name).current if v.group in ("", kind.group))
