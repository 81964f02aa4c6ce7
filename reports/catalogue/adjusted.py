"""Adjusted comparison: groups as if they had started alike, within one kind of pain."""

from __future__ import annotations

from reports import wording_adjusted as words
from reports.catalogue.adjusted_answers import (
    say_adjusted,
    say_baseline,
    say_course,
)
from reports.catalogue.adjusted_records import (
    adjusted_records,
    baseline_records,
    course_records,
)
from reports.catalogue.adjusted_refused import instead, notes, refusals, rules_of, unlike
from reports.disclosure.adjusted import (
    release_adjusted,
    release_course,
)
from reports.disclosure.adjusted_baseline import ReleasedBaselines, release_baselines
from reports.figures.adjusted import adjusted_figure
from reports.figures.adjusted_balance import balance_figure
from reports.figures.adjusted_course import course_figure
from reports.figures.figure import Figure, empty
from reports.page import Page
from reports.report import Block, Definition, Report, Shown
from reports.stats.adjusted import Adjusted, adjusted
from reports.stats.adjusted_baseline import baselines
from reports.stats.adjusted_course import adjusted_course
from reports.tables.adjusted import (
    adjusted_table,
    baseline_table,
    course_table,
    held_notes,
)


def _compare(page: Page) -> tuple[Adjusted, ...]:
    return adjusted(page.frame, page.grouping, page.asked.window, rules_of(page))


def _show_ancova(page: Page) -> Shown:
    at, found = page.asked.window, page.once(_compare)
    released = release_adjusted(found, page.policy)
    made = [one for one in released if one.lines]
    title = f"How far do groups differ at {at.label}, from the same baseline?"
    return Shown(
        answer=say_adjusted(released, at),
        figures=tuple(adjusted_figure(one, page.scope, at.label) for one in made)
        or instead(page, released, title),
        tables=tuple(
            adjusted_table(one, page.scope, at.label, notes(page, released, one)) for one in made
        )
        or (refusals(page, released, title),),
        records=adjusted_records(released),
        warnings=unlike(released),
    )


def _show_baseline(page: Page) -> Shown:
    rules, found = rules_of(page), page.once(_compare)
    made = [one for one in found if one.rows] or found[-1:]
    tables = [
        release_baselines(baselines(page.frame, page.grouping, one, rules.fewest), page.policy)
        for one in made
    ]
    pairs = [(pair[0], pair[1]) for pair in tables if pair]
    held = held_notes(page.policy, page.cover.pooled)
    title = "Were the groups alike before?"
    return Shown(
        answer=say_baseline([compared for compared, _ in pairs]),
        figures=tuple(_balance(page, *pair) for pair in pairs)
        or instead(page, release_adjusted(found, page.policy), title),
        tables=tuple(
            baseline_table(one, page.scope, held)
            for whose in (0, 1)
            for one in (pair[whose] for pair in pairs)
        )
        or (refusals(page, release_adjusted(found, page.policy), title),),
        records=baseline_records([one for pair in pairs for one in pair]),
    )


def _balance(page: Page, compared: ReleasedBaselines, treated: ReleasedBaselines) -> Figure:
    if len(compared.groups) > 1:
        return balance_figure(compared, treated, page.scope)
    title = f"{compared.indication.label}: were the groups alike before?"
    message = f"Only {compared.reference.label} has enough patients.\nThe table says who they were."
    return empty(title, page.scope.sentence(compared.indication.label.lower()), message)


def _show_over_windows(page: Page) -> Shown:
    found = adjusted_course(page.frame, page.grouping, rules_of(page))
    released = release_course(found, page.policy)
    made = [one for one in released if one.lines]
    title = "How do groups run over the windows, from the same baseline?"
    return Shown(
        answer=say_course(released),
        figures=tuple(course_figure(one, page.scope) for one in made)
        or instead(page, released, title),
        tables=tuple(
            course_table(one, page.scope, [*words.spread(one), *notes(page, released, one)])
            for one in made
        )
        or (refusals(page, released, title),),
        records=course_records(released),
        warnings=unlike(released),
    )


_SOURCE = (
    "Vickers & Altman, BMJ 2001; robust errors: Liang & Zeger, Biometrika 1986, small-sample "
    "corrected (CR1)"
)
_ASSESSED_ONLY = "Only those assessed are in it: read the follow-up beside it."
_CHANCE = (
    "What wasn't recorded can't be adjusted for: who is chosen for a procedure differs in more "
    "than baseline pain, AKPS and site."
)
_NO_LEAGUE = "This is no league table, and there is no p-value: read how wide the intervals are."

ANCOVA: Block = Block(
    slug="ancova",
    question="How do groups compare from the same baseline?",
    definition=Definition(
        numerator="the group's adjusted mean of average pain over 24 h (NRS 0-10, self-reported) "
        "and its difference to the reference, from analysis of covariance: follow-up score ~ "
        "baseline score + group + AKPS + site",
        denominator="procedures with an eligible baseline, a score in the window and an AKPS, in "
        "groups of at least 10 patients (or the site's cut-off), 20 in all; patients are clusters",
        window="the follow-up window asked for; the assessment nearest to its target counts",
        exclusions="those without AKPS (complete cases: counted, and the differences with them "
        "stand beside); AKPS is left out as a term where fewer than 60 % have it, site where there "
        "is one",
        source=_SOURCE,
    ),
    how_to_read="Left, where each group would stand had all started alike; right, how far that is "
    "from the reference, with the 95 % interval. Left of the middle line is less pain. The pale "
    "bar reaches from the best to the worst that those not assessed could have made of it.",
    caveats=(_ASSESSED_ONLY, _CHANCE, _NO_LEAGUE),
    show=_show_ancova,
)

BASELINE: Block = Block(
    slug="baseline",
    question="Were the groups alike before?",
    definition=Definition(
        numerator="mean and standard deviation, or counts, of what was known before the procedure, "
        "and the standardised mean difference to the reference",
        denominator="the procedures of the comparison above; beside it all treated of the same "
        "groups, the dead and unassessed among them",
        window="baseline: the last answer of the 7 days before the procedure",
        exclusions="those who lack a variable, counted; doses that were not wholly converted",
        source="Yang & Dalton, SAS Global Forum 2012; Austin, Commun Stat 2009 for the mark at 0.1",
    ),
    how_to_read="A dot right of the dashed line (0.1) is a difference worth adjusting for. Where a "
    "full dot lies far from its hollow one, follow-up has changed who is compared.",
    caveats=(
        "Only baseline pain, AKPS and site are adjusted for: the rest of what differs is still in "
        "the comparison.",
    ),
    show=_show_baseline,
)

OVER_WINDOWS: Block = Block(
    slug="over-windows",
    question="How do groups run over the windows?",
    definition=Definition(
        numerator="adjusted means of average pain over 24 h (NRS 0-10, self-reported) by group and "
        "window, from a mixed model: score ~ group x window + baseline + AKPS + site, a random "
        "intercept a patient, time as category",
        denominator="scores of all follow-up windows after an eligible baseline with AKPS, in "
        "groups of at least 10 patients (or the site's cut-off), 20 in all",
        window="all follow-up windows",
        exclusions="as above; a window with fewer than 10 patients shows no mean, though its "
        "scores are in the model",
        source="Laird & Ware, Biometrics 1982; restricted maximum likelihood",
    ),
    how_to_read="Each panel is a group on the whole scale, its intervals thin; the dotted line is "
    "the reference. Where fewer than 10 patients were assessed no mean is drawn. "
    "The model carries each patient's own level from window to window.",
    caveats=(
        "Large-sample inference: intervals use normal quantiles and take the variances as known; "
        "with few patients they are too narrow.",
        "Missing at random is assumed: that who isn't asked would have answered like the others "
        "with the same scores so far, group, baseline and AKPS.",
        "A death isn't a missing score: nobody has pain after it. The model can't know that and "
        "speaks as if all had lived; read a late window together with how many had died before it.",
        _NO_LEAGUE,
    ),
    show=_show_over_windows,
)

ADJUSTED = Report(
    slug="adjusted",
    question="How do groups compare from the same baseline?",
    audience="clinicians, quality teams, statisticians",
    summary="Pain after each procedure, adjusted for baseline, AKPS and site, within one kind of "
    "pain; how alike the groups were; their course over the windows.",
    blocks=(ANCOVA, BASELINE, OVER_WINDOWS),
    choices=("by", "window", "reference"),
)
