"""Finding a patient without their number or name ever standing in an address."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine

from registry.db.engine import transaction
from registry.services.patients import register_patient
from tests.web.conftest import SignIn, Visitor
from tests.web.queries import counted
from tests.world import TODAY, World, patient_draft


@pytest.fixture
def crowd(engine: Engine, world: World) -> None:
    """Register H2 to H31, and two with names, at NORTH; another H1 at SOUTH."""
    with transaction(engine) as session:

        def register(actor: object, site: object, number: str, name: str | None = None) -> None:
            register_patient(
                session,
                actor=actor,  # type: ignore[arg-type]
                site_id=site,  # type: ignore[arg-type]
                draft=patient_draft(number, name=name),
                today=TODAY,
            )

        for number in range(2, 32):
            register(world.alice, world.north, f"H{number}")
        register(world.alice, world.north, "RX1", "Ada Nwosu")
        register(world.alice, world.north, "RX2", "O'Neil <Una>")
        register(world.charlie, world.south, "H1", "A Stranger")


def test_the_exact_number_goes_straight_to_the_patient(
    alice: Visitor, world: World, crowd: None
) -> None:
    for typed in ("H1", " h1 ", "h 1"):
        response = alice.post("/patients/search", q=typed)
        assert response.status_code == 303
        assert response.headers["location"] == f"/patients/{world.pat}"


def test_the_beginning_of_a_number_or_of_any_part_of_the_name_finds_them(
    alice: Visitor, crowd: None
) -> None:
    for typed in ("rx", "ada", "nwo"):
        page = alice.post("/patients/search", q=typed).text
        assert "Ada Nwosu" in page
        assert f'value="{typed}"' in page
    assert "RX2" not in alice.post("/patients/search", q="nwo").text


def test_while_one_types_only_the_list_comes_back_and_nobody_is_led_away(
    alice: Visitor, crowd: None
) -> None:
    response = alice.post("/patients/search", q="RX1", htmx=True)
    assert response.status_code == 200
    assert "Ada Nwosu" in response.text
    assert "<html" not in response.text
    assert 'id="found"' in response.text


def test_more_matches_than_fit_ask_for_more_letters(alice: Visitor, crowd: None) -> None:
    page = alice.post("/patients/search", q="H").text
    assert "Only the first 25 are shown" in page
    assert page.count('href="/patients/0') == 25


def test_nobody_found_says_what_to_do(alice: Visitor, crowd: None) -> None:
    page = alice.post("/patients/search", q="zzz").text
    assert "Nobody matches" in page
    assert 'href="/procedures/new"' in page
    assert "Nobody matches" in alice.post("/patients/search", q="%").text


def test_what_is_typed_and_recorded_is_shown_as_text(alice: Visitor, crowd: None) -> None:
    page = alice.post("/patients/search", q="<una").text
    assert "&lt;Una&gt;" in page or "Nobody matches" in page
    assert "<una" not in page
    assert "O&#39;Neil &lt;Una&gt;" in alice.post("/patients/search", q="rx").text


def test_the_list_turns_its_pages(alice: Visitor, crowd: None) -> None:
    first, second = alice.get("/patients").text, alice.get("/patients?page=2").text
    assert "Patients 1 to 25" in first
    assert 'href="/patients?page=2"' in first
    assert "Patients 26 to 33" in second
    assert 'href="/patients?page=1"' in second
    assert "page=3" not in second
    assert "There are no more patients" in alice.get("/patients?page=9").text
    assert alice.get("/patients?page=0").status_code == 404


def test_no_address_of_the_search_holds_what_was_searched_for(alice: Visitor) -> None:
    page = alice.post("/patients/search", q="H9").text
    assert "q=H9" not in page
    for form in page.split("<form")[1:]:
        assert 'method="post"' in form.split(">")[0] or 'method="dialog"' in form.split(">")[0]


def test_a_stranger_finds_only_their_own(charlie: Visitor, world: World, crowd: None) -> None:
    page = charlie.post("/patients/search", q="RX").text
    assert "Nobody matches" in page
    own = charlie.post("/patients/search", q="H1").headers["location"]
    assert own != f"/patients/{world.pat}"
    assert "A Stranger" in charlie.get(own).text


def test_who_sees_no_records_may_not_search(quinn: Visitor, sign_in: SignIn, world: World) -> None:
    for visitor in (quinn, sign_in(world.audrey)):
        assert visitor.get("/patients").status_code == 403
        assert visitor.post("/patients/search", q="H1").status_code == 403


def test_a_search_from_elsewhere_is_refused(alice: Visitor) -> None:
    assert alice.post("/patients/search", q="H1", csrf_token="forged").status_code == 403


def test_the_list_takes_the_same_queries_however_many_there_are(
    alice: Visitor, engine: Engine, crowd: None
) -> None:
    counts = []
    for url in ("/patients?page=2", "/patients"):
        with counted(engine) as statements:
            alice.get(url)
        counts.append(len(statements))
    assert counts[0] == counts[1] <= 12  # five of them leave the line in the trail
