"""The tables of an export: the chosen data sets as a profile leaves them, row by row."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from sqlmodel import Session

from registry.db.queries.export_scope import ExportScope
from registry.db.queries.exports import stream_rows
from registry.db.queries.people import list_sites
from registry.domain.access import Profile
from registry.exchange.column_specs import ColumnSpec
from registry.exchange.datasets import DataSet
from registry.exchange.deidentify import Spool, fill, site_name
from registry.exchange.profiles import columns_under, reader

Tick = Callable[[int], None]
"""Told how many rows were read since the last time; may raise to stop."""
_OFTEN = 1_000


@dataclass(frozen=True, slots=True)
class Table:
    """One table on its way into files; `read` starts reading it anew, once for each format."""

    name: str
    label: str
    grain: str
    columns: tuple[ColumnSpec, ...]
    read: Callable[[], Iterator[list[Any]]]

    @property
    def rows(self) -> Iterator[list[Any]]:
        """Read its rows: the columns' values in order."""
        return self.read()


def tables(
    session: Session,
    scope: ExportScope,
    chosen: Sequence[DataSet],
    profile: Profile,
    work: Path,
    tick: Tick = lambda rows: None,
) -> Iterator[Table]:
    """Give the tables of the chosen data sets, one after another; `work` is a folder to spool in.

    Each must be read before this ends.
    """
    if profile is not Profile.SAFE_HARBOR:
        for data_set in chosen:
            kept = partial(_as_kept, session, scope, data_set, profile, tick)
            yield _table(data_set, profile, kept)
        return
    spool = Spool(work / "spool.db")
    try:
        _counted(fill(spool, session, scope, chosen), tick)
        for data_set in chosen:
            yield _table(data_set, profile, partial(_anew, session, scope, data_set, spool, tick))
    finally:
        spool.close()
        (work / "spool.db").unlink()


def _table(data_set: DataSet, profile: Profile, read: Callable[[], Iterator[list[Any]]]) -> Table:
    columns = columns_under(data_set, profile)
    return Table(data_set.name, data_set.label, data_set.grain, columns, read)


def _as_kept(
    session: Session, scope: ExportScope, data_set: DataSet, profile: Profile, tick: Tick
) -> Iterator[list[Any]]:
    read = reader(columns_under(data_set, profile))
    for number, raw in enumerate(stream_rows(session, data_set.source, scope), start=1):
        if number % _OFTEN == 0:
            tick(_OFTEN)
        for row in data_set.expand(raw):
            yield read(row)


def _anew(
    session: Session, scope: ExportScope, data_set: DataSet, spool: Spool, tick: Tick
) -> Iterator[list[Any]]:
    """Give de-identified rows; of a site's own data set, the sites are numbered alike."""
    columns = columns_under(data_set, Profile.SAFE_HARBOR)
    if data_set.of_persons:
        rows = spool.rows(data_set.name, columns)
    else:
        names, read = _site_names(session, spool), reader(columns)
        kept = stream_rows(session, data_set.source, scope)
        rows = (read({**row, "site": names[row["site_id"].bytes.hex()]}) for row in kept)
    for number, values in enumerate(rows, start=1):
        if number % _OFTEN == 0:
            tick(_OFTEN)
        yield values


def _site_names(session: Session, spool: Spool) -> dict[str, str]:
    """Name the sites by the numbers that their persons' rows have; those without come after."""
    numbers = spool.site_numbers()
    for site in list_sites(session):
        numbers.setdefault(site.id.hex, len(numbers) + 1)
    return {site: site_name(number) for site, number in numbers.items()}


def _counted(counts: Iterator[int], tick: Tick) -> None:
    for count in counts:
        if count % _OFTEN == 0:
            tick(_OFTEN)
