"""The blocks over time: statistic -> release -> answer, control chart, table."""

from __future__ import annotations

from dataclasses import dataclass

from registry.domain.outcomes.responders import DEFINITIONS
from reports import wording
from reports.disclosure.over_time import release_means, release_shares, release_volume
from reports.disclosure.over_time_points import ReleasedTimes, TimeLine
from reports.figures.chart import Series, control_chart
from reports.figures.figure import NO_PROCEDURES
from reports.page import Page
from reports.records import records
from reports.report import Shown
from reports.stats.charts import FEWEST
from reports.stats.over_time import (
    completeness_by_month,
    pain_by_month,
    responders_by_month,
    volume,
)
from reports.tables.over_time import time_table
from reports.wording_over_time import limits, say_signal

_MOST_TOLD = 3
_PAIN_AXES = ((-6.0, 1.0), (-10.0, 2.0), (-10.0, 10.0))


def show_volume(page: Page) -> Shown:
    """Show procedures, month by month."""
    scope = page.scope
    found = volume(page.data.outcomes, scope.cut_off, scope.since, scope.until)
    released = release_volume(found, page.cover)
    series = Series(
        title=f"How many procedures a {released.period}?",
        subtitle=scope.sentence(
            f"procedures a {released.period}", "hollow: not a whole one, not judged"
        ),
        say=wording.number,
        facts=lambda line: (f"{wording.count(line.n)} procedures",),
    )
    return Shown(
        answer=_answer(released, series, f"procedures a {released.period}"),
        figures=(control_chart(released, series),),
        tables=(
            time_table(
                f"Procedures a {released.period}.", scope, released, ("Procedures",), series.say
            ),
        ),
        records=tuple(records(released.lines)),
    )


@dataclass(frozen=True, slots=True)
class _Words:
    """How a share is spoken of: its title, what is counted, and of whom."""

    title: str
    counted: str
    of: str


def show_responders(page: Page) -> Shown:
    """Show who responds, month by month."""
    asked, at = page.asked, page.asked.window.label
    label = next(d.label for d in DEFINITIONS if d.slug == asked.definition)
    found = responders_by_month(
        page.data.outcomes, asked.window, asked.definition, page.scope.cut_off
    )
    released = release_shares(found, page.cover, page.floors)
    words = _Words(f"Do more or fewer respond at {at}?", f"responders ({label})", "those judged")
    return _share_shown(page, released, words)


def show_completeness(page: Page) -> Shown:
    """Show follow-up, month by month."""
    found = completeness_by_month(page.data.outcomes, page.asked.window, page.scope.cut_off)
    released = release_shares(found, page.cover, page.floors)
    title = f"Is follow-up at {page.asked.window.label} getting better or worse?"
    return _share_shown(page, released, _Words(title, "assessed", "alive and due"))


def _share_shown(page: Page, released: ReleasedTimes, words: _Words) -> Shown:
    counted, at = f"{words.counted} of {words.of}", page.asked.window.label
    series = Series(
        title=words.title,
        subtitle=page.scope.sentence(f"at {at}", counted, "months of the procedure", _n(released)),
        say=wording.percent,
        facts=lambda line: (f"{wording.of(line.k or 0, line.n)} ({wording.percent(line.value)})",),
        scale=100,
        span=(0, 100),
        suffix=" %",
    )
    columns = (words.of.capitalize(), words.counted.capitalize(), "Share")
    caption = f"{counted.capitalize()} at {at}."
    return Shown(
        answer=_answer(released, series, f"{counted} at {at}") + _later(page, released),
        figures=(control_chart(released, series, _nobody(page)),),
        tables=(time_table(caption, page.scope, released, columns, series.say),),
        records=tuple(records(released.lines)),
    )


def show_pain(page: Page) -> Shown:
    """Show the change of pain, month by month."""
    at = page.asked.window.label
    found = pain_by_month(page.data.outcomes, page.asked.window, page.scope.cut_off)
    released = release_means(found, page.cover, page.floors)
    series = Series(
        title=f"Is pain relief at {at} changing?",
        subtitle=page.scope.sentence(
            f"at {at}",
            "mean change of average pain over 24 h, NRS 0-10",
            "below 0: less pain",
            _n(released),
        ),
        say=wording.signed,
        facts=lambda line: (
            f"mean change {wording.signed(line.value)} points, n {wording.count(line.n)}",
        ),
        span=_pain_axis(released),
    )
    caption = f"Mean change of average pain over 24 hours, self-reported, at {at}."
    columns = ("Assessed", "Mean change, NRS points")
    return Shown(
        answer=_answer(released, series, f"points (mean change of pain at {at})")
        + _later(page, released),
        figures=(control_chart(released, series, _nobody(page)),),
        tables=(time_table(caption, page.scope, released, columns, series.say),),
        records=tuple(records(released.lines)),
    )


def _pain_axis(released: ReleasedTimes) -> tuple[float, float]:
    """Choose the narrowest of three fixed axes that holds every point and limit, 0 among them."""
    values = [v for line in released.lines for v in (line.value, line.low, line.high)]
    known = [v for v in values if v is not None]
    low, high = min(known, default=0.0), max(known, default=0.0)
    return next(((a, b) for a, b in _PAIN_AXES if a <= low and high <= b), _PAIN_AXES[-1])


def _n(released: ReleasedTimes) -> str:
    return f"n {sum(_count(line) for line in released.lines):,}"


def _count(line: TimeLine) -> int:
    return line.n if isinstance(line.n, int) else 0


def _nobody(page: Page) -> str:
    if page.data.outcomes.is_empty():
        return NO_PROCEDURES
    return f"Nobody was assessed at {page.asked.window.label} in a month that is due."


def _answer(released: ReleasedTimes, series: Series, what: str) -> str:
    """Say the level, what chance alone would give, and what is more than chance."""
    if released.too_few:
        return "Too few procedures to say how it goes over time."
    lines = released.judged or released.lines
    if not lines:
        return f"There is nothing to say yet of {what}."
    last = lines[-1]
    if last.centre is None:
        values = [line.value for line in lines]
        low, high = series.say(min(values)), series.say(max(values))
        spread = low if low == high else f"From {low} to {high}"
        points = "point" if len(lines) == 1 else "points"
        return (
            f"{spread} {what} over {len(lines)} {points}: too few for control limits, which need "
            f"{FEWEST}."
        )
    level = f"On average {series.say(last.centre)} {what}"
    told = [say_signal(released, signal) for signal in released.plainest]
    if not told:
        return f"{level}; all {len(lines)} points lie within what chance alone gives " + (
            f"({limits(last, series.say)} at the latest), and no run of them stands out."
        )
    more = f"; and {len(told) - _MOST_TOLD} more" if len(told) > _MOST_TOLD else ""
    return f"{level}. More than chance: {'; '.join(told[:_MOST_TOLD])}{more}."


def _later(page: Page, released: ReleasedTimes) -> str:
    if not released.later:
        return ""
    return (
        f" Left out: months whose {page.asked.window.label} aren't over for everybody (procedures: "
        f"{wording.count(released.later)})."
    )
