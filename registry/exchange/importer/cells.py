"""A line's cells by field, with what was found while reading them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

from registry.domain.errors import Problem
from registry.exchange.importer.errors import UnclearCell, WrongCell
from registry.exchange.importer.files import Line
from registry.exchange.importer.mapping import LogbookMapping
from registry.exchange.importer.readers.words import fold
from registry.exchange.importer.report import Finding, FindingKind

T = TypeVar("T")


class Cells:
    """Reads one line. Problems are collected, so that a row's are all told at once."""

    def __init__(self, line: Line, mapping: LogbookMapping) -> None:
        self.line = line
        self.mapping = mapping
        self.findings: list[Finding] = []
        self._unsaid = {fold(word) for word in mapping.not_recorded} | {""}
        self._values = {
            field: {fold(written): meant for written, meant in table.items()}
            for field, table in mapping.values.items()
        }

    @property
    def refused(self) -> bool:
        """Say whether anything keeps the row out."""
        return any(f.keeps_out for f in self.findings)

    def raw(self, column: str | None) -> str:
        """Give a cell as written; empty for a column that the logbook doesn't have."""
        return self.line.cells.get(column, "") if column else ""

    def is_unsaid(self, written: str) -> bool:
        """Say whether a cell is empty, or holds a word for "not recorded"."""
        return fold(written) in self._unsaid

    def text(self, field: str, column: str | None = None) -> str | None:
        """Give what a cell says in the registry's words; None when it says nothing.

        `column` is the field's own unless another one holds it, as for each assessment's pain.
        """
        written = self.raw(column or self._column(field))
        if self.is_unsaid(written):
            return None
        meant = self._values.get(field, {}).get(fold(written), written)
        return meant or None

    def read(self, field: str, reader: Callable[[str], T], column: str | None = None) -> T | None:
        """Read a cell; None when it says nothing or can't be taken, which is then noted."""
        text = self.text(field, column)
        if text is None:
            return None
        try:
            return reader(text)
        except WrongCell as wrong:
            self.refuse(column or self._column(field), wrong.reason)
        except UnclearCell as unclear:
            self.warn(column or self._column(field), unclear.reason)
        return None

    def require(self, field: str, reader: Callable[[str], T]) -> T | None:
        """Read a cell that no row can do without."""
        if self.text(field) is None:
            self.refuse(self._column(field), "This is missing, and no row can do without it.")
        return self.read(field, reader)

    def refuse(self, column: str | None, reason: str) -> None:
        """Note what keeps the row out."""
        self._note(FindingKind.REFUSED, column, reason)

    def refuse_problems(self, problems: Iterable[Problem]) -> None:
        """Note broken rules of the clinic, each at the column of its field."""
        for problem in problems:
            self.refuse(self._column(problem.field.split(".")[0]), problem.message)

    def warn(self, column: str | None, reason: str) -> None:
        """Note a cell that is left out, or taken otherwise than it stands."""
        self._note(FindingKind.WARNING, column, reason)

    def _note(self, kind: FindingKind, column: str | None, reason: str) -> None:
        found = Finding(self.line.number, kind, column or "", self.raw(column), reason)
        if found not in self.findings:
            self.findings.append(found)

    def _column(self, field: str) -> str | None:
        return self.mapping.column(field)
