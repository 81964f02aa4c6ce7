"""Two sites, two conversion tables, one comparison."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from sqlmodel import Session

from registry.db.tables import Site
from registry.domain.access import Actor
from registry.domain.opioids import DoseUnit, OpioidItem, Regimen, Route
from registry.services.assessments import add_assessment
from registry.services.outcomes import rebuild_outcomes
from registry.services.patients import register_patient
from registry.services.people import local_actor
from registry.services.procedures import log_procedure
from registry.services.reports import run_report
from reports.catalogue import OPIOIDS
from reports.filters import Filters
from reports.page import Asked
from tests.world import (
    PERFORMED,
    TODAY,
    World,
    assessment_draft,
    patient_draft,
    procedure_draft,
)


def hydromorphone(mg: int) -> Regimen:
    """CDC 2022 counts it fivefold, CDC 2016 fourfold."""
    return (OpioidItem("hydromorphone", Route.ORAL, Decimal(mg), DoseUnit.MG, Decimal(2)),)


def treat(session: Session, actor: Actor, site: Site) -> None:
    patient = register_patient(
        session, actor=actor, site_id=site.id, draft=patient_draft("H9"), today=TODAY
    )
    log_procedure(
        session,
        actor=actor,
        patient_id=patient.id,
        draft=procedure_draft(),
        baseline=assessment_draft(PERFORMED, 8, regimen=hydromorphone(10)),
        today=TODAY,
    )
    later = assessment_draft(PERFORMED + timedelta(days=28), 4, regimen=hydromorphone(5))
    add_assessment(session, actor=actor, patient_id=patient.id, draft=later, today=TODAY)


def before(session: Session, **asked: tuple[str, ...]) -> tuple[str, tuple[str, ...]]:
    actor = local_actor(session)
    answer = run_report(
        session,
        actor=actor,
        report=OPIOIDS,
        filters=Filters(),
        asked=Asked(tables=asked.get("tables", ())),
        today=TODAY,
    )
    _, shown = answer.output.blocks[1]
    row = next(row for row in shown.tables[0].rows if row[1] == "28 days")
    return row[4], shown.tables[0].notes


def test_sites_with_different_tables_are_compared_by_one_and_it_is_said(
    session: Session, world: World
) -> None:
    north, south = (session.get(Site, key) for key in (world.north, world.south))
    assert north is not None
    assert south is not None
    south.opioid_table = "cdc-2016"
    actor = local_actor(session)
    for site in (north, south):
        treat(session, actor, site)
    rebuild_outcomes(session)

    told, notes = before(session)
    assert told == "100", "10 mg twice, fivefold, at both sites"
    assert any("also where a site's own table is CDC 2016" in note for note in notes)
    told, notes = before(session, tables=("cdc-2016",))
    assert told == "80"
    assert any("by CDC 2016 for all sites" in note for note in notes)


def test_one_table_everywhere_needs_no_words(session: Session, world: World) -> None:
    assert before(session)[1][0] == "Doses are converted by CDC 2022."
