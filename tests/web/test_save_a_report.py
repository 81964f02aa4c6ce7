"""A report under a name: for the whole service, and only a name for its address."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from registry.db.engine import transaction
from registry.db.tables import AuditEvent, SavedReport
from tests.web.conftest import SignIn, Visitor
from tests.world import World

PAGE = "/reports/compare/saved?mechanism=visceral&window=7d"


def saved(engine: Engine) -> list[SavedReport]:
    with transaction(engine) as session:
        return list(session.exec(select(SavedReport)).all())


def keep(visitor: Visitor, name: str = "Visceral, one week") -> None:
    assert visitor.post(PAGE, name=name).status_code == 303


def test_colleagues_find_it_and_it_opens_the_address(
    alice: Visitor, sign_in: SignIn, world: World
) -> None:
    keep(alice)
    page = sign_in(world.quinn).get("/reports").text
    assert "Visceral, one week" in page
    (href,) = re.findall(r'href="(/outcomes\?[^"]+)"', page)
    opened = alice.get(href.replace("&amp;", "&"))
    assert opened.status_code == 200
    assert '<option value="visceral" selected>' in opened.text
    assert 'name="window" value="7d"' in opened.text


def test_the_stranger_does_not_see_it(alice: Visitor, charlie: Visitor, world: World) -> None:
    keep(alice)
    assert "Visceral, one week" not in charlie.get("/reports").text


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("  ", "Give the report a name"),
        ("x" * 121, "Shorten the name"),
        ("Visceral,  one week", "has a report of this name already"),
    ],
)
def test_a_name_that_can_not_be_is_told_and_all_that_was_asked_stays(
    alice: Visitor, engine: Engine, world: World, name: str, says: str
) -> None:
    keep(alice)
    response = alice.post(PAGE, name=name)
    assert response.status_code == 422
    assert says in response.text
    assert f'value="{name}"' in response.text
    assert '<option value="visceral" selected>' in response.text
    assert len(saved(engine)) == 1


def test_what_is_kept_is_the_question_and_nothing_else_of_the_address(
    alice: Visitor, engine: Engine, world: World
) -> None:
    alice.post(f"{PAGE}&nonsense=<script>&site=SOUTH", name="Odd")
    (row,) = saved(engine)
    assert (row.report, row.query) == ("compare", "mechanism=visceral&by=category&window=7d")


def test_who_saved_it_removes_it_and_nobody_else_but_the_administrator(
    alice: Visitor, charlie: Visitor, sign_in: SignIn, engine: Engine, world: World
) -> None:
    keep(alice)
    (row,) = saved(engine)
    remove = f"/reports/saved/{row.id}/remove"
    assert "Remove" not in sign_in(world.quinn).get("/reports").text.split("What can be asked")[0]
    assert sign_in(world.quinn).post(remove).status_code == 403
    assert charlie.post(remove).status_code == 404
    assert len(saved(engine)) == 1
    assert alice.post(remove).status_code == 303
    assert saved(engine) == []


def test_saving_and_removing_are_in_the_trail(alice: Visitor, engine: Engine, world: World) -> None:
    keep(alice)
    (row,) = saved(engine)
    alice.post(f"/reports/saved/{row.id}/remove")
    with transaction(engine) as session:
        query = select(AuditEvent.action).where(AuditEvent.record_id == row.id)
        assert session.exec(query.order_by(AuditEvent.number)).all() == [  # type: ignore[arg-type]
            "save_report",
            "remove_report",
        ]
