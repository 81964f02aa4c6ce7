"""What the reports of harm and of relief and survival release, as sums over people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import polars as pl

from registry.domain.outcomes.relief import ReliefEnd
from registry.domain.windows import WINDOWS
from reports.disclosure import HELD
from reports.disclosure.curves import ReleasedCurve
from reports.disclosure.held import ROUND_TO
from reports.disclosure.relief import release_lives, release_relief
from reports.disclosure.safety import release_apart, release_harms
from reports.disclosure.safety_events import release_grades
from reports.groups import ALL
from reports.names import complication_name
from reports.page import Page
from reports.stats.relief import lives, relief
from reports.stats.safety import apart, harm_rates
from reports.stats.safety_grades import grades
from tests.reports.attack_people import LONG
from tests.reports.attack_tellings import (
    ELIGIBLE,
    EVERYBODY,
    SILENT,
    Telling,
    View,
    k_of,
)
from tests.reports.attack_types import CLOSED, NEAR

HARMED = pl.col("kind") == "harm"
SEVERE = HARMED & (pl.col("grade") >= 3).fill_null(value=False)


def read_safety(view: View) -> Iterator[Telling]:
    """Read harms: rates, what is counted apart, and grades (here one event a procedure)."""
    page = view.page
    asked = page.frame, page.grouping, page.data.events
    lines = release_harms(harm_rates(*asked), page.cover, page.floors).lines
    for line in lines:
        blur = NEAR * len(lines) if line.group == ALL else NEAR
        own, slug = view.of(line.group), line.group.slug
        if page.cover.treated(page.cover.row(line.group, WINDOWS[0])) is HELD:
            # Else they are the treated of every other report, and say nothing new.
            yield Telling(f"procedures of {slug}", own, line.procedures)
        for what, who, share in (("harm", HARMED, line.harmed), ("severe", SEVERE, line.severe)):
            yield Telling(f"{what} of {slug}", own & who, k_of(share), blur)
            yield Telling(f"no {what} of {slug}", own & ~who.fill_null(value=False), SILENT)
    told = release_apart(apart(*asked), page.cover, page.floors)
    for effect in told.effects:
        who = (pl.col("kind") == effect.kind) & (pl.col("complication") == effect.what)
        yield Telling(
            f"effect in {effect.group.slug}", view.of(effect.group) & who, k_of(effect.share)
        )
    for course in told.course:
        who = view.of(course.group) & (pl.col("kind") == course.kind)
        yield Telling(f"{course.kind} of {course.group.slug}", who, k_of(course.share))
    yield from _grades(view)


def _grades(view: View) -> Iterator[Telling]:
    page = view.page
    found = grades(page.frame, page.grouping, page.data.events)
    for scale in release_grades(found, page.policy, blind=page.cover.blind).scales:
        graded = (
            pl.col("grade").is_not_null() if scale.scale.is_graded else pl.col("grade").is_null()
        )
        of = HARMED & graded
        names = {complication_name(c): c for c in ("hypotension", "bleeding")}
        alone = [names[x.complication] for x in scale.lines if x.complication in names]
        yield Telling(f"harms on {scale.scale.key}", of, scale.events, CLOSED)
        for line in scale.lines:
            slug = names.get(line.complication)
            own = of & (
                pl.col("complication") == slug if slug else ~pl.col("complication").is_in(alone)
            )
            label = f"{line.complication} on {scale.scale.key}"
            yield Telling(label, own, line.events, 2 * CLOSED)
            for i, shown in enumerate(line.counts):
                at = pl.col("grade") == i + 1 if scale.scale.is_graded else EVERYBODY
                yield Telling(f"{label}, grade {i + 1}", own & at, shown)


def read_relief(view: View) -> Iterator[Telling]:
    """Read who responded for how long, and who lived how long: numbers at risk."""
    page = view.page
    asked = page.frame, page.grouping
    responded, days = pl.col("relief_end").is_not_null(), pl.col("relief_days")
    seen = pl.col("first_window").is_not_null() | responded
    for line in release_relief(relief(*asked), page.cover, page.floors).lines:
        own, slug = view.of(line.group) & ELIGIBLE, line.group.slug
        yield Telling(f"eligible of {slug} for relief", own, line.eligible)
        yield Telling(f"seen of {slug} for relief", own & seen, line.assessed)
        yield Telling(f"ever responded of {slug}", own & responded, line.responded)
        yield Telling(f"never responded of {slug}", own & ~responded, SILENT)
        yield Telling(f"seen, not responded of {slug}", own & seen & ~responded, SILENT)
        if isinstance(line.curve, ReleasedCurve):
            for day, shown in line.curve.at_risk.items():
                yield Telling(f"relief at {day} of {slug}", own & responded & (days >= day), shown)
            if is_followed(page):
                ends = {end: pl.col("relief_end") == end for end in line.curve.ended}
                yield from _curve(f"relief of {slug}", line.curve, own, days, ends)
    for life in release_lives(lives(*asked), page.cover, page.floors).lines:
        own, slug = view.of(life.group), life.group.slug
        dead = pl.col("days_to_death")
        known = pl.coalesce(dead, "last_seen_days", pl.lit(0)).clip(lower_bound=0)
        yield Telling(f"patients of {slug}", own, life.patients)
        yield Telling(f"dead of {slug}", own & dead.is_not_null(), life.deaths)
        yield Telling(f"not dead of {slug}", own & dead.is_null(), SILENT)
        if isinstance(life.curve, ReleasedCurve):
            for day, shown in life.curve.at_risk.items():
                yield Telling(f"life at {day} of {slug}", own & (known >= day), shown)
            if is_followed(page):
                ends = {end: dead.is_not_null() for end in life.curve.ended}
                yield from _curve(f"life of {slug}", life.curve, own, dead, ends)


def is_followed(page: Page) -> bool:
    """Say whether nobody is missing from a curve: then it counts the ends up to each day."""
    rows, going = page.data.outcomes, ReliefEnd.STILL_RESPONDING.value
    alive = pl.col("days_to_death").is_null() & (pl.col("last_seen_days") < LONG)
    silent = (pl.col("relief_end") == going) & (pl.col("relief_days") < LONG)
    return rows.filter(alive | silent).is_empty()


def _curve(
    label: str, curve: ReleasedCurve, own: pl.Expr, days: pl.Expr, ends: Mapping[str, pl.Expr]
) -> Iterator[Telling]:
    """Read how many had met any end, and each, by every day that is told.

    One step of the curve is a fraction of the rounded number who started, who may be 2 more or 2
    fewer. Of several ends one may lag behind the steps of all by as many as there are others.
    """
    steps = curve.n // ROUND_TO
    for at, day in enumerate(curve.days):
        if day == 0:
            continue  # where it starts with everybody, whatever happened on that day
        ended = {end: own & who & (days <= day) for end, who in ends.items()}
        taken = {"any end": (pl.any_horizontal(ended.values()), 1 - curve.free[at], 0.5)}
        for end, who in ended.items():
            values = curve.ended[end]
            if values is HELD:
                yield Telling(f"{label}: {end} by {day}", who, SILENT)
            else:
                taken[end] = who, values[at], 0.5 if len(ends) == 1 else float(len(ends))
        for end, (who, share, lag) in taken.items():
            count = round(share * steps)
            off = ROUND_TO * lag + 2 * (count + lag) / steps
            yield Telling(f"{label}: {end} by {day}", who, count * ROUND_TO, off, any_size=True)
