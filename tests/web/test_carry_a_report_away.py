"""The button that makes one file of a report."""

from __future__ import annotations

import re

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine
from sqlmodel import select

from registry.db.engine import transaction
from registry.db.tables import AuditEvent
from registry.web.report_file import css_text
from tests.web.conftest import Visitor
from tests.world import World, follow_up

FILE = "/reports/file"


def test_the_file_is_whole_and_knows_no_address(alice: Visitor) -> None:
    answer = alice.get(f"{FILE}?report=opioids&report=compare")

    assert answer.status_code == 200
    assert re.fullmatch(
        r'attachment; filename="assuage-reports-2026-03-02\.html"',
        answer.headers["content-disposition"],
    )
    own = re.sub(r"<script.*?</script>", "", answer.text, flags=re.DOTALL)
    assert not re.search(r'(src|href)="(?!#|data:)|@import|url\(', own)
    assert "default-src 'none'" in answer.text
    assert "Plotly" in answer.text
    for told in ("What happens to opioid doses?", "What did each technique achieve?"):
        assert told in answer.text
    for told in ("CDC 2016, version", "nrs30 v1", "Follow-up windows, version", "2 Mar 2026"):
        assert told in answer.text
    assert "by Alice" in answer.text
    assert "counts of 1 to 10" in answer.text


def test_that_it_left_is_in_the_trail_before_it_goes(quinn: Visitor, engine: Engine) -> None:
    assert quinn.get(f"{FILE}?report=opioids").status_code == 200
    with transaction(engine, write=False) as session:
        (event,) = session.exec(select(AuditEvent).where(AuditEvent.action == "export")).all()
    assert (event.actor, event.role) == ("Quinn", "quality")
    assert event.changes["reports"] == [None, ["opioids"]]


@pytest.mark.parametrize(
    ("query", "status"),
    [("report=nope", 404), ("site=NOWHERE", 422), ("since=2026-02-02&until=2026-01-01", 422)],
)
def test_what_can_not_be_read_makes_no_file_and_no_line(
    alice: Visitor, engine: Engine, query: str, status: int
) -> None:
    assert alice.get(f"{FILE}?{query}").status_code == status
    with transaction(engine, write=False) as session:
        assert not session.exec(select(AuditEvent).where(AuditEvent.action == "export")).all()


def test_small_numbers_are_only_for_those_who_may_read_records(
    alice: Visitor, quinn: Visitor, world: World, engine: Engine
) -> None:
    with transaction(engine) as session:
        follow_up(session, world, 28, 3, mg=20)
    address = f"{FILE}?report=compare&identifiable=yes"

    assert "1 of 1 alive and due" in alice.get(address).text
    assert quinn.get(address).status_code == 403


def test_nobody_gets_it_without_signing_in(anonymous: TestClient) -> None:
    assert "/login" in anonymous.get(FILE, follow_redirects=False).headers["location"]


def test_a_population_can_not_break_out_of_the_stylesheet() -> None:
    written = css_text('Site "A"; } </style><script>')

    assert "<" not in written
    assert written.count('"') == 2
    assert css_text("North, 2 Mar 2026") == '"North, 2 Mar 2026"'
