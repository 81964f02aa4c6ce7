"""A report that leaves: what it holds, what it holds back, and that the trail knows."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlmodel import Session, select

from registry.db.tables import AuditEvent, Site
from registry.domain.access import Actor
from registry.domain.errors import NotPermitted
from registry.services.people import local_actor
from registry.services.report_files import ReportFile, make_report_file, record_report_file
from reports.catalogue import CATALOGUE, COMPARE, OPIOIDS
from reports.filters import Filters
from reports.page import Asked
from reports.report import Report
from tests.world import CELIAC, TODAY, World, follow_up

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


def make(
    session: Session,
    actor: Actor,
    *reports: Report,
    filters: Filters | None = None,
    identifiable: bool = False,
) -> ReportFile:
    return make_report_file(
        session,
        actor=actor,
        reports=reports or CATALOGUE,
        filters=filters or Filters(),
        asked=Asked(),
        today=TODAY,
        now=NOW,
        identifiable=identifiable,
    )


def said(file: ReportFile) -> str:
    return " ".join(shown.answer for answer in file.answers for _, shown in answer.output.blocks)


def test_small_numbers_are_held_back_whoever_asks(session: Session, world: World) -> None:
    follow_up(session, world, 28, 3, mg=20)
    for actor in (world.alice, world.quinn, local_actor(session)):
        file = make(session, actor, COMPARE)

        assert file.held_back is not None
        assert "counts of 1 to 10" in file.held_back
        assert "Too few procedures" in said(file)


def test_who_may_read_every_record_can_ask_for_all(session: Session, world: World) -> None:
    follow_up(session, world, 28, 3, mg=20)
    file = make(session, world.alice, COMPARE, identifiable=True)

    assert file.held_back is None
    assert "1 of 1 alive and due" in said(file)
    assert make(session, local_actor(session), COMPARE, identifiable=True).held_back is None
    with pytest.raises(NotPermitted, match="who may read the records"):
        make(session, world.quinn, COMPARE, identifiable=True)


def test_what_needs_a_technique_is_left_out_and_named_until_one_is_chosen(
    session: Session, world: World
) -> None:
    single = [report for report in CATALOGUE if report.one_technique]
    whole = make(session, world.alice)
    narrowed = make(session, world.alice, filters=Filters(technique=(CELIAC,)))

    assert list(whole.left_out) == single
    assert not narrowed.left_out
    assert len(narrowed.answers) == len(whole.answers) + len(single)


def test_the_rules_of_the_sites_that_are_asked_for_come_along(
    session: Session, world: World
) -> None:
    south = session.get(Site, world.south)
    assert south is not None
    south.opioid_table = "uk-fpm-2020"
    file = make(session, local_actor(session), COMPARE, filters=Filters(site=("SOUTH",)))

    assert [(s.name, s.floor, s.table) for s in file.sites] == [("SOUTH", 4, "UK FPM 2020")]
    assert [table.id for table in file.tables] == ["uk-fpm-2020"]
    assert len(make(session, local_actor(session), OPIOIDS).tables) == 4


def test_the_trail_of_every_site_says_what_left_and_how(session: Session, world: World) -> None:
    actor = local_actor(session)
    file = make(session, actor, COMPARE, OPIOIDS, filters=Filters(site=("NORTH",)))
    record_report_file(session, actor=actor, file=file)
    (event,) = session.exec(select(AuditEvent).where(AuditEvent.action == "export")).all()

    assert (event.site_id, event.actor, event.role) == (world.north, "command line", "local")
    assert event.changes["dataset"] == [None, "report_file"]
    assert event.changes["reports"] == [None, ["compare", "opioids"]]
    assert event.changes["filters"] == [None, {"site": ["NORTH"]}]
    assert event.changes["small_numbers"] == [None, "held back"]
