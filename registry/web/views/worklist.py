"""What the worklist and the page of today's work show: follow-ups in groups, and completeness."""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from sqlmodel import Session

from registry.domain.access import Actor, Permission
from registry.domain.techniques import taxonomy
from registry.domain.windows import WINDOWS, Window
from registry.services.outcomes import outcome_frame, sites_of
from registry.services.worklist import Urgency, WaitingFollowUp
from registry.web.filters import DASH
from registry.web.forms.worklist import By
from reports.filters import Filters
from reports.groups import Group, grouping
from reports.stats.completeness import CompletenessRow, completeness

LOOKING_BACK = timedelta(days=90)
# A window that is longer than we look back can't have closed for any procedure we look at.
SHOWN_WINDOWS = tuple(w for w in WINDOWS if w.closes < LOOKING_BACK.days)

_TITLES = {
    Urgency.OVERDUE: "Overdue",
    Urgency.TODAY: "Planned for today",
    Urgency.THIS_WEEK: "In the next 7 days",
}
_PRESSING = tuple(Urgency)
_SHORTEST_PHONE = 3


@dataclass(frozen=True, slots=True)
class WaitingGroup:
    """Follow-ups that are shown together."""

    title: str
    calls: tuple[WaitingFollowUp, ...]


def group_due(due: Iterable[WaitingFollowUp]) -> list[WaitingGroup]:
    """Group calls by urgency, the most pressing first; a group without a call is left out."""
    calls = list(due)
    groups = [
        WaitingGroup(t, tuple(c for c in calls if c.urgency is u)) for u, t in _TITLES.items()
    ]
    return [group for group in groups if group.calls]


def by_pressure(waiting: Iterable[WaitingFollowUp]) -> list[WaitingFollowUp]:
    """Put what can still be had first, the latest of it before all, and missed ones last."""
    return sorted(waiting, key=lambda call: _PRESSING.index(call.urgency))


def group_waiting(waiting: Iterable[WaitingFollowUp], by: By) -> list[WaitingGroup]:
    """Group the worklist, each group and what is in it by pressure."""
    groups: dict[Hashable, list[WaitingFollowUp]] = {}
    for call in by_pressure(waiting):
        groups.setdefault(_TOGETHER[by](call), []).append(call)
    found = [WaitingGroup(_TITLE_OF[by](calls[0]), tuple(calls)) for calls in groups.values()]
    if by is By.WINDOW:
        return sorted(found, key=lambda group: group.calls[0].window.opens)
    return sorted(found, key=lambda group: group.title) if by is By.CLINICIAN else found


def _person(call: WaitingFollowUp) -> str:
    return " · ".join(part for part in (call.hospital_number, call.name) if part)


_TOGETHER: dict[By, Callable[[WaitingFollowUp], Hashable]] = {
    By.WINDOW: lambda call: call.window.slug,
    By.PATIENT: lambda call: call.patient_id,
    By.CLINICIAN: lambda call: call.clinician,
}
_TITLE_OF: dict[By, Callable[[WaitingFollowUp], str]] = {
    By.WINDOW: lambda call: f"At {call.window.label}",
    By.PATIENT: _person,
    By.CLINICIAN: lambda call: call.clinician,
}


def late_in_words(call: WaitingFollowUp) -> str:
    """Say how a follow-up stands to its planned day."""
    if call.urgency is Urgency.MISSED:
        return "missed"
    days = abs(call.days_late)
    if not days:
        return "today"
    return f"{days} {'day' if days == 1 else 'days'}{' late' if call.days_late > 0 else ' to go'}"


def tone_of(call: WaitingFollowUp) -> str:
    """Give the kind of badge that goes with `late_in_words`."""
    tones = {Urgency.MISSED: "danger", Urgency.OVERDUE: "warning", Urgency.TODAY: "accent"}
    return tones.get(call.urgency, "neutral")


def dialled(phone: str | None) -> str | None:
    """Write a phone number as a `tel:` link takes it; None where there is nothing to dial."""
    digits = re.sub(r"[^0-9+]", "", phone or "")
    return digits if len(digits) >= _SHORTEST_PHONE else None


def count_due(due: Iterable[WaitingFollowUp]) -> dict[str, str]:
    """Count the calls to make now, for the line on top."""
    urgencies = [call.urgency for call in due]
    overdue, today = urgencies.count(Urgency.OVERDUE), urgencies.count(Urgency.TODAY)
    return {
        "label": "Follow-ups to do",
        "value": str(overdue + today),
        "note": f"{overdue} overdue, {today} planned for today",
    }


def count_waiting(waiting: Iterable[WaitingFollowUp]) -> list[dict[str, str]]:
    """Count the worklist by urgency."""
    urgencies = [call.urgency for call in waiting]
    words = {
        Urgency.OVERDUE: ("Overdue", "can still be had"),
        Urgency.TODAY: ("Planned for today", ""),
        Urgency.THIS_WEEK: ("In the next 7 days", ""),
        Urgency.MISSED: ("Missed", "window closed, no reason given"),
    }
    return [
        {"label": label, "value": str(urgencies.count(urgency)), "note": note}
        for urgency, (label, note) in words.items()
    ]


def recent_completeness(session: Session, *, actor: Actor, today: date) -> list[dict[str, str]]:
    """Give follow-up completeness of the last 90 days, window by window.

    It counts the sites whose records the actor reads: of other sites' small numbers nothing shows.
    """
    own = actor.sites(Permission.READ_RECORDS)
    codes = tuple(site.code for site in sites_of(session, actor).values() if site.id in own)
    filters = Filters(since=today - LOOKING_BACK, site=codes)
    frame = outcome_frame(session, actor=actor, filters=filters, as_of=today)
    order = [Group(c.slug, c.label) for c in taxonomy().categories]
    rows = completeness(frame, grouping(frame, "category", order), SHOWN_WINDOWS).rows
    # With several groups a window's last row is their total; with one it is that group.
    totals = {row.window: row for row in rows}
    return [_stat(window, totals.get(window)) for window in SHOWN_WINDOWS]


def _stat(window: Window, row: CompletenessRow | None) -> dict[str, str]:
    label = f"Assessed at {window.label}"
    if row is None or row.of_alive_and_due is None:
        return {"label": label, "value": DASH, "note": "nobody was due"}
    return {
        "label": label,
        "value": f"{100 * row.of_alive_and_due:.0f} %",
        "note": f"{row.assessed} of {row.alive_and_due} alive and due",
    }
