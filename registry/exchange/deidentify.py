"""Records without anything that points to a person: keys, order and days made anew.

A key may not be derived from anything about a person (45 CFR 164.514(c)): the registry's own are
stamped with the moment of entry, and their order is that of entry. So persons are numbered by the
SHA-256 of what is released of them, and rows come in that order. It tells nothing that the rows do
not say themselves, no secret has to be kept, and the same data give the same file again. Persons
of whom the same is released can't be told apart, whoever comes first.

The rows wait in a file between being read and being numbered, so memory stays flat.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

from sqlmodel import Session

from registry.db.queries.export_scope import ExportScope
from registry.db.queries.exports import stream_rows
from registry.domain.access import Profile
from registry.exchange.column_specs import ColumnSpec, Privacy, Row
from registry.exchange.datasets import DataSet, data_sets
from registry.exchange.in_step import InStep, person_of
from registry.exchange.profiles import FIRST_DAY, columns_under, reader

_LETTERS = {
    "patients": "",
    "procedures": "p",
    "assessments": "a",
    "adverse_events": "e",
    "device_checks": "d",
}
_SHIFT = 1e9
"""Added to numbers that are compared as text, so that negative ones sort by their size."""
_NUMBERED = ("procedures", "assessments", "adverse_events", "device_checks")
_SCHEMA = """
CREATE TABLE person (id INTEGER PRIMARY KEY, site TEXT NOT NULL, digest BLOB NOT NULL);
CREATE TABLE line (data_set TEXT, person INTEGER, place INTEGER, body TEXT NOT NULL,
                   PRIMARY KEY (data_set, person, place)) WITHOUT ROWID;
"""
_NUMBER = """
CREATE TABLE numbered (number INTEGER PRIMARY KEY, person INTEGER NOT NULL, site TEXT NOT NULL);
INSERT INTO numbered SELECT row_number() OVER (ORDER BY digest, id), id, site FROM person;
"""


class Spool:
    """De-identified rows in a temporary file, and the numbers of their persons."""

    def __init__(self, path: Path) -> None:
        self._store = sqlite3.connect(path, isolation_level=None)
        for setting in ("journal_mode=OFF", "synchronous=OFF", "cache_size=-16000"):
            self._store.execute(f"PRAGMA {setting}")
        self._store.executescript(_SCHEMA)
        self._store.execute("BEGIN")

    def add(self, site: str, lines: Mapping[str, list[list[Any]]]) -> None:
        """Keep a person's rows by data set."""
        bodies = {name: [json.dumps(v) for v in rows] for name, rows in lines.items()}
        digest = hashlib.sha256(json.dumps(bodies, sort_keys=True).encode()).digest()
        put = "INSERT INTO person (site, digest) VALUES (?, ?)"
        person = self._store.execute(put, (site, digest)).lastrowid
        self._store.executemany(
            "INSERT INTO line VALUES (?, ?, ?, ?)",
            ((n, person, i, body) for n, rows in bodies.items() for i, body in enumerate(rows)),
        )

    def number(self) -> None:
        """Number the persons, once all are kept."""
        self._store.execute("COMMIT")
        self._store.executescript(_NUMBER)

    def site_numbers(self) -> dict[str, int]:
        """Number the sites in the order in which their persons first appear."""
        query = "SELECT site FROM numbered GROUP BY site ORDER BY min(number)"
        return {site: n for n, (site,) in enumerate(self._store.execute(query), start=1)}

    def rows(self, data_set: str, columns: Sequence[ColumnSpec]) -> Iterator[list[Any]]:
        """Give a data set's rows, by the numbers of their persons."""
        sites, finish = self.site_numbers(), _Finish(columns)
        query = (
            "SELECT number, site, body FROM numbered JOIN line USING (person) "
            "WHERE data_set = ? ORDER BY number, place"
        )
        for number, site, body in self._store.execute(query, (data_set,)):
            yield finish(json.loads(body), number, sites[site])

    def close(self) -> None:
        """Let go of the file."""
        self._store.close()


class _Finish:
    """Puts the numbers of person and site into a row."""

    def __init__(self, columns: Sequence[ColumnSpec]) -> None:
        places = list(enumerate(columns))
        self._keys = [(i, _LETTERS[c.key_of]) for i, c in places if c.privacy is Privacy.KEY]
        self._sites = [i for i, c in places if c.privacy is Privacy.SITE]

    def __call__(self, values: list[Any], person: int, site: int) -> list[Any]:
        for place, letter in self._keys:
            if values[place] is not None:
                values[place] = f"{person}-{letter}{values[place]}" if letter else str(person)
        for place in self._sites:
            values[place] = site_name(site)
        return values


def site_name(number: int) -> str:
    """Name a site by its number in an export."""
    return f"site-{number}"


def fill(
    spool: Spool, session: Session, scope: ExportScope, chosen: Sequence[DataSet]
) -> Iterator[int]:
    """Fill a spool with the chosen data sets; gives how many persons are in it so far."""
    with ExitStack() as open_rows:

        def in_step(source: str, of: ExportScope) -> InStep:
            return open_rows.enter_context(closing(InStep(stream_rows(session, source, of))))

        numbered = {n: in_step(n, scope.everything()) for n in _NUMBERED}
        told = [_Told(d, in_step(d.source, scope)) for d in chosen if d.of_persons]
        for count, person in enumerate(stream_rows(session, "patients", scope), start=1):
            here, first = person_of(person), {FIRST_DAY: person["first_on"]}
            keys: dict[str, Mapping[Any, int]] = {"patients": {person["person_id"]: 1}}
            for name, rows in numbered.items():
                keys[name] = _number(data_sets()[name], rows.take(here), first)
            spool.add(here[0].hex(), {t.name: t.take(here, first, keys) for t in told})
            yield count
    spool.number()


Keys = Mapping[str, Mapping[Any, int]]


class _Told:
    """One chosen data set, read in step with the others."""

    def __init__(self, data_set: DataSet, rows: InStep) -> None:
        self.name = data_set.name
        self._data_set, self._rows = data_set, rows
        self._columns = columns_under(data_set, Profile.SAFE_HARBOR)
        self._read = reader(self._columns)

    def take(self, person: tuple[bytes, bytes], first: Row, keys: Keys) -> list[list[Any]]:
        """Take a person's rows, keys numbered within the person, in an order that tells nothing."""
        lines = [
            self._without_keys(self._read({**row, **first}), keys)
            for raw in self._rows.take(person)
            for row in self._data_set.expand(raw)
        ]
        return sorted(lines, key=_sortable)

    def _without_keys(self, values: list[Any], keys: Keys) -> list[Any]:
        for place, column in enumerate(self._columns):
            if column.privacy is Privacy.KEY and values[place] is not None:
                values[place] = keys[column.key_of].get(values[place])
            elif column.privacy is Privacy.SITE:
                values[place] = None
        return values


def _number(data_set: DataSet, rows: Sequence[Row], first: Row) -> dict[Any, int]:
    """Number a person's records of a kind by what is released of them, earliest first."""
    columns = columns_under(data_set, Profile.SAFE_HARBOR)
    read = reader([c for c in columns if c.privacy not in {Privacy.KEY, Privacy.SITE}])
    days = reader([c for c in columns if c.name.endswith("_day")][:1])
    ordered = sorted(
        ({**row, **first} for row in rows), key=lambda row: _sortable(days(row) + read(row))
    )
    return {row["id"]: n for n, row in enumerate(ordered, start=1)}


def _sortable(values: Sequence[Any]) -> list[tuple[bool, str]]:
    """Make values of any kind comparable; numbers by their size."""
    return [(v is None, f"{v + _SHIFT:020.6f}" if _is_number(v) else str(v)) for v in values]


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)
