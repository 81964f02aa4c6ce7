"""Who is compared in a funnel: sites or operators, and for each how many of how many."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import polars as pl

from registry.domain.outcomes import State
from registry.domain.outcomes.responders import Icpre2012
from registry.domain.windows import Window
from reports.events import EventFrame
from reports.frames import OutcomeFrame, assessed, response, state
from reports.stats.safety import by_procedure

Unit = Literal["site", "operator"]


@dataclass(frozen=True, slots=True)
class UnitRow:
    """One site or operator: `k` of `n`, and all `treated` procedures it stands on.

    `name` is the spelling that is met most; `spellings` counts how many there are.
    """

    key: str
    name: str
    spellings: int
    treated: int
    k: int
    n: int


@dataclass(frozen=True, slots=True)
class Units:
    """Every unit of the frame, the largest `n` first: an order that says nothing of the result.

    Those who have nobody to count (`n` of 0) are in it. `unnamed` procedures name no unit.
    """

    rows: tuple[UnitRow, ...]
    unnamed: int


def responding(frame: OutcomeFrame, unit: Unit, definition: str, window: Window) -> Units:
    """Count who responds by a definition among those whom it can judge at a window.

    Of the classes of `icpre2012` complete and partial respond.
    """
    answer = pl.col(response(definition, window))
    responds = [c.value for c in Icpre2012 if c.responds]
    yes = answer.is_in(responds) if definition == "icpre2012" else answer
    return _units(frame, unit, k=yes.fill_null(value=False), n=answer.is_not_null())


def followed_up(frame: OutcomeFrame, unit: Unit, window: Window) -> Units:
    """Count who was assessed among those alive and due at a window."""
    due = assessed(window) | (pl.col(state(window)) == State.ALIVE_NOT_ASSESSED.value)
    return _units(frame, unit, k=assessed(window), n=due)


def severely_harmed(frame: OutcomeFrame, unit: Unit, events: EventFrame) -> Units:
    """Count the procedures with a harm of grade 3 or more, among all."""
    severe = by_procedure(events).filter("severe")["procedure_id"].to_list()
    everyone = pl.col("procedure_id").is_not_null()
    return _units(frame, unit, k=pl.col("procedure_id").is_in(severe), n=everyone)


def _units(frame: OutcomeFrame, unit: Unit, *, k: pl.Expr, n: pl.Expr) -> Units:
    keyed = frame.select(
        spelling=pl.col(unit), key=_key(unit), k=k.cast(pl.Int64), n=n.cast(pl.Int64)
    )
    named = keyed.filter(pl.col("key") != "")
    spelled = _spellings(named)
    rows = (
        named.group_by("key")
        .agg(treated=pl.len(), k=pl.col("k").sum(), n=pl.col("n").sum())
        .join(spelled, on="key")
        .sort("n", "treated", "key", descending=[True, True, False])
    )
    return Units(
        tuple(UnitRow(**row) for row in rows.to_dicts()), unnamed=keyed.height - named.height
    )


def _key(unit: Unit) -> pl.Expr:
    """Tell sites apart by code, operators by name whatever its case and spaces; empty: nobody."""
    name = pl.col(unit).fill_null("")
    return _tidy(name).str.to_lowercase() if unit == "operator" else name


def _tidy(name: pl.Expr) -> pl.Expr:
    return name.str.strip_chars().str.replace_all(r"\s+", " ")


def _spellings(named: pl.DataFrame) -> pl.DataFrame:
    """Find the commonest spelling of every unit, the first in the alphabet on a tie."""
    return (
        named.group_by("key", name=_tidy(pl.col("spelling")))
        .len()
        .sort("key", "len", "name", descending=[False, True, False])
        .group_by("key")
        .agg(pl.col("name").first(), spellings=pl.len().cast(pl.Int64))
    )


def letters(units: Mapping[str, int]) -> dict[str, str]:
    """Name units A, B ... Z, AA ... from the largest on, for who may not know their names."""
    ordered = sorted(units, key=lambda key: (-units[key], key))
    return {key: _letter(i) for i, key in enumerate(ordered)}


def _letter(place: int) -> str:
    before, last = divmod(place, 26)
    return (_letter(before - 1) if before else "") + chr(ord("A") + last)
