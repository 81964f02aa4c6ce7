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
    assert (event.grade, event.scheme, event.expected) == (2, "ctcae", False)
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
        ({"grade": "5"}, "No death is on record."),
        ({"scheme": "ctcae 1.0"}, "Choose one of the listed schemes."),
        ({"relatedness": "perhaps"}, "Choose one of the listed values."),
        ({"resolution": "with_sequelae"}, "Say what stayed."),
        ({"resolved_on": "5 Jan 2026", "resolution": "resolved"}, "It ended before it began."),
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


def test_the_whole_of_an_event_is_kept_and_told_in_words(
    alice: Visitor, engine: Engine, world: World
) -> None:
    response = add(
        alice,
        world,
        scheme="clavien-dindo 2004",
        relatedness="probable",
        resolution="with_sequelae",
        resolved_on="9 Jan 2026",
        sequelae="Dizzy on standing",
        note="Two litres of fluid",
    )
    (event,) = events(engine)
    assert (event.scheme, event.scheme_version, event.grade) == ("clavien-dindo", "2004", 2)
    assert (event.relatedness, event.resolution) == ("probable", "with_sequelae")
    assert str(event.resolved_on) == "2026-01-09"
    page = alice.get(response.headers["location"]).text
    for words in ("II (drug treatment or transfusion), Clavien-Dindo 2004", "Dizzy on standing"):
        assert words in page


def test_the_scheme_used_last_is_offered_first(alice: Visitor, world: World) -> None:
    url = f"/procedures/{world.celiac}/adverse-events/new"
    assert '<option value="ctcae 5.0" selected>' in alice.get(url).text
    add(alice, world, scheme="sir 2017", grade="1")
    add(alice, world, scheme="ctcae 6.0", grade="")
    assert '<option value="sir 2017" selected>' in alice.get(url).text


@pytest.mark.parametrize("htmx", [False, True])
def test_another_scheme_shows_its_own_grades_and_saves_nothing(
    alice: Visitor, engine: Engine, world: World, htmx: bool
) -> None:
    response = add(alice, world, htmx=htmx, scheme="clavien-dindo 2004", step="scheme", note="Kept")
    assert response.status_code == 200
    assert "Grade (Clavien-Dindo 2004)" in response.text
    assert re.search(r'value="4"[^>]*>\s*<span>IV ', response.text)
    assert "Kept" in response.text
    assert events(engine) == []


def test_the_course_of_the_disease_stands_under_its_own_heading(
    alice: Visitor, engine: Engine, world: World
) -> None:
    page = alice.get(f"/procedures/{world.celiac}/adverse-events/new").text
    groups = dict(re.findall(r'<optgroup label="([^"]*)">(.*?)</optgroup>', page, re.S))
    apart = next(body for label, body in groups.items() if "No harm" in label)
    assert set(re.findall(r'value="([^"]*)"', apart)) == {"disease-progression", "unrelated-death"}
    assert "disease-progression" not in groups["Complications"]
    refused = add(alice, world, complication="disease-progression", relatedness="possible")
    assert "is no harm of the procedure. Leave it ungraded." in refused.text
    assert "is unrelated to the procedure." in refused.text
    kept = add(alice, world, complication="disease-progression", grade="")
    assert "not counted as harm" in alice.get(kept.headers["location"]).text
    (event,) = events(engine)
    assert not event.counts_as_harm


def test_nothing_happens_after_death(alice: Visitor, engine: Engine, world: World) -> None:
    with transaction(engine) as writing:
        dies(writing, world, 10)
    assert "after the patient&#39;s death" in add(alice, world, onset_on="16 Jan 2026").text
    assert events(engine) == []
    assert add(alice, world, onset_on="15 Jan 2026", grade="5").status_code == 303
    (event,) = events(engine)
    assert (event.grade, event.resolution) == (5, "fatal")


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
