"""A stolen copy of the database, or a log, names nobody."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path
from sqlite3 import connect

import pytest
from sqlalchemy import Engine, text
from sqlmodel import select

from registry.db.engine import transaction
from registry.db.patient_marks import search_keys
from registry.db.sealed import use_keys
from registry.db.tables import Patient, PatientSearchKey
from registry.db.vault import Unreadable
from registry.services.corrections import Amendment
from registry.services.keys import KeysAreWrong, check_keys, rotate_keys
from registry.services.merging import merge_patients
from registry.services.particulars import amend_patient
from registry.services.patients import find_patient_by_number, register_patient, search_patients
from registry.services.people import local_actor
from registry.services.trail import verify_trail
from registry.settings import DEVELOPMENT_KEY
from tests.databases import Database
from tests.world import TODAY, World, make_world, patient_draft

OLD, NEW = "the key of last year, long enough", "the key of this year, long enough"
PLANTED = {
    "hospital_number": "ZQ77193",
    "name": "Wilhelmina Xantippe",
    "birth_date": date(1931, 2, 13),
    "phone": "07700 900731",
}
NEEDLES = ("ZQ77193", "ZQ88", "Wilhelmina", "Xantippe", "Renamed", "1931-02-13", "900731")


@pytest.fixture(autouse=True)
def _keys() -> Iterator[None]:
    use_keys((OLD,))
    yield
    use_keys((DEVELOPMENT_KEY,))


@pytest.fixture
def planted(engine: Engine, database: Database) -> World:
    """Register somebody, correct their name and merge a second record of theirs."""
    with transaction(engine) as session:
        world = make_world(session)
    with transaction(engine) as session:
        one, two = (
            register_patient(
                session,
                actor=world.alice,
                site_id=world.north,
                draft=patient_draft(**{**PLANTED, "hospital_number": number}),
                today=TODAY,
            )
            for number in ("ZQ77193", "ZQ88")
        )
        amend_patient(
            session,
            actor=world.alice,
            patient_id=one.id,
            draft=patient_draft(**{**PLANTED, "name": "Renamed Xantippe"}),
            amendment=Amendment(one.version, "A typing error."),
            today=TODAY,
        )
        merge_patients(
            session, actor=world.alice, keep_id=one.id, merge_id=two.id, reason="One person."
        )
    return world


def everything(engine: Engine, database: Database, folder: Path) -> str:
    """Give all that the database holds, as bytes of its file or every value of its tables.

    Of a copy: who opens and closes the file itself takes SQLite's locks away from this process.
    """
    if database.backend == "sqlite":
        copy = folder / "copy.db"
        file = database.settings.sqlite_path() or ""
        with closing(connect(file)) as source, closing(connect(copy)) as target:
            source.backup(target)
        return copy.read_bytes().decode("latin-1")
    told = []
    with engine.connect() as connection:
        tables = connection.execute(
            text("SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'")
        ).scalars()
        for name in tables.all():
            told += connection.execute(text(f'SELECT t::text FROM "{name}" t')).scalars().all()  # noqa: S608
    return "\n".join(told)


def test_no_identifier_stands_in_the_database_or_a_log(
    planted: World,
    engine: Engine,
    database: Database,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    with caplog.at_level(logging.DEBUG):
        held = everything(engine, database, tmp_path)
    assert "Dr Able" in held  # it is the database that was read
    for needle in NEEDLES:
        assert needle not in held, needle
        assert needle not in caplog.text, needle


@pytest.mark.parametrize(
    "typed", ["ZQ77193", "zq7", "Z", "renamed", "Xan", "xantippe", "renamed xan", "ZQ88"]
)
def test_who_has_the_key_finds_them_as_before(planted: World, engine: Engine, typed: str) -> None:
    with transaction(engine, write=False) as session:
        found = search_patients(session, actor=planted.alice, text=typed)
        assert [p.hospital_number for p in found] == ["ZQ77193"]
        assert found[0].birth_date == PLANTED["birth_date"]
        assert not search_patients(session, actor=planted.alice, text=typed + "qq")


def test_accents_do_not_matter_and_a_word_in_the_middle_is_found(
    engine: Engine, world: World
) -> None:
    with transaction(engine) as session:
        register_patient(
            session,
            actor=world.alice,
            site_id=world.north,
            draft=patient_draft("H5", name="Zoë de la Müller-Ortega"),
            today=TODAY,
        )
        for typed in ("zoe", "MULLER", "ortega", "de la"):
            found = search_patients(session, actor=world.alice, text=typed)
            assert [p.hospital_number for p in found] == ["H5"], typed
        assert not search_patients(session, actor=world.alice, text="uller")


def test_a_wrong_key_reads_nothing_and_is_noticed(planted: World, engine: Engine) -> None:
    use_keys((NEW,))
    with transaction(engine, write=False) as session:
        with pytest.raises(Unreadable):
            session.exec(select(Patient)).all()
        with pytest.raises(KeysAreWrong, match="ASSUAGE_SECRET_KEY"):
            check_keys(session)


def test_rotation_seals_all_under_the_new_key_and_the_trail_stays_whole(
    planted: World, engine: Engine
) -> None:
    use_keys((NEW, OLD))
    with transaction(engine, write=False) as session:  # in between nobody is lost
        number = find_patient_by_number(
            session, actor=planted.alice, site_id=planted.north, hospital_number="zq77193"
        )
        assert number is not None
        assert search_patients(session, actor=planted.alice, text="zq7")
    done = rotate_keys(engine, actor=local(engine))
    assert done.patients == 3
    use_keys((NEW,))
    with transaction(engine, write=False) as session:
        check_keys(session)
        names = {p.name for p in session.exec(select(Patient)).all()}
        assert "Renamed Xantippe" in names
        assert search_patients(session, actor=planted.alice, text="xan")
        assert not [b for check in verify_trail(session) for b in check.breaks]
        for patient in session.exec(select(Patient)).all():
            keys = session.exec(
                select(PatientSearchKey.search_key).where(PatientSearchKey.patient_id == patient.id)
            ).all()
            expected = search_keys(patient.site_id, patient.hospital_number, patient.name)
            assert set(keys) == expected


def local(engine: Engine) -> object:
    with transaction(engine, write=False) as session:
        return local_actor(session)
