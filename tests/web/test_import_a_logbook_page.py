"""A service brings its spreadsheet in through the pages: columns, words, a look, in, and undone."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
import xlsxwriter
from httpx2 import Response
from sqlalchemy import Engine
from sqlmodel import SQLModel, select

import registry.web.importing as importing
from registry.db.engine import transaction
from registry.db.sealed import use_keys
from registry.db.tables import (
    Assessment,
    AuditEvent,
    Death,
    ImportedRow,
    LogbookImport,
    Patient,
    Procedure,
    ProcedureOutcomeRow,
)
from registry.domain.access import Actor
from registry.exchange.importer.template_files import write_template
from registry.services.assessments import add_assessment
from registry.services.keys import rotate_keys
from registry.settings import DEVELOPMENT_KEY
from tests.exchange.logbook_files import row, write_logbook
from tests.web.conftest import SignIn, Visitor
from tests.web.page_form import sent_by
from tests.world import TODAY, World, assessment_draft


@pytest.fixture(autouse=True)
def threads(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Thread]]:
    """Keep the threads that work on logbooks, to wait for them."""
    made: list[Thread] = []

    class Kept(Thread):
        def start(self) -> None:
            made.append(self)
            super().start()

    monkeypatch.setattr(importing, "Thread", Kept)
    yield made
    _wait(made)


def _wait(threads: list[Thread]) -> None:
    while threads:
        threads.pop().join(60)


@pytest.fixture
def alice(sign_in: SignIn, world: World) -> Visitor:
    return sign_in(world.alice)


def standing(engine: Engine, table: type[SQLModel]) -> list[Any]:
    with transaction(engine, write=False) as session:
        return [r for r in session.exec(select(table)) if not getattr(r, "voided_at", None)]


def upload(visitor: Visitor, data: bytes, name: str = "log.csv", **fields: str) -> Response:
    sent = {"csrf_token": visitor.csrf_token, **fields}
    return visitor.client.post("/imports", data=sent, files={"file": (name, data)})


def text_file(tmp_path: Path, *rows: dict[str, str], **how: str) -> bytes:
    return write_logbook(tmp_path / "log.csv", *rows, **how).read_bytes()


class Wizard:
    """Somebody on the way with one file."""

    def __init__(self, visitor: Visitor, threads: list[Thread], data: bytes, name: str = "log.csv"):
        self.visitor, self.threads = visitor, threads
        answer = upload(visitor, data, name)
        assert answer.status_code == 303, answer.text
        self.at = answer.headers["location"].removesuffix("/columns")

    def page(self, step: str = "") -> str:
        return str(self.visitor.get(f"{self.at}{step}").text)

    def columns(self, **changes: Any) -> Response:
        return self._send("columns", changes)

    def words(self, **changes: Any) -> Response:
        answer = self._send("words", changes)
        _wait(self.threads)
        return answer

    def _send(self, step: str, changes: dict[str, Any]) -> Response:
        fields = sent_by(self.page(f"/{step}"), f"import-{step}")
        return self.visitor.client.post(f"{self.at}/{step}", data={**fields, **changes})

    def do(self, step: str, **fields: str) -> Response:
        answer = self.visitor.post(f"{self.at}/{step}", **fields)
        _wait(self.threads)
        return answer

    def choice(self, column: str, what: str) -> dict[str, str]:
        """Make the field that says what a column is."""
        found = re.search(r'name="(what-\d+)"[^>]*>', self.page("/columns").split(f">{column}<")[1])
        assert found
        return {found[1]: what}


def brought_in(alice: Visitor, threads: list[Thread], data: bytes) -> Wizard:
    wizard = Wizard(alice, threads, data)
    assert wizard.columns().status_code == 303
    assert wizard.words().status_code == 303
    wizard.do("bring-in")
    assert "In the registry" in wizard.page()
    return wizard


def test_from_upload_to_records_and_back(
    alice: Visitor, world: World, engine: Engine, threads: list[Thread], tmp_path: Path
) -> None:
    before = {t: len(standing(engine, t)) for t in (Patient, Procedure, Assessment, Death)}
    data = text_file(
        tmp_path,
        row(),
        row(Hosp_No="N101", Pain_pre="12/10"),
        row(Hosp_No="N102", Procedure="CPN special", RIP_date="01/02/2025"),
    )
    wizard = Wizard(alice, threads, data)

    page = wizard.page("/columns")
    assert "26 of 26 columns were recognised" in page
    assert "05/01/2025" in page
    assert wizard.columns().headers["location"] == f"{wizard.at}/words"

    page = wizard.page("/words")
    assert "CPN special" in page
    fields = sent_by(page, "import-words")
    (special,) = [
        n for n, v in fields.items() if n.startswith("word-technique") and v == ["leave"]
    ][:1]
    wizard.words(**{special: "coeliac-plexus"})

    page = wizard.page()
    assert "Bring 2 rows in" in page
    assert "12/10" in page
    assert {t: len(standing(engine, t)) for t in before} == before

    wizard.do("bring-in")
    assert len(standing(engine, Patient)) == before[Patient] + 2
    assert len(standing(engine, Procedure)) == before[Procedure] + 2
    assert len(standing(engine, Death)) == before[Death] + 1
    assert "Undo this import" in wizard.page()

    refused = wizard.do("undo", reason=" ")
    assert (refused.status_code, "Say why" in refused.text) == (422, True)
    wizard.do("undo", reason="Wrong year")
    assert {t: len(standing(engine, t)) for t in before} == before
    assert "Undone" in wizard.page()
    assert standing(engine, ImportedRow) == []
    assert len(standing(engine, ProcedureOutcomeRow)) == before[Procedure]

    brought_in(alice, threads, data)
    assert len(standing(engine, Procedure)) == before[Procedure] + 2


def test_the_trail_tells_of_upload_import_and_undo_under_one_number(
    alice: Visitor, world: World, engine: Engine, threads: list[Thread], tmp_path: Path
) -> None:
    wizard = brought_in(alice, threads, text_file(tmp_path, row()))
    wizard.do("undo", reason="Wrong year")
    with transaction(engine, write=False) as session:
        lines = session.exec(select(AuditEvent).order_by(AuditEvent.number)).all()  # type: ignore[arg-type]
        marks = {line.action: line.request_id for line in lines}
        undone = [line for line in lines if line.reason == "Import undone: Wrong year"]
    assert marks["upload_logbook"] != marks["import"]
    assert (marks["import"] or "").startswith("import ")
    assert len({marks[a] for a in ("import", "end_import", "log_procedure", "undo_import")}) == 1
    assert len(undone) >= 3
    assert {line.actor for line in undone} == {world.alice.name}


def test_what_somebody_went_on_with_stays(
    alice: Visitor, world: World, engine: Engine, threads: list[Thread], tmp_path: Path
) -> None:
    data = text_file(tmp_path, row(), row(Hosp_No="N101"))
    wizard = brought_in(alice, threads, data)
    patient = next(p for p in standing(engine, Patient) if p.hospital_number == "N101")
    draft = replace(assessment_draft(date(2025, 2, 1), 3), confirmed=None)
    with transaction(engine) as session:
        add_assessment(session, actor=world.alice, patient_id=patient.id, draft=draft, today=TODAY)
    wizard.do("undo", reason="Wrong year")
    numbers = {p.hospital_number for p in standing(engine, Patient)}
    assert "N101" in numbers
    assert "N100" not in numbers
    page = wizard.page()
    assert f"/patients/{patient.id}" in page
    assert "Somebody recorded more of this patient since." in page


def test_what_a_site_said_is_remembered(
    alice: Visitor, world: World, threads: list[Thread], tmp_path: Path
) -> None:
    odd = [{("Beh." if k == "Procedure" else k): v for k, v in row(Procedure="Spezial").items()}]
    wizard = Wizard(alice, threads, text_file(tmp_path, *odd))
    missing = wizard.columns()
    assert missing.status_code == 422
    assert "Say what “Beh.” is" in missing.text
    assert wizard.columns(**wizard.choice("Beh.", "technique")).status_code == 303
    fields = sent_by(wizard.page("/words"), "import-words")
    name = next(n for n in fields if n.startswith("word-technique"))
    wizard.words(**{name: "coeliac-plexus"})
    assert "Bring 1 row in" in wizard.page()

    again = Wizard(alice, threads, text_file(tmp_path, *odd))
    assert again.columns().status_code == 303
    again.words()
    assert "Bring 1 row in" in again.page()


def test_a_workbook_is_read_as_its_cells_say(
    alice: Visitor, world: World, engine: Engine, threads: list[Thread]
) -> None:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        book.add_worksheet("Notes").write(0, 0, "See the next sheet")
        sheet = book.add_worksheet("Log")
        sheet.write(0, 0, "Pain clinic, all blocks")
        sheet.write_row(2, 0, ["MRN", "DOB", "Procedure date", "Procedure", "Operator", "NRS pre"])
        sheet.write_string(3, 0, "007")
        day = book.add_format({"num_format": "dd/mm/yyyy"})
        sheet.write_datetime(3, 1, _day("1950-05-17"), day)
        sheet.write_datetime(3, 2, _day("2025-01-05"), day)
        sheet.write_row(3, 3, ["Coeliac plexus neurolysis", "Dr A", 8])
    wizard = Wizard(alice, threads, out.getvalue(), "log.xlsx")
    assert "6 of 6 columns were recognised" in wizard.page("/columns")
    assert wizard.columns().status_code == 303
    wizard.words()
    wizard.do("bring-in")
    patient = next(p for p in standing(engine, Patient) if p.hospital_number == "007")
    assert patient.birth_date.isoformat() == "1950-05-17"
    (assessment,) = [a for a in standing(engine, Assessment) if a.patient_id == patient.id]
    assert assessment.assessed_on.isoformat() == "2025-01-05"


def test_the_template_needs_no_matching(
    alice: Visitor, engine: Engine, threads: list[Thread], tmp_path: Path
) -> None:
    path = tmp_path / "empty.csv"
    write_template(path)
    header = path.read_text("utf-8-sig").splitlines()[0].split(",")
    said = {
        "hospital_number": "N300",
        "birth_date": "1950-05-17",
        "performed_on": "2025-01-05",
        "technique": "coeliac-plexus",
        "operator": "Dr A",
    }
    data = ",".join(header) + "\n" + ",".join(said.get(name, "") for name in header) + "\n"
    wizard = Wizard(alice, threads, data.encode())
    assert f"{len(header)} of {len(header)} columns were recognised" in wizard.page("/columns")
    assert wizard.columns().status_code == 303
    wizard.words()
    assert "Bring 1 row in" in wizard.page()


def _day(text: str) -> Any:
    return datetime.fromisoformat(text)


def _bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for part in range(3):
            archive.writestr(f"xl/worksheets/sheet{part}.xml", b"0" * 90_000_000)
    return out.getvalue()


BAD_FILES = {
    "an empty file": (lambda _: b"", "The file is empty"),
    "a header alone": (lambda p: text_file(p, row()).split(b"\n")[0], "a header but no rows"),
    "a stray quote": (lambda _: b'A,B\n1,"2\n3,4\n', "quotation mark without its partner"),
    "a zip bomb": (lambda _: _bomb(), "unpacks to more than a logbook can hold"),
    "a zip of something else": (lambda _: _zip(), "This workbook can&#39;t be opened"),
    "a damaged workbook": (lambda _: b"PK\x03\x04" + b"x" * 50, "damaged, or no workbook"),
    "a column twice": (lambda _: b"A,A\n1,2\n", "names a column twice"),
}


def _zip() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("letter.txt", "Dear colleague")
    return out.getvalue()


@pytest.mark.parametrize("what", BAD_FILES)
def test_a_file_that_is_no_table_is_refused_and_nothing_is_kept(
    alice: Visitor, engine: Engine, tmp_path: Path, what: str
) -> None:
    make, told = BAD_FILES[what]
    answer = upload(alice, make(tmp_path))
    assert answer.status_code == 422
    assert told in answer.text
    assert standing(engine, LogbookImport) == []


def test_no_file_and_two_gigabytes_are_each_told(alice: Visitor, engine: Engine) -> None:
    assert "Choose the file" in alice.post("/imports").text
    told = alice.client.post(
        "/imports",
        content=b"",
        headers={
            "content-length": str(2 << 30),
            "content-type": "multipart/form-data; boundary=b",
        },
    )
    assert told.status_code == 413
    assert "21 MB can be sent at most" in told.text

    def endless() -> Iterator[bytes]:
        head = '--b\r\nContent-Disposition: form-data; name="file"; filename="f"\r\n\r\n'
        yield head.encode()
        for _ in range(30):
            yield b"x" * 1_000_000

    cut = alice.client.post(
        "/imports", content=endless(), headers={"content-type": "multipart/form-data; boundary=b"}
    )
    assert cut.status_code == 413
    assert standing(engine, LogbookImport) == []


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "cp1252", "utf-8"])
def test_the_encoding_is_found_out(
    alice: Visitor, threads: list[Thread], tmp_path: Path, encoding: str
) -> None:
    data = text_file(tmp_path, row(Diagnosis="Übermaß, Köln"), encoding=encoding, separator=";")
    wizard = Wizard(alice, threads, data)
    assert "Übermaß, Köln" in wizard.page("/columns")


def test_a_file_is_kept_sealed_and_goes_when_it_came_in_or_is_discarded(
    alice: Visitor, engine: Engine, threads: list[Thread], tmp_path: Path
) -> None:
    data = text_file(tmp_path, row(Comments="Wilhelmina Xantippe"))
    wizard = Wizard(alice, threads, data)
    with engine.connect() as connection:
        raw = connection.exec_driver_sql("SELECT content FROM logbook_import").scalar_one()
    assert "Xantippe" not in raw
    assert wizard.do("discard").status_code == 303
    brought_in(alice, threads, data)
    assert [job.content for job in standing(engine, LogbookImport)] == [None, None]
    assert wizard.do("bring-in").status_code == 409


def test_a_new_key_opens_what_is_kept_of_a_file(
    alice: Visitor, engine: Engine, threads: list[Thread], tmp_path: Path
) -> None:
    wizard = Wizard(alice, threads, text_file(tmp_path, row()))
    wizard.columns()
    wizard.words()
    try:
        use_keys(("a new key " * 4, DEVELOPMENT_KEY))
        rotate_keys(engine, actor=Actor(name="command line", local=True))
        use_keys(("a new key " * 4,))
        assert "Hosp No" in wizard.page("/columns")
        assert "Bring 1 row in" in wizard.page()
    finally:
        use_keys((DEVELOPMENT_KEY,))


def test_another_sites_logbook_does_not_exist(
    alice: Visitor, sign_in: SignIn, world: World, threads: list[Thread], tmp_path: Path
) -> None:
    wizard = Wizard(alice, threads, text_file(tmp_path, row()))
    stranger = sign_in(world.charlie)
    for step in ("", "/columns", "/words"):
        assert stranger.get(f"{wizard.at}{step}").status_code == 404
    for step in ("columns", "words", "bring-in", "stop", "undo", "discard", "findings.csv"):
        assert stranger.post(f"{wizard.at}/{step}").status_code == 404
    assert "log.csv" not in stranger.get("/imports").text


def test_what_was_typed_wrong_is_still_there(
    alice: Visitor, threads: list[Thread], tmp_path: Path
) -> None:
    wizard = Wizard(alice, threads, text_file(tmp_path, row()))
    twice = wizard.columns(
        **wizard.choice("Sex", "technique"), not_recorded="nix, kaputt", dates=[]
    )
    assert twice.status_code == 422
    assert "Another column is “Procedure, by its name” already." in twice.text
    assert "Tick how dates are written" in twice.text
    assert "nix, kaputt" in twice.text
    forged = wizard.columns(**wizard.choice("Sex", "salary"))
    assert forged.status_code == 422
    assert wizard.do("bring-in").status_code == 409


def test_work_that_was_broken_off_is_gone_on_with(
    alice: Visitor,
    world: World,
    engine: Engine,
    threads: list[Thread],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from registry.exchange import import_work

    rows = [row(Hosp_No=f"N10{i}") for i in range(4)]
    wizard = Wizard(alice, threads, text_file(tmp_path, *rows))
    wizard.columns()
    wizard.words()
    write, calls = import_work._write_one, []

    def breaks(*args: Any, **kwargs: Any) -> Any:
        calls.append(1)
        if len(calls) == 3:
            raise OSError("the power failed")
        return write(*args, **kwargs)

    monkeypatch.setattr(import_work, "_write_one", breaks)
    wizard.do("bring-in")
    assert "Something went wrong on our side" in wizard.page()
    monkeypatch.setattr(import_work, "_write_one", write)
    wizard.columns()
    wizard.words()
    assert "Bring 4 rows in" in wizard.page()
    wizard.do("bring-in")
    assert "In the registry" in wizard.page()
    numbers = [p.hospital_number for p in standing(engine, Patient)]
    assert sorted(n for n in numbers if n.startswith("N10")) == [f"N10{i}" for i in range(4)]
    assert len(standing(engine, ImportedRow)) == 4


def test_every_finding_can_be_taken_away(
    alice: Visitor, threads: list[Thread], tmp_path: Path
) -> None:
    data = text_file(tmp_path, row(), row(Hosp_No="N101", Pain_pre="12/10"))
    wizard = Wizard(alice, threads, data)
    wizard.columns()
    wizard.words()
    lines = wizard.do("findings.csv").text.splitlines()
    assert any(line.startswith("3,refused,Pain pre,12/10") for line in lines)


@pytest.fixture
def stops_at(monkeypatch: pytest.MonkeyPatch, engine: Engine) -> Callable[[Wizard, int], None]:
    """Press stop while the work is at the patient of this number."""
    from registry.exchange import import_work

    write, calls = import_work._write_one, []

    def stops_at(wizard: Wizard, number: int) -> None:
        def presses(*args: Any, **kwargs: Any) -> Any:
            calls.append(1)
            if len(calls) == number:
                assert 'id="stop-import"' in wizard.page()
                assert wizard.visitor.post(f"{wizard.at}/stop").status_code == 303
            return write(*args, **kwargs)

        calls.clear()
        monkeypatch.setattr(import_work, "_write_one", presses)

    return stops_at


def test_an_import_that_runs_can_be_stopped_and_gone_on_with(
    alice: Visitor,
    engine: Engine,
    threads: list[Thread],
    tmp_path: Path,
    stops_at: Callable[[Wizard, int], None],
) -> None:
    rows = [row(Hosp_No=f"N10{i}") for i in range(4)]
    wizard = Wizard(alice, threads, text_file(tmp_path, *rows))
    wizard.columns()
    wizard.words()
    stops_at(wizard, 2)
    wizard.do("bring-in")
    page = wizard.page()
    assert "Stopped before its end" in page
    assert "The rows that came in are in the registry, and stay there unless you undo" in page
    assert len(standing(engine, ImportedRow)) == 2  # whom it was at is written whole
    stopped = [e for e in standing(engine, AuditEvent) if e.action == "stop_import"]
    assert [e.actor for e in stopped] == ["Alice"]
    assert wizard.do("stop").status_code == 409

    wizard.do("bring-in")
    assert "In the registry" in wizard.page()
    assert len(standing(engine, ImportedRow)) == 4


def test_what_came_in_before_a_stop_can_be_undone(
    alice: Visitor,
    engine: Engine,
    threads: list[Thread],
    tmp_path: Path,
    stops_at: Callable[[Wizard, int], None],
) -> None:
    before = len(standing(engine, Patient))
    rows = [row(Hosp_No=f"N10{i}") for i in range(4)]
    wizard = Wizard(alice, threads, text_file(tmp_path, *rows))
    wizard.columns()
    wizard.words()
    stops_at(wizard, 1)
    wizard.do("bring-in")
    assert len(standing(engine, Patient)) == before + 1
    wizard.do("undo", reason="Wrong year")
    assert len(standing(engine, Patient)) == before
    assert standing(engine, ImportedRow) == []
    assert "Undone" in wizard.page()


def test_a_look_that_is_stopped_begins_again(
    alice: Visitor,
    engine: Engine,
    threads: list[Thread],
    tmp_path: Path,
    stops_at: Callable[[Wizard, int], None],
) -> None:
    wizard = Wizard(alice, threads, text_file(tmp_path, row(), row(Hosp_No="N101")))
    wizard.columns()
    stops_at(wizard, 1)
    wizard.words()
    assert "Columns to match" in wizard.page()
    assert wizard.do("bring-in").status_code == 409
    assert standing(engine, ImportedRow) == []
    wizard.words()
    assert "Bring 2 rows in" in wizard.page()


def test_taking_the_findings_away_is_in_the_trail(
    alice: Visitor, engine: Engine, threads: list[Thread], tmp_path: Path
) -> None:
    wizard = Wizard(alice, threads, text_file(tmp_path, row(), row(Hosp_No="N1", Pain_pre="12/10")))
    wizard.columns()
    wizard.words()
    wizard.do("findings.csv")
    (line,) = [e for e in standing(engine, AuditEvent) if e.action == "download_findings"]
    assert line.actor == "Alice"
    number = wizard.at.rpartition("/")[2]
    assert line.changes == {"import": [None, number], "findings": [None, 1]}
    assert "12/10" not in str(line.changes)
