"""Taking tables away in tests, and reading them back as an analyst would."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pandas as pd
from sqlalchemy import Engine, func, select

from registry.db.engine import transaction
from registry.db.queries.export_scope import ExportScope
from registry.db.tables import AuditEvent
from registry.domain.access import Profile
from registry.exchange.datasets import choose_data_sets
from registry.exchange.formats import Format, writer
from registry.exchange.formats.files import Written
from registry.exchange.tables import tables
from tests.world import TODAY, World

Frames = dict[str, pd.DataFrame]


def scope_of(engine: Engine, world: World, **filters: Any) -> ExportScope:
    """Give all of both sites, the trail as far as it goes."""
    with engine.connect() as connection:
        ends = select(AuditEvent.chain, func.max(AuditEvent.number)).group_by(AuditEvent.chain)
        trail = {row.chain: row[1] for row in connection.execute(ends)}
    return ExportScope(frozenset({world.north, world.south}), TODAY, trail=trail, **filters)


def take(
    engine: Engine,
    scope: ExportScope,
    folder: Path,
    *,
    profile: Profile = Profile.IDENTIFIED,
    into: Format = Format.CSV,
    names: Iterable[str] = (),
) -> dict[str, list[Written]]:
    """Write data sets into files; gives them by data set."""
    write = writer(into)
    with transaction(engine, write=False) as session:
        chosen = choose_data_sets(tuple(names))
        found = tables(session, scope, chosen, profile, folder)
        return {table.name: write(table, folder) for table in found}


def frames(engine: Engine, scope: ExportScope, folder: Path, profile: Profile) -> Frames:
    """Take every data set as CSV and read it as text, as it stands in the file."""
    written = take(engine, scope, folder, profile=profile)
    return {name: as_text(files[0].path) for name, files in written.items()}


def as_text(path: Path) -> pd.DataFrame:
    """Read a CSV file, every cell as text."""
    return pd.read_csv(path, dtype=str, keep_default_na=False)
