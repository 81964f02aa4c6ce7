"""What the page of today's work shows: calls by urgency, and how complete follow-up has been."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from sqlmodel import Session

from registry.domain.access import Actor, Permission
from registry.domain.techniques import taxonomy
from registry.domain.windows import WINDOWS, Window
from registry.services.outcomes import outcome_frame, sites_of
from registry.services.worklist import DueFollowUp, Urgency
from registry.web.filters import DASH
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


@dataclass(frozen=True, slots=True)
class DueGroup:
    """The calls of one urgency."""

    title: str
    calls: tuple[DueFollowUp, ...]


def group_due(due: Iterable[DueFollowUp]) -> list[DueGroup]:
    """Group calls by urgency, the most pressing first; a group without a call is left out."""
    calls = list(due)
    groups = [DueGroup(t, tuple(c for c in calls if c.urgency is u)) for u, t in _TITLES.items()]
    return [group for group in groups if group.calls]


def late_in_words(call: DueFollowUp) -> str:
    """Say how a call stands to its planned day."""
    days = abs(call.days_late)
    if not days:
        return "today"
    return f"{days} {'day' if days == 1 else 'days'}{' late' if call.days_late > 0 else ' to go'}"


def count_due(due: Iterable[DueFollowUp]) -> dict[str, str]:
    """Count the calls to make now, for the line on top."""
    urgencies = [call.urgency for call in due]
    overdue, today = urgencies.count(Urgency.OVERDUE), urgencies.count(Urgency.TODAY)
    return {
        "label": "Follow-ups to do",
        "value": str(overdue + today),
        "note": f"{overdue} overdue, {today} planned for today",
    }


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
