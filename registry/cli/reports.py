"""A report to carry into the meeting, as one file."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import TYPE_CHECKING, Annotated

import typer
from sqlalchemy import Engine
from sqlmodel import Session

from registry.cli.terminal import console, progress, ready_engine, require_writable, today
from registry.db.engine import transaction
from registry.db.queries.people import list_sites
from registry.domain.dates import HINT, read_day
from registry.domain.errors import RuleViolation
from registry.domain.techniques import taxonomy
from registry.services.people import local_actor
from registry.settings import get_settings
from reports.filters import Filters

app = typer.Typer()

if TYPE_CHECKING:  # reports bring statistics and drawing: slow to load for every other command
    from registry.services.report_files import ReportFile
    from reports.report import Report


Out = Annotated[Path, typer.Option(help="The file to write, such as report.html.")]
Sites = Annotated[
    list[str] | None,
    typer.Option("--site", help="A site's code; several times for several. Else all."),
]
Since = Annotated[
    str, typer.Option("--from", help="First day of procedures: 2026-01-31, 31 Jan, -90.")
]
Until = Annotated[str, typer.Option("--to", help="Last day of procedures, that day too.")]
Slugs = Annotated[
    list[str] | None,
    typer.Option(
        "--report",
        help="A report's slug, such as compare or relief; several times for several. Else all.",
    ),
]
Techniques = Annotated[
    list[str] | None,
    typer.Option("--technique", help="A technique's slug; several times for several."),
]
Identifiable = Annotated[
    bool,
    typer.Option(
        "--identifiable",
        help="Show small numbers and marks of single patients. Keep such a file like records.",
    ),
]
Force = Annotated[bool, typer.Option("--force", help="Write over a file that is there.")]


@app.command("report")
def write_report(
    out: Out,
    site: Sites = None,
    since: Since = "",
    until: Until = "",
    report: Slugs = None,
    technique: Techniques = None,
    identifiable: Identifiable = False,
    force: Force = False,
) -> None:
    """Write reports as one HTML file that opens anywhere, without network, and prints.

    Small numbers are held back by the sites' own cut-off, for the file may travel.
    That it was made is kept in the audit trail.
    """
    require_new(out, force=force)
    reports = _reports(report or [])
    engine = ready_engine(get_settings())
    with transaction(engine, write=False) as session:
        filters = read_filters(session, site or [], technique or [], since, until)
    _tell(out, _make(engine, out, reports, filters, identifiable))


def _make(
    engine: Engine, out: Path, reports: list[Report], filters: Filters, identifiable: bool
) -> ReportFile:
    """Run the reports, write to the trail that they leave, and write the file."""
    from registry.services.report_files import make_report_file, record_report_file
    from reports.page import Asked

    with transaction(engine, write=False) as session, progress("Running reports") as told:
        actor = local_actor(session)
        file = make_report_file(
            session,
            actor=actor,
            reports=reports,
            filters=filters,
            asked=Asked(),
            today=today(),
            now=datetime.now(UTC),
            identifiable=identifiable,
            progress=told,
        )
    from registry.web.report_file import render_report_file  # the whole web: slow to load

    text = render_report_file(file)
    with transaction(engine) as session:
        record_report_file(session, actor=actor, file=file)
    _write(out, text)
    return file


def _tell(out: Path, file: ReportFile) -> None:
    for missing in file.left_out:
        console.print(f"Left out “{missing.question}” Add --technique SLUG to have it.")
    kept = "are held back" if file.held_back else "are shown: keep the file as you keep records"
    count = len(file.answers)
    typer.echo(f"Wrote {count} report{'s'[: count != 1]} to {out}. Small numbers {kept}.")


def require_new(path: Path, *, force: bool, option: str = "--out") -> None:
    """Refuse to write over a file that is there, or into a folder that isn't."""
    if path.is_dir():
        raise RuleViolation.at(option, f"{path} is a folder. Name a file in it.")
    if path.exists() and not force:
        raise RuleViolation.at(option, f"{path} is there already. Add --force to write over it.")
    require_writable(option, path)


def _reports(slugs: list[str]) -> list[Report]:
    from reports.catalogue import CATALOGUE

    known = [report.slug for report in CATALOGUE]
    if unknown := sorted(set(slugs) - set(known)):
        message = f"There is no report {' or '.join(unknown)}. There are: {', '.join(known)}."
        raise RuleViolation.at("--report", message)
    return [report for report in CATALOGUE if not slugs or report.slug in slugs]


def read_filters(
    session: Session, sites: list[str], techniques: list[str], since: str, until: str
) -> Filters:
    """Read which procedures are meant; what can't be read is refused at its option."""
    known = [s.code for s in list_sites(session)]
    if not known:
        raise RuleViolation.at("--site", "There is no site yet: nothing to report on.")
    if unknown := [code for code in sites if code not in known]:
        message = f"There is no site {' or '.join(unknown)}. There are: {', '.join(known)}."
        raise RuleViolation.at("--site", message)
    if strange := [slug for slug in techniques if slug not in taxonomy().techniques]:
        message = f"There is no technique {' or '.join(strange)}. The codebook lists their slugs."
        raise RuleViolation.at("--technique", message)
    first, last = _day("--from", since), _day("--to", until)
    if first and last and first > last:
        raise RuleViolation.at("--to", "The last day lies before the first. Check both.")
    return Filters(site=tuple(sites), technique=tuple(techniques), since=first, until=last)


def _day(option: str, text: str) -> date | None:
    if not text:
        return None
    found = read_day(text, today())
    if found is None:
        raise RuleViolation.at(option, f"{text} is not a day that can be read. {HINT}")
    return found


def _write(path: Path, text: str) -> None:
    """Write beside the file and put it in its place at once: never half a report."""
    with NamedTemporaryFile(
        "w", encoding="utf-8", dir=path.parent, prefix=f".{path.name}.", delete=False
    ) as draft:
        draft.write(text)
    try:
        Path(draft.name).chmod(0o666 & ~_umask())
        Path(draft.name).replace(path)
    except OSError:
        Path(draft.name).unlink(missing_ok=True)
        raise


def _umask() -> int:
    """Read how the machine wants new files to be: a temporary one is private to its maker."""
    mask = os.umask(0)
    os.umask(mask)
    return mask
