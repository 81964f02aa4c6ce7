"""What every table of a report is: a caption, headers with units, and cells as words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from reports.disclosure import Released
from reports.disclosure.released import LineT
from reports.scope import Scope

MG = "mg/24 h oral morphine"
MEDIAN = "median (quartiles)"


@dataclass(frozen=True, slots=True)
class Table:
    """A table as words. The first column is every row's header; `notes` stand under the table."""

    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...] = ()


def by_group_and_window(
    caption: str,
    scope: Scope,
    released: Released[LineT],
    columns: Sequence[str],
    rows: Iterable[Sequence[str]],
    notes: Sequence[str] = (),
) -> Table:
    """Put group and window before each row; say under the table what is held back or pooled."""
    return Table(
        caption=f"{caption} {scope.sentence()}",
        columns=("Group", "Window", *columns),
        rows=tuple(
            (line.group.label, line.window.label, *row)
            for line, row in zip(released.lines, rows, strict=True)
        ),
        notes=(*notes, *disclosure_notes(released)),
    )


def disclosure_notes(released: Released[LineT]) -> tuple[str, ...]:
    """Say what is held back, and which groups were too small to stand alone."""
    pooled = ", ".join(group.label for group in released.pooled)
    return (
        *((released.note,) if released.note else ()),
        *((f"Smaller groups together: {pooled}.",) if pooled else ()),
    )
