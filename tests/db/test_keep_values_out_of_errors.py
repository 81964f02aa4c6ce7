"""What a database says of a row it refuses is logged: no patient's value may stand in it."""

from __future__ import annotations

import logging
import traceback

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from registry.db.engine import THREADS, transaction
from registry.db.tables import Patient
from tests.world import TODAY, World

PLANTED = "PLANTED-4711"


def everything_said_of(error: BaseException) -> str:
    assert isinstance(error, DBAPIError)
    told = "".join(traceback.format_exception(error))
    return "\n".join((str(error), repr(error), str(error.orig), repr(error.orig), told))


def test_a_refused_row_is_told_without_its_values(engine: Engine, world: World) -> None:
    with pytest.raises(SQLAlchemyError) as refused, transaction(engine) as session:
        row = Patient(site_id=world.north, hospital_number=PLANTED, birth_date=TODAY, sex="martian")
        session.add(row)
        session.flush()
    said = everything_said_of(refused.value)
    assert PLANTED not in said
    assert "constraint" in said.lower()


def test_a_number_that_stands_already_is_told_without_it(engine: Engine, world: World) -> None:
    with pytest.raises(SQLAlchemyError) as refused, transaction(engine) as session:
        for _ in range(2):
            session.add(
                Patient(
                    site_id=world.north, hospital_number=PLANTED, birth_date=TODAY, sex="female"
                )
            )
            session.flush()
    assert PLANTED not in everything_said_of(refused.value)


def test_a_value_that_cannot_be_read_is_not_quoted(engine: Engine) -> None:
    query, given = text("SELECT CAST(:planted AS integer)"), {"planted": PLANTED}
    if engine.dialect.name == "sqlite":  # reads any text as a number
        with transaction(engine) as session:
            assert session.execute(query, given).scalar_one() == 0
        return
    with pytest.raises(SQLAlchemyError) as refused, transaction(engine) as session:
        session.execute(query, given)
    assert PLANTED not in everything_said_of(refused.value)


def test_a_log_of_the_error_holds_none_of_them(
    engine: Engine, world: World, caplog: pytest.LogCaptureFixture
) -> None:
    try:
        with transaction(engine) as session:
            session.add(
                Patient(site_id=world.north, hospital_number=PLANTED, birth_date=TODAY, sex="x")
            )
    except SQLAlchemyError:
        logging.getLogger(__name__).exception("refused")
    assert "refused" in caplog.text
    assert PLANTED not in caplog.text


def test_each_request_that_waits_can_hold_a_connection_of_its_own(engine: Engine) -> None:
    held = [engine.connect() for _ in range(THREADS)]
    for connection in held:
        connection.close()
