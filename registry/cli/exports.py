"""Data out: the outcome rows at once, an audit bundle, its residual risk, and its proof."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from sqlalchemy import Engine

from registry.cli.reports import Force, Since, Sites, Techniques, Until, read_filters, require_new
from registry.cli.terminal import console, progress, ready_engine, say_error, today
from registry.db.base import new_id
from registry.db.engine import transaction
from registry.domain.access import Profile
from registry.domain.errors import RuleViolation
from registry.services.people import local_actor
from registry.settings import get_settings

if TYPE_CHECKING:
    from registry.services.export_plans import ExportPlan

app = typer.Typer()

Purpose = Annotated[str, typer.Option(help="What the data is for; kept in the trail.")]
DataSets = Annotated[
    list[str] | None,
    typer.Option(
        "--data-set", help="A data set; several times for several. Else all but the trail."
    ),
]
Formats = Annotated[
    list[str] | None,
    typer.Option("--format", help="csv, xlsx, parquet, spss, stata or jsonl; several for several."),
]
Chosen = Annotated[Profile, typer.Option("--profile", help="How much of a person it shows.")]


@app.command("export")
def export(
    out: Annotated[Path, typer.Option(help="The folder for the data and its codebook.")] = Path(),
    purpose: Purpose = "",
    bundle: Annotated[
        Path | None, typer.Option(help="Make an audit bundle instead: the file, such as audit.zip.")
    ] = None,
    risk: Annotated[
        bool, typer.Option("--risk", help="Only say how easily somebody could be found in it.")
    ] = False,
    data_set: DataSets = None,
    format_name: Formats = None,
    profile: Chosen = Profile.LIMITED,
    site: Sites = None,
    technique: Techniques = None,
    since: Since = "",
    until: Until = "",
    force: Force = False,
) -> None:
    """Write the outcome rows as CSV with their codebook, or an audit bundle (--bundle).

    That data left, what and for what is kept in the audit trail first.
    """
    engine = ready_engine(get_settings())
    if bundle is None and not risk:
        if data_set or format_name or site or technique or since or until:
            raise RuleViolation.at("--bundle", "Name the file of the bundle: --bundle audit.zip")
        _write_outcomes(engine, out, purpose)
        return
    if bundle is not None and not risk:
        require_new(bundle, force=force, option="--bundle")
    narrowed = (site or [], technique or [], since, until)
    plan = _plan(engine, data_set or [], format_name or [], profile, purpose, narrowed, risk=risk)
    _tell_risk(engine, plan) if bundle is None or risk else _make(engine, plan, bundle)


@app.command("verify")
def verify(
    bundle: Annotated[Path, typer.Argument(help="The bundle, a ZIP file.", exists=True)],
    sha256: Annotated[
        str | None, typer.Option(help="Its SHA-256 as the receipt or the audit trail has it.")
    ] = None,
) -> None:
    """Prove an audit bundle whole, without the registry. The exit status is 0 only if it is."""
    from registry.exchange.bundle.verify import verify_bundle

    verdict = verify_bundle(bundle, sha256)
    for problem in verdict.problems:
        typer.echo(problem)
    if not verdict.is_whole:
        say_error(f"{bundle} is not whole. Don't rely on it; ask for it again.")
        raise typer.Exit(1)
    typer.echo(f"{bundle} is whole: {verdict.files} files, SHA-256 {verdict.sha256}")
    if sha256 is None:
        console.print("Compare this SHA-256 with the one in the audit trail: it tells a forgery.")


def _plan(
    engine: Engine,
    names: list[str],
    formats: list[str],
    profile: Profile,
    purpose: str,
    narrowed: tuple[list[str], list[str], str, str],
    *,
    risk: bool,
) -> ExportPlan:
    from registry.exchange.datasets import choose_data_sets, data_sets
    from registry.exchange.formats import choose_formats
    from registry.services.export_plans import Asked, plan_export

    wanted = tuple(names) or tuple(n for n in data_sets() if n != "audit_trail")
    with transaction(engine, write=False) as session:
        asked = Asked(
            data_sets=tuple(d.name for d in choose_data_sets(wanted)),
            formats=tuple(choose_formats(tuple(formats))),
            profile=profile,
            purpose="to weigh it" if risk else purpose,
            filters=read_filters(session, *narrowed),
        )
        return plan_export(session, actor=local_actor(session), asked=asked, as_of=today())


def _make(engine: Engine, plan: ExportPlan, out: Path) -> None:
    """Make a bundle beside its place and put it there at once: never half a file."""
    from registry.db.queries.exports import count_rows
    from registry.exchange.bundle.make import make_bundle
    from registry.exchange.export_jobs import count_steps
    from registry.services.export_plans import record_made, record_plan

    export_id = new_id()
    with transaction(engine) as session:
        actor = local_actor(session)
        record_plan(session, actor=actor, plan=plan, export_id=export_id)
        total = count_steps(lambda source: count_rows(session, source, plan.scope), plan)
    with _beside(out) as waiting, progress("Reading rows") as told:
        done = 0

        def tick(rows: int) -> None:
            nonlocal done
            done += rows
            told(min(done, total), total)

        made = make_bundle(engine, plan, waiting, tick)
        facts = {"sha256": made.sha256, "size": made.size, "rows": dict(made.rows)}
        with transaction(engine) as session:
            record_made(session, actor=actor, plan=plan, export_id=export_id, made=facts)
    for name, rows in made.rows.items():
        typer.echo(f"{name}: {rows} rows")
    typer.echo(f"Wrote {out}, SHA-256 {made.sha256}")


@contextmanager
def _beside(out: Path) -> Iterator[Path]:
    waiting = out.with_name(f".{out.name}.{os.getpid()}")
    try:
        yield waiting
        waiting.replace(out)
    finally:
        waiting.unlink(missing_ok=True)


def _tell_risk(engine: Engine, plan: ExportPlan) -> None:
    from registry.services.export_risk import residual_risk

    with transaction(engine, write=False) as session:
        found = residual_risk(session, plan=plan)
    typer.echo(found.answer)
    for line in found.lines:
        typer.echo(
            f"{line.words}: smallest group {line.smallest}, only one of their kind {line.alone}, "
            f"in groups under {found.threshold} {line.few} of {found.patients} patients"
        )
    for rare in found.rare:
        typer.echo(f"rare: {rare.technique} at {rare.site}, {rare.patients} patients")
    if found.rare_count > len(found.rare):
        typer.echo(f"and {found.rare_count - len(found.rare)} rare techniques more")


def _write_outcomes(engine: Engine, out: Path, purpose: str) -> None:
    from registry.exchange.outcome_export import codebook_csv, stream_outcomes_csv
    from registry.services.exports import authorise_export
    from registry.services.outcomes import count_outcomes
    from reports.filters import Filters

    out.mkdir(parents=True, exist_ok=True)
    with transaction(engine) as session:
        actor, everything, as_of = local_actor(session), Filters(), today()
        ticket = authorise_export(
            session,
            actor=actor,
            dataset="procedure_outcomes",
            filters=everything,
            purpose=purpose,
            as_of=as_of,
        )
        rows = count_outcomes(session, actor=actor, filters=everything, as_of=as_of)
    with (
        (out / "procedure_outcomes.csv").open("w", encoding="utf-8", newline="") as file,
        progress("Writing rows") as told,
    ):
        lines = 0
        for chunk in stream_outcomes_csv(engine, ticket):
            file.write(chunk)
            lines += chunk.count("\r\n")
            told(lines - 1, rows)
    (out / "procedure_outcomes_codebook.csv").write_text(codebook_csv(), "utf-8", newline="")
    console.print(f"Wrote procedure_outcomes.csv and its codebook to {out}.", highlight=False)
