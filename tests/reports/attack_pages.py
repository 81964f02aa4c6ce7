"""Pages as a reader sees them, one or two side by side, as a puzzle for the reader with a solver.

Two pages speak of the same people: those that the narrower filter keeps (`kept`) are in both, the
others (`more`) only in the wider one. Every count of a page is a sum over atoms: the people of one
technique that are in both pages, or in the wider one only. The reader knows what the pages show,
that rows and columns sum, that a held count isn't zero, that the dead and the not due can only grow
from window to window, and that half the pain gone is also a third of it gone. Wanted is what is
held back, and every small number of people between two counts of which one is part of the other.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations, pairwise

from registry.domain.windows import Window
from reports.disclosure import HELD, release
from reports.disclosure.held import ROUND_TO
from reports.groups import ALL
from tests.reports.attack import FAR, Puzzle, Terms, minus
from tests.reports.attack_views import (
    ALWAYS,
    BY_RULE,
    BY_STATE,
    PEOPLE,
    Atom,
    Seen,
    dose_counts,
    responder_counts,
    some,
    state_counts,
)


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
    for line in release(state_counts(page), page.cover).lines:
        atoms, w = page.over(line.group), line.window
        told = {what: page.cover.part(line.group, w, what) for what in _OF_COMPLETENESS}
        told |= {"eligible": line.eligible, "treated": line.treated}
        told |= {BY_STATE[s]: n for s, n in line.counts.items()}
        split = line.assessed is not HELD and line.group != ALL
        for what, released in told.items():
            # Of a row of which anything is held, zeros are held too.
            sure = split if what in ("responder", "non_responder") else what in LASTING
            least = 1 if sure else 0
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


LASTING = ("eligible", "ineligible", "treated")
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
    for line in release(responder_counts(page), page.cover).lines:
        atoms, w, rule = page.atoms[line.group], line.window, line.definition.slug
        own = some(atoms, w, BY_RULE[rule])
        least = 0 if line.n is HELD else 1
        shown = HELD if line.response is HELD else line.response.k
        puzzle.count(f"{page.name}: {rule} of {line.group.slug} at {w.slug}", own, shown, least)
        if shown is HELD:
            puzzle.know(minus(some(atoms, w, "assessed"), own), least)


def _read_doses(page: Seen, puzzle: Puzzle) -> None:
    for line in release(dose_counts(page), page.cover).lines:
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
