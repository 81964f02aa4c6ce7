"""Home: the follow-ups that are due, the last procedures, how complete follow-up has been."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import Engine
from sqlmodel import Session

from registry.db.engine import transaction
from registry.domain.access import Actor, Role
from registry.services.patients import register_patient
from registry.services.procedures import log_procedure
from tests.web.conftest import SignIn, Visitor
from tests.web.queries import counted
from tests.world import (
    TODAY,
    World,
    assessment_draft,
    dies,
    patient_draft,
    procedure_draft,
)


def treat(session: Session, actor: Actor, site: object, number: str, days_ago: int) -> object:
    """Register somebody and give them a coeliac plexus block so many days ago."""
    patient = register_patient(
        session,
        actor=actor,
        site_id=site,  # type: ignore[arg-type]
        draft=patient_draft(number, name=f"Name of {number}"),
        today=TODAY,
    )
    on = TODAY - timedelta(days=days_ago)
    log_procedure(
        session,
        actor=actor,
        patient_id=patient.id,
        draft=procedure_draft(on),
        baseline=assessment_draft(on, 8),
        today=TODAY,
    )
    return patient.id


def test_calls_are_grouped_by_how_pressing_they_are(
    alice: Visitor, engine: Engine, world: World
) -> None:
    with transaction(engine) as session:
        late = treat(session, world.alice, world.north, "LATE", 9)
        treat(session, world.alice, world.north, "TODAY", 7)
        treat(session, world.alice, world.north, "SOON", 4)
    page = alice.get("/").text
    overdue, rest = page.split("Planned for today", 1)
    today, soon = rest.split("In the next 7 days", 1)
    assert "LATE" in overdue.split("Overdue")[1]
    assert "2 days late" in overdue
    assert "TODAY" in today
    assert "SOON" in soon.split("Last procedures")[0]
    assert "3 days to go" in soon
    assert f"/patients/{late}/assessments/new" in overdue
    assert "1 overdue, 1 planned for today" in page


def test_who_has_died_or_has_been_assessed_is_not_called(
    alice: Visitor, engine: Engine, world: World
) -> None:
    with transaction(engine) as session:
        treat(session, world.alice, world.north, "LATE", 9)
        dies(session, world, 20)
    due = alice.get("/").text.split("Last procedures")[0]
    assert "LATE" in due
    assert ">H1<" not in due


def test_nothing_due_says_why_and_when_something_will_be(alice: Visitor) -> None:
    page = alice.get("/").text
    assert "No follow-up is due this week" in page
    assert "nobody was due" not in page.split("Assessed at 7 days")[1].split("Assessed at 28")[0]


def test_completeness_counts_those_alive_and_due(
    alice: Visitor, engine: Engine, world: World
) -> None:
    with transaction(engine) as session:
        treat(session, world.alice, world.north, "X1", 20)
    at_7_days = alice.get("/").text.split("Assessed at 7 days")[1].split("Assessed at 28")[0]
    assert "0 %" in at_7_days
    assert "0 of 2 alive and due" in at_7_days


def test_one_sees_the_work_of_ones_own_site_alone(
    alice: Visitor, charlie: Visitor, engine: Engine, world: World
) -> None:
    with transaction(engine) as session:
        treat(session, world.charlie, world.south, "SECRET", 9)
    assert "SECRET" not in alice.get("/").text
    page = charlie.get("/").text
    assert "SECRET" in page
    assert ">H1<" not in page
    assert "0 of 1 alive and due" in page


def test_a_new_service_is_told_how_to_begin(charlie: Visitor) -> None:
    page = charlie.get("/").text
    assert "No procedure has been logged yet" in page
    assert 'href="/procedures/new"' in page


def test_who_sees_no_records_is_told_what_they_can_do_instead(
    quinn: Visitor, sign_in: SignIn, world: World
) -> None:
    page = quinn.get("/").text
    assert "What you can do here" in page
    assert 'href="/outcomes"' in page
    assert "H1" not in page
    main = page.split("<main")[1]
    assert 'href="/exports"' in main
    assert 'href="/exports"' in sign_in(world.audrey).get("/").text.split("<main")[1]


def test_the_navigation_offers_only_what_a_role_may_do(
    alice: Visitor, quinn: Visitor, sign_in: SignIn, world: World
) -> None:
    offers = ("/patients/search", "/procedures/new", "/outcomes", "/exports")

    def offered(visitor: Visitor) -> list[str]:
        header = visitor.get("/").text.split("<main")[0]
        return [address for address in offers if f'"{address}"' in header]

    assert offered(alice) == list(offers)
    assert offered(quinn) == ["/outcomes", "/exports"]
    assert offered(sign_in(world.audrey)) == ["/outcomes", "/exports"]


def test_completeness_leaves_out_sites_whose_records_one_does_not_see(
    sign_in: SignIn, engine: Engine, world: World
) -> None:
    """Small numbers of a site that one only compares must not show through the line on top."""
    from registry.db.tables import Site, UserAccount
    from registry.services.people import actor_of, grant_role, local_actor

    with transaction(engine) as session:
        treat(session, world.charlie, world.south, "S1", 20)
        user = session.get_one(UserAccount, world.alice.user_id)
        south = session.get_one(Site, world.south)
        grant_role(session, actor=local_actor(session), user=user, site=south, role=Role.QUALITY)
        alice = actor_of(session, user)
    page = sign_in(alice).get("/").text
    at_7_days = page.split("Assessed at 7 days")[1].split("Assessed at 28")[0]
    assert "0 of 1 alive and due" in at_7_days


def test_the_page_takes_the_same_queries_however_much_there_is(
    alice: Visitor, engine: Engine, world: World
) -> None:
    def queries() -> int:
        with counted(engine) as statements:
            assert alice.get("/").status_code == 200
        return len(statements)

    with transaction(engine) as session:
        treat(session, world.alice, world.north, "A1", 9)
    few = queries()
    with transaction(engine) as session:
        for number in range(6):
            treat(session, world.alice, world.north, f"B{number}", 7 + number)
    assert queries() == few
    assert few <= 18  # six of them leave the line in the trail
