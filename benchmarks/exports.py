"""How much memory and time an export takes: `python -m benchmarks.exports ROWS [PROFILE FORMAT]`.

Without a profile and a format it makes a made-up registry of so many patients, one procedure and
one assessment each, in an SQLite file of its own, and measures each export in a process of its own.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import Engine

from registry.db.engine import create_engine, transaction
from registry.db.migrate import upgrade
from registry.db.queries.export_scope import ExportScope
from registry.db.sealed import vault
from registry.domain.access import Profile
from registry.exchange.datasets import choose_data_sets
from registry.exchange.formats import Format, writer
from registry.exchange.tables import tables
from registry.settings import Settings

TODAY = date(2026, 3, 2)
SITE = UUID(int=1)
NAMES = ("procedure_outcomes", "pain_scores")
ASKED = (*((Profile.LIMITED, f) for f in Format), (Profile.SAFE_HARBOR, Format.CSV))
_SERIES = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {rows}) "
_MADE_UP = (  # names of tables and columns are ours, the numbers are counted up
    "INSERT INTO site (id, code, name, opioid_table, eligibility_floor, disclosure_threshold,"
    " synthetic, created_at) VALUES ('{site}', 'B', 'B', 'cdc-2022', 4, 11, 1, '2026-01-01')",
    "INSERT INTO patient (site_id, id, version, created_at, hospital_number,"
    " hospital_number_mark, birth_date, sex) "
    "{series} SELECT '{site}', printf('%032x', i), 1, '2026-01-01',"
    " seal('hospital_number', 'H' || i), 'H' || i, seal('birth_date', '1950-01-01'), 'male'"
    " FROM n",
    "INSERT INTO procedure (site_id, id, version, created_at, patient_id, performed_on, technique,"
    " taxonomy_version, intent, operator) {series} SELECT '{site}', printf('%032x', i), 1,"
    " '2026-01-01', printf('%032x', i), date('2020-01-01', '+' || (i % 2000) || ' days'),"
    " 'coeliac-plexus', '1', 'therapeutic', 'Dr Able' FROM n",
    "INSERT INTO assessment (site_id, id, version, created_at, patient_id, assessed_on,"
    " after_procedure, source, regimen_recorded) {series} SELECT '{site}', printf('%032x', i), 1,"
    " '2026-01-01', printf('%032x', i), '2026-01-01', 0, 'clinic', 0 FROM n",
    "INSERT INTO pain_score (site_id, id, assessment_id, kind, recall, respondent, score)"
    " {series} SELECT '{site}', printf('%032x', i), printf('%032x', i), 'average', '24h', 'self',"
    " i % 11 FROM n",
    "INSERT INTO procedure_outcome (site_id, procedure_id, patient_id, site, performed_on, region,"
    " category, technique, intent, operator, agent_classes, guidance, age_years, sex, methadone,"
    " neuraxial, synthetic, rules_version, course_id, last_seen_days, nrs_baseline, medd_baseline,"
    " state_48h, state_7d, state_28d, state_90d, state_180d) {series} SELECT '{site}',"
    " printf('%032x', i), printf('%032x', i), 'B',"
    " date('2020-01-01', '+' || (i % 2000) || ' days'), 'abdomen-pelvis',"
    " 'visceral-sympathetic', 'coeliac-plexus', 'therapeutic', 'Dr Able',"
    " 'alcohol', 'ct', 60 + i % 40, 'male', 0, 0, 1, 'rules', printf('%032x', i), 10, i % 11,"
    " i * 0.1, 'undecided', 'responder', 'died_before', 'died_before', 'died_before' FROM n",
)


def open_registry(path: Path) -> Engine:
    """Open the made-up registry."""
    return create_engine(Settings(database_url=f"sqlite:///{path}", _env_file=None))


def make_up(path: Path, rows: int) -> None:
    """Make it up."""
    engine = open_registry(path)
    upgrade(engine)
    with engine.begin() as connection:
        connection.exec_driver_sql("PRAGMA defer_foreign_keys=ON")
        sqlite: Any = connection.connection.dbapi_connection
        sqlite.create_function("seal", 2, vault().seal)
        for statement in _MADE_UP:
            series = _SERIES.format(rows=rows)
            connection.exec_driver_sql(statement.format(site=SITE.hex, series=series))
    engine.dispose()


def measure(path: Path, profile: Profile, into: Format) -> None:
    """Export and say what it took."""
    began, scope = time.perf_counter(), ExportScope(frozenset({SITE}), TODAY)
    chosen = choose_data_sets(NAMES)
    engine = open_registry(path)
    with tempfile.TemporaryDirectory(dir=path.parent) as work, transaction(engine) as session:
        folder, written = Path(work), 0
        for table in tables(session, scope, chosen, profile, folder):
            for part in writer(into)(table, folder):
                written += part.rows
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    took = time.perf_counter() - began
    print(f"{profile:12} {into:8} {written:>10,} rows {took:8.1f} s {peak:6.0f} MB at most")


def main() -> None:
    """Run it."""
    if len(sys.argv) > 2:
        measure(Path(sys.argv[1]), Profile(sys.argv[2]), Format(sys.argv[3]))
        return
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "registry.db"
        make_up(path, rows)
        for profile, into in ASKED:
            command = [sys.executable, "-m", "benchmarks.exports", str(path), profile, into]
            subprocess.run(command, check=True)  # noqa: S603 - our own words


if __name__ == "__main__":
    main()
