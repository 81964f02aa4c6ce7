"""What the reports of activity, of units and over time release, as sums over people."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import polars as pl

from reports.disclosure.activity import (
    ReleasedCross,
    release_cross,
    release_waiting,
    release_work,
)
from reports.disclosure.over_time import release_means, release_shares, release_volume
from reports.disclosure.over_time_points import ReleasedTimes
from reports.disclosure.units import release_units
from reports.frames import assessed, response
from reports.groups import ALL, Group
from reports.stats.activity import across, across_groups, waiting_of, waiting_of_groups, work
from reports.stats.activity_parts import (
    AGE,
    AGE_BROAD,
    DIAGNOSIS,
    INTENT,
    SEX,
    SOON,
    UNTIL_DEATH,
    WHO,
    Dimension,
)
from reports.stats.activity_periods import long_enough, periods
from reports.stats.over_time import (
    completeness_by_month,
    pain_by_month,
    responders_by_month,
    volume,
)
from reports.stats.over_time_months import last_day
from reports.stats.units import followed_up, responding, severely_harmed
from tests.reports.attack_tellings import (
    EVERYBODY,
    SILENT,
    Telling,
    View,
    part,
)
from tests.reports.attack_tellings_course import SEVERE


def read_over_time(view: View) -> Iterator[Telling]:
    """Read the control charts: procedures, responders, follow-up and pain."""
    page, rows, cut_off = view.page, view.page.data.outcomes, view.page.scope.cut_off
    found = release_volume(volume(rows, cut_off), page.cover)
    yield from _points("volume", found, EVERYBODY, None)
    for window in view.windows:
        last = [m for m in _months(rows["performed_on"]) if window.closes_on(m) < cut_off]
        later = pl.col("performed_on") > max(last, default=date.min)
        alive, seen = part(window, "alive_and_due"), assessed(window)
        for slug in ("nrs30", "nrs50", "medd30"):
            answer = pl.col(response(slug, window))
            shares = responders_by_month(rows, window, slug, cut_off)
            told = release_shares(shares, page.cover, page.floors)
            label = f"{slug} at {window.slug}"
            judged = seen & answer.is_not_null()
            yield from _points(label, told, judged, judged & answer.fill_null(value=False))
            yield Telling(f"later than {label}", later, told.later)
        follow_up = completeness_by_month(rows, window, cut_off)
        told = release_shares(follow_up, page.cover, page.floors)
        yield from _points(f"follow-up at {window.slug}", told, alive, seen)
        pain = release_means(pain_by_month(rows, window, cut_off), page.cover, page.floors)
        yield from _points(f"pain at {window.slug}", pain, seen, None)


def _months(days: pl.Series) -> list[date]:
    return sorted({last_day(day) for day in days})


def _points(
    label: str, told: ReleasedTimes, of: pl.Expr, counted: pl.Expr | None
) -> Iterator[Telling]:
    for line in told.lines:
        first = date.fromisoformat(f"{line.first}-01")
        end = last_day(date.fromisoformat(f"{line.last}-01"))
        when = pl.col("performed_on").is_between(first, end)
        yield Telling(f"{label} in {line.first}", when & of, line.n)
        if counted is not None and line.k is not None:
            yield Telling(f"{label} in {line.first}, counted", when & counted, line.k)


def read_units(view: View) -> Iterator[Telling]:
    """Read the funnels of sites and of operators, who are known to this reader by name."""
    page, rows = view.page, view.page.data.outcomes
    for unit in ("site", "operator"):
        founds = {"severe": (severely_harmed(rows, unit, page.data.events), EVERYBODY, SEVERE)}  # type: ignore[arg-type]
        for w in view.windows:
            answer = pl.col(response("nrs30", w))
            founds |= {
                f"responding at {w.slug}": (
                    responding(rows, unit, "nrs30", w),  # type: ignore[arg-type]
                    answer.is_not_null(),
                    answer.fill_null(value=False),
                ),
                f"followed at {w.slug}": (
                    followed_up(rows, unit, w),  # type: ignore[arg-type]
                    part(w, "alive_and_due"),
                    assessed(w),
                ),
            }
        for what, (found, of, counted) in founds.items():
            names = {row.key: row.name for row in found.rows}
            told = release_units(
                found, "site", page.policy, {}, overdispersion=False, blind=page.cover.blind
            )
            for line in told.lines:
                own = pl.col(unit) == line.unit
                yield Telling(f"{what} of {line.unit}: n", own & of, line.n)
                yield Telling(f"{what} of {line.unit}: k", own & counted, line.k)
            for name in names.values():
                own = pl.col(unit) == name
                yield Telling(f"{what} of {name}: k", own & counted, SILENT)
                yield Telling(f"{what} of {name}: rest", own & of & ~counted, SILENT)


def read_work(view: View) -> Iterator[Telling]:
    """Read procedures, patients (here one each), agents, and the waits."""
    page = view.page
    done = release_work(work(page.frame, page.grouping), page.cover)
    agents = pl.col("agent_classes")
    for line in done.lines:
        own, slug = view.of(line.group), line.group.slug
        yield Telling(f"procedures of {slug}", own, line.procedures)
        yield Telling(f"patients of {slug}", own, line.patients)
        yield Telling(f"no agent in {slug}", own & (agents.list.len() == 0), line.without_agent)
    for agent in done.agents:
        used = view.of(agent.group) & agents.list.contains(agent.agent)
        yield Telling(f"{agent.agent} in {agent.group.slug}", used, agent.procedures)
    waits = (
        (waiting_of_groups(page.frame, page.grouping, page.floors), None),
        (waiting_of(page.data.outcomes, DIAGNOSIS, page.floors), DIAGNOSIS),
    )
    for found, by in waits:
        for wait in release_waiting(found, page.cover).lines:
            own = _head(view, by, wait.group)
            known = pl.col("referral_days").is_not_null()
            slug = wait.group.slug
            yield Telling(f"waits of {slug}", own, wait.n)
            yield Telling(f"waits known of {slug}", own & known, wait.recorded)
            yield Telling(f"waits missing of {slug}", own & ~known, wait.missing)


def _head(view: View, by: Dimension | None, head: Group) -> pl.Expr:
    if by is None:
        return view.of(head)
    return EVERYBODY if head == ALL else by.column == head.slug


def read_crosses(view: View) -> Iterator[Telling]:
    """Read the tables of activity: who, with what intent, when, how near to death."""
    page, rows = view.page, view.page.data.outcomes
    for split in (INTENT, *WHO):
        found = across_groups(page.frame, page.grouping, split)
        yield from _cross(view, None, split, release_cross(found, page.cover), EVERYBODY)
    old = long_enough(page.frame, page.scope.cut_off)
    until = max(old["performed_on"], default=date.min)
    is_old = pl.col("performed_on") <= until
    found = across_groups(old, page.grouping, UNTIL_DEATH)
    yield from _cross(view, None, UNTIL_DEATH, release_cross(found, page.cover), is_old)
    for heads in (AGE, SEX, DIAGNOSIS):
        found = across(old, heads, SOON, keep=True)
        yield from _cross(view, heads, SOON, release_cross(found, page.cover), is_old)
    smallest = max(page.floors.interval, page.policy.threshold or 0)
    when = periods(rows, page.scope.cut_off, smallest)
    for split in (AGE_BROAD, SEX, DIAGNOSIS):
        found = across(rows, when, split)
        yield from _cross(view, when, split, release_cross(found, page.cover), EVERYBODY)


def _cross(
    view: View, heads: Dimension | None, split: Dimension, told: ReleasedCross, of: pl.Expr
) -> Iterator[Telling]:
    for line in told.with_total or (told.total,):
        own = of & _head(view, heads, line.head)
        label = f"{split.slug} of {heads.slug if heads else ''} {line.head.slug}"
        yield Telling(label, own, line.n)
        for column, shown in zip(told.parts, line.counts, strict=False):
            yield Telling(f"{label}: {column.slug}", own & (split.column == column.slug), shown)
