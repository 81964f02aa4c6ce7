"""Pages as a reader sees them, one or two side by side, as a puzzle for the reader with a solver.

Two pages speak of the same people: those that the narrower filter keeps (`kept`) are in both, the
others (`more`) only in the wider one. Every count of a page is a sum over atoms: the people of one
technique that are in both pages, or in the wider one only. The reader knows what the pages show,
that rows and columns sum, that a held count isn't zero, that the dead and the not due can only grow
from window to window, and that half the pain gone is also a third of it gone. Wanted is what is
held back, and every small number of people between two counts of which one is part of the other.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise
from typing import NamedTuple

from registry.domain.outcomes import State
from registry.domain.windows import WINDOWS, Window
from reports.disclosure import HELD, Cover, Policy, cover, release, too_few
from reports.disclosure.held import ROUND_TO
from reports.frames import OutcomeFrame
from reports.groups import ALL, FEW, Group, Grouping
from reports.page import Page
from reports.stats.intervals import Floors, Proportion
from reports.stats.medd_change import MeddChange, MeddRow, medd_change
from reports.stats.responders import DEFINITIONS, ResponderRow, Responders, responders
from reports.stats.states import StateRow, States, states
from tests.reports.attack import FAR, Name, Puzzle, Terms, minus, plus


class Atom(NamedTuple):
    """People whom no page of the attack tells apart: `who` is "kept" or "more"."""

    who: str
    category: str
    technique: str


Crowd = Mapping[Name, int]
"""(atom, what) and (atom, what, window's slug) -> how many."""

ALWAYS = ("eligible", "ineligible", "neuraxial")
DOSES = ("complete", "incomplete", "methadone", "percent")
AT_WINDOW = ("died", "open", "responder", "non_responder", "nrs50", "nrs2", *DOSES)


def some(atoms: Sequence[Atom], window: Window, what: str) -> dict[Name, int]:
    """Name a count of some atoms at a window as a sum of unknowns."""
    if what in ALWAYS:
        return {(atom, what): 1 for atom in atoms}
    if what in AT_WINDOW:
        return {(atom, what, window.slug): 1 for atom in atoms}
    if what in _SUMS:
        return plus(*(some(atoms, window, part) for part in _SUMS[what]))
    whole, *parts = _RESTS[what]
    return minus(some(atoms, window, whole), plus(*(some(atoms, window, p) for p in parts)))


_SUMS = {"treated": ("eligible", "ineligible"), "assessed": ("responder", "non_responder")}
_RESTS = {
    "due": ("eligible", "open"),
    "alive_and_due": ("due", "died"),
    "alive_not_assessed": ("alive_and_due", "assessed"),
    "no_doses": ("treated", "complete", "incomplete", "neuraxial"),
    "without_methadone": ("complete", "methadone"),
    "from_nothing": ("complete", "percent"),
}
_BY_STATE = {
    State.RESPONDER: "responder",
    State.NON_RESPONDER: "non_responder",
    State.DIED_BEFORE: "died",
    State.ALIVE_NOT_ASSESSED: "alive_not_assessed",
    State.NOT_DUE: "open",
    State.INELIGIBLE: "ineligible",
}
_BY_RULE = {"nrs30": "responder", "nrs50": "nrs50", "nrs2": "nrs2"}
PEOPLE = (*ALWAYS, *AT_WINDOW, *_SUMS, *_RESTS)
"""Every count that speaks of people."""


@dataclass(frozen=True)
class Seen:
    """A page: the atoms of each of its groups, small ones pooled, and what is held back."""

    name: str
    atoms: Mapping[Group, tuple[Atom, ...]]
    windows: Sequence[Window]
    cover: Cover
    crowd: Crowd

    def count(self, atoms: Sequence[Atom], window: Window, what: str) -> int:
        return sum(n * self.crowd[name] for name, n in some(atoms, window, what).items())

    def over(self, group: Group) -> tuple[Atom, ...]:
        every = tuple(atom for atoms in self.atoms.values() for atom in atoms)
        return every if group == ALL else self.atoms[group]


def page_over(
    name: str,
    crowd: Crowd,
    atoms: Sequence[Atom],
    by: str,
    windows: Sequence[Window],
    policy: Policy,
) -> Seen:
    """Make a page over some atoms as `reports.page.prepare` does over a frame."""
    slugs = dict.fromkeys(getattr(atom, by) for atom in atoms)
    told = {Group(s, s): tuple(a for a in atoms if getattr(a, by) == s) for s in slugs}
    bare = Seen(name, told, windows, Cover(policy), crowd)
    told = {g: own for g, own in told.items() if bare.count(own, windows[0], "treated")}
    pool = too_few(_states(Seen(name, told, windows, Cover(policy), crowd)), windows[0], policy)
    if pool.groups:
        few = tuple(atom for group in pool.groups for atom in told[group])
        told = {g: own for g, own in told.items() if g not in pool.groups} | {FEW: few}
    pooled = Seen(name, told, windows, Cover(policy), crowd)
    return Seen(name, told, windows, cover(_states(pooled), policy, pool), crowd)


def _states(page: Seen) -> States:
    groups = [*page.atoms, *([ALL] if len(page.atoms) > 1 else [])]
    return States(
        tuple(
            StateRow(group, w, {s: page.count(page.over(group), w, _BY_STATE[s]) for s in State})
            for w in page.windows
            for group in groups
        )
    )


def _responders(page: Seen) -> Responders:
    return Responders(
        tuple(
            ResponderRow(
                group,
                w,
                rule,
                Proportion(
                    page.count(atoms, w, _BY_RULE[rule.slug]),
                    page.count(atoms, w, "assessed"),
                    None,
                ),
                page.count(atoms, w, "alive_not_assessed"),
            )
            for w in page.windows
            for group, atoms in page.atoms.items()
            for rule in DEFINITIONS
        )
    )


def _doses(page: Seen) -> MeddChange:
    def row(group: Group, window: Window) -> MeddRow:
        counts = [
            page.count(page.atoms[group], window, what)
            for what in ("complete", "incomplete", "neuraxial", "methadone", "percent")
        ]
        return MeddRow(group, window, *counts, None, None, None, None, None)

    return MeddChange(tuple(row(group, w) for w in page.windows for group in page.atoms))


def read(pages: Sequence[Seen], *, blur: int) -> Puzzle:
    """Turn all that the pages release, at all their windows, into a puzzle."""
    first = pages[0]
    policy = first.cover.policy
    puzzle = Puzzle(policy.threshold or 0, policy.lowest, blur)
    atoms = tuple(dict.fromkeys(a for page in pages for a in page.over(ALL)))
    for atom in atoms:
        _know_of_people(puzzle, atom, first.windows)
    for page in pages:
        _read_states(page, puzzle)
        _read_responders(page, puzzle)
        _read_doses(page, puzzle)
        for label, terms in _within(page):
            puzzle.want_if_small(f"{page.name}: {label}", terms, first.crowd)
    for label, terms in _between_pages(atoms, first.windows):
        puzzle.want_if_small(label, terms, first.crowd)
    return puzzle


def _know_of_people(puzzle: Puzzle, atom: Atom, windows: Sequence[Window]) -> None:
    for w in windows:
        for whole, part in _INSIDE:
            puzzle.know(minus(some((atom,), w, whole), some((atom,), w, part)), 0)
        puzzle.know(some((atom,), w, "no_doses"), 0)
    for early, late in pairwise(windows):
        for what in ("died", "open"):
            puzzle.know(minus(some((atom,), late, what), some((atom,), early, what)), 0)


_INSIDE = (
    ("alive_and_due", "assessed"),
    ("responder", "nrs50"),
    ("nrs2", "responder"),
    ("assessed", "nrs2"),
    ("complete", "methadone"),
    ("complete", "percent"),
)


# So far off is at most what is rounded by itself; a part that closes a sum may be twice as far.
NEAREST = ROUND_TO // 2


def _read_states(page: Seen, puzzle: Puzzle) -> None:
    shown: dict[tuple[Window, str], list[object]] = {}
    for line in release(_states(page), page.cover).lines:
        atoms, w = page.over(line.group), line.window
        told = {what: page.cover.part(line.group, w, what) for what in _OF_COMPLETENESS}
        told |= {"eligible": line.eligible, "treated": line.treated}
        told |= {_BY_STATE[s]: n for s, n in line.counts.items()}
        split = line.assessed is not HELD and line.group != ALL
        for what, released in told.items():
            least = 1 if what not in ("responder", "non_responder") or split else 0
            label = f"{page.name}: {what} of {line.group.slug} at {w.slug}"
            groups = shown.setdefault((w, what), [])
            groups.append(released)
            if line.group == ALL and released is not HELD:
                # The total of what is shown says nothing new, and none is higher than its whole.
                if HELD in groups and what != "treated":
                    capped = any(released == told[whole] for whole in _WHOLES.get(what, ()))
                    low, high = (released + way * puzzle.off(2 * NEAREST) for way in (-1, 1))
                    least = puzzle.lowest if released else 0
                    puzzle.know(some(atoms, w, what), max(low, least), FAR if capped else high)
                continue
            near = NEAREST if what in ("eligible", "ineligible") else 2 * NEAREST
            least = 0 if page.cover.blind else least
            puzzle.count(label, some(atoms, w, what), released, least, near)


_OF_COMPLETENESS = ("due", "alive_and_due", "assessed")
_WHOLES = {
    "due": ("eligible",),
    "open": ("eligible",),
    "alive_and_due": ("eligible", "due"),
    "died": ("eligible", "due"),
    "assessed": ("eligible", "due", "alive_and_due"),
    "alive_not_assessed": ("eligible", "due", "alive_and_due"),
}


def _read_responders(page: Seen, puzzle: Puzzle) -> None:
    for line in release(_responders(page), page.cover).lines:
        atoms, w, rule = page.atoms[line.group], line.window, line.definition.slug
        own = some(atoms, w, _BY_RULE[rule])
        least = 0 if line.n is HELD else 1
        shown = HELD if line.response is HELD else line.response.k
        puzzle.count(f"{page.name}: {rule} of {line.group.slug} at {w.slug}", own, shown, least)
        if shown is HELD:
            puzzle.know(minus(some(atoms, w, "assessed"), own), least)


def _read_doses(page: Seen, puzzle: Puzzle) -> None:
    for line in release(_doses(page), page.cover).lines:
        told = {what: getattr(line, what) for what in ("complete", "incomplete", "neuraxial")}
        told |= {"methadone": line.methadone, "percent": line.percent_n}
        told |= {"without_methadone": line.without_methadone}
        for what, released in told.items():
            label = f"{page.name}: {what} of {line.group.slug} at {line.window.slug}"
            puzzle.count(label, some(page.atoms[line.group], line.window, what), released, 0)


def _within(page: Seen) -> Iterator[tuple[str, Terms]]:
    """Name the people between two nested counts of a page: of definitions, doses, and windows."""
    for group, atoms in [*page.atoms.items(), (ALL, page.over(ALL))]:
        for w in page.windows:
            nest = [some(atoms, w, what) for what in ("nrs50", "responder", "nrs2", "assessed")]
            yield from _steps(f"definitions in {group.slug} at {w.slug}", nest)
            for what in ("no_doses", "from_nothing"):
                yield f"{what} of {group.slug} at {w.slug}", some(atoms, w, what)
        for what in ("died", "open", "alive_and_due"):
            nest = [some(atoms, w, what) for w in page.windows]
            falls = what == "alive_and_due"
            yield from _steps(f"{what} of {group.slug}", nest[::-1] if falls else nest)


def _steps(label: str, nest: Sequence[Terms]) -> Iterator[tuple[str, Terms]]:
    for (i, inner), (j, outer) in combinations(enumerate(nest), 2):
        yield f"{label}, {i} to {j}", minus(outer, inner)


def _between_pages(atoms: Sequence[Atom], windows: Sequence[Window]) -> Iterator[tuple[str, Terms]]:
    """Name who is in one page and not in the other, and who is in one technique of a category."""
    sets: dict[str, list[Atom]] = {}
    for atom in atoms:
        sets.setdefault(f"technique {atom.technique}", []).append(atom)
        if atom.who == "more":
            for part in (f"technique {atom.technique}", f"category {atom.category}", "all"):
                sets.setdefault(f"more of {part}", []).append(atom)
    for label, own in sets.items():
        for what in PEOPLE:
            for w in windows[:1] if what in (*ALWAYS, "treated") else windows:
                yield f"{what} of {label} at {w.slug}", some(own, w, what)


def seen_of(name: str, page: Page, atoms: Sequence[Atom], crowd: Crowd) -> Seen:
    """Look at a real page, over its atoms: its groups, and what it holds back."""
    by = "category" if page.grouping.by == "category" else "technique"
    few = {group.slug for group in page.cover.pooled}
    told: dict[Group, tuple[Atom, ...]] = {}
    for group in page.grouping.groups:
        slugs = few if group == FEW else {group.slug}
        told[group] = tuple(atom for atom in atoms if getattr(atom, by) in slugs)
    return Seen(name, told, WINDOWS, page.cover, crowd)


def crowd_of(wide: OutcomeFrame, narrow: OutcomeFrame) -> dict[Name, int]:
    """Count the people of two frames, one inside the other, by atom."""
    crowd: dict[Name, int] = {}
    more = OutcomeFrame(wide.join(narrow, on="procedure_id", how="anti"))
    for who, rows in (("kept", narrow), ("more", more)):
        category = dict(rows.select("technique", "category").iter_rows())
        groups = Grouping("technique", tuple(Group(t, t) for t in sorted(category)))
        atoms = {g: Atom(who, category[g.slug], g.slug) for g in groups.groups}
        for row in states(rows, groups, WINDOWS).rows:
            if row.group == ALL:
                continue
            atom, at = atoms[row.group], row.window.slug
            crowd[atom, "eligible"] = row.eligible
            told = {what: row.counts[s] for s, what in _BY_STATE.items() if what in AT_WINDOW}
            crowd[atom, "ineligible"] = row.counts[State.INELIGIBLE]
            crowd |= {(atom, what, at): n for what, n in told.items()}
        for found in responders(rows, groups, WINDOWS, Floors()).rows:
            rule = _BY_RULE[found.definition.slug]
            crowd[atoms[found.group], rule, found.window.slug] = found.response.k
        for dose in medd_change(rows, groups, WINDOWS, Floors()).rows:
            atom, at = atoms[dose.group], dose.window.slug
            crowd[atom, "neuraxial"] = dose.neuraxial
            counts = (dose.complete, dose.incomplete, dose.methadone, dose.percent_n)
            crowd |= {(atom, w, at): n for w, n in zip(DOSES, counts, strict=True)}
    return crowd


def atoms_of(crowd: Crowd, *who: str) -> list[Atom]:
    """List the atoms of a crowd, of those asked for."""
    return list(dict.fromkeys(name[0] for name in crowd if name[0].who in who))  # type: ignore[index]
