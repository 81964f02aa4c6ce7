"""Nothing that pages hold back can be worked out from what they show: one page, or two filters."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, timedelta

import polars as pl
import pytest

from registry.domain.windows import WINDOWS
from reports.disclosure import HELD, Cover, Policy, covering, release, releasing, rounding
from reports.filters import Filters, narrow
from reports.frames import OutcomeFrame
from reports.groups import Group
from reports.page import Asked, Page
from reports.stats.intervals import Floors
from reports.stats.medd_change import medd_change
from tests.reports.attack import Puzzle, seeds
from tests.reports.attack_crowds import a_case
from tests.reports.attack_pages import read
from tests.reports.attack_views import atoms_of, crowd_of, seen_of
from tests.reports.cases import CATEGORIES, made_up, page_of

SIZES = [1, 3, 8, 12, 15, 20, 30, 45, 80, 200]
ROUNDED, EXACT = 4, 0
"""How far what is shown may be off, as the reader knows."""
THRESHOLDS = [5, 8, 11]
TECHNIQUES = tuple(Group(f"{c.slug}-{t}", f"{c.label}, {t}") for c in CATEGORIES for t in "ab")


@pytest.fixture
def exact(monkeypatch: pytest.MonkeyPatch) -> None:
    """Show counts as they are, where they aren't held back."""
    monkeypatch.setattr(Policy, "nearest", lambda self, count: count)
    monkeypatch.setattr(rounding, "_beside", lambda policy, count, wanted: count)
    for module in (rounding, releasing):
        monkeypatch.setattr(module, "close", lambda policy, whole, parts: list(parts))


def some_rows(seed: int) -> OutcomeFrame:
    chance = random.Random(seed)
    groups = chance.sample(CATEGORIES, chance.randint(1, len(CATEGORIES)))
    rows = made_up(seed, {group.slug: chance.choice(SIZES) for group in groups})
    days = [date(2026, 1, 5) + timedelta(days=chance.randrange(300)) for _ in range(rows.height)]
    sites = [chance.choice(["north", "south"]) for _ in range(rows.height)]
    return OutcomeFrame(
        rows.with_columns(pl.Series("performed_on", days), pl.Series("site", sites))
    )


def a_page(seed: int, policy: Policy) -> Page:
    return page_of(some_rows(seed), policy.threshold)


def pinned_on(page: Page, blur: int = ROUNDED) -> list[str]:
    crowd = crowd_of(page.data.outcomes, page.data.outcomes)
    return read([seen_of("page", page, atoms_of(crowd, "kept"), crowd)], blur=blur).pinned(crowd)


def leaks(seeds: Iterable[int], kind: str | None = None, blur: int = ROUNDED) -> list[str]:
    """Attack made-up cases; say of each number that is pinned, where."""
    found = []
    for seed in seeds:
        case = a_case(seed, kind)
        found += [f"{seed}: {x}" for x in read(case.pages, blur=blur).pinned(case.crowd, seed)]
    return found


@pytest.mark.parametrize("threshold", THRESHOLDS)
@pytest.mark.parametrize("seed", range(4))
def test_no_held_number_is_pinned_to_one_value(threshold: int, seed: int) -> None:
    assert pinned_on(a_page(1000 * threshold + seed, Policy(threshold))) == []


@pytest.mark.parametrize("threshold", THRESHOLDS)
@pytest.mark.parametrize("seed", range(4))
def test_what_is_held_back_needs_no_rounding_to_protect_it_on_one_page(
    exact: None, threshold: int, seed: int
) -> None:
    """Rounding is for what two filters tell together; a page by itself is covered without it."""
    assert pinned_on(a_page(1000 * threshold + seed, Policy(threshold)), EXACT) == []


CHUNK = 100
KNOWN = (3865, 4812, 21756)
"""Three were pinned before zeros were held beside small numbers: a 1 that had to be 1."""


@pytest.mark.parametrize("at", range(0, len(seeds(range(800))), CHUNK))
def test_of_hundreds_of_random_pages_and_pairs_of_filters_none_tells_a_small_number(
    at: int,
) -> None:
    """Two filters that differ by a date, a site, a technique, a category; or in the grouping."""
    assert leaks(seeds(range(800))[at : at + CHUNK]) == []


def test_a_held_one_may_be_none_even_where_other_counts_are_at_the_ends_of_their_ranges() -> None:
    assert leaks(KNOWN) == []


FILTERS = [
    Filters(until=date(2026, 10, 20)),
    Filters(site=("north",)),
    Filters(category=("celiac", "plane", "cement")),
    Filters(technique=tuple(t.slug for t in TECHNIQUES if t.slug != "celiac-b")),
]


@pytest.mark.parametrize("by", ["category", "technique"])
@pytest.mark.parametrize("filters", FILTERS, ids=["until", "site", "category", "technique"])
def test_a_filter_beside_a_narrower_one_tells_nobody_between_them(
    filters: Filters, by: str
) -> None:
    """The same on whole pages, all windows, through the filters that a reader has."""
    rows = some_rows(len(by))
    kept = narrow(rows, filters)
    crowd = crowd_of(rows, kept)
    order: Sequence[Group] = CATEGORIES if by == "category" else TECHNIQUES
    asked = replace(Asked(), by=by)  # type: ignore[arg-type]
    pages = [
        seen_of(name, page_of(frame, 11, asked, order=order), atoms_of(crowd, *who), crowd)
        for name, frame, who in (("wide", rows, ("kept", "more")), ("narrow", kept, ("kept",)))
    ]

    assert read(pages, blur=ROUNDED).pinned(crowd) == []


def test_the_attack_finds_that_exact_numbers_of_two_filters_tell_few_people(exact: None) -> None:
    for kind in ("date", "site", "technique", "category", "grouping"):
        assert any(leaks([seed], kind, EXACT) for seed in range(12))


def test_the_attack_finds_what_a_careless_page_gives_away(
    exact: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(covering, "cover_cells", lambda sheet, held, doubt: set(held))

    assert pinned_on(a_page(37, Policy(11)), EXACT)


def test_the_attack_finds_few_people_between_two_windows(
    exact: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(covering, "_small_steps", lambda grids, held, policy: [])
    found = [x for seed in range(8000, 8020) for x in pinned_on(a_page(seed, Policy(8)), EXACT)]

    assert found
    assert all(" to " in x for x in found)


def test_the_attack_finds_few_people_between_two_definitions(
    exact: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def each_by_itself(cover: Cover, counts: Iterable[int], whole: int) -> list[bool]:
        return [cover.are_both_shown(count, whole) for count in counts]

    monkeypatch.setattr(Cover, "nested", each_by_itself)
    found = [x for seed in range(40, 45) for x in pinned_on(a_page(seed, Policy(11)), EXACT)]

    assert found
    assert all("definitions" in x for x in found)


@pytest.mark.parametrize("threshold", THRESHOLDS)
@pytest.mark.parametrize("seed", range(10))
def test_those_treated_of_whom_no_dose_is_told_are_none_or_many(threshold: int, seed: int) -> None:
    page = a_page(seed, Policy(threshold))
    result = medd_change(page.frame, page.grouping, WINDOWS, Floors())
    raw = {(row.group, row.window): row for row in result.rows}
    for line in release(result, page.cover).lines:
        row = raw[line.group, line.window]
        told = zip(
            (line.complete, line.incomplete, line.neuraxial),
            (row.complete, row.incomplete, row.neuraxial),
            strict=True,
        )
        treated = page.cover.row(line.group, line.window).treated
        untold = treated - sum(n for shown, n in told if shown is not HELD)
        assert page.cover.blind or not page.cover.policy.small(untold)


def test_the_attack_solves_a_puzzle_that_can_be_solved() -> None:
    puzzle = Puzzle()
    puzzle.know({"a": 1, "b": 1}, 12, 12)
    puzzle.count("a", {"a": 1}, HELD)
    puzzle.know({"b": 1}, 9, 9)

    assert puzzle.pinned({"a": 3, "b": 9}) == ["a"]


def test_the_attack_solves_a_puzzle_of_rounded_counts_that_squeeze_each_other() -> None:
    """Four parts shown as 10 and their whole as 50: each can be 12 only."""
    puzzle = Puzzle(threshold=5, lowest=5)
    parts = "abcd"
    for part in parts:
        puzzle.count(part, {part: 1}, 10, blur=2)
        puzzle.wanted[part] = {part: 1}
    puzzle.count("whole", dict.fromkeys(parts, 1), 50, blur=2)

    assert puzzle.pinned(dict.fromkeys(parts, 12)) == list(parts)
