"""How complete is follow-up: by group and window, by site, by month, and why it is missing."""

from __future__ import annotations

from registry.domain.windows import WINDOWS
from reports.catalogue.answers import say_completeness
from reports.catalogue.follow_up_answers import say_months, say_reasons, say_sites
from reports.catalogue.largest import Drawn, largest
from reports.disclosure import CompletenessLine, Released, cover, release, too_few
from reports.disclosure.follow_up import release_months, release_reasons, release_sites
from reports.figures.completeness import completeness_figure
from reports.figures.months import months_figure
from reports.figures.reasons import reasons_figure
from reports.groups import Group, grouping, pool
from reports.page import Page
from reports.records import records
from reports.report import Block, Definition, Report, Shown
from reports.stats.completeness import from_states
from reports.stats.missing import reasons_for_missing
from reports.stats.months import completeness_by_month
from reports.stats.states import states
from reports.tables.comparison import completeness_table
from reports.tables.completeness import months_table, reasons_table


def drawn_of(page: Page) -> Drawn:
    """Choose the groups that every figure of a page draws."""
    return largest(_by_group(page), page.scope)


def _by_group(page: Page) -> Released[CompletenessLine]:
    return release(from_states(page.base), page.cover)


def _show_by_group(page: Page) -> Shown:
    released = _by_group(page)
    drawn = largest(released, page.scope)
    return Shown(
        answer=say_completeness(released, page.asked.window),
        figures=(completeness_figure(drawn.of(released), drawn.scope, WINDOWS, page.floors),),
        tables=(completeness_table(released, page.scope),),
        records=tuple(records(released.lines)),
    )


def _by_site(page: Page) -> Released[CompletenessLine]:
    """Count by site with all that guards the counts by group: pooling, covering, rounding."""
    codes = sorted(page.frame["site"].unique(), key=lambda c: page.site_names.get(c, c).casefold())
    order = [Group(code, page.site_names.get(code, code)) for code in codes]
    whole = grouping(page.frame, "site", order)
    small = too_few(states(page.frame, whole, WINDOWS[:1]), WINDOWS[0], page.policy)
    pooled, groups = pool(page.frame, whole, small.groups)
    base = states(pooled, groups, WINDOWS)
    sites = release(from_states(base), cover(base, page.policy, small))
    return release_sites(sites, _by_group(page))


def _show_by_site(page: Page) -> Shown:
    released = _by_site(page)
    drawn = largest(released, page.scope, "sites")
    title = "Of those alive and due, how many did each site assess?"
    return Shown(
        answer=say_sites(released, page.asked.window),
        figures=(
            completeness_figure(drawn.of(released), drawn.scope, WINDOWS, page.floors, title),
        ),
        tables=(completeness_table(released, page.scope, "Completeness of follow-up by site."),),
        records=tuple(records(released.lines)),
    )


def _show_by_month(page: Page) -> Shown:
    found = completeness_by_month(
        page.frame, page.asked.window, page.floors.interval, page.policy.small
    )
    released = release_months(found, page.grouping, page.cover)
    return Shown(
        answer=say_months(released),
        figures=(months_figure(released, page.scope, page.floors),),
        tables=(months_table(released, page.scope),),
        records=tuple(records(released.lines)),
    )


def _show_reasons(page: Page) -> Shown:
    found = reasons_for_missing(page.frame, WINDOWS)
    released = release_reasons(found, page.grouping, page.cover)
    return Shown(
        answer=say_reasons(released, page.asked.window),
        figures=(reasons_figure(released, page.scope, page.asked.window),),
        tables=(reasons_table(released, page.scope),),
        records=tuple(records(released.lines)),
    )


_ASSESSED = "procedures with an eligible baseline and a score in the window"
_ALIVE_AND_DUE = "those alive and due: the window closed, or its answer is known"
_INELIGIBLE = (
    "ineligible procedures (no baseline score, or one below the floor) count as treated only; they "
    "are counted apart"
)
_SOURCE = "ePPOC: completeness is the first report"
_EACH = "each follow-up window, settled for the cut-off date"

COMPLETENESS = Block(
    slug="completeness",
    question="How complete is follow-up?",
    definition=Definition(
        numerator=_ASSESSED,
        denominator=f"{_ALIVE_AND_DUE}; beside it all treated",
        window=_EACH,
        exclusions=_INELIGIBLE,
        source=_SOURCE,
    ),
    how_to_read="A full bar means that everybody who could be asked was asked. Deaths don't "
    "lower it.",
    caveats=("A bar below 60 % is marked low: who is not assessed is often more ill.",),
    show=_show_by_group,
)

BY_SITE = Block(
    slug="by-site",
    question="How complete is follow-up at each site?",
    definition=Definition(
        numerator=_ASSESSED,
        denominator=f"{_ALIVE_AND_DUE}; beside it all treated",
        window=_EACH,
        exclusions=_INELIGIBLE,
        source=_SOURCE,
    ),
    how_to_read="One row a site, in the order of their names: this is no ranking. A full bar means "
    "that everybody who could be asked was asked.",
    caveats=("Sites treat different patients; one with iller patients has more to ask for.",),
    show=_show_by_site,
)

BY_MONTH = Block(
    slug="by-month",
    question="Is follow-up as complete as it was?",
    definition=Definition(
        numerator=_ASSESSED,
        denominator=_ALIVE_AND_DUE,
        window="the follow-up window asked for; months are those of the procedure",
        exclusions="ineligible procedures, those who died before, and those not due yet",
        source=_SOURCE,
    ),
    how_to_read="Each dot is the procedures of a month, or of a few months that are too small to "
    "stand alone; the bars below say how many were alive and due.",
    caveats=(
        "The last months hold only those whose window has closed, or who were assessed early: "
        "their share may still fall.",
        "Ups and downs of a few percent are chance.",
    ),
    show=_show_by_month,
)

REASONS = Block(
    slug="reasons",
    question="Why is follow-up missing?",
    definition=Definition(
        numerator="procedures with that reason recorded for the window",
        denominator="procedures alive and due, without a score in the window",
        window=_EACH,
        exclusions="ineligible procedures, those who died before, and those not due yet",
        source="Assuage minimum set: reasons why there is no follow-up",
    ),
    how_to_read="The bars sum to everybody who is missing. A service can mend what it could not "
    "ask; who is too unwell is missing in a way that makes the rest look better.",
    caveats=(
        "No reason given is a reason too: nobody wrote down why, which tells nothing about the "
        "patient.",
    ),
    show=_show_reasons,
)

FOLLOW_UP = Report(
    slug="completeness",
    question="How complete is follow-up?",
    audience="coordinators, clinicians, quality teams",
    summary="Who of those alive and due was assessed, by group, site and month, and why the rest "
    "was not.",
    blocks=(COMPLETENESS, BY_SITE, BY_MONTH, REASONS),
)
