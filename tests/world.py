"""The world that tests stand in, made through the services, so it can't be impossible.

site NORTH                                   site SOUTH
  Alice    clinician                           Charlie  clinician, a stranger to NORTH
  Bob      coordinator
  Quinn    quality: outcomes, no records
  Audrey   auditor: outcomes and exports
  Pat      H1, born 1950-05-17, lung
    -5 d ......... average 8, worst 9; morphine 30 mg x 2
     0 d  2026-01-05  coeliac plexus block by Dr Able
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from sqlmodel import Session

from registry.domain.access import Actor, Role
from registry.domain.drafts import AssessmentDraft, PatientDraft, ProcedureDraft
from registry.domain.opioids import DoseUnit, OpioidItem, Regimen, Route
from registry.domain.timeline import AVERAGE_SELF, WORST_SELF, PainScore
from registry.services.assessments import add_assessment
from registry.services.patients import record_death, register_patient
from registry.services.people import actor_of, create_user, ensure_site, local_actor
from registry.services.procedures import log_procedure

TODAY = date(2026, 3, 2)
PERFORMED = date(2026, 1, 5)
PASSWORD = "a long enough password"
CELIAC = "coeliac-plexus"


@dataclass(frozen=True)
class World:
    """Ids and actors to stand on; rows are read afresh by each test."""

    north: UUID
    south: UUID
    alice: Actor
    bob: Actor
    quinn: Actor
    audrey: Actor
    charlie: Actor
    pat: UUID
    celiac: UUID


def make_world(session: Session) -> World:
    """Build the world of this module's docstring."""
    north, south = ensure_site(session, "NORTH"), ensure_site(session, "SOUTH")
    operator = local_actor(session)

    def person(name: str, site: object, role: Role) -> Actor:
        user = create_user(
            session,
            actor=operator,
            email=f"{name.lower()}@example.org",
            name=name,
            password=PASSWORD,
            site=site,  # type: ignore[arg-type]
            role=role,
        )
        return actor_of(session, user)

    alice = person("Alice", north, Role.CLINICIAN)
    pat = register_patient(
        session, actor=alice, site_id=north.id, draft=patient_draft(), today=TODAY
    )
    celiac = log_procedure(
        session,
        actor=alice,
        patient_id=pat.id,
        draft=procedure_draft(),
        baseline=assessment_draft(PERFORMED - timedelta(days=5), 8, worst=9, regimen=morphine(30)),
        today=TODAY,
    )
    return World(
        north=north.id,
        south=south.id,
        alice=alice,
        bob=person("Bob", north, Role.COORDINATOR),
        quinn=person("Quinn", north, Role.QUALITY),
        audrey=person("Audrey", north, Role.AUDITOR),
        charlie=person("Charlie", south, Role.CLINICIAN),
        pat=pat.id,
        celiac=celiac.id,
    )


def patient_draft(hospital_number: str = "H1", **changes: object) -> PatientDraft:
    """Describe Pat, or somebody like Pat."""
    values: dict[str, object] = {
        "hospital_number": hospital_number,
        "birth_date": date(1950, 5, 17),
        "sex": "female",
        "diagnosis_group": "lung",
        **changes,
    }
    return PatientDraft(**values)  # type: ignore[arg-type]


def procedure_draft(performed_on: date = PERFORMED, **changes: object) -> ProcedureDraft:
    """Describe a coeliac plexus block, or something like it."""
    values: dict[str, object] = {
        "performed_on": performed_on,
        "technique": CELIAC,
        "intent": "therapeutic",
        "operator": "Dr Able",
        **changes,
    }
    return ProcedureDraft(**values)  # type: ignore[arg-type]


def morphine(mg: int, times: int = 2) -> Regimen:
    """Describe oral morphine, `mg` at a time."""
    return (
        OpioidItem(
            drug="morphine",
            route=Route.ORAL,
            dose=Decimal(mg),
            unit=DoseUnit.MG,
            per_day=Decimal(times),
        ),
    )


def assessment_draft(
    on: date,
    average: int | None = None,
    *,
    worst: int | None = None,
    regimen: Regimen | None = None,
    **changes: object,
) -> AssessmentDraft:
    """Describe an assessment with self-reported 24 h scores."""
    scores = [
        PainScore(kind, score)
        for kind, score in ((AVERAGE_SELF, average), (WORST_SELF, worst))
        if score is not None
    ]
    return AssessmentDraft(
        assessed_on=on,
        scores=tuple(scores),
        regimen=regimen,
        **changes,  # type: ignore[arg-type]
    )


def follow_up(
    session: Session, world: World, day: int, average: int, mg: int | None = None
) -> UUID:
    """Assess Pat so many days after the coeliac block."""
    row = add_assessment(
        session,
        actor=world.alice,
        patient_id=world.pat,
        draft=assessment_draft(
            PERFORMED + timedelta(days=day), average, regimen=morphine(mg) if mg else None
        ),
        today=TODAY,
    )
    return row.id


def dies(session: Session, world: World, day: int) -> UUID:
    """Let Pat die so many days after the coeliac block."""
    died_on = PERFORMED + timedelta(days=day)
    row = record_death(
        session, actor=world.alice, patient_id=world.pat, died_on=died_on, today=TODAY
    )
    return row.id
