"""What came in is known again, but only by who has a key: no line and no request can be guessed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import Connection, Engine, text
from sqlmodel import func, select

from registry.db.engine import transaction
from registry.db.fingerprints import request_mark, row_mark
from registry.db.migrate import downgrade, upgrade
from registry.db.sealed import use_keys
from registry.db.tables import Assessment, ImportedRow, Procedure, Submission
from registry.domain.errors import Conflict
from registry.exchange.importer import ImportReport, import_logbook, load_mapping
from registry.exchange.importer.files import read_logbook
from registry.exchange.importer.logbooks import read_rows
from registry.services.assessments import add_assessment
from registry.services.keys import rotate_keys
from registry.services.people import local_actor
from registry.services.submissions import Receipt, carry_out_once
from registry.settings import DEVELOPMENT_KEY
from tests.databases import BACKENDS, Database, fresh_database
from tests.db.test_keep_identifiers_sealed import everything
from tests.exchange.logbook_files import row, write_logbook
from tests.world import PERFORMED, TODAY, World, assessment_draft, make_world

OLD, NEW = "the key of last year, long enough", "the key of this year, long enough"
MAPPING = load_mapping("uk-logbook")
ASKED = hashlib.sha256(b"POST /patients\nhospital_number=N100&birth_date=1950-05-17").hexdigest()
KEY = "0d9b0b6e-5a43"


@pytest.fixture(autouse=True)
def _keys() -> Iterator[None]:
    yield
    use_keys((DEVELOPMENT_KEY,))


def logbook(folder: Path) -> Path:
    return write_logbook(folder / "logbook.csv", row())


def guessed(folder: Path) -> str:
    """Hash the line as somebody would who guesses what it says."""
    path = logbook(folder)
    read = read_logbook(path.name, path.read_bytes(), MAPPING.file)
    return read_rows(read, MAPPING, TODAY)[0][0].fingerprint


def bring_in(engine: Engine, world: World, folder: Path) -> ImportReport:
    with transaction(engine) as session:
        return import_logbook(
            session,
            actor=world.alice,
            site_id=world.north,
            path=logbook(folder),
            mapping=MAPPING,
            today=TODAY,
        )


def submit(engine: Engine, world: World, asked: str = ASKED) -> Receipt:
    with transaction(engine) as session:
        return carry_out_once(
            session,
            actor=world.alice,
            key=KEY,
            fingerprint=asked,
            write=lambda: add_assessment(
                session,
                actor=world.alice,
                patient_id=world.pat,
                draft=assessment_draft(PERFORMED + timedelta(days=21), 4),
                today=TODAY,
            ),
        )


def rotate(engine: Engine) -> None:
    use_keys((NEW, OLD))
    with transaction(engine, write=False) as session:
        actor = local_actor(session)
    rotate_keys(engine, actor=actor)


@pytest.fixture
def old_key(world: World, engine: Engine) -> World:
    """Give the world, sealed under the key that is about to be changed."""
    use_keys((OLD, DEVELOPMENT_KEY))
    with transaction(engine, write=False) as session:
        actor = local_actor(session)
    rotate_keys(engine, actor=actor)
    return world


def test_who_guesses_a_line_or_a_request_can_not_confirm_it_by_the_database(
    world: World, engine: Engine, database: Database, tmp_path: Path
) -> None:
    assert bring_in(engine, world, tmp_path).imported == 1
    submit(engine, world)
    with transaction(engine, write=False) as session:
        marks = [session.exec(select(t.fingerprint)).one() for t in (ImportedRow, Submission)]
    held = everything(engine, database, tmp_path)
    assert all(mark in held for mark in marks)  # it is the database that was read
    assert guessed(tmp_path) not in held
    assert ASKED not in held
    assert hashlib.sha256(logbook(tmp_path).read_bytes()).hexdigest() not in held


def test_a_logbook_of_before_the_key_changed_is_known_again(
    old_key: World, engine: Engine, tmp_path: Path
) -> None:
    assert bring_in(engine, old_key, tmp_path).imported == 1
    use_keys((NEW, OLD, DEVELOPMENT_KEY))  # between the new key and the rotation, too
    assert bring_in(engine, old_key, tmp_path).already_there == 1
    rotate(engine)
    again = bring_in(engine, old_key, tmp_path)
    assert (again.imported, again.already_there) == (0, 1)


def test_even_without_the_earlier_key_no_procedure_comes_in_twice(
    old_key: World, engine: Engine, tmp_path: Path
) -> None:
    bring_in(engine, old_key, tmp_path)
    rotate(engine)
    use_keys((NEW,))
    assert bring_in(engine, old_key, tmp_path).imported == 0
    with transaction(engine, write=False) as session:
        assert session.exec(select(func.count()).select_from(ImportedRow)).one() == 1
        assert session.exec(select(func.count()).select_from(Procedure)).one() == 2


def test_a_request_sent_again_after_the_key_changed_counts_once(
    old_key: World, engine: Engine
) -> None:
    first = submit(engine, old_key)
    rotate(engine)
    assert submit(engine, old_key) == Receipt(first.record_id, repeated=True)
    with pytest.raises(Conflict):
        submit(engine, old_key, asked="0" * 64)
    with transaction(engine, write=False) as session:
        query = select(func.count()).where(Assessment.id == first.record_id)
        assert session.exec(query).one() == 1


@pytest.mark.parametrize("backend", BACKENDS)
def test_an_upgrade_marks_what_was_kept_plainly_and_going_back_and_forth_marks_it_once(
    backend: str, tmp_path: Path
) -> None:
    with fresh_database(backend, tmp_path) as database:
        engine = database.engine
        with transaction(engine) as session:
            world = make_world(session)
        bring_in(engine, world, tmp_path)
        submit(engine, world)
        downgrade(engine, "0009")
        said = guessed(tmp_path)
        assert not bring_in_marks(engine) & {said, ASKED}
        with engine.begin() as connection:
            put_plainly(connection, "imported_row", said)
        upgrade(engine)
        user = world.alice.user_id
        assert isinstance(user, UUID)
        expected = {row_mark(world.north, said), request_mark(user, KEY, ASKED)}
        assert bring_in_marks(engine) == expected
        assert bring_in(engine, world, tmp_path).already_there == 1
        assert submit(engine, world).repeated


def put_plainly(connection: Connection, table: str, said: str) -> None:
    connection.execute(text(f"UPDATE {table} SET fingerprint = :said"), {"said": said})  # noqa: S608


def bring_in_marks(engine: Engine) -> set[str]:
    with engine.connect() as connection:
        return {
            mark
            for table in ("imported_row", "submission")
            for mark in connection.execute(text(f"SELECT fingerprint FROM {table}")).scalars()  # noqa: S608
        }
