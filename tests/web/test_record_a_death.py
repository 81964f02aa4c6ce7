"""Recording a patient's death: the end of the course."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Engine

from registry.db.engine import transaction
from registry.db.tables import AuditEvent, Death, ProcedureOutcomeRow
from tests.web.conftest import SignIn, Visitor
from tests.web.queries import rows
from tests.world import World, dies, follow_up


def record(visitor: Visitor, world: World, died_on: str, **fields: Any) -> Any:
    return visitor.post(f"/patients/{world.pat}/death/new", died_on=died_on, **fields)


def deaths(engine: Engine) -> int:
    return len(rows(engine, Death))


def outcome(engine: Engine, world: World) -> ProcedureOutcomeRow:
    with transaction(engine, write=False) as session:
        return session.get_one(ProcedureOutcomeRow, (world.north, world.celiac))


def test_a_death_ends_the_course_decides_the_outcomes_and_is_in_the_trail(
    alice: Visitor, engine: Engine, world: World
) -> None:
    response = record(alice, world, "15 Jan 2026")
    assert response.headers["location"] == f"/patients/{world.pat}"
    page = alice.get(response.headers["location"]).text
    assert "Death recorded." in page
    assert "Died 15 Jan 2026" in page
    assert "Died before" in page
    row = outcome(engine, world)
    assert (row.state_28d, row.days_to_death) == ("died_before", 10)
    event = rows(engine, AuditEvent)[-1]
    assert event.action == "record_death"
    assert (event.actor, event.changes["died_on"]) == ("Alice", [None, "2026-01-15"])


@pytest.mark.parametrize(
    ("died_on", "message"),
    [
        ("4 Jan 2026", "The record has procedures, assessments or events after this day."),
        ("3 Mar 2026", "The death lies in the future."),
        ("1 May 1950", "The death lies before the birth."),
        ("31/02/2026", "This is not a day that can be read."),
        ("", "Enter the day of death."),
    ],
)
def test_an_impossible_day_is_told_kept_and_not_written(
    alice: Visitor, engine: Engine, world: World, died_on: str, message: str
) -> None:
    for htmx in (False, True):
        response = record(alice, world, died_on, htmx=htmx)
        assert response.status_code == 422
        assert message in response.text
        assert f'value="{died_on}"' in response.text
        assert ("<html" in response.text) is not htmx
    assert deaths(engine) == 0


def test_death_comes_after_every_assessment(alice: Visitor, engine: Engine, world: World) -> None:
    with transaction(engine) as writing:
        follow_up(writing, world, 28, 5)
    assert record(alice, world, "1 Feb 2026").status_code == 422
    assert deaths(engine) == 0


def test_it_opens_in_place_and_as_a_page(alice: Visitor, world: World) -> None:
    url = f"/patients/{world.pat}/death/new"
    assert "<html" in alice.get(url).text
    fragment = alice.get(url, htmx=True).text
    assert "<html" not in fragment
    assert 'name="died_on"' in fragment


def test_nobody_dies_twice(alice: Visitor, engine: Engine, world: World) -> None:
    for _ in range(2):
        assert record(alice, world, "15 Jan 2026", submission="one").status_code == 303
    again = record(alice, world, "16 Jan 2026", submission="two")
    assert again.status_code == 422
    assert "The death is recorded already." in again.text
    assert deaths(engine) == 1
    form = alice.get(f"/patients/{world.pat}/death/new")
    assert (form.status_code, form.headers["location"]) == (303, f"/patients/{world.pat}")


def test_a_voided_death_leaves_the_patient_alive_again(
    alice: Visitor, engine: Engine, world: World
) -> None:
    with transaction(engine) as writing:
        death_id = dies(writing, world, 10)
    page = f"/deaths/{death_id}/void"
    assert "15 Jan 2026" in alice.get(page).text
    assert alice.post(page, version="1", reason="Another patient").status_code == 303
    assert "Record death" in alice.get(f"/patients/{world.pat}").text
    row = outcome(engine, world)
    assert row.days_to_death is None


def test_a_stranger_gets_a_404_and_who_may_not_see_records_a_403(
    charlie: Visitor, quinn: Visitor, sign_in: SignIn, engine: Engine, world: World
) -> None:
    for visitor, status in ((charlie, 404), (quinn, 403), (sign_in(world.audrey), 403)):
        assert visitor.get(f"/patients/{world.pat}/death/new").status_code == status
        assert record(visitor, world, "15 Jan 2026").status_code == status
    assert deaths(engine) == 0
