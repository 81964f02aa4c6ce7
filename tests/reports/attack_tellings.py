"""What the reports of follow-up and response release, as sums over people.

A telling is a label, who is counted (an expression over the columns of people), the count as it was
released, and how far off its rounding may be. `read_...` reads a report through its own release.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

import polars as pl

from registry.domain.outcomes import State
from registry.domain.windows import WINDOWS, Window
from reports.catalogue.completeness import _by_site
from reports.disclosure import HELD, Count, Held, StateLine, release
from reports.disclosure.covered import ALIVE_AND_DUE, ASSESSED, DUE, TREE
from reports.disclosure.curve import release_curves
from reports.disclosure.follow_up import release_months, release_reasons
from reports.disclosure.judged import release_judged
from reports.disclosure.pairs import release_pairs
from reports.disclosure.worst import release_worst
from reports.frames import assessed, medd_complete, missed, response, score, state, worst
from reports.groups import ALL, FEW, Group
from reports.page import Page
from reports.stats.curve import STEPS, responder_curves
from reports.stats.intervals import Proportion
from reports.stats.judged import judged_responders
from reports.stats.medd_change import complete_pairs, medd_change
from reports.stats.missing import NO_REASON, reasons_for_missing
from reports.stats.months import completeness_by_month
from reports.stats.over_time_months import last_day
from reports.stats.pain import worst_pain
from reports.stats.responders import responders
from tests.reports.attack_types import CLOSED, NEAR


class Telling(NamedTuple):
    """`any_size`: what is shown may stand for fewer than are shown elsewhere."""

    label: str
    who: pl.Expr
    shown: Count
    blur: float = NEAR
    any_size: bool = False


EVERYBODY = pl.lit(value=True)


def within(group: Group, by: str, pooled: Iterable[Group]) -> pl.Expr:
    """Select the people of a group, of the smaller groups together, or of all."""
    if group == ALL:
        return EVERYBODY
    slugs = [g.slug for g in pooled] if group == FEW else [group.slug]
    return pl.col(by).is_in(slugs)


def is_state(window: Window, *states: State) -> pl.Expr:
    return pl.col(state(window)).is_in([s.value for s in states])


def k_of(share: Proportion | Held) -> Count:
    return HELD if share is HELD else share.k


ELIGIBLE = ~is_state(WINDOWS[0], State.INELIGIBLE)


@dataclass(frozen=True)
class View:
    """A page, and the windows that were looked at closely, one after the other."""

    page: Page
    windows: tuple[Window, ...]

    def of(self, group: Group) -> pl.Expr:
        return within(group, self.page.grouping.by, self.page.cover.pooled)

    @property
    def asked(self) -> tuple[object, ...]:
        return self.page.frame, self.page.grouping, self.windows


def part(window: Window, what: str) -> pl.Expr:
    """Select the people of a base count at a window."""
    alive = is_state(window, State.RESPONDER, State.NON_RESPONDER, State.ALIVE_NOT_ASSESSED)
    known = {
        ASSESSED: assessed(window),
        ALIVE_AND_DUE: alive,
        DUE: alive | is_state(window, State.DIED_BEFORE),
        "eligible": ELIGIBLE,
        "treated": EVERYBODY,
    }
    return known[what] if what in known else is_state(window, State(what))


def read_base(view: View) -> Iterator[Telling]:
    """Read states and follow-up by group."""
    for window in WINDOWS:
        told = {
            line.group: _base(view, line)
            for line in release(view.page.base, view.page.cover).at(window)
        }
        for group, counts in told.items():
            for what, shown in counts.items():
                who = view.of(group) & part(window, what)
                label = f"{what} of {group.slug} at {window.slug}"
                if group != ALL:
                    near = what in ("eligible", State.INELIGIBLE.value)
                    yield Telling(label, who, shown, NEAR if near else CLOSED)
                elif shown is HELD or _is_new(what, told):
                    yield Telling(label, who, shown, CLOSED)


def _base(view: View, line: StateLine) -> dict[str, Count]:
    page = view.page
    told: dict[str, Count] = {"eligible": line.eligible, "treated": line.treated}
    for what in (DUE, ALIVE_AND_DUE, ASSESSED):
        told[what] = page.cover.part(line.group, line.window, what)
    return told | {s.value: n for s, n in line.counts.items()}


def _is_new(what: str, told: dict[Group, dict[str, Count]]) -> bool:
    """Say whether a shown total tells more than its groups do.

    It doesn't where all of them are shown, and where it is as high as its whole, which caps it.
    """
    groups = [counts[what] for group, counts in told.items() if group != ALL]
    whole, wholes = what, []
    while whole in TREE:
        whole = TREE[whole]
        wholes.append(told[ALL][whole or "eligible"])
    return what != "treated" and HELD in groups and told[ALL][what] not in wholes


def read_sites(view: View) -> Iterator[Telling]:
    """Read follow-up by site; its total is that by group."""
    sites = _by_site(view.page)
    for line in sites.lines:
        if line.group == ALL or len(sites.at(line.window)) == 1:
            continue
        for what in ("treated", State.INELIGIBLE.value, DUE, ALIVE_AND_DUE, ASSESSED):
            who = within(line.group, "site", sites.pooled) & part(line.window, what)
            blur = NEAR if what == State.INELIGIBLE else CLOSED
            label = f"{what} of site {line.group.slug} at {line.window.slug}"
            yield Telling(label, who, getattr(line, what), blur)


def read_months(view: View) -> Iterator[Telling]:
    """Read follow-up by month, and the reasons why it is missing."""
    page = view.page
    for window in view.windows:
        least, small = page.floors.interval, page.policy.small
        found = completeness_by_month(page.frame, window, least, small)
        for line in release_months(found, page.grouping, page.cover).lines:
            who = pl.col("performed_on").is_between(line.first, last_day(line.last))
            label = f"{{}} of {line.first:%Y-%m} at {window.slug}"
            alive = who & part(window, ALIVE_AND_DUE)
            yield Telling(label.format("assessed"), who & assessed(window), line.assessed, CLOSED)
            yield Telling(label.format("alive"), alive, line.alive_and_due, 2 * CLOSED)
    reasons = release_reasons(reasons_for_missing(page.frame, WINDOWS), page.grouping, page.cover)
    for reason in reasons.lines:
        given = pl.col(missed(reason.window)).fill_null(NO_REASON) == reason.reason
        who = part(reason.window, State.ALIVE_NOT_ASSESSED) & given
        label = f"reason {reason.reason} at {reason.window.slug}"
        yield Telling(label, who, reason.count, CLOSED)


def read_responses(view: View) -> Iterator[Telling]:
    """Read responders by all definitions, and the curve that they are points of."""
    page, asked = view.page, (*view.asked, view.page.floors)
    pain = responders(*asked)  # type: ignore[arg-type]
    for line in release(pain, page.cover).lines:
        who = view.of(line.group) & pl.col(response(line.definition.slug, line.window))
        label = f"{line.definition.slug} of {line.group.slug} at {line.window.slug}"
        yield Telling(label, who & assessed(line.window), k_of(line.response), CLOSED)
        rest = view.of(line.group) & ~pl.col(response(line.definition.slug, line.window))
        yield Telling(f"not {label}", rest, HELD if line.response is HELD else SILENT)
    for judged in release_judged(judged_responders(*asked), page.cover).lines:  # type: ignore[arg-type]
        said = pl.col(response(judged.definition.slug, judged.window))
        label = f"{judged.definition.slug} of {judged.group.slug} at {judged.window.slug}"
        if judged.definition.slug in ("medd30", "medd50"):
            yes = view.of(judged.group) & said.fill_null(value=False)
            yield Telling(label, yes, k_of(judged.response), CLOSED)
            yield Telling(f"judged: {label}", view.of(judged.group) & said.is_not_null(), judged.n)
    curves = release_curves(responder_curves(*view.asked), pain, page.cover)  # type: ignore[arg-type]
    for curve in curves.lines:
        before, after = pl.col("nrs_baseline"), pl.col(score(curve.window))
        for step, shown in zip(STEPS, curve.reached, strict=True):
            fell = (before - after) * 100 >= before * step
            who = view.of(curve.group) & assessed(curve.window) & fell
            label = f"fell {step} % of {curve.group.slug} at {curve.window.slug}"
            yield Telling(label, who, shown, CLOSED)


SILENT = -1
"""Stands for a count of which nothing is said: it is wanted all the same."""


def read_pairs(view: View) -> Iterator[Telling]:
    """Read whose doses could be compared, and who said how bad it gets."""
    page, asked = view.page, (*view.asked, view.page.floors)
    change = medd_change(*asked)  # type: ignore[arg-type]
    lines = release(change, page.cover)
    for line, pair in zip(lines.lines, release_pairs(change, lines, page.cover).lines, strict=True):
        ends = pl.col("medd_complete_baseline"), pl.col(medd_complete(line.window))
        recorded = ~pl.col("neuraxial") & ends[0].is_not_null() & ends[1].is_not_null()
        complete, taker = complete_pairs(line.window), pl.col("methadone")
        told = {
            "complete": (complete, line.complete, NEAR),
            "incomplete": (recorded & ~complete, line.incomplete, NEAR),
            "neuraxial": (pl.col("neuraxial"), line.neuraxial, NEAR),
            "methadone": (complete & taker, line.methadone, CLOSED),
            "without methadone": (complete & ~taker, line.without_methadone, CLOSED),
            "percent": (complete & (pl.col("medd_baseline") > 0), line.percent_n, NEAR),
            "no regimen": (~recorded & ~pl.col("neuraxial"), pair.no_regimen, NEAR),
        }
        for what, (who, shown, blur) in told.items():
            label = f"{what} of {line.group.slug} at {line.window.slug}"
            yield Telling(label, view.of(line.group) & who, shown, blur)
    for pain in release_worst(worst_pain(*asked), page.cover).lines:  # type: ignore[arg-type]
        both = pl.col("worst_baseline").is_not_null() & pl.col(worst(pain.window)).is_not_null()
        who = view.of(pain.group) & assessed(pain.window) & both
        yield Telling(f"worst of {pain.group.slug} at {pain.window.slug}", who, pain.n, CLOSED)
