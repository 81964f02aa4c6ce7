"""An administrator changes what a site decides; everything derived follows at once."""

from __future__ import annotations

import re
from typing import Any

import pytest
from sqlalchemy import Engine

from registry.db.engine import transaction
from registry.db.tables import AuditEvent, ProcedureOutcomeRow, Site
from registry.domain.access import Role
from registry.services.people import actor_of, create_user, ensure_site, local_actor
from tests.web.conftest import SignIn, Visitor
from tests.web.queries import rows
from tests.web.test_correct_a_record import fields_of
from tests.world import PASSWORD, World, follow_up

URL = "/sites/NORTH/settings"


def words(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


@pytest.fixture
def ada(sign_in: SignIn, engine: Engine, world: World) -> Visitor:
    """Sign Ada in, who administers NORTH."""
    with transaction(engine) as session:
        follow_up(session, world, 7, 3, mg=20)
        user = create_user(
            session,
            actor=local_actor(session),
            email="ada@example.org",
            name="Ada",
            password=PASSWORD,
            site=ensure_site(session, "NORTH"),
            role=Role.ADMIN,
        )
        actor = actor_of(session, user)
    return sign_in(actor)


def site(engine: Engine) -> Site:
    with transaction(engine, write=False) as session:
        return ensure_site(session, "NORTH")


def outcome(engine: Engine, world: World) -> ProcedureOutcomeRow:
    with transaction(engine, write=False) as session:
        return session.get_one(ProcedureOutcomeRow, (world.north, world.celiac))


def change(visitor: Visitor, reason: str = "Agreed by the board", **typed: Any) -> Any:
    """Open the settings, change some, see what would change, and save."""
    opened = {**fields_of(visitor.get(URL).text), **typed}
    preview = visitor.post(URL, **opened)
    return visitor.post(URL, **{**fields_of(preview.text), "reason": reason})


def test_what_will_change_is_shown_before_it_does(
    ada: Visitor, engine: Engine, world: World
) -> None:
    opened = fields_of(ada.get(URL).text)
    preview = ada.post(URL, **{**opened, "eligibility_floor": "9", "opioid_table": "anzca-2021"})
    assert preview.status_code == 200
    page = words(preview.text)
    assert "of 1 procedures 1 can be judged now and 0 then. 1 becomes ineligible." in page
    assert "cdc-2022 to anzca-2021: every MEDD and every change of it is computed anew" in page
    assert site(engine).eligibility_floor == 4
    assert outcome(engine, world).state_7d == "responder"


def test_a_new_floor_table_and_threshold_hold_at_once(
    ada: Visitor, engine: Engine, world: World
) -> None:
    done = change(ada, eligibility_floor="9", opioid_table="uk-fpm-2020", disclosure_threshold="5")
    assert done.headers["location"] == URL
    assert "Settings changed." in ada.get(URL).text
    now = site(engine)
    assert (now.eligibility_floor, now.opioid_table, now.disclosure_threshold) == (
        9,
        "uk-fpm-2020",
        5,
    )
    row = outcome(engine, world)
    assert row.state_7d == "ineligible"
    assert "uk-fpm-2020" in row.rules_version
    assert "floor 9" in row.rules_version
    event = next(e for e in rows(engine, AuditEvent) if e.action == "change_site_settings")
    assert (event.actor, event.reason) == ("Ada", "Agreed by the board")
    assert event.changes == {
        "eligibility_floor": [4, 9],
        "opioid_table": ["cdc-2022", "uk-fpm-2020"],
        "disclosure_threshold": [11, 5],
    }


def test_the_patients_figure_and_outcomes_use_one_table(
    ada: Visitor, alice: Visitor, world: World
) -> None:
    change(ada, opioid_table="uk-fpm-2020")
    page = words(alice.get(f"/patients/{world.pat}").text)
    assert "MEDD of that time, by CDC 2022" in page


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ({"eligibility_floor": "11"}, "The floor is a whole pain score from 0 to 10."),
        ({"eligibility_floor": "x"}, "The floor is a whole pain score from 0 to 10."),
        ({"opioid_table": "mine"}, "Choose one of the listed conversion tables."),
        ({"disclosure_threshold": "1"}, "Choose 5, 8 or 11."),
    ],
)
def test_what_a_site_cannot_decide_is_refused(
    ada: Visitor, engine: Engine, typed: dict[str, str], message: str
) -> None:
    opened = fields_of(ada.get(URL).text)
    response = ada.post(URL, **{**opened, **typed})
    assert response.status_code == 422
    assert message in response.text
    mark = "|".join({**opened, **typed}[n] for n in opened if n not in {"seen", "csrf_token"})
    forced = ada.post(URL, **{**opened, **typed, "previewed": mark, "reason": "Forced"})
    assert forced.status_code == 422
    assert (site(engine).eligibility_floor, site(engine).disclosure_threshold) == (4, 11)


def test_a_reason_is_asked_and_nothing_typed_is_lost(ada: Visitor, engine: Engine) -> None:
    refused = change(ada, reason=" ", eligibility_floor="6")
    assert refused.status_code == 422
    assert fields_of(refused.text)["eligibility_floor"] == "6"
    assert site(engine).eligibility_floor == 4


def test_unchanged_settings_are_told_and_a_save_unseen_is_shown_first(
    ada: Visitor, engine: Engine
) -> None:
    opened = fields_of(ada.get(URL).text)
    assert "nothing would change" in ada.post(URL, **opened).text
    unseen = ada.post(
        URL, **{**opened, "eligibility_floor": "6", "previewed": "5|cdc-2022|11", "reason": "Now"}
    )
    assert unseen.status_code == 200
    assert "What this changes" in unseen.text
    assert site(engine).eligibility_floor == 4


def test_a_stale_change_is_told(ada: Visitor, engine: Engine) -> None:
    opened = fields_of(ada.get(URL).text)
    preview = fields_of(ada.post(URL, **{**opened, "eligibility_floor": "6"}).text)
    change(ada, eligibility_floor="3")
    stale = ada.post(URL, **{**preview, "reason": "Late"})
    assert stale.status_code == 422
    assert "Somebody changed these settings" in stale.text
    assert site(engine).eligibility_floor == 3
    assert ada.post(URL, **{**fields_of(stale.text), "reason": "Still"}).status_code == 303
    assert site(engine).eligibility_floor == 6


def test_only_an_administrator_finds_them(
    ada: Visitor, alice: Visitor, quinn: Visitor, charlie: Visitor
) -> None:
    assert ada.get("/sites").headers["location"] == URL
    assert 'href="/sites"' in ada.get(URL).text
    assert ada.get("/sites/SOUTH/settings").status_code == 404
    assert ada.get("/sites/NOWHERE/settings").status_code == 404
    for visitor in (alice, quinn, charlie):
        assert visitor.get(URL).status_code == 403
        assert visitor.post(URL, eligibility_floor="0").status_code == 403
        assert visitor.get("/sites").status_code == 403
        assert 'href="/sites"' not in visitor.get("/").text


def test_a_page_that_is_not_there_keeps_the_navigation(alice: Visitor, anonymous: Any) -> None:
    missing = alice.get("/no-such-page")
    assert missing.status_code == 404
    assert "Log out" in missing.text
    assert "Log out" not in anonymous.get("/no-such-page").text
