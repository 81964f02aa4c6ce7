"""Made-up people for the attack: small tables, and pairs of filters of which one narrows the other.

Counts are made without a frame, so that thousands of them take seconds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from registry.domain.windows import WINDOWS, Window
from reports.disclosure import Policy
from tests.reports.attack import Name
from tests.reports.attack_views import Atom, Seen, page_over

SIZES = (0, 1, 3, 8, 11, 12, 15, 20, 30, 60)
FEW_MORE = (0, 0, 1, 2, 3, 5, 8, 12)
THRESHOLDS = (5, 8, 11)
KINDS = ("date", "site", "technique", "category", "grouping", "alone")


@dataclass(frozen=True)
class Case:
    """Pages side by side, and the truth behind them."""

    pages: tuple[Seen, ...]
    crowd: dict[Name, int]


def a_case(seed: int, kind: str | None = None, threshold: int | None = None) -> Case:
    """Make one page, or two whose filters differ in one way, at random."""
    chance = np.random.default_rng(seed)
    kind = kind or str(chance.choice(KINDS))
    policy = Policy(threshold or int(chance.choice(THRESHOLDS)))
    windows = sorted(chance.choice(len(WINDOWS), size=chance.integers(2, 4), replace=False))
    looked_at = [WINDOWS[i] for i in windows]
    atoms = _atoms(chance, kind)
    crowd: dict[Name, int] = {}
    for atom in atoms:
        crowd |= _people(chance, atom, kind, looked_at)
    kept = [atom for atom in atoms if atom.who == "kept"]
    if kind == "alone":
        return Case((page_over("page", crowd, kept, "category", looked_at, policy),), crowd)
    if kind == "grouping":
        views = [(by, kept, by) for by in ("category", "technique")]
    else:
        by = "technique" if kind != "category" and chance.random() < 0.2 else "category"
        views = [("narrow", kept, by), ("wide", atoms, by)]
    pages = [page_over(name, crowd, own, by, looked_at, policy) for name, own, by in views]
    return Case(tuple(pages), crowd)


def _atoms(chance: np.random.Generator, kind: str) -> list[Atom]:
    categories = [f"c{i}" for i in range(chance.integers(1, 4))]
    most = 3 if kind in ("technique", "grouping") else 2
    techniques = [(c, f"{c}-{t}") for c in categories for t in "ab"[: chance.integers(1, most)]]
    kept = [Atom("kept", *names) for names in techniques]
    if kind in ("alone", "grouping"):
        return kept
    if kind in ("technique", "category"):
        part = 0 if kind == "category" else 1
        left_out = techniques[chance.integers(len(techniques))][part]
        return [
            Atom("more", c, t) if left_out == (c, t)[part] else Atom("kept", c, t)
            for c, t in techniques
        ]
    return [*kept, *(Atom("more", *names) for names in techniques)]


def _people(
    chance: np.random.Generator, atom: Atom, kind: str, windows: Sequence[Window]
) -> dict[Name, int]:
    """Make the people of an atom one by one: when they die, who is seen, and who responds."""
    few = atom.who == "more" and kind in ("date", "site") and chance.random() < 0.8
    size = int(chance.choice(FEW_MORE if few else SIZES))
    usable = chance.random(size) > chance.choice([0, 0.05, 0.3])
    # 0 to len(windows): before which of the windows somebody dies, or the cut-off comes.
    span = len(windows) + 1
    dies = np.where(
        chance.random(size) < chance.choice([0, 0.2, 0.6]), chance.integers(0, span, size), span
    )
    late = chance.choice([0, 0.1, 0.4]) if kind != "date" or atom.who == "kept" else 0.6
    opens = np.where(chance.random(size) < late, chance.integers(0, span, size), span)
    neuraxial = chance.random(size) < chance.choice([0, 0, 0.1, 0.9])
    found: dict[Name, int] = {
        (atom, "eligible"): int(usable.sum()),
        (atom, "ineligible"): int((~usable).sum()),
        (atom, "neuraxial"): int(neuraxial.sum()),
    }
    habits = chance.choice([0, 0.1, 0.5, 0.9, 1], size=6)
    for i, window in enumerate(windows):
        told = _at_window(chance, habits, (usable, neuraxial), _gone(dies, opens, i), size)
        found |= {(atom, what, window.slug): n for what, n in told.items()}
    return found


def _gone(dies: np.ndarray, opens: np.ndarray, at: int) -> tuple[np.ndarray, np.ndarray]:
    """Say who is dead and whose window is open: for good, as nothing is known of them later."""
    return (dies <= at) & (dies <= opens), (opens <= at) & (opens < dies)


def _at_window(
    chance: np.random.Generator,
    habits: np.ndarray,
    lasting: tuple[np.ndarray, np.ndarray],
    gone: tuple[np.ndarray, np.ndarray],
    size: int,
) -> dict[str, int]:
    usable, neuraxial = lasting
    dead, still_open = gone
    here = usable & ~dead & ~still_open
    seen = here & (chance.random(size) < habits[0])
    level = chance.random(size)
    two, third, half = (level < habits[1] ** power for power in (0.5, 1, 2))
    doses = ~neuraxial & (chance.random(size) < habits[2])
    complete = doses & (chance.random(size) < max(0.5, habits[3]))
    masks = {
        "died": usable & dead,
        "open": usable & still_open,
        "responder": seen & third,
        "non_responder": seen & ~third,
        "nrs50": seen & half,
        "nrs2": seen & two,
        "complete": complete,
        "incomplete": doses & ~complete,
        "methadone": complete & (chance.random(size) < habits[4] / 4),
        "percent": complete & (chance.random(size) < max(0.5, habits[5])),
    }
    return {what: int(mask.sum()) for what, mask in masks.items()}
