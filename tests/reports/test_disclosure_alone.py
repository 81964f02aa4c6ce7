"""Counts that stand outside a page's base: parts of a known whole, and shares, are attacked too."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from reports.disclosure import HELD, Count, Policy, alone, release_parts, release_share
from reports.stats.intervals import Floors, proportion
from tests.reports.attack import FAR, Name, Puzzle

THRESHOLDS = [5, 8, 11]
SIZES = [0, 0, 1, 2, 4, 7, 8, 11, 12, 13, 17, 20, 33, 58]
MORE = [0, 0, 0, 1, 2, 3, 6, 12]


def learn(
    puzzle: Puzzle, page: str, names: Sequence[Sequence[Name]], told: Sequence[Count]
) -> None:
    """Learn the parts of a page; each is a sum of unknowns."""
    for i, (terms, released) in enumerate(zip(names, told, strict=True)):
        puzzle.count(f"{page}: part {i}", dict.fromkeys(terms, 1), released)


def pinned(policy: Policy, seed: int, blur: int = 4) -> list[str]:
    """Attack a partition beside the same one with some more people in it."""
    chance = np.random.default_rng(seed)
    width = int(chance.integers(2, 7))
    inside = [int(n) for n in chance.choice(SIZES, width)]
    more = [int(n) for n in chance.choice(MORE, width)]
    truth = {("in", i): n for i, n in enumerate(inside)}
    truth |= {("more", i): n for i, n in enumerate(more)}
    puzzle = Puzzle(policy.threshold or 0, policy.lowest, blur)
    pages = {"narrow": inside, "wide": [a + b for a, b in zip(inside, more, strict=True)]}
    for page, counts in pages.items():
        kinds = ("in",) if page == "narrow" else ("in", "more")
        names = [[(kind, i) for kind in kinds] for i in range(width)]
        learn(puzzle, page, names, release_parts(policy, counts))
        whole = {name: 1 for part in names for name in part}
        released = policy.count(sum(counts))
        if released is HELD:
            puzzle.wanted[f"{page}: whole"] = whole
        else:
            puzzle.count(f"{page}: whole", whole, released, blur=2)
    for i in range(width):
        puzzle.want_if_small(f"more in part {i}", {("more", i): 1}, truth)
    puzzle.want_if_small("more in all", {("more", i): 1 for i in range(width)}, truth)
    puzzle.know(whole, 0, FAR)
    return puzzle.pinned(truth, seed)


@pytest.mark.parametrize("threshold", THRESHOLDS)
def test_of_two_partitions_side_by_side_no_small_number_is_told(threshold: int) -> None:
    found = {seed: x for seed in range(400) if (x := pinned(Policy(threshold), seed))}

    assert found == {}


def test_the_attack_finds_what_exact_parts_give_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Policy, "nearest", lambda self, count: count)
    monkeypatch.setattr(alone, "close", lambda policy, whole, parts: list(parts))

    assert sum(bool(pinned(Policy(11), seed, blur=0)) for seed in range(40)) > 10


def test_parts_add_up_to_the_whole_that_is_shown_and_squeeze_nothing() -> None:
    """Rounded each by itself, four times 12 would be 10 of 50, which only four times 12 can be."""
    told = release_parts(Policy(5), [12, 12, 12, 12])

    assert told == [15, 15, 10, 10]
    assert Policy(5).count(48) == 50


def test_a_lone_small_part_takes_another_along_and_nobody_is_shown_as_nobody() -> None:
    assert release_parts(Policy(11), [3, 0, 40, 21]) == [HELD, 0, 40, HELD]
    assert release_parts(Policy(None), [3, 0, 40, 21]) == [3, 0, 40, 21]


def test_a_share_is_held_back_with_few_on_either_side() -> None:
    floors = Floors()

    assert release_share(Policy(8), 33, 57, floors) == proportion(35, 55, floors)
    assert release_share(Policy(8), 52, 57, floors) is HELD
    assert release_share(Policy(8), 5, 57, floors) is HELD
    assert release_share(Policy(8), 57, 57, floors) == proportion(55, 55, floors)
