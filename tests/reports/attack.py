"""A reader with a solver: whole numbers that are unknown, facts about them, and what is wanted.

A shown count is known to a range: v stands for v - 4 to v + 4 (v - 2 to v + 2 where no sum had to
close), but never for less than is shown at all, and 0 for 0. A wanted number is safe when some
other numbers that fit all the facts give it another value: a witness. Witnesses are looked for near
the truth first, which is cheap, and by the solver for what is left.
"""

from __future__ import annotations

import os
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp

from reports.disclosure import HELD, Count
from reports.disclosure.held import ROUND_TO

Name = Hashable
Terms = Mapping[Name, int]

# A far bound keeps the search finite: nobody believes in a million procedures.
FAR = 10**4


def plus(*sums: Terms) -> dict[Name, int]:
    """Add sums of unknowns."""
    found: dict[Name, int] = {}
    for terms in sums:
        for name, weight in terms.items():
            found[name] = found.get(name, 0) + weight
    return found


def minus(whole: Terms, part: Terms) -> dict[Name, int]:
    """Take a sum of unknowns from another."""
    return plus(whole, {name: -weight for name, weight in part.items()})


def seeds(usual: Sequence[int]) -> Sequence[int]:
    """Give the made-up cases to attack: those of every day, or `ASSUAGE_ATTACK_SEEDS=5000:6000`."""
    asked = os.environ.get("ASSUAGE_ATTACK_SEEDS")
    return range(*map(int, asked.split(":"))) if asked else usual


@dataclass
class Puzzle:
    """Linear facts about unknown whole numbers, none below 0, and what to find out.

    Counts below `threshold` are wanted. The reader knows that what is shown is not below `lowest`,
    and no farther than `blur` from the truth.
    """

    threshold: int = 11
    lowest: int = 13
    blur: int = ROUND_TO - 1
    facts: list[tuple[Terms, float, float]] = field(default_factory=list)
    wanted: dict[str, Terms] = field(default_factory=dict)

    def know(self, terms: Terms, low: float, high: float = FAR) -> None:
        self.facts.append((terms, low, high))

    def count(
        self, label: str, terms: Terms, released: Count, at_least: int = 1, blur: int = FAR
    ) -> None:
        """Learn a released count, or that it is held back."""
        off = self.off(blur)
        if released is HELD:
            self.know(terms, at_least)
            self.wanted[label] = terms
        elif released == 0:
            self.know(terms, 0, 0)
        else:
            self.know(terms, max(released - off, self.lowest), released + off)

    def off(self, blur: int) -> int:
        """Say how far off a shown count may be, where its own rounding allows for `blur`."""
        return min(blur, self.blur)

    def want_if_small(self, label: str, terms: Terms, truth: Mapping[Name, int]) -> None:
        """Look for a number of people if it is small."""
        if 0 < sum(weight * truth[name] for name, weight in terms.items()) < self.threshold:
            self.wanted[label] = terms

    def pinned(self, truth: Mapping[Name, int], seed: int = 0) -> list[str]:
        """Name what is wanted and can be nothing but what it is."""
        names = list(truth)
        at = {name: i for i, name in enumerate(names)}
        known = _matrix([terms for terms, _, _ in self.facts], at)
        wanted = _matrix(list(self.wanted.values()), at)
        values = np.array([truth[name] for name in names])
        low, high = (np.array([fact[i] for fact in self.facts], dtype=float) for i in (1, 2))
        broken = (known @ values < low) | (known @ values > high)
        assert not broken.any(), self.facts[int(np.argmax(broken))]
        chance = np.random.default_rng(seed)
        moved = _nearby(known, low, high, wanted, values, chance)
        labels = list(self.wanted)
        # A number that is held back and zero is no secret: zero may be shown.
        moved |= wanted @ values == 0
        solver = _Solver(known, low, high)
        solver.move_together(wanted, values, moved, chance)
        left = [i for i in np.flatnonzero(~moved) if not solver.can_differ(wanted[i], values)]
        return sorted(labels[i] for i in left)


def _matrix(sums: list[Terms], at: Mapping[Name, int]) -> np.ndarray:
    matrix = np.zeros((len(sums), len(at)), dtype=np.int32)
    for i, terms in enumerate(sums):
        for name, weight in terms.items():
            matrix[i, at[name]] = weight
    return matrix


ROUNDS, MOVES = 5, 600


def _nearby(
    known: np.ndarray,
    low: np.ndarray,
    high: np.ndarray,
    wanted: np.ndarray,
    truth: np.ndarray,
    chance: np.random.Generator,
) -> np.ndarray:
    """Wander from the truth by one or two unknowns at a time: which of the wanted can change."""
    moved, values = np.zeros(len(wanted), dtype=bool), truth.copy()
    secret, width = wanted @ truth, known.shape[1]
    narrow = known.astype(np.int8)
    for turn in range(ROUNDS):
        first, second = chance.integers(width, size=(2, MOVES))
        one, other = chance.choice([-2, -1, 1, 2], MOVES), chance.integers(-1, 2, MOVES)
        if turn == 0:
            first, one = np.tile(np.arange(width), 2), np.repeat([1, -1], width)
            second, other = first, np.zeros_like(one)
        sums = known @ values
        # Sums as bytes: nothing is moved by more than a few, so farther room is as good as 100.
        down, up = (np.clip(room - sums, -100, 100).astype(np.int8) for room in (low, high))
        steps = narrow[:, first] * one.astype(np.int8) + narrow[:, second] * other.astype(np.int8)
        fits = ((steps >= down[:, None]) & (steps <= up[:, None])).all(axis=0)
        fits &= (values[first] + one >= 0) & (values[second] + other >= 0)
        fits &= (first != second) | (values[first] + one + other >= 0)
        ways = np.flatnonzero(fits)
        if not len(ways):
            continue
        change = wanted[:, first[ways]] * one[ways] + wanted[:, second[ways]] * other[ways]
        moved |= (change + (wanted @ values - secret)[:, None] != 0).any(axis=1)
        if moved.all():
            break
        for way in chance.choice(ways, 3):
            then = values.copy()
            then[first[way]] += one[way]
            then[second[way]] += other[way]
            told = known @ then
            if (told >= low).all() and (told <= high).all() and (then >= 0).all():
                values = then
    return moved


class _Solver:
    def __init__(self, known: np.ndarray, low: np.ndarray, high: np.ndarray) -> None:
        self._rules = LinearConstraint(known, low, high)
        self.asked = 0

    def move_together(
        self,
        wanted: np.ndarray,
        truth: np.ndarray,
        moved: np.ndarray,
        chance: np.random.Generator,
    ) -> None:
        """Push all sums that haven't moved yet in random ways at once, as long as any moves."""
        misses = 0
        while misses < 2 and not moved.all():
            left = np.flatnonzero(~moved)
            push = chance.normal(size=len(left))
            changed = wanted[left] @ self._extreme(push @ wanted[left]) != wanted[left] @ truth
            moved[left[changed]] = True
            misses = 0 if changed.any() else misses + 1

    def can_differ(self, terms: np.ndarray, truth: np.ndarray) -> bool:
        """Say whether a sum can be higher or lower than it is."""
        secret = terms @ truth
        return any(terms @ self._extreme(way * terms) != secret for way in (1, -1))

    def _extreme(self, cost: np.ndarray) -> np.ndarray:
        found = milp(cost, constraints=self._rules, integrality=1, bounds=Bounds(0, FAR))
        assert found.success, found.message
        return np.round(found.x).astype(int)
