"""Adding what went wrong after a procedure."""

from __future__ import annotations

import re
from typing import Any

import pytest
from sqlalchemy import Engine

from registry.db.engine import transaction
from registry.db.tables import AdverseEvent, AuditEvent
from tests.web.conftest import SignIn, Visitor
from tests.web.queries import rows
from tests.world import World, dies


def add(visitor: Visitor, world: World, *, htmx: bool = False, **fields: Any) -> Any:
    typed = {"complication": "hypotension", "onset_on": "6 Jan 2026", "grade": "2", **fields}
    return visitor.post(f"/procedures/{world.celiac}/adverse-events/new", htmx=htmx, **typed)


def events(engine: Engine) -> list[AdverseEvent]:
    return rows(engine, AdverseEvent)


def test_an_event_joins_the_course_and_is_in_the_trail(
    alice: Visitor, engine: Engine, world: World
) -> None:
    response = add(alice, world)
    assert response.headers["location"] == f"/patients/{world.pat}"
    page = alice.get(response.headers["location"]).text
    assert "Adverse event added." in page
    assert "Hypotension" in page
    (event,) = events(engine)
    assert (event.grade, event.scheme, event.expected) == (2, "CTCAE 5.0", False)
    line = rows(engine, AuditEvent)[-1]
    assert (line.action, line.actor, line.record_id) == ("add_adverse_event", "Alice", event.id)


def test_the_list_is_the_techniques_own_with_expected_effects_marked(
    alice: Visitor, world: World
) -> None:
    page = alice.get(f"/procedures/{world.celiac}/adverse-events/new").text
    assert "After Coeliac plexus of 5 Jan 2026." in page
    options = re.findall(r'<option value="([^"]*)"[^>]*>([^<]*)<', page)
    assert ("transient-diarrhoea", "Transient diarrhoea (expected effect)") in options
    assert ("paraplegia", "Paraplegia") in options
    assert "horner" not in {value for value, _ in options}


def test_an_expected_effect_is_kept_apart(alice: Visitor, engine: Engine, world: World) -> None:
    add(alice, world, complication="transient-diarrhoea", grade="")
    (event,) = events(engine)
    assert (event.expected, event.grade, event.scheme) == (True, None, None)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"onset_on": "4 Jan 2026"}, "The event began before the procedure."),
        ({"onset_on": "3 Mar 2026"}, "lies in the future"),
        ({"onset_on": "31/2"}, "This is not a day that can be read."),
        ({"onset_on": ""}, "Enter the day on which it began."),
        ({"complication": ""}, "Choose one of the listed events, or other."),
        ({"complication": "witchcraft"}, "Choose one of the listed events, or other."),
        ({"complication": "other"}, "Say what happened."),
        ({"complication": "other", "complication_text": "x" * 201}, "Shorten this to 200"),
        ({"grade": "6"}, "The grade runs from 1 (mild) to 5 (death)."),
        ({"grade": "bad"}, "Choose the grade from 1 to 5."),
    ],
)
def test_bad_input_is_told_kept_and_not_written(
    alice: Visitor, engine: Engine, world: World, fields: dict[str, str], message: str
) -> None:
    text = {} if fields.get("complication") == "other" else {"complication_text": "Keep me"}
    for htmx in (False, True):
        response = add(alice, world, htmx=htmx, **{**text, **fields})
        assert response.status_code == 422
        assert message in response.text
        assert ("<html" in response.text) is not htmx
        if "onset_on" in fields:
            assert f'value="{fields["onset_on"]}"' in response.text
            assert re.search(r'value="hypotension" selected', response.text)
            assert 'value="Keep me"' in response.text
    assert events(engine) == []


def test_nothing_happens_after_death(alice: Visitor, engine: Engine, world: World) -> None:
    with transaction(engine) as writing:
        dies(writing, world, 10)
    assert "after the patient&#39;s death" in add(alice, world, onset_on="16 Jan 2026").text
    assert events(engine) == []
    assert add(alice, world, onset_on="15 Jan 2026", grade="5").status_code == 303


def test_a_double_click_is_one_event(alice: Visitor, engine: Engine, world: World) -> None:
    for _ in range(2):
        assert add(alice, world, submission="once").status_code == 303
    assert len(events(engine)) == 1


def test_in_place_success_reloads_the_page(alice: Visitor, world: World) -> None:
    assert add(alice, world, htmx=True).headers["hx-redirect"] == f"/patients/{world.pat}"


def test_a_stranger_gets_a_404_and_who_may_not_see_records_a_403(
    charlie: Visitor, quinn: Visitor, sign_in: SignIn, engine: Engine, world: World
) -> None:
    url = f"/procedures/{world.celiac}/adverse-events/new"
    for visitor, status in ((charlie, 404), (quinn, 403), (sign_in(world.audrey), 403)):
        assert visitor.get(url).status_code == status
        assert add(visitor, world).status_code == status
    assert events(engine) == []
