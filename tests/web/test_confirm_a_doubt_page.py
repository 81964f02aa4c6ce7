"""What is unlikely is asked about within the form; a tick and a second click save it."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from fastapi.testclient import TestClient
from sqlalchemy import Engine
from sqlmodel import col, select

from registry.db.engine import transaction
from registry.db.tables import Confirmation
from registry.domain.access import Actor
from tests.web.conftest import Visitor
from tests.web.page_form import sent_by
from tests.world import World

HIGH = "medd-high:900"
OPIOIDS = {
    "opioids-0-drug": "morphine",
    "opioids-0-dose": "450",
    "opioids-0-unit": "mg",
    "opioids-0-route": "oral",
    "opioids-0-per_day": "2",
}


def _kept(engine: Engine) -> list[tuple[str, str]]:
    with transaction(engine, write=False) as session:
        rows = session.exec(select(Confirmation).order_by(col(Confirmation.code))).all()
        return [(row.code, row.actor) for row in rows]


def _asked(page: str, form_id: str | None = None) -> list[str]:
    """List the codes of the boxes that would be sent with the form."""
    form = page.split(f'id="{form_id}"')[1] if form_id else page
    return re.findall(
        r'type="checkbox"[^>]* name="confirmed" value="([^"]+)"', form.split("</form>")[0]
    )


def test_logging_a_procedure(alice: Visitor, world: World, engine: Engine) -> None:
    fields: dict[str, Any] = {
        **sent_by(alice.get(f"/procedures/new?patient={world.pat}").text, "log"),
        "technique": "stellate",
        "performed_on": "2/2/2026",
        "average_pain": "0",
        **OPIOIDS,
    }
    asked = alice.post("/procedures/new", **fields)
    assert asked.status_code == 422
    assert _asked(asked.text, "log") == ["no-pain", HIGH]
    assert "900 mg/24 h" in asked.text
    once = alice.post("/procedures/new", **{**sent_by(asked.text, "log"), "confirmed": "no-pain"})
    assert once.status_code == 422
    assert _asked(once.text, "log") == [HIGH]
    rest = sent_by(once.text, "log")
    assert rest["confirmed"] == ["no-pain"]
    done = alice.post("/procedures/new", **{**rest, "confirmed": ["no-pain", HIGH]})
    assert done.status_code == 303
    assert _kept(engine) == [(HIGH, "Alice"), ("no-pain", "Alice")]


def test_adding_a_follow_up(alice: Visitor, world: World, engine: Engine) -> None:
    url = f"/patients/{world.pat}/assessments/new"
    typed = {"assessed_on": "2/2/2026", "average_pain": "4", "respondent": "self", **OPIOIDS}
    asked = alice.post(url, **typed)
    assert asked.status_code == 422
    assert f'value="{HIGH}"' in asked.text
    assert _kept(engine) == []
    assert alice.post(url, **typed, confirmed=HIGH).status_code == 303
    assert _kept(engine) == [(HIGH, "Alice")]


def test_a_program_is_told_the_codes_to_send(
    program: Callable[[Actor], TestClient], world: World, engine: Engine
) -> None:
    client, url = program(world.alice), f"/api/v1/patients/{world.pat}/assessments"
    item = {"drug": "morphine", "route": "oral", "dose": 450, "unit": "mg", "per_day": 2}
    body = {"assessed_on": "2026-02-02", "opioids": [item]}
    headers = {"Idempotency-Key": "one"}
    asked = client.post(url, json=body, headers=headers)
    assert asked.status_code == 422
    (doubt,) = asked.json()["doubts"]
    assert doubt["code"] == HIGH
    done = client.post(url, json={**body, "confirmed": [HIGH]}, headers=headers)
    assert done.status_code == 201
    assert _kept(engine) == [(HIGH, "Alice")]
