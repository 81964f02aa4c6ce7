"""The demonstration is written in bulk, and yet is what people would have entered by hand."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from registry.db.engine import transaction
from registry.db.queries.patients import any_patient
from registry.db.queries.people import find_account, list_sites
from registry.demo import bulk, seed
from registry.demo.bulk import BulkWriter
from registry.demo.courses import SITES, draw_courses
from registry.domain.access import Actor
from registry.services.audit import unsealed
from registry.services.outcomes import list_stale_sites
from registry.services.patients import search_patients
from registry.services.people import actor_of
from registry.services.trail import verify_trail
from tests.databases import Database, Rows
from tests.demo.by_verbs import record

TODAY = date(2026, 11, 23)
SAMPLE = 60

MAY_DIFFER = {
    "audit_event": {"id", "at", "previous", "seal"},
    "audit_head": {"seal"},
    "patient": {"created_at"},
    "procedure": {"created_at"},
    "assessment": {"created_at"},
    "adverse_event": {"created_at"},
    "device_check": {"created_at"},
    "missed_follow_up": {"created_at"},
    "death": {"created_at"},
}
"""Times of writing, and the seals, which cover them. Ids differ, too: see `told`."""

_UNNAMED = {
    *("pain_score", "measure", "opioid_item", "infusate_item", "procedure_agent"),
    *("procedure_guidance", "audit_event", "user_account", "site", "membership"),
}
"""Tables whose ids nothing refers to, and those that are the same in both."""

Filling = Callable[[Session, Actor, dict[str, UUID]], None]


@pytest.fixture
def opened(database: Database, engine: Engine) -> Rows:
    """Open the demonstration's sites with their accounts, so that both ways start from one."""
    with transaction(engine) as session:
        seed.open_demo(session)
    return database.rows()


def by_hand(session: Session, actor: Actor, sites: dict[str, UUID]) -> None:
    for drawn in draw_courses(TODAY, SAMPLE):
        record(session, actor, sites[drawn.site], drawn, TODAY)


def in_bulk(session: Session, actor: Actor, sites: dict[str, UUID]) -> None:
    writer = BulkWriter(session, actor, list_sites(session), TODAY)
    for drawn in draw_courses(TODAY, SAMPLE):
        writer.add(drawn)
    writer.write()


def filled(database: Database, opened: Rows, fill: Filling) -> dict[str, list[Any]]:
    """Fill the opened registry one way and read everything that is in it then."""
    database.empty()
    database.put(opened)
    with transaction(database.engine) as session:
        fill(session, clinician(session), {site.code: site.id for site in list_sites(session)})
    return told(database.rows())


def clinician(session: Session) -> Actor:
    account = find_account(session, seed.ACCOUNTS[0].email)
    assert account is not None
    return actor_of(session, account)


def told(rows: Rows) -> dict[str, list[Any]]:
    """Read rows without what may differ; an id is named by when its record was entered."""
    names = dict(_names(rows))
    found = {
        table.name: [
            {
                name: _plain(value, names)
                for name, value in row.items()
                if name not in MAY_DIFFER.get(table.name, ())
                and not (name == "id" and table.name in _UNNAMED)
            }
            for row in values
        ]
        for table, values in rows
    }
    return {name: sorted(values, key=repr) for name, values in found.items()}


def _names(rows: Rows) -> Iterator[tuple[str, str]]:
    """Name each record by its place among those of its kind. Ids are sorted by time of entry."""
    for table, values in rows:
        if table.name in _UNNAMED:
            continue
        for place, row in enumerate(sorted(values, key=lambda row: str(row.get("id")))):
            if "id" in row:
                yield str(row["id"]), f"{table.name} {place}"


def _plain(value: Any, names: dict[str, str]) -> Any:
    if isinstance(value, UUID):
        return names.get(str(value), str(value))
    if isinstance(value, dict):
        text = json.dumps(unsealed(value), sort_keys=True)
        for found, name in names.items():
            text = text.replace(found, name)
        return text
    return value


def test_it_holds_the_same_rows_as_if_each_had_been_entered_by_hand(
    database: Database, opened: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk, "BATCH", 25)  # so that more than one batch is written
    expected = filled(database, opened, by_hand)
    made = filled(database, opened, in_bulk)
    assert len(made["patient"]) == SAMPLE
    assert all(
        made[name] for name in ("device_check", "death", "missed_follow_up", "infusate_item")
    )
    for name, rows in expected.items():
        assert made[name] == rows, name


def test_its_trail_verifies_and_nothing_is_stale(engine: Engine) -> None:
    with transaction(engine) as session:
        seed.seed_demo(session, today=TODAY, procedures=SAMPLE)
    with transaction(engine) as session:
        chains = list(verify_trail(session))
        assert not [b for chain in chains for b in chain.breaks]
        assert {chain.name for chain in chains} >= {code for code, _ in SITES}
        assert not list_stale_sites(session)


def test_its_patients_are_found_by_their_numbers(engine: Engine) -> None:
    with transaction(engine) as session:
        seed.seed_demo(session, today=TODAY, procedures=30)
        found = search_patients(session, actor=clinician(session), text="D00017")
        assert [patient.hospital_number for patient in found] == ["D00017"]


def test_what_fails_on_the_way_leaves_nothing_behind(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk, "BATCH", 5)

    def stop(done: int, _total: int) -> None:
        if done == 12:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt), transaction(engine) as session:
        seed.seed_demo(session, today=TODAY, procedures=20, progress=stop)
    with transaction(engine) as session:
        assert not seed.is_seeded(session)
        assert any_patient(session) is None
