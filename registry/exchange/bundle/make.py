"""Making a bundle: data in the chosen formats, codebook, definitions, manifest, checksums, seal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import Engine
from sqlmodel import Session

from registry.db.engine import snapshot
from registry.db.queries.people import list_sites
from registry.domain.access import Profile
from registry.domain.opioids import conversion_table
from registry.exchange.bundle.definitions import write_definitions
from registry.exchange.bundle.manifest import TableFiles, manifest_text, readme_text, sums_text
from registry.exchange.bundle.seal import digest, write_zip
from registry.exchange.bundle.verify import MANIFEST, SUMS
from registry.exchange.codebook import CODEBOOK, VALUES, codebook_html, codebook_lines, value_lines
from registry.exchange.csv_files import stream_csv
from registry.exchange.datasets import choose_data_sets
from registry.exchange.formats import Format, choose_formats, writer
from registry.exchange.tables import Table, Tick, tables
from registry.services.export_plans import ExportPlan
from registry.services.outcomes import rules_version


@dataclass(frozen=True, slots=True)
class Made:
    """A bundle that was made: its file's SHA-256 and size, and how many rows each table has."""

    path: Path
    sha256: str
    size: int
    rows: Mapping[str, int]


@dataclass(slots=True)
class _Files:
    """What will be in the bundle: each file's name there, and where it waits."""

    work: Path
    paths: dict[str, Path] = field(default_factory=dict)
    tables: list[TableFiles] = field(default_factory=list)

    def folder(self, name: str) -> Path:
        folder = self.work / name
        folder.mkdir(exist_ok=True)
        return folder

    def put(self, name: str, text: str) -> None:
        path = self.work / name
        path.write_text(text, "utf-8", newline="")
        self.paths[name] = path


def make_bundle(
    engine: Engine, plan: ExportPlan, out: Path, tick: Tick = lambda rows: None
) -> Made:
    """Make the bundle of a plan at `out`, in bounded memory; `tick` may raise to stop it.

    Everything is read in one transaction. Files wait beside `out` until they are packed.
    """
    with TemporaryDirectory(dir=out.parent, prefix=".export-") as work:
        files = _Files(Path(work))
        with snapshot(engine) as session:
            for table in _tables(session, plan, files, tick):
                _write(table, choose_formats(plan.asked.formats), files)
            rules = _rules(session, plan)
            _describe(session, plan, files)
        told = {name: (digest(path), path.stat().st_size) for name, path in files.paths.items()}
        files.put("README.txt", readme_text(plan))
        told["README.txt"] = _told(files, "README.txt")
        files.put(MANIFEST, manifest_text(plan, files.tables, told, rules))
        files.put(SUMS, sums_text({**told, MANIFEST: _told(files, MANIFEST)}))
        sha256 = write_zip(out, sorted(files.paths.items()), beat=lambda: tick(0))
    return Made(out, sha256, out.stat().st_size, {t.name: t.rows for t in files.tables})


def _told(files: _Files, name: str) -> tuple[str, int]:
    return digest(files.paths[name]), files.paths[name].stat().st_size


def _tables(session: Session, plan: ExportPlan, files: _Files, tick: Tick) -> Iterator[Table]:
    if plan.asked.profile is Profile.AGGREGATE:
        from registry.exchange.released import released_table

        yield released_table(session, plan, tick)
        return
    chosen = choose_data_sets(plan.asked.data_sets)
    yield from tables(session, plan.scope, chosen, plan.asked.profile, files.work, tick)


def _write(table: Table, formats: tuple[Format, ...], files: _Files) -> None:
    """Write a table in each format."""
    folder = files.folder("data")
    for chosen in formats:
        parts = writer(chosen)(table, folder)
        files.paths.update({f"data/{part.path.name}": part.path for part in parts})
        named = tuple((f"data/{part.path.name}", part.rows) for part in parts)
        files.tables.append(TableFiles(table.name, table.grain, chosen.value, named, table.columns))


def _describe(session: Session, plan: ExportPlan, files: _Files) -> None:
    """Put the codebook and the definitions beside the data."""
    described = {t.name: t for t in files.tables}.values()
    lines = [line for t in described for line in codebook_lines(t.name, t.columns)]
    values = [line for t in described for line in value_lines(t.name, t.columns)]
    files.put("codebook.csv", "".join(stream_csv(lines, CODEBOOK)))
    files.put("codebook_values.csv", "".join(stream_csv(values, VALUES)))
    files.put("codebook.html", codebook_html([(t.name, t.grain, t.columns) for t in described]))
    used = {s.opioid_table for s in list_sites(session) if s.id in plan.sites}
    folder = files.folder("definitions")
    for path in write_definitions(folder, [conversion_table(t) for t in sorted(used)]):
        files.paths[f"definitions/{path.name}"] = path


def _rules(session: Session, plan: ExportPlan) -> list[str]:
    """Name the rules by which outcomes were derived."""
    return sorted({rules_version(s) for s in list_sites(session) if s.id in plan.sites})
