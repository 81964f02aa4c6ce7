"""A reader with a solver: everything a page releases, as constraints on what it holds back.

Unknown are, for every group and window, the five states of the eligible and the responders by the
other two definitions, and for every group the ineligible. The reader knows all shown numbers, that
rows and columns sum, that a held count isn't zero, that the dead and the not due can only grow from
window to window, and that half the pain gone is also a third of it gone. Wanted is what is held
back, and every small number of people between two counts of which one is part of the other.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations, pairwise

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import lil_array

from registry.domain.outcomes import State
from registry.domain.windows import WINDOWS
from reports.disclosure import HELD, Count, StateLine, release
from reports.groups import ALL
from reports.page import Page
from reports.stats.completeness import completeness
from reports.stats.intervals import Floors
from reports.stats.responders import responders
from reports.stats.states import states

Name = Hashable
Terms = Mapping[Name, int]


@dataclass
class Puzzle:
    """Linear facts about unknown whole numbers, and what to find out."""

    names: list[Name] = field(default_factory=list)
    facts: list[tuple[Terms, float, float]] = field(default_factory=list)
    wanted: dict[str, Terms] = field(default_factory=dict)

    def know(self, terms: Terms, low: float, high: float = np.inf) -> None:
        self.names += [name for name in terms if name not in self.names]
        self.facts.append((terms, low, high))

    def count(self, label: str, terms: Terms, released: Count, at_least: int = 1) -> None:
        """Learn a released count, or that it is held back."""
        if released is HELD:
            self.know(terms, at_least)
            self.wanted[label] = terms
        else:
            self.know(terms, released, released)

    def pinned(self, truth: Mapping[Name, int], seed: int = 0) -> list[str]:
        """Name the held counts that can be nothing but what they are."""
        solve = self._solver()
        secret = {label: _value(terms, truth) for label, terms in self.wanted.items()}
        left = set(secret)
        chance = np.random.default_rng(seed)
        for _ in range(4):
            found = solve(dict(zip(self.names, chance.normal(size=len(self.names)), strict=True)))
            left -= {x for x in left if _value(self.wanted[x], found) != secret[x]}
        return sorted(x for x in left if not self._can_differ(solve, x, secret[x]))

    def _can_differ(self, solve, label: str, secret: int) -> bool:  # type: ignore[no-untyped-def]
        terms = self.wanted[label]
        ways = (terms, {name: -weight for name, weight in terms.items()})
        return any(_value(terms, solve(way)) != secret for way in ways)

    def _solver(self):  # type: ignore[no-untyped-def]
        at = {name: i for i, name in enumerate(self.names)}
        matrix = lil_array((len(self.facts), len(at)))
        for i, (terms, _, _) in enumerate(self.facts):
            for name, weight in terms.items():
                matrix[i, at[name]] = weight
        rules = LinearConstraint(
            matrix.tocsr(), [low for _, low, _ in self.facts], [high for _, _, high in self.facts]
        )

        def solve(objective: Mapping[Name, float]) -> dict[Name, int]:
            cost = np.zeros(len(at))
            for name, weight in objective.items():
                cost[at[name]] = weight
            # A far bound keeps the search finite: nobody believes in a million procedures.
            found = milp(cost, constraints=rules, integrality=1, bounds=Bounds(0, 10**4))
            assert found.success, found.message
            return {name: round(value) for name, value in zip(self.names, found.x, strict=True)}

        return solve


def _value(terms: Terms, values: Mapping[Name, int]) -> int:
    return sum(weight * values[name] for name, weight in terms.items())


def read(page: Page) -> tuple[Puzzle, dict[Name, int]]:
    """Turn all that a page releases, at all windows, into a puzzle; the truth beside it."""
    puzzle, truth = Puzzle(), dict[Name, int]()
    _read_states(page, puzzle, truth)
    _read_completeness(page, puzzle)
    _read_responders(page, puzzle, truth)
    _order(page, puzzle)
    for label, terms in _differences(page):
        if page.cover.policy.small(_value(terms, truth)):
            puzzle.wanted[label] = terms
    return puzzle, truth


FIVE = [s for s in State if s is not State.INELIGIBLE]
SEEN = (State.RESPONDER, State.NON_RESPONDER)


def _over(page: Page, line_slug: str) -> list[str]:
    """Name the groups that a line is the sum of."""
    return [g.slug for g in page.grouping.groups] if line_slug == ALL.slug else [line_slug]


def _read_states(page: Page, puzzle: Puzzle, truth: dict[Name, int]) -> None:
    for row in states(page.frame, page.grouping, WINDOWS).rows:
        if row.group != ALL:
            slug = row.group.slug
            truth |= {(slug, row.window.slug, s): n for s, n in row.counts.items() if s in FIVE}
            truth[slug, "ineligible"] = row.counts[State.INELIGIBLE]
    for line in release(states(page.frame, page.grouping, WINDOWS), page.cover).lines:
        for label, terms, released, least in _facts(page, line):
            puzzle.count(label, terms, released, 0 if page.cover.blind else least)


def _facts(page: Page, line: StateLine) -> Iterator[tuple[str, Terms, Count, int]]:
    slugs, at = _over(page, line.group.slug), line.window.slug

    def name(what: str) -> str:
        return f"{what} of {line.group.slug} at {at}"

    def cells(*wanted: State) -> Terms:
        return {(slug, at, s): 1 for slug in slugs for s in wanted}

    outside = {(slug, "ineligible"): 1 for slug in slugs}
    yield name("eligible"), cells(*FIVE), line.eligible, 0
    yield name("ineligible"), outside, line.counts[State.INELIGIBLE], 1
    yield name("treated"), {**cells(*FIVE), **outside}, line.treated, 1
    yield name("assessed"), cells(*SEEN), line.assessed, 1
    split = 1 if line.assessed is not HELD and line.group != ALL else 0
    for s in FIVE:
        yield name(s), cells(s), line.counts[s], split if s in SEEN else 1


def _read_completeness(page: Page, puzzle: Puzzle) -> None:
    for line in release(completeness(page.frame, page.grouping, WINDOWS), page.cover).lines:
        slugs, at = _over(page, line.group.slug), line.window.slug
        alive = (*SEEN, State.ALIVE_NOT_ASSESSED)
        for what, parts, released in (
            ("due", (*alive, State.DIED_BEFORE), line.due),
            ("alive and due", alive, line.alive_and_due),
        ):
            terms = {(slug, at, s): 1 for slug in slugs for s in parts}
            puzzle.count(f"{what} of {line.group.slug} at {at}", terms, released, 0)


def _read_responders(page: Page, puzzle: Puzzle, truth: dict[Name, int]) -> None:
    result = responders(page.frame, page.grouping, WINDOWS, Floors())
    for row, line in zip(result.rows, release(result, page.cover).lines, strict=True):
        slug, at, rule = line.group.slug, line.window.slug, line.definition.slug
        key = (slug, at, State.RESPONDER) if rule == "nrs30" else (slug, at, rule)
        truth[key] = row.response.k
        released: Count = HELD if line.response is HELD else line.response.k
        inside = {(slug, at, s): 1 for s in SEEN}
        least = 0 if line.n is HELD else 1
        puzzle.count(f"{rule} of {slug} at {at}", {key: 1}, released, least)
        puzzle.know({**inside, key: 0} if key in inside else {**inside, key: -1}, 0)
        if released is HELD and line.n is not HELD:
            rest = {**inside, key: inside.get(key, 0) - 1}
            puzzle.know(rest, 1)


def _order(page: Page, puzzle: Puzzle) -> None:
    for slug in (g.slug for g in page.grouping.groups):
        for s in (State.DIED_BEFORE, State.NOT_DUE):
            for early, late in pairwise(WINDOWS):
                puzzle.know({(slug, late.slug, s): 1, (slug, early.slug, s): -1}, 0)
        for w in WINDOWS:
            third = (slug, w.slug, State.RESPONDER)
            puzzle.know({third: 1, (slug, w.slug, "nrs50"): -1}, 0)
            puzzle.know({(slug, w.slug, "nrs2"): 1, third: -1}, 0)


def _differences(page: Page) -> Iterator[tuple[str, Terms]]:
    """Name the people between two nested counts: of definitions, and of windows."""
    for slug in (g.slug for g in page.grouping.groups):
        for w in WINDOWS:
            nest: list[Terms] = [
                {(slug, w.slug, "nrs50"): 1},
                {(slug, w.slug, State.RESPONDER): 1},
                {(slug, w.slug, "nrs2"): 1},
                {(slug, w.slug, s): 1 for s in SEEN},
            ]
            yield from _between(f"definitions in {slug} at {w.slug}", nest)
    alive = (*SEEN, State.ALIVE_NOT_ASSESSED)
    for line in dict.fromkeys(row.group.slug for row in page.base.rows):
        for parts in ((State.DIED_BEFORE,), (State.NOT_DUE,), alive):
            nest = [
                {(slug, w.slug, s): 1 for slug in _over(page, line) for s in parts} for w in WINDOWS
            ]
            fall = parts == alive
            yield from _between(f"{parts[-1]} of {line}", nest[::-1] if fall else nest)


def _between(label: str, nest: Sequence[Terms]) -> Iterator[tuple[str, Terms]]:
    for (i, inner), (j, outer) in combinations(enumerate(nest), 2):
        names = [*inner, *(name for name in outer if name not in inner)]
        yield (
            f"{label}, {i} to {j}",
            {name: outer.get(name, 0) - inner.get(name, 0) for name in names},
        )
