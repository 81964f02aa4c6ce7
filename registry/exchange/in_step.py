"""Reading several streams side by side, person by person, in bounded memory."""

from __future__ import annotations

from collections.abc import Generator
from uuid import UUID

from registry.exchange.column_specs import Row

Person = tuple[bytes, bytes]


def person_of(row: Row) -> Person:
    """Give the place of a row's person in the order of every stream: both databases sort so."""
    site: UUID = row["site_id"]
    person: UUID = row["person_id"]
    return site.bytes, person.bytes


class InStep:
    """A stream of rows in the order of persons, of which one person's can be taken at a time."""

    def __init__(self, rows: Generator[Row, None, None]) -> None:
        self._rows = rows
        self._next = next(rows, None)

    def take(self, person: Person) -> list[Row]:
        """Take a person's rows, passing over those of persons before. Ask in the same order."""
        taken: list[Row] = []
        while self._next is not None and (here := person_of(self._next)) <= person:
            if here == person:
                taken.append(self._next)
            self._next = next(self._rows, None)
        return taken

    def close(self) -> None:
        """Let go of the rows that nobody took."""
        self._rows.close()
