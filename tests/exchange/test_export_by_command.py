"""IT makes a bundle on the machine itself, weighs it before, and an auditor proves it there."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from sqlalchemy import Engine
from sqlmodel import select
from typer.testing import CliRunner

from registry.cli import app, exports
from registry.db.engine import transaction
from registry.db.tables import AuditEvent
from registry.domain.errors import RuleViolation
from tests.world import World

Run = Callable[..., Result]


@pytest.fixture
def run(engine: Engine, messy: World, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Give a function that runs `assuage` in this process, on the messy registry."""
    monkeypatch.setattr(exports, "ready_engine", lambda _settings: engine)
    return lambda *arguments: CliRunner().invoke(app, list(map(str, arguments)))


def test_a_bundle_is_made_on_record_and_proved(run: Run, engine: Engine, tmp_path: Path) -> None:
    out = tmp_path / "audit.zip"
    asked = (
        "export",
        "--bundle",
        out,
        "--purpose",
        "audit",
        "--data-set",
        "patients",
        "--data-set",
        "deaths",
        "--format",
        "jsonl",
        "--profile",
        "safe_harbor",
    )
    done = run(*asked)
    assert done.exit_code == 0, done.output
    assert "patients: 3 rows" in done.output
    with transaction(engine, write=False) as session:
        query = select(AuditEvent).where(AuditEvent.action == "export_made")
        events = session.exec(query).all()
    assert {e.actor for e in events} == {"command line"}
    sha256 = events[0].changes["sha256"][1]
    assert sha256 in done.output
    proved = run("verify", out, "--sha256", sha256)
    assert proved.exit_code == 0
    assert "is whole" in proved.output
    assert list(tmp_path.iterdir()) == [out]
    again = run(*asked)
    assert isinstance(again.exception, RuleViolation)
    assert "--force" in str(again.exception)
    assert run(*asked, "--force").exit_code == 0
    assert sha256 in run("verify", out).output  # the same records, the same file
    with zipfile.ZipFile(out, "a") as archive:
        archive.writestr("data/more.csv", "x")
    spoiled = run("verify", out)
    assert spoiled.exit_code == 1
    assert "data/more.csv is not on the list" in spoiled.output
    assert run("verify", tmp_path / "none.zip").exit_code == 2


@pytest.mark.either_database
@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--bundle", "b.zip"), "Say what the data are for"),
        (("--bundle", "b.zip", "--purpose", "x", "--data-set", "all"), "no data set all"),
        (("--bundle", "b.zip", "--purpose", "x", "--format", "pdf"), "no format pdf"),
        (("--bundle", "b.zip", "--purpose", "x", "--site", "EAST"), "no site EAST"),
        (("--data-set", "patients"), "Name the file of the bundle"),
        (
            (
                "--bundle",
                "b.zip",
                "--purpose",
                "x",
                "--profile",
                "safe_harbor",
                "--from",
                "2026-01-01",
            ),
            "would date each procedure",
        ),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_written(
    run: Run,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: tuple[str, ...],
    says: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    done = run("export", *arguments)
    assert done.exit_code != 0
    assert says in f"{done.exception} {done.output}"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.either_database
def test_the_risk_is_told_and_nothing_leaves(run: Run, engine: Engine) -> None:
    done = run("export", "--risk", "--profile", "limited")
    assert "sex, age in tens: smallest group 1, only one of their kind 2" in done.output
    assert "rare: erector-spinae-plane at NORTH, 1 patients" in done.output
    with transaction(engine, write=False) as session:
        assert not session.exec(select(AuditEvent).where(AuditEvent.action == "export")).all()
