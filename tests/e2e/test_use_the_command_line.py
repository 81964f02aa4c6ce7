"""The command line as IT uses it: in a folder of its own, on each database."""

from __future__ import annotations

import csv
import json
import socket
from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from sqlmodel import Session, select
from typer.testing import CliRunner

from registry.cli import app
from registry.db.migrate import head_revision
from registry.db.queries.people import list_memberships, list_sites
from registry.db.tables import Patient, Procedure, ProcedureOutcomeRow, UserAccount
from tests.command_line import Run, command_line, run_as_process
from tests.databases import Database

LOGBOOK = """Hosp No,DOB,Sex,Diagnosis,Pain site,Type,Date,Procedure,Side,Guidance,Injectate,\
Operator,AKPS,Pain pre,Opioids pre,Pain 48h,Opioids 48h,Pain 1/52,Opioids 1/52,Pain 4/52,\
Opioids 4/52,Pain 3/12,Opioids 3/12,Complications,RIP date,Comments
H1,20/06/1950,F,Ca pancreas,upper abdomen,visceral,05/01/2026,CPN,,CT,alcohol 50% 20ml,Dr A,\
60,8,MST 30 bd,4,MST 20 bd,,,,,,,,,
H2,20/06/1951,M,Ca pancreas,upper abdomen,visceral,31/02/2026,CPN,,CT,,Dr A,\
60,8,MST 30 bd,,,,,,,,,,,
"""


@pytest.fixture
def run(database: Database, engine: Engine, tmp_path: Path) -> Run:
    """Give a function that runs `assuage` in an empty folder, on the test's database."""
    return command_line(database, tmp_path)


def add_user(run: Run) -> None:
    run("user", "add", "A@Example.org", "--password", "long enough for this", "--site", "NORTH")


def rows_of(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(path.read_text("utf-8").splitlines()))


def test_an_account_and_a_token_are_made_and_the_token_stands_alone(
    run: Run, engine: Engine
) -> None:
    add_user(run)
    token = run("token", "add", "a@example.org").stdout
    assert len(token.split()) == 1
    with Session(engine) as session:
        user = session.exec(select(UserAccount)).one()
        assert user.email == "a@example.org"
        assert token.strip() not in str(user.password_hash)


def test_it_is_a_process_that_ends_well_or_says_what_is_wrong(
    database: Database, engine: Engine, tmp_path: Path
) -> None:
    arguments = ("user", "add", "a@example.org", "--password", "long enough for this")
    done = run_as_process(database, tmp_path, *arguments)
    assert done.returncode == 0, done.stderr
    again = run_as_process(database, tmp_path, *arguments)
    assert again.returncode == 1
    assert "has a role at this site already" in " ".join(again.stderr.split())
    assert "Traceback" not in again.stderr


@pytest.mark.either_database
@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("token", "add", "nobody@example.org"), "no account with this e-mail"),
        (("user", "add", "a@example.org", "--password", "short"), "at least 10 characters"),
        (("user", "add", "two words@example.org", "--password", "long enough"), "no spaces"),
        (("export", "--purpose", "x" * 501), "Shorten this to 500 characters"),
        (("import", "missing.csv", "--map", "uk-logbook"), "missing.csv"),
        (("import", "--map", "no-such-map", __file__), "no-such-map"),
    ],
)
def test_what_is_wrong_is_said_in_a_sentence(
    run: Run, arguments: tuple[str, ...], says: str
) -> None:
    assert says in " ".join(run(*arguments, fails=True).stderr.split())


def test_a_dry_run_shows_all_and_writes_nothing_and_a_second_import_adds_nothing(
    run: Run, engine: Engine, tmp_path: Path
) -> None:
    (tmp_path / "log.csv").write_text(LOGBOOK, "utf-8")

    def counts() -> tuple[int, int]:
        with Session(engine) as session:
            return len(session.exec(select(Patient)).all()), len(
                session.exec(select(Procedure)).all()
            )

    shown = run("import", "log.csv", "--map", "uk-logbook", "--dry-run").stdout
    assert "1 would come in" in shown
    assert "no such day" in shown
    assert counts() == (0, 0)
    run("import", "log.csv", "--map", "uk-logbook")
    assert counts() == (1, 1)
    report = rows_of(tmp_path / "log.report.csv")
    assert any("31/02/2026" in row.values() for row in report)
    run("import", "log.csv", "--map", "uk-logbook")
    assert counts() == (1, 1)


def test_the_outcome_rows_and_their_codebook_are_written_and_rebuilt_the_same(
    run: Run, engine: Engine, tmp_path: Path
) -> None:
    (tmp_path / "log.csv").write_text(LOGBOOK, "utf-8")
    run("import", "log.csv", "--map", "uk-logbook")
    run("export", "--out", "before", "--purpose", "audit")
    run("rebuild")
    run("export", "--out", "after", "--purpose", "audit")
    before, after = (tmp_path / f / "procedure_outcomes.csv" for f in ("before", "after"))
    assert before.read_bytes() == after.read_bytes()
    (row,) = rows_of(before)
    assert (row["nrs_baseline"], row["nrs_48h"], row["state_48h"]) == ("8", "4", "responder")
    assert (row["medd_baseline"], row["medd_48h"]) == ("60.0", "40.0")
    assert (tmp_path / "after" / "procedure_outcomes_codebook.csv").exists()


def test_the_demonstration_is_seeded_once_and_never_into_a_real_registry(
    run: Run, engine: Engine
) -> None:
    first = run("demo", "--no-serve", "--procedures", "4").stdout
    assert "clinician@example.org" in first
    with Session(engine) as session:
        made = {row.procedure_id for row in session.exec(select(ProcedureOutcomeRow)).all()}
    run("demo", "--no-serve", "--procedures", "4")
    with Session(engine) as session:
        rows = session.exec(select(ProcedureOutcomeRow)).all()
        assert {row.procedure_id for row in rows} == made
        assert len([row for row in rows if row.follows_id is None]) >= 4
        assert all(row.synthetic for row in rows)


def test_the_demonstration_keeps_out_of_a_real_registry(run: Run) -> None:
    add_user(run)
    refused = run("demo", "--no-serve", fails=True)
    assert "real registry" in " ".join(refused.stderr.split())


@pytest.mark.either_database
def test_each_command_explains_itself(run: Run) -> None:
    commands = ("serve", "migrate", "demo", "rebuild", "user add", "token add", "import", "regimen")
    for command in commands:
        assert "--help" in run(*command.split(), "--help").stdout
    assert "export" in run("--help").stdout


def site_codes(engine: Engine) -> list[str]:
    with Session(engine) as session:
        return [site.code for site in list_sites(session)]


@pytest.mark.either_database
def test_a_mistyped_site_is_named_and_never_opened(
    run: Run, engine: Engine, tmp_path: Path
) -> None:
    add_user(run)
    (tmp_path / "log.csv").write_text(LOGBOOK, "utf-8")
    for command in (
        ("import", "log.csv", "--map", "uk-logbook"),
        ("user", "add", "b@example.org", "--password", "long enough for this"),
    ):
        refused = run(*command, "--site", "nroth", fails=True)
        assert "There is no site nroth. There are: NORTH." in " ".join(refused.stderr.split())
        assert site_codes(engine) == ["NORTH"]


def test_a_further_site_is_opened_when_it_is_said_to_be_new(run: Run, engine: Engine) -> None:
    add_user(run)
    further = ("user", "add", "b@example.org", "--password", "long enough for this", "--new-site")
    run(*further, fails=True)
    run(*further, "--site", "SOUTH")
    assert site_codes(engine) == ["NORTH", "SOUTH"]


def test_a_person_joins_a_second_site_with_the_password_they_have(run: Run, engine: Engine) -> None:
    add_user(run)
    with Session(engine) as session:
        before = session.exec(select(UserAccount)).one().password_hash
    run("user", "add", "a@example.org", "--site", "SOUTH", "--new-site", "--role", "auditor")
    with Session(engine) as session:
        user = session.exec(select(UserAccount)).one()
        roles = {site.code: m.role for m, site in list_memberships(session, user.id)}
    assert (user.password_hash, roles) == (before, {"NORTH": "clinician", "SOUTH": "auditor"})
    again = run("user", "add", "a@example.org", "--site", "SOUTH", fails=True)
    assert "has a role at this site already" in " ".join(again.stderr.split())


@pytest.mark.either_database
def test_a_report_that_cannot_be_written_is_refused_before_anything_comes_in(
    run: Run, engine: Engine, tmp_path: Path
) -> None:
    (tmp_path / "log.csv").write_text(LOGBOOK, "utf-8")
    refused = run(
        "import", "log.csv", "--map", "uk-logbook", "--report", "nowhere/x.csv", fails=True
    )
    assert "nowhere/x.csv can't be written" in " ".join(refused.stderr.split())
    assert site_codes(engine) == []


@pytest.mark.parametrize("command", ["serve", "migrate", "rebuild"])
def test_a_newer_versions_database_is_told_from_an_older_ones_and_left_alone(
    run: Run, engine: Engine, command: str
) -> None:
    def move(revision: str | None) -> None:
        with engine.begin() as connection:
            connection.execute(text("UPDATE alembic_version SET version_num = :v"), {"v": revision})

    options = ("--port", "0") if command == "serve" else ()
    try:
        move("from_the_future")
        refused = run(command, *options, fails=True)
        assert "made by a newer Assuage" in " ".join(refused.stderr.split())
    finally:
        move(head_revision())


@pytest.mark.either_database
def test_a_taken_port_is_named_before_anything_is_made(run: Run, tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        refused = run("serve", "--port", port, fails=True)
    assert f"Port {port} can't be used" in " ".join(refused.stderr.split())


REGIMEN = "MST 30 bd, oramorph 10mg prn x4"


def tell(*arguments: str, status: int = 0) -> str:
    """Run `assuage regimen` in this process: it knows no database, so none is given."""
    done = CliRunner().invoke(app, ["regimen", *arguments])
    assert done.exit_code == status, done.output
    return done.output


def test_a_regimen_is_told_with_what_it_comes_to() -> None:
    assert tell(REGIMEN).splitlines() == [
        "Morphine (MST), oral, 30 mg 2 times a day: 60 mg/24 h",
        "Morphine (Oramorph), oral, 10 mg 4 times a day, as needed: 40 mg/24 h",
        "MEDD 100 mg/24 h oral morphine, complete",
        "By CDC 2022 (2022-11-04). MEDD describes a dose; it is not for switching opioids.",
    ]
    assert "MEDD 0 mg/24 h oral morphine, complete" in tell("nil")


def test_what_was_not_understood_is_told_and_fails() -> None:
    told = tell("MST 30 bd, Endone 5-10 mg prn", status=1)
    assert "Not understood, so left out: Endone 5-10 mg prn" in told
    assert (
        "MEDD at least 60 mg/24 h oral morphine, incomplete: without what was not understood"
        in told
    )


def test_what_the_table_does_not_convert_is_told_and_another_may() -> None:
    patch = "BuTrans 20, methadone 5 tds"
    told = tell(patch)
    assert "CDC 2022 has no factor for transdermal buprenorphine: not converted" in told
    assert (
        "MEDD at least 70.5 mg/24 h oral morphine, incomplete: without transdermal buprenorphine"
        in told
    )
    assert "Methadone:" in told
    assert "Buprenorphine:" in told
    told = tell(patch, "--table", "anzca-2021")
    assert "Buprenorphine (BuTrans), transdermal, 20 mcg/h: 40 mg/24 h" in told
    assert "has no factor for oral methadone" in told


def test_a_program_gets_what_the_api_answers_and_the_medd() -> None:
    told = json.loads(tell(REGIMEN, "--json"))
    assert list(told) == ["items", "not_understood", "medd"]
    assert [item["drug"] for item in told["items"]] == ["morphine", "morphine"]
    assert (told["medd"]["total_mg"], told["medd"]["complete"]) == (100.0, True)
    assert json.loads(tell("MST thirty bd", "--json", status=1))["not_understood"]


@pytest.mark.parametrize("wrong", [("MST 30 bd", "--table", "cdc-1999"), (" ",), ()])
def test_a_regimen_that_cannot_be_asked_for_is_a_mistake_of_use(wrong: tuple[str, ...]) -> None:
    tell(*wrong, status=2)


def test_the_audit_trail_is_proven_whole_and_a_changed_line_is_told(
    run: Run, database: Database, tmp_path: Path
) -> None:
    add_user(run)
    ends = run("audit", "head").stdout
    assert ends
    anchor = tmp_path / "ends.txt"
    anchor.write_text(ends)
    assert "whole" in run("audit", "verify", "--anchor", str(anchor)).stderr
    with database.engine.begin() as connection, database.without_triggers(connection):
        connection.exec_driver_sql("UPDATE audit_event SET actor = 'Nobody' WHERE number = 1")
    said = run("audit", "verify", fails=True)
    assert "entry 1 does not say what was sealed" in said.stdout
    assert "not whole" in said.stderr


def test_a_file_that_holds_no_ends_is_refused_with_its_line(run: Run, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.txt"
    wrong.write_text("these are not the ends\n")
    assert "Line 1 of" in run("audit", "verify", "--anchor", str(wrong), fails=True).stderr
