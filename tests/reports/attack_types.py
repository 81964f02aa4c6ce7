"""A reader with a solver, who thinks of people rather than of counts.

Unknown is how many there are of each type of person: those who are there, and others who might be.
Whatever a page counts is a sum over types, so that all that holds of people (half the pain gone is
a third of it gone) holds by itself. A number is safe when another registry, made of the same types,
shows the same pages and has another number there: a witness.
"""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass, field

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array, vstack

from reports.disclosure import HELD, Count

Weights = np.ndarray
"""One number a type: how much each person of it counts."""

NEAR = 2
"""A count rounded by itself is so far off at the most."""
CLOSED = 4
"""A part that had to close a sum may be so far off."""
FAR = 10**4
STEPS = 16
PATIENCE = 20.0


@dataclass
class TypePuzzle:
    """Facts about sums over types, each sum once, and the sums that are wanted."""

    truth: np.ndarray
    lowest: int
    threshold: int
    facts: dict[bytes, tuple[Weights, float, float]] = field(default_factory=dict)
    wanted: dict[bytes, tuple[Weights, list[str]]] = field(default_factory=dict)

    def know(self, weights: Weights, low: float, high: float, label: str) -> None:
        """Learn between which numbers a sum lies, beside what is known of it."""
        key = weights.tobytes()
        _, least, most = self.facts.get(key, (weights, -FAR, FAR))
        real = float(weights @ self.truth)
        assert low <= real <= high, f"{label}: {real} is not in {low} to {high}"
        self.facts[key] = weights, max(least, low), min(most, high)

    def count(
        self, label: str, members: Weights, shown: Count, blur: float, *, any_size: bool = False
    ) -> None:
        """Learn a released count of some members, or that it is held back."""
        if shown is HELD:
            self.know(members, min(members @ self.truth, 1), FAR, label)
            self.want(label, members)
        elif any_size:
            self.know(members, max(shown - blur, 0), shown + blur, label)
        elif shown == 0:
            self.know(members, 0, 0, label)
        else:
            self.know(members, max(shown - blur, self.lowest), shown + blur, label)

    def want(self, label: str, members: Weights) -> None:
        """Look for a number of people, if it is small."""
        if 0 < members @ self.truth < self.threshold:
            self.wanted.setdefault(members.tobytes(), (members, []))[1].append(label)

    def pinned(self, seed: int = 0, *, only: Container[str] | None = None) -> list[str]:
        """Name what is wanted, or `only` some of it, and can be nothing but what it is."""
        asked = [
            (weights, labels)
            for weights, labels in self.wanted.values()
            if only is None or any(label in only for label in labels)
        ]
        if not asked:
            return []
        search = _Search(self, [weights for weights, _ in asked], np.random.default_rng(seed))
        search.wander()
        search.solve()
        left = [labels for (_, labels), moved in zip(asked, search.moved, strict=True) if not moved]
        return [x for labels in left for x in labels if only is None or x in only]


class _Search:
    """Ways from the truth to other registries that show the same: swaps first, then programmes."""

    def __init__(
        self, puzzle: TypePuzzle, wanted: list[Weights], chance: np.random.Generator
    ) -> None:
        facts = list(puzzle.facts.values())
        self.known = np.array([w for w, _, _ in facts], dtype=np.float32)
        self.low, self.high = (np.array([f[i] for f in facts], dtype=float) for i in (1, 2))
        self.wanted = np.array(wanted, dtype=np.float32)
        self.truth = puzzle.truth.astype(np.float32)
        self.moved = np.zeros(len(wanted), dtype=bool)
        self.chance = chance

    def wander(self) -> None:
        """Swap one person for another, or for nobody, wherever no page would show it."""
        nobody = ((0, 0), (0, 1))
        known, wanted = np.pad(self.known, nobody), np.pad(self.wanted, nobody)
        values = np.r_[self.truth, 0]
        secret = wanted @ values
        for _ in range(STEPS):
            swaps = self._swaps(known, values)
            left = np.flatnonzero(~self.moved)
            w = wanted[left]
            ways = ((w @ swaps) * (1 - w)).sum(axis=1) + (((1 - w) @ swaps) * w).sum(axis=1)
            self.moved[left[(w @ values != secret[left]) | (ways > 0)]] = True
            one, other = np.nonzero(swaps)
            if self.moved.all() or not len(one):
                return
            at = self.chance.integers(len(one))
            values[one[at]] -= 1
            values[other[at]] += 1
            values[-1] = 0

    def _swaps(self, known: np.ndarray, values: np.ndarray) -> np.ndarray:
        """Say for each two types whether one of the first may be one of the second instead."""
        sums = known @ values
        full, bare = known[self.high - sums < 1], known[sums - self.low < 1]
        broken = (1 - full).T @ full + bare.T @ (1 - bare)
        there = values >= 1
        there[-1] = True
        return ((broken == 0) & there[:, None]).astype(np.float32)

    def solve(self) -> None:
        """Look for the nearest registry that has one more, or one fewer, of what is left."""
        programme = _Programme(self.known, self.low, self.high, self.truth)
        for i in np.flatnonzero(~self.moved):
            for way in (1, -1):
                if self.moved[i]:
                    break
                change = programme.nearest(way * self.wanted[i])
                if change is not None:
                    self.moved |= self.wanted @ change != 0


class _Programme:
    """Changes of a registry that no page would show: of each type some more, or some fewer."""

    def __init__(
        self, known: np.ndarray, low: np.ndarray, high: np.ndarray, truth: np.ndarray
    ) -> None:
        sums = (known @ truth).astype(float)
        self.known, self.down, self.up = known, low - sums, high - sums
        self.there = np.flatnonzero(truth)
        self.matrix = csr_array(np.hstack([known, -known[:, self.there]]))
        self.most = np.r_[np.full(len(truth), FAR), truth[self.there]]
        self.cost = np.ones(len(self.most))

    def nearest(self, wanted: np.ndarray) -> np.ndarray | None:
        """Find a small change by which there are more of the wanted; None where none is found.

        Without whole numbers first: where there is no change then, there is none at all. Whole ones
        are looked for among the types that this one moves, and then among all.
        """
        more = csr_array(np.r_[wanted, -wanted[self.there]][None, :])
        rules = LinearConstraint(
            vstack([self.matrix, more]), np.r_[self.down, 1], np.r_[self.up, FAR]
        )
        found = self._ask(rules, self.most, whole=0)
        if found is None:
            return None
        moved = np.where(found > 0, self.most, 0)
        moved[len(wanted) :] = self.most[len(wanted) :]
        for most in (None, moved, self.most):
            if most is not None:
                found = self._ask(rules, most, whole=1)
            if found is not None and (change := self._change(found, wanted)) is not None:
                return change
        return None

    def _ask(self, rules: LinearConstraint, most: np.ndarray, whole: int) -> np.ndarray | None:
        found: np.ndarray | None = milp(
            self.cost,
            constraints=rules,
            integrality=whole,
            bounds=Bounds(0, most),
            options={"time_limit": PATIENCE, "mip_rel_gap": 10.0},
        ).x
        return found

    def _change(self, found: np.ndarray, wanted: np.ndarray) -> np.ndarray | None:
        """Round what was found, if it then is a change that no page would show."""
        change = np.round(found[: len(wanted)])
        change[self.there] -= np.round(found[len(wanted) :])
        told = self.known @ change
        fits = ((told >= self.down) & (told <= self.up)).all()
        return change if fits and wanted @ change >= 1 else None
