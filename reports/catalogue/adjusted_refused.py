"""What stands beside adjusted comparisons, and in their place where there can be none."""

from __future__ import annotations

from collections.abc import Sequence

from reports import wording_adjusted as words
from reports.catalogue.adjusted_answers import Comparison
from reports.disclosure.adjusted import rules_for
from reports.figures.figure import NO_PROCEDURES, Figure, empty
from reports.page import Page
from reports.stats.adjusted_sample import ALL_PAINS, Rules
from reports.tables import Table
from reports.tables.adjusted import held_notes


def rules_of(page: Page) -> Rules:
    """Give the rules of a page's comparisons."""
    return rules_for(page.policy, page.floors, page.asked.reference)


def notes(page: Page, found: Sequence[Comparison], one: Comparison) -> list[str]:
    """Give what stands under a comparison; under the first, why others were refused."""
    own = words.notes(one.basis, page.asked.reference, rules_of(page).fewest)
    refused = []
    if one is next(each for each in found if each.lines):
        refused = _refused(found)
    return [*own, *refused, *held_notes(page.policy, page.cover.pooled)]


def _refused(found: Sequence[Comparison]) -> list[str]:
    return [
        f"{one.basis.indication.label}: no comparison. {words.refused(one.basis.refusal)}"
        for one in found
        if one.basis.refusal is not None
    ]


def instead(page: Page, found: Sequence[Comparison], title: str) -> tuple[Figure, ...]:
    """Say in the figure's place why there is none."""
    refusal = found[-1].basis.refusal
    message = words.refused(refusal).replace(". ", ".\n") if refusal else NO_PROCEDURES
    if page.frame.is_empty():
        message = NO_PROCEDURES
    return (empty(title, page.scope.sentence(), message),)


def refusals(page: Page, found: Sequence[Comparison], title: str) -> Table:
    """Tabulate why nothing could be compared."""
    rows = tuple(
        (one.basis.indication.label, words.refused(one.basis.refusal))
        for one in found
        if one.basis.refusal is not None
    )
    notes = held_notes(page.policy, page.cover.pooled)
    return Table(f"{title} {page.scope.sentence()}", ("Pain", "Why not"), rows, notes)


def unlike(found: Sequence[Comparison]) -> tuple[str, ...]:
    """Warn of a comparison across pains, where one was made."""
    if not found[-1].lines or found[-1].basis.indication != ALL_PAINS:
        return ()
    if len(found) == 1:
        return ("No pain mechanism was recorded, so unlike pains may be compared here.",)
    pains = words.listed([one.basis.indication.label.lower() for one in found[:-1]])
    others = f"{pains} and pain whose mechanism wasn't recorded" if len(found) == 2 else pains
    return (
        f"“{ALL_PAINS.label}” compares unlike pains ({others}): decide within one kind of pain, "
        "and take it as no more than a look across.",
    )
