"""From asking for an export to its file: on the page and by the API, watched, stopped, kept."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import Engine, update
from sqlmodel import select

import registry.web.exporting as exporting
from registry.db.engine import transaction
from registry.db.tables import AuditEvent, ExportJob, UserAccount
from registry.domain.access import Actor
from registry.exchange import export_jobs
from registry.exchange.bundle.verify import verify_bundle
from registry.services.export_jobs import file_of, remove_expired
from registry.services.people import actor_of
from tests.web.conftest import Clock, SignIn, Visitor
from tests.world import PASSWORD, World, follow_up

Connect = Callable[[Actor], TestClient]
URL = "/api/v1/exports"
ASKED = {
    "data_sets": ["patients", "procedures"],
    "formats": ["csv"],
    "profile": "limited",
    "purpose": "audit 2026",
}


@pytest.fixture
def folder(app: FastAPI, tmp_path: Path) -> Path:
    kept = tmp_path / "exports"
    app.state.settings = app.state.settings.model_copy(update={"export_folder": kept})
    return kept


@pytest.fixture(autouse=True)
def threads(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Thread]]:
    """Keep the threads that make exports, to wait for them."""
    made: list[Thread] = []

    class Kept(Thread):
        def start(self) -> None:
            made.append(self)
            super().start()

    monkeypatch.setattr(exporting, "Thread", Kept)
    yield made
    for thread in made:
        thread.join(30)


def wait(threads: list[Thread]) -> None:
    for thread in threads:
        thread.join(30)
        assert not thread.is_alive()


def actions(engine: Engine) -> list[str]:
    with transaction(engine, write=False) as session:
        told = session.exec(select(AuditEvent).where(AuditEvent.action.like("%export%")))  # type: ignore[attr-defined]
        return [e.action for e in sorted(told, key=lambda e: e.number)]


def test_an_auditor_checks_makes_watches_and_fetches_a_bundle(
    sign_in: SignIn, world: World, engine: Engine, folder: Path, threads: list[Thread]
) -> None:
    audrey = sign_in(world.audrey)
    page = audrey.get("/exports").text
    assert "De-identified" in page
    assert 'value="identified"' not in page
    checked = audrey.post("/exports/check", **ASKED)
    assert "1 of 1 patients as the only one of their kind" in checked.text
    assert "Make the bundle" in checked.text
    assert actions(engine) == []
    response = audrey.post("/exports", **ASKED)
    assert response.status_code == 303
    wait(threads)
    here = response.headers["location"]
    page = audrey.get(here).text
    assert "Ready" in page
    assert "audit 2026" in page
    piece = audrey.get(here, htmx=True).text  # what the page asks for by itself
    assert "Ready" in piece
    assert "<h1>" not in piece
    assert "hx-trigger" not in piece  # it is over: nothing more to ask
    fetched = audrey.post(f"{here}/file")
    assert fetched.headers["Content-Type"] == "application/zip"
    bundle = folder / "fetched.zip"
    bundle.write_bytes(fetched.content)
    verdict = verify_bundle(bundle)
    assert verdict.is_whole
    assert verdict.sha256 in page
    assert fetched.headers["X-Content-SHA256"] == verdict.sha256
    assert actions(engine) == ["export", "export_made", "fetch_export"]
    assert here in audrey.get("/exports").text


def test_a_program_asks_polls_and_fetches(
    program: Connect, world: World, engine: Engine, folder: Path, threads: list[Thread]
) -> None:
    client = program(world.alice)
    body = {
        **ASKED,
        "formats": ["csv", "jsonl"],
        "filters": {"technique": ["coeliac-plexus"], "since": "2026-01-01"},
    }
    asked = client.post(URL, json=body)
    assert asked.status_code == 202, asked.text
    assert asked.json()["filters"] == {"technique": ["coeliac-plexus"], "since": "2026-01-01"}
    wait(threads)
    here = f"{URL}/{asked.json()['id']}"
    done = client.get(here).json()
    assert (done["state"], done["rows"]) == ("done", {"patients": 1, "procedures": 1})
    assert done["rows_total"] == 4
    file = client.get(f"{here}/file").content
    with zipfile.ZipFile(io.BytesIO(file)) as archive:
        assert str(world.pat).encode() in archive.read("data/patients.csv")
        manifest = json.loads(archive.read("manifest.json"))
    assert manifest["filters"] == done["filters"]
    assert [e["id"] for e in client.get(URL).json()] == [done["id"]]
    assert client.delete(here).status_code == 409


def test_the_risk_is_the_same_on_page_and_api(
    sign_in: SignIn, program: Connect, world: World, folder: Path
) -> None:
    told = program(world.audrey).get(f"{URL}/risk?profile=limited").json()
    page = re.sub(r"\s+", " ", sign_in(world.audrey).post("/exports/check", **ASKED).text)
    assert told["answer"].replace("'", "&#39;") in page
    assert told["lines"][0]["known"] == ["sex", "age_band"]
    assert told["rare"] == [{"technique": "coeliac-plexus", "site": "NORTH", "patients": 1}]


def test_one_of_another_does_not_exist(
    program: Connect, world: World, folder: Path, threads: list[Thread]
) -> None:
    made = program(world.alice).post(URL, json=ASKED).json()["id"]
    wait(threads)
    other = program(world.audrey)
    assert other.get(URL).json() == []
    for method, path in (("GET", ""), ("DELETE", ""), ("GET", "/file")):
        assert other.request(method, f"{URL}/{made}{path}").status_code == 404


@pytest.mark.parametrize(
    ("who", "change", "status"),
    [
        ("audrey", {"profile": "identified"}, 403),
        ("quinn", {}, 403),
        ("bob", {"profile": "aggregate"}, 403),
        ("audrey", {"filters": {"site": ["SOUTH"]}}, 422),
        ("audrey", {"profile": "everything"}, 422),
        ("audrey", {"purpose": "  "}, 422),
        ("audrey", {"purpose": "x" * 501}, 422),
        ("audrey", {"data_sets": ["passwords"]}, 422),
        ("audrey", {"formats": ["pdf"]}, 422),
        ("audrey", {"profile": "safe_harbor", "filters": {"since": "2026-01-01"}}, 422),
    ],
)
def test_what_may_not_leave_is_refused_and_nothing_is_written(
    program: Connect,
    world: World,
    engine: Engine,
    folder: Path,
    who: str,
    change: dict[str, Any],
    status: int,
) -> None:
    response = program(getattr(world, who)).post(URL, json={**ASKED, **change})
    assert response.status_code == status, response.text
    assert response.json()["detail"]
    assert actions(engine) == []
    assert not folder.exists()


def test_a_form_that_lacks_something_keeps_what_was_chosen(
    alice: Visitor, engine: Engine, folder: Path
) -> None:
    response = alice.post("/exports", purpose="", profile="limited", formats=["xlsx"])
    assert response.status_code == 422
    assert "Choose at least one data set" in response.text
    assert "Say what the data are for" in response.text
    assert re.search(r'value="xlsx" checked', response.text)
    assert re.search(r'value="limited" checked', response.text)
    assert actions(engine) == []


def test_quality_takes_released_numbers_and_no_record(
    program: Connect,
    sign_in: SignIn,
    world: World,
    engine: Engine,
    folder: Path,
    threads: list[Thread],
) -> None:
    page = sign_in(world.quinn).get("/exports").text
    assert 'value="aggregate"' in page
    assert 'value="limited"' not in page
    assert "Export 0 rows" not in page
    client = program(world.quinn)
    made = client.post(URL, json={**ASKED, "profile": "aggregate"}).json()["id"]
    wait(threads)
    file = client.get(f"{URL}/{made}/file").content
    with zipfile.ZipFile(io.BytesIO(file)) as archive:
        names = [n for n in archive.namelist() if n.startswith("data/")]
        assert names == ["data/released_numbers.csv"]
        text = archive.read(names[0]).decode()
    assert str(world.celiac) not in text
    assert ",true" in text  # the one procedure is a small number, held back


def test_a_long_export_is_cancelled_and_leaves_nothing(
    program: Connect,
    world: World,
    engine: Engine,
    folder: Path,
    threads: list[Thread],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    client = program(world.alice)
    monkeypatch.setattr(export_jobs, "BEAT", 0.0)
    whole = export_jobs.make_bundle

    def slow(engine: Engine, plan: Any, out: Path, tick: Any) -> Any:
        out.write_bytes(b"half a file")
        (job,) = client.get(URL).json()
        assert job["state"] == "running"
        assert client.delete(f"{URL}/{job['id']}").json()["state"] == "cancelled"
        return whole(engine, plan, out, tick)

    monkeypatch.setattr(export_jobs, "make_bundle", slow)
    client.post(URL, json=ASKED)
    wait(threads)
    (job,) = client.get(URL).json()
    assert job["state"] == "cancelled"
    assert list(folder.iterdir()) == []
    assert client.get(f"{URL}/{job['id']}/file").status_code == 404
    assert actions(engine) == ["export", "cancel_export"]


def test_one_that_fails_says_so_without_any_value(
    program: Connect,
    world: World,
    folder: Path,
    threads: list[Thread],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def broken(*_args: Any) -> Any:
        raise OSError("no space left on device")

    monkeypatch.setattr(export_jobs, "make_bundle", broken)
    client = program(world.alice)
    made = client.post(URL, json=ASKED).json()["id"]
    wait(threads)
    job = client.get(f"{URL}/{made}").json()
    assert job["state"] == "failed"
    assert made in job["message"]
    assert "no space left" in caplog.text


def test_of_one_whose_process_went_away_the_next_that_is_asked_takes_over(
    program: Connect,
    world: World,
    engine: Engine,
    folder: Path,
    threads: list[Thread],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    client = program(world.alice)
    with monkeypatch.context() as gone:
        gone.setattr(export_jobs, "_make", lambda *_: None)  # it claims the job and says no more
        made = client.post(URL, json=ASKED).json()["id"]
        wait(threads)
    assert client.get(f"{URL}/{made}").json()["state"] == "running"
    with transaction(engine) as session:
        long_ago = datetime.now(UTC) - timedelta(minutes=5)
        session.connection().execute(update(ExportJob).values(beat_at=long_ago))
    client.get(f"{URL}/{made}")
    wait(threads)
    assert client.get(f"{URL}/{made}").json()["state"] == "done"


def test_the_file_goes_after_its_time_and_what_it_was_stays(
    program: Connect,
    sign_in: SignIn,
    world: World,
    engine: Engine,
    folder: Path,
    threads: list[Thread],
) -> None:
    client = program(world.alice)
    made = client.post(URL, json=ASKED).json()["id"]
    wait(threads)
    with transaction(engine) as session:
        job = session.exec(select(ExportJob)).one()
        assert file_of(folder, job.id).is_file()
        assert job.expires_at is not None
        assert remove_expired(session, folder=folder, now=job.expires_at - timedelta(1)) == 0
        job.expires_at = datetime.now(UTC)
    assert "Expired" in sign_in(world.alice).get("/exports").text
    assert list(folder.iterdir()) == []
    assert client.get(f"{URL}/{made}/file").status_code == 404
    kept = client.get(f"{URL}/{made}").json()
    assert (len(kept["sha256"]), kept["purpose"]) == (64, "audit 2026")


def test_who_lost_the_role_since_fetches_nothing(
    sign_in: SignIn, world: World, engine: Engine, folder: Path, threads: list[Thread]
) -> None:
    alice = sign_in(world.alice)
    made = alice.post("/exports", **{**ASKED, "profile": "identified"}).headers["location"]
    wait(threads)
    with transaction(engine) as session:
        session.connection().exec_driver_sql("UPDATE membership SET role = 'auditor'")
    with transaction(engine, write=False) as session:
        user = session.get_one(UserAccount, world.alice.user_id)
        assert actor_of(session, user).profiles
    assert alice.post(f"{made}/file").status_code == 403
    assert "fetch_export" not in actions(engine)


def test_a_program_takes_no_identified_data(
    program: Connect, world: World, engine: Engine, folder: Path
) -> None:
    asked = program(world.alice).post(URL, json={**ASKED, "profile": "identified"})
    assert asked.status_code == 403
    assert "export" not in actions(engine)


def test_who_takes_identified_data_proves_once_more_who_they_are(
    sign_in: SignIn, clock: Clock, world: World, folder: Path, threads: list[Thread]
) -> None:
    alice = sign_in(world.alice)
    asked = {**ASKED, "profile": "identified"}
    made = alice.post("/exports", **asked).headers["location"]
    wait(threads)
    clock.pass_by(minutes=11)
    for address, typed in (("/exports", asked), (f"{made}/file", {})):
        assert alice.post(address, **typed).headers["location"] == "/step-up"
    assert alice.post("/exports", **ASKED).headers["location"].startswith("/exports/")
    wait(threads)
    alice.post("/step-up", next="/", password=PASSWORD)
    assert alice.post(f"{made}/file").headers["content-type"] == "application/zip"


def test_what_is_recorded_while_an_export_is_made_is_in_the_next_one(
    program: Connect,
    world: World,
    engine: Engine,
    folder: Path,
    threads: list[Thread],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """An export sees one moment: its tables agree although somebody goes on writing."""
    from registry.exchange.bundle import make

    whole, seen = make._write, []

    def meanwhile(table: Any, formats: Any, files: Any) -> None:
        whole(table, formats, files)
        if not seen:
            seen.append(table.name)
            with transaction(engine) as session:
                follow_up(session, world, 30, 4)

    monkeypatch.setattr(make, "_write", meanwhile)
    client = program(world.alice)
    body = {**ASKED, "data_sets": ["patients", "assessments", "pain_scores"]}
    made = client.post(URL, json=body).json()["id"]
    wait(threads)
    rows = client.get(f"{URL}/{made}").json()["rows"]
    assert rows == {"patients": 1, "assessments": 1, "pain_scores": 2}
