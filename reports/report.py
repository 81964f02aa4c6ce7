"""What a report is: a question, and the blocks that answer it with figure, table and words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from reports.figures.figure import Figure
from reports.page import Page
from reports.tables import Table

Record = dict[str, Any]
Choice = Literal["by", "window", "reference", "definition", "unit", "overdispersion", "tables"]
Need = Literal["events", "doses"]


@dataclass(frozen=True, slots=True)
class Definition:
    """What is counted of what, when, without whom, and on whose word."""

    numerator: str
    denominator: str
    window: str
    exclusions: str
    source: str


@dataclass(frozen=True, slots=True)
class Shown:
    """What a block shows. Everything in it is released: small numbers are held back already.

    `answer` is the finding in a sentence or two, with its uncertainty: it stands before the figures
    and must be true without them. `figures` and `tables` show the same numbers; `records` are those
    numbers for JSON and CSV, flat, a number held back null and named under `held_back`. `warnings`
    name groups that are too thin to trust. `detail` holds a table of single records, for those who
    may read records only.
    """

    answer: str
    figures: tuple[Figure, ...] = ()
    tables: tuple[Table, ...] = ()
    records: tuple[Record, ...] = ()
    warnings: tuple[str, ...] = ()
    detail: Table | None = None


@dataclass(frozen=True, slots=True)
class Block:
    """One question of a report: its words, and the way from a page to what is shown.

    `show` runs statistic -> release -> figure and table. A figure takes released results only.
    """

    slug: str
    question: str
    definition: Definition
    how_to_read: str
    caveats: tuple[str, ...]
    show: Callable[[Page], Shown]


@dataclass(frozen=True, slots=True)
class Report:
    """One entry of the catalogue.

    `choices` are what a reader may choose besides the filters, `needs` the frames that its blocks
    read besides the outcomes. `one_technique` says that it speaks of one technique, which must be
    chosen.
    """

    slug: str
    question: str
    audience: str
    summary: str
    blocks: tuple[Block, ...]
    choices: tuple[Choice, ...] = ("by", "window")
    needs: frozenset[Need] = frozenset()
    one_technique: bool = False
