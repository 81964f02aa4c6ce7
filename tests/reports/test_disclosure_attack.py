"""Nothing that a page holds back can be worked out from the rest of it."""

from __future__ import annotations

import random
from collections.abc import Iterable

import pytest

from registry.domain.windows import WINDOWS
from reports.disclosure import HELD, Cover, Policy, covering, release
from reports.page import Page
from reports.stats.intervals import Floors
from reports.stats.medd_change import medd_change
from tests.reports.attack import Puzzle, read
from tests.reports.cases import CATEGORIES, made_up, page_of

SIZES = [1, 3, 8, 12, 15, 20, 30, 45, 80, 200]


def a_page(seed: int, policy: Policy) -> Page:
    chance = random.Random(seed)
    groups = chance.sample(CATEGORIES, chance.randint(1, len(CATEGORIES)))
    rows = made_up(seed, {group.slug: chance.choice(SIZES) for group in groups})
    return page_of(rows, policy.threshold)


@pytest.mark.parametrize("threshold", [5, 8, 11])
@pytest.mark.parametrize("seed", range(10))
def test_no_held_number_is_pinned_to_one_value(threshold: int, seed: int) -> None:
    puzzle, truth = read(a_page(1000 * threshold + seed, Policy(threshold)))

    assert puzzle.pinned(truth) == []


@pytest.mark.parametrize(("threshold", "seed"), [(8, 163), (8, 175), (5, 152), (5, 260), (5, 290)])
def test_a_small_sum_of_two_held_numbers_is_not_given_away_either(
    threshold: int, seed: int
) -> None:
    """Alive and due is assessed and not assessed together; these pages once told it."""
    puzzle, truth = read(a_page(seed, Policy(threshold)))

    assert puzzle.pinned(truth) == []


def test_the_attack_finds_what_a_careless_page_gives_away(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(covering, "cover_cells", lambda sheet, held, doubt: set(held))
    puzzle, truth = read(a_page(37, Policy(11)))

    assert puzzle.pinned(truth)


def test_the_attack_finds_few_people_between_two_windows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(covering, "_small_steps", lambda grids, held, policy: [])
    puzzle, truth = read(a_page(8008, Policy(8)))

    assert puzzle.pinned(truth) == ["not_due of _all, 3 to 4"]


def test_the_attack_finds_few_people_between_two_definitions(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def each_by_itself(cover: Cover, counts: Iterable[int], whole: int) -> list[bool]:
        return [cover.are_both_shown(count, whole) for count in counts]

    monkeypatch.setattr(Cover, "nested", each_by_itself)
    puzzle, truth = read(a_page(41, Policy(11)))

    assert puzzle.pinned(truth) == [
        "definitions in plane at 28d, 1 to 2",
        "definitions in plane at 90d, 1 to 2",
    ]


@pytest.mark.parametrize("threshold", [5, 8, 11])
@pytest.mark.parametrize("seed", range(10))
def test_those_treated_of_whom_no_dose_is_told_are_none_or_many(threshold: int, seed: int) -> None:
    page = a_page(seed, Policy(threshold))
    result = medd_change(page.frame, page.grouping, WINDOWS, Floors())
    for line in release(result, page.cover).lines:
        told = (line.complete, line.incomplete, line.neuraxial)
        treated = page.cover.row(line.group, line.window).treated
        untold = treated - sum(n for n in told if n is not HELD)
        assert page.cover.blind or not page.cover.policy.small(untold)


def test_the_attack_solves_a_puzzle_that_can_be_solved() -> None:
    puzzle = Puzzle()
    puzzle.know({"a": 1, "b": 1}, 12, 12)
    puzzle.count("a", {"a": 1}, HELD)
    puzzle.count("b", {"b": 1}, 9)

    assert puzzle.pinned({"a": 3, "b": 9}) == ["a"]
