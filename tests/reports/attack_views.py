"""People and pages for the attack: atoms, counts as sums over them, and pages over those."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from registry.domain.outcomes import State
from registry.domain.windows import WINDOWS, Window
from reports.disclosure import Cover, Policy, cover, too_few
from reports.frames import OutcomeFrame
from reports.groups import ALL, FEW, Group, Grouping
from reports.page import Page
from reports.stats.intervals import Floors, Proportion
from reports.stats.medd_change import MeddChange, MeddRow, medd_change
from reports.stats.responders import DEFINITIONS, ResponderRow, Responders, responders
from reports.stats.states import StateRow, States, states
from tests.reports.attack import Name, Terms, minus, plus


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


def some(atoms: Sequence[Atom], window: Window, what: str) -> Terms:
    """Name a count of some atoms at a window as a sum of unknowns."""
    return _some(tuple(atoms), window, what)


@lru_cache(maxsize=20_000)
def _some(atoms: tuple[Atom, ...], window: Window, what: str) -> Terms:
    if what in ALWAYS:
        return {(atom, what): 1 for atom in atoms}
    if what in AT_WINDOW:
        return {(atom, what, window.slug): 1 for atom in atoms}
    if what in _SUMS:
        return plus(*(_some(atoms, window, part) for part in _SUMS[what]))
    whole, *parts = _RESTS[what]
    return minus(_some(atoms, window, whole), plus(*(_some(atoms, window, p) for p in parts)))


_SUMS = {"treated": ("eligible", "ineligible"), "assessed": ("responder", "non_responder")}
_RESTS = {
    "due": ("eligible", "open"),
    "alive_and_due": ("due", "died"),
    "alive_not_assessed": ("alive_and_due", "assessed"),
    "no_doses": ("treated", "complete", "incomplete", "neuraxial"),
    "without_methadone": ("complete", "methadone"),
    "from_nothing": ("complete", "percent"),
}
BY_STATE = {
    State.RESPONDER: "responder",
    State.NON_RESPONDER: "non_responder",
    State.DIED_BEFORE: "died",
    State.ALIVE_NOT_ASSESSED: "alive_not_assessed",
    State.NOT_DUE: "open",
    State.INELIGIBLE: "ineligible",
}
BY_RULE = {"nrs30": "responder", "nrs50": "nrs50", "nrs2": "nrs2"}
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
    pool = too_few(
        state_counts(Seen(name, told, windows, Cover(policy), crowd)), windows[0], policy
    )
    if pool.groups:
        few = tuple(atom for group in pool.groups for atom in told[group])
        told = {g: own for g, own in told.items() if g not in pool.groups} | {FEW: few}
    pooled = Seen(name, told, windows, Cover(policy), crowd)
    return Seen(name, told, windows, cover(state_counts(pooled), policy, pool), crowd)


def state_counts(page: Seen) -> States:
    groups = [*page.atoms, *([ALL] if len(page.atoms) > 1 else [])]
    return States(
        tuple(
            StateRow(group, w, {s: page.count(page.over(group), w, BY_STATE[s]) for s in State})
            for w in page.windows
            for group in groups
        )
    )


def responder_counts(page: Seen) -> Responders:
    return Responders(
        tuple(
            ResponderRow(
                group,
                w,
                rule,
                Proportion(
                    page.count(atoms, w, BY_RULE[rule.slug]),
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


def dose_counts(page: Seen) -> MeddChange:
    def row(group: Group, window: Window) -> MeddRow:
        counts = [
            page.count(page.atoms[group], window, what)
            for what in ("complete", "incomplete", "neuraxial", "methadone", "percent")
        ]
        return MeddRow(group, window, *counts, None, None, None, None, None)

    return MeddChange(tuple(row(group, w) for w in page.windows for group in page.atoms))


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
            told = {what: row.counts[s] for s, what in BY_STATE.items() if what in AT_WINDOW}
            crowd[atom, "ineligible"] = row.counts[State.INELIGIBLE]
            crowd |= {(atom, what, at): n for what, n in told.items()}
        for found in responders(rows, groups, WINDOWS, Floors()).rows:
            rule = BY_RULE[found.definition.slug]
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
