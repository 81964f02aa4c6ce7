"""An upgrade loses nothing: what an earlier version recorded is there, in the new words."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import Connection, Engine, text

from registry.db.engine import create_engine, transaction
from registry.db.migrate import downgrade, upgrade
from registry.db.queries.patients import find_patient, load_course
from registry.services.outcomes import rebuild_outcomes
from registry.services.trail import verify_trail
from registry.settings import Settings
from tests.databases import BACKENDS, postgresql_server

SITE, PATIENT, PROCEDURE, ASSESSMENT = (UUID(int=n) for n in range(1, 5))
STAMP = "2026-01-05 10:00:00+00:00"
FIRST = "0001"

RECORDS: dict[str, dict[str, object]] = {
    "site": {
        "id": SITE,
        "code": "NORTH",
        "name": "North",
        "opioid_table": "cdc-2022",
        "eligibility_floor": 4,
        "disclosure_threshold": 11,
        "synthetic": False,
    },
    "patient": {
        "site_id": SITE,
        "id": PATIENT,
        "version": 1,
        "hospital_number": "H1",
        "birth_date": "1950-05-17",
        "sex": "female",
    },
    "procedure": {
        "site_id": SITE,
        "id": PROCEDURE,
        "version": 1,
        "patient_id": PATIENT,
        "performed_on": "2026-01-05",
        "technique": "coeliac-plexus",
        "taxonomy_version": "2026.1",
        "intent": "therapeutic",
        "operator": "Dr Able",
    },
    "assessment": {
        "site_id": SITE,
        "id": ASSESSMENT,
        "version": 1,
        "patient_id": PATIENT,
        "assessed_on": "2026-01-04",
        "after_procedure": False,
        "regimen_recorded": False,
    },
    "pain_score": {
        "site_id": SITE,
        "id": UUID(int=5),
        "assessment_id": ASSESSMENT,
        "kind": "average",
        "recall": "24h",
        "respondent": "self",
        "score": 8,
    },
    "function_score": {
        "site_id": SITE,
        "id": UUID(int=6),
        "assessment_id": ASSESSMENT,
        "instrument": "akps",
        "value": 60,
    },
    "adverse_event": {
        "site_id": SITE,
        "id": UUID(int=7),
        "version": 1,
        "procedure_id": PROCEDURE,
        "patient_id": PATIENT,
        "onset_on": "2026-01-06",
        "complication": "hypotension",
        "expected": False,
        "scheme": "CTCAE 5.0",
        "grade": 2,
    },
    "audit_event": {
        "id": UUID(int=8),
        "site_id": SITE,
        "at": STAMP,
        "actor": "Dr Åse",
        "role": "clinician",
        "action": "log_procedure",
        "changes": '{"medd": [null, 60.0]}',
        "app_version": "0.0.1",
    },
}


@pytest.fixture(params=BACKENDS)
def old(request: pytest.FixtureRequest, tmp_path: Path) -> Engine:
    """Give a database as the first version left it, with one record of each kind."""
    if request.param == "sqlite":
        yield from _at_first(f"sqlite:///{tmp_path / 'old.db'}")
    else:
        with postgresql_server() as url:
            yield from _at_first(url)


def _at_first(url: str) -> object:
    engine = create_engine(Settings(database_url=url, _env_file=None))
    upgrade(engine, FIRST)
    with engine.begin() as connection:
        for table, values in RECORDS.items():
            _insert(connection, table, values)
    yield engine
    engine.dispose()


def _insert(connection: Connection, table: str, values: dict[str, object]) -> None:
    stamped = "version" in values or table == "site"
    row = {**values, **({"created_at": STAMP} if stamped else {})}
    bound = {k: _bound(connection, v) for k, v in row.items()}
    names = ", ".join(f":{name}" for name in row)
    connection.execute(text(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({names})"), bound)  # noqa: S608


def _bound(connection: Connection, value: object) -> object:
    if isinstance(value, UUID) and connection.dialect.name == "sqlite":
        return value.hex
    return value


def test_everything_recorded_is_there_after_the_upgrade(old: Engine) -> None:
    upgrade(old)
    with transaction(old) as session:
        patient = find_patient(session, [SITE], PATIENT)
        assert patient is not None
        course = load_course(session, patient)
        (assessment,), (event,) = course.assessments, course.adverse_events
        assert [s.score for s in assessment.scores] == [8]
        assert [(m.instrument, m.value, m.respondent) for m in assessment.measures] == [
            ("akps", 60, None)
        ]
        assert assessment.source == "clinic"
        assert (event.scheme, event.scheme_version, event.grade) == ("ctcae", "5.0", 2)
        assert [p.operator for p in course.procedures] == ["Dr Able"]
        assert rebuild_outcomes(session) == 1


def test_the_lines_of_the_trail_are_sealed_by_the_upgrade(old: Engine) -> None:
    upgrade(old)
    with transaction(old) as session:
        (check,) = verify_trail(session)
    assert (check.name, check.breaks) == ("NORTH", ())
    assert check.head is not None
    assert check.head.number == 1


def test_going_back_loses_nothing_that_the_first_version_knew(old: Engine) -> None:
    upgrade(old)
    downgrade(old, FIRST)
    with old.connect() as connection:
        for table in RECORDS:
            assert connection.execute(text(f"SELECT count(*) FROM {table}")).scalar() == 1, table  # noqa: S608
        assert connection.execute(text("SELECT scheme FROM adverse_event")).scalar() == "CTCAE 5.0"
