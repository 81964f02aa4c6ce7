"""All reports of one page, or of two whose filters or groupings differ, in one puzzle."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from registry.domain.windows import WINDOWS
from reports.events import events_of as events_in
from reports.frames import OutcomeFrame
from reports.groups import Group
from reports.page import Asked
from tests.reports import attack_tellings as first
from tests.reports import attack_tellings_course as course
from tests.reports import attack_tellings_doses as dosed
from tests.reports import attack_tellings_work as worked
from tests.reports.attack_people import (
    TECHNIQUES,
    Person,
    Registry,
    a_registry,
    crossed,
    doses_of,
    events_of,
    outcomes_of,
)
from tests.reports.attack_tellings import SILENT, Telling, View
from tests.reports.attack_types import FAR, TypePuzzle
from tests.reports.cases import CATEGORIES, page_of

READERS: dict[str, Callable[[View], Iterator[Telling]]] = {
    "base": first.read_base,
    "sites": first.read_sites,
    "months": first.read_months,
    "responses": first.read_responses,
    "pairs": first.read_pairs,
    "adjusted": dosed.read_adjusted,
    "relief": course.read_relief,
    "safety": course.read_safety,
    "units": worked.read_units,
    "over time": worked.read_over_time,
    "work": worked.read_work,
    "crosses": worked.read_crosses,
    "doses": dosed.read_doses,
}
KINDS = ("alone", "grouping", "until", "site", "technique", "category", "diagnosis_group", "intent")
MORE_TYPES = (250, 1000, 3000)


@dataclass(frozen=True)
class Seen:
    """A page of the registry: which people its filter lets through, and all that it tells."""

    name: str
    kept: pl.Expr
    tellings: tuple[Telling, ...]


@dataclass(frozen=True)
class Case:
    """A registry, and all that one or two of its pages tell."""

    registry: Registry
    seen: tuple[Seen, ...]
    seed: int

    def pinned(self, blur: int = FAR, spares: Sequence[int] = MORE_TYPES) -> list[str]:
        """Name what can be worked out, also by one who thinks of many types of people.

        What is shown is no farther off than `blur`: 0 for a reader who knows that it is exact.
        `spares` are how many types are thought of besides those that are there, one after another.
        """
        left: list[str] | None = None
        for spare in spares:
            people = crossed(random.Random(self.seed), self.registry, spare)
            puzzle = _tell(self.registry, people, self.seen, blur)
            left = puzzle.pinned(self.seed, only=left)
            if not left:
                break
        return left or []


def a_case(seed: int, kind: str | None = None, readers: Sequence[str] = tuple(READERS)) -> Case:
    """Make a registry at random, and look at it in one or two ways."""
    chance = random.Random(seed)
    kind = kind or chance.choice(KINDS)
    registry = a_registry(seed)
    rows = outcomes_of(registry.people)
    windows = tuple(sorted(chance.sample(WINDOWS, 2), key=lambda w: w.opens))
    by = "technique" if chance.random() < 0.3 else "category"
    views = {"wide": (first.EVERYBODY, by)}
    if kind == "grouping":
        views = {"wide": (first.EVERYBODY, "category"), "narrow": (first.EVERYBODY, "technique")}
    elif kind != "alone":
        views["narrow"] = (_a_filter(chance, kind, rows), by)
    seen = [
        Seen(name, kept, tuple(_look(registry, rows, kept, by, windows, readers)))
        for name, (kept, by) in views.items()
    ]
    return Case(registry, tuple(seen), seed)


def _a_filter(chance: random.Random, kind: str, rows: OutcomeFrame) -> pl.Expr:
    """Narrow by one day, or leave out the rarest, or any, of the values there are."""
    if kind == "until":
        days = sorted(set(rows["performed_on"]))
        return pl.col("performed_on") <= chance.choice(days[:-1] or days)
    counts = dict(rows[kind].value_counts().iter_rows())
    values = sorted(counts, key=lambda v: (counts[v], v))
    gone = values[0] if chance.random() < 0.7 else chance.choice(values)
    return pl.col(kind) != gone if len(values) > 1 else first.EVERYBODY


def _look(
    registry: Registry,
    rows: OutcomeFrame,
    kept: pl.Expr,
    by: str,
    windows: Sequence[object],
    readers: Sequence[str],
) -> Iterator[Telling]:
    own = OutcomeFrame(rows.filter(kept))
    order: Sequence[Group] = CATEGORIES if by == "category" else TECHNIQUES
    events = events_in(events_of(registry.people), own)
    asked = replace(Asked(), by=by, windows=tuple(windows))  # type: ignore[arg-type]
    page = page_of(
        own, registry.policy.threshold, asked, events=events, doses=doses_of(own), order=order
    )
    for reader in readers:
        yield from READERS[reader](View(page, tuple(windows)))  # type: ignore[arg-type]


def _tell(
    registry: Registry, spare: Sequence[Person], seen: Sequence[Seen], blur: float = FAR
) -> TypePuzzle:
    people = (*registry.people, *spare)
    types = _with_harm(people)
    truth = np.r_[np.ones(len(registry.people)), np.zeros(len(spare))]
    policy = registry.policy
    puzzle = TypePuzzle(truth, policy.lowest, policy.threshold or 0)
    masks = [_members(types, page) for page in seen]
    for page, members in zip(seen, masks, strict=True):
        for telling, mask in zip(page.tellings, members, strict=True):
            label = f"{page.name}: {telling.label}"
            if telling.shown == SILENT:
                puzzle.want(label, mask)
            else:
                off = min(telling.blur, blur)
                puzzle.count(label, mask, telling.shown, off, any_size=telling.any_size)
    if len(seen) > 1:
        _want_between(puzzle, types, seen)
    return puzzle


def _with_harm(people: Sequence[Person]) -> pl.DataFrame:
    harms = [person["harm"] for person in people]
    columns = {
        name: pl.Series(name, [harm.get(name) for harm in harms], dtype=dtype)
        for name, dtype in (("kind", pl.String), ("grade", pl.Int32), ("complication", pl.String))
    }
    return outcomes_of(people).with_columns(**columns)


def _members(types: pl.DataFrame, page: Seen, kept: pl.Expr | None = None) -> np.ndarray:
    own = page.kept if kept is None else kept
    flags = types.select(
        (own & told.who).fill_null(value=False).alias(str(i))
        for i, told in enumerate(page.tellings)
    )
    return flags.to_numpy().T.astype(float)


def _want_between(puzzle: TypePuzzle, types: pl.DataFrame, seen: Sequence[Seen]) -> None:
    """Look for whom the narrower filter leaves out, of every count of the wider page."""
    wide, narrow = seen
    for telling, mask in zip(
        wide.tellings, _members(types, wide, wide.kept & ~narrow.kept), strict=True
    ):
        puzzle.want(f"between: {telling.label}", mask)
