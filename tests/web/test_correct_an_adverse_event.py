"""Correcting what went wrong: with a reason, nothing lost, and nothing overwritten unseen."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Engine

from registry.db.engine import transaction
from registry.db.tables import AdverseEvent, AuditEvent
from registry.domain.drafts import AdverseEventDraft
from registry.services.adverse_events import add_adverse_event
from tests.web.conftest import Visitor
from tests.web.queries import rows
from tests.web.test_correct_a_record import edit, fields_of
from tests.world import TODAY, World


@pytest.fixture
def event(engine: Engine, world: World) -> UUID:
    """Record everything that can be said of an event."""
    draft = AdverseEventDraft(
        onset_on=date(2026, 1, 6),
        complication="hypotension",
        complication_text="On standing",
        scheme="sir",
        scheme_version="2017",
        grade=2,
        relatedness="probable",
        resolution="with_sequelae",
        resolved_on=date(2026, 1, 9),
        sequelae="Dizzy on standing",
        note="Two litres",
    )
    with transaction(engine) as session:
        row = add_adverse_event(
            session, actor=world.alice, procedure_id=world.celiac, draft=draft, today=TODAY
        )
        return row.id


def url_of(event: UUID) -> str:
    return f"/adverse-events/{event}/edit"


def test_only_what_is_changed_changes(alice: Visitor, engine: Engine, event: UUID) -> None:
    response = edit(alice, url_of(event), grade="3")
    assert "Adverse event corrected." in alice.get(response.headers["location"]).text
    last = rows(engine, AuditEvent)[-1]
    assert (last.action, last.reason) == ("amend", "Misread the notes")
    assert last.changes == {"grade": [2, 3]}


def test_another_event_is_expected_or_not_by_itself(
    alice: Visitor, engine: Engine, event: UUID
) -> None:
    edit(alice, url_of(event), complication="transient-diarrhoea")
    (row,) = rows(engine, AdverseEvent)
    assert row.expected
    assert not row.counts_as_harm


def test_a_grade_is_taken_back_with_its_scheme(alice: Visitor, engine: Engine, event: UUID) -> None:
    edit(alice, url_of(event), grade="")
    (row,) = rows(engine, AdverseEvent)
    assert (row.grade, row.scheme, row.scheme_version) == (None, None, None)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"reason": ""}, "Say why the record is corrected."),
        ({}, "Nothing was changed"),
        ({"onset_on": "4 Jan 2026"}, "The event began before the procedure."),
        ({"resolution": "resolved"}, "What stayed belongs to an event"),
        ({"complication": "unrelated-death"}, "Leave it ungraded."),
        ({"grade": "5"}, "No death is on record."),
    ],
)
def test_bad_input_is_told_kept_and_not_written(
    alice: Visitor, engine: Engine, event: UUID, changes: dict[str, Any], message: str
) -> None:
    response = edit(alice, url_of(event), **changes)
    assert response.status_code == 422
    assert message in response.text
    assert "Two litres" in response.text
    (row,) = rows(engine, AdverseEvent)
    assert row.version == 1


def test_a_stale_correction_shows_both_versions(
    alice: Visitor, engine: Engine, event: UUID
) -> None:
    typed = fields_of(alice.get(url_of(event)).text)
    edit(alice, url_of(event), grade="4", note="Three litres")
    stale = alice.post(url_of(event), **{**typed, "grade": "1", "reason": "Mine"})
    assert stale.status_code == 409
    assert "What stands now" in stale.text
    assert "4 (life-threatening or disabling), SIR 2017" in stale.text
    assert rows(engine, AdverseEvent)[0].grade == 4
    again = alice.post(url_of(event), **{**fields_of(stale.text), "reason": "Mine"})
    assert again.status_code == 303
    assert rows(engine, AdverseEvent)[0].grade == 1


def test_another_scheme_shows_its_grades_and_saves_nothing(
    alice: Visitor, engine: Engine, event: UUID
) -> None:
    response = edit(alice, url_of(event), scheme="clavien-dindo 2004", step="scheme")
    assert response.status_code == 200
    assert "Grade (Clavien-Dindo 2004)" in response.text
    assert rows(engine, AdverseEvent)[0].scheme == "sir"


def test_a_stranger_gets_a_404_and_who_sees_no_records_a_403(
    charlie: Visitor, quinn: Visitor, event: UUID
) -> None:
    for visitor, status in ((charlie, 404), (quinn, 403)):
        assert visitor.get(url_of(event)).status_code == status
        assert visitor.post(url_of(event), reason="x", version="1").status_code == status
