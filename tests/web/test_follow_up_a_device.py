"""Recording how a pump, a catheter or a stimulator is doing."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from html import unescape
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Engine

from registry.db.engine import transaction
from registry.db.tables import AdverseEvent, DeviceCheck
from registry.services.device_checks import add_device_check
from registry.services.patients import read_course
from tests.services.test_follow_up_a_device import CHECK, treat
from tests.web.conftest import Visitor
from tests.web.queries import rows
from tests.web.test_correct_a_record import edit, fields_of
from tests.world import TODAY, World, dies

TYPED = {
    "checked_on": "20 Feb 2026",
    "status": "refilled",
    "infusate-0-drug": "Marcain",
    "infusate-0-concentration": "5",
    "infusate-0-concentration_unit": "mg/ml",
    "infusate-0-daily_dose": "2",
    "infusate-0-daily_unit": "mg/24h",
    "infusate-1-drug": "",
    "mode": "continuous",
    "rate_ml_per_day": "0.4",
    "reservoir_ml": "2,5",
    "refilled_ml": "20",
    "refill_due_on": "3 Apr",
}


@pytest.fixture
def pump(engine: Engine, world: World) -> UUID:
    """Implant a pump in Pat."""
    with transaction(engine) as session:
        return treat(session, world).id


@pytest.fixture
def stimulator(engine: Engine, world: World) -> UUID:
    """Implant a stimulator in Pat."""
    with transaction(engine) as session:
        return treat(session, world, technique="spinal-cord-stimulation").id


@pytest.fixture
def checked(engine: Engine, world: World, pump: UUID) -> UUID:
    """Check Pat's pump on 2 Feb 2026: refilled, morphine and bupivacaine, due on 9 Mar."""
    return check(engine, world, pump)


def check(engine: Engine, world: World, procedure: UUID, **changes: Any) -> UUID:
    with transaction(engine) as session:
        return add_device_check(
            session,
            actor=world.alice,
            procedure_id=procedure,
            draft=replace(CHECK, **changes),
            today=TODAY,
        ).id


def add(visitor: Visitor, procedure: UUID, *, htmx: bool = False, **changes: Any) -> Any:
    url = f"/procedures/{procedure}/device-checks/new"
    return visitor.post(url, htmx=htmx, **{**TYPED, **changes})


def kept(engine: Engine, world: World) -> list[DeviceCheck]:
    with transaction(engine, write=False) as session:
        course = read_course(session, actor=world.alice, patient_id=world.pat)
        return list(course.device_checks)


def test_a_check_is_kept_as_typed_and_shown_as_the_devices_course(
    alice: Visitor, engine: Engine, world: World, pump: UUID
) -> None:
    response = add(alice, pump)
    assert response.headers["location"] == f"/patients/{world.pat}"
    (row,) = kept(engine, world)
    assert (row.rate_ml_per_day, row.reservoir_ml, row.refilled_ml) == (0.4, 2.5, 20)
    assert row.refill_due_on == date(2026, 4, 3)
    assert [(i.drug, i.daily_dose, i.daily_unit) for i in row.infusate] == [
        ("bupivacaine", 2, "mg/24h")
    ]
    page = unescape(alice.get(response.headers["location"]).text)
    assert "Device check added." in page
    assert "Bupivacaine, 5 mg/ml, 2 mg/24 h · rate 0.4 ml/24 h" in page
    assert "3 Apr 2026" in page
    assert "in 32 days" in page


def test_a_refill_that_is_late_says_so_until_the_patient_died(
    alice: Visitor, engine: Engine, world: World, pump: UUID
) -> None:
    check(engine, world, pump, refill_due_on=date(2026, 3, 1))
    assert "1 day overdue" in alice.get(f"/patients/{world.pat}").text
    with transaction(engine) as session:
        dies(session, world, 40)
    assert "overdue" not in alice.get(f"/patients/{world.pat}").text


@pytest.mark.parametrize(
    ("typed", "due"),
    [
        ("+30", date(2026, 3, 22)),
        ("1/3", date(2026, 3, 1)),
        ("1 Jan", date(2027, 1, 1)),
        ("2026-04-01", date(2026, 4, 1)),
        ("", None),
    ],
)
def test_a_refills_day_lies_ahead(
    alice: Visitor, engine: Engine, world: World, pump: UUID, typed: str, due: date | None
) -> None:
    assert add(alice, pump, refill_due_on=typed).status_code == 303
    assert kept(engine, world)[0].refill_due_on == due


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"checked_on": ""}, "Enter the day of the check."),
        ({"checked_on": "11 Jan 2026"}, "The check lies before the procedure."),
        ({"checked_on": "3 Mar 2026"}, "lies in the future"),
        ({"refill_due_on": "today"}, "This is not a day that can be read."),
        ({"refill_due_on": "1 Feb 2026"}, "The next refill must lie after the check."),
        ({"infusate-0-drug": "snake oil"}, "Name a drug of the list"),
        ({"infusate-0-drug": ""}, "Name a drug of the list"),
        ({"infusate-0-concentration": "five"}, "Enter a number, such as 2.5."),
        ({"infusate-0-daily_unit": ""}, "Enter the unit too"),
        ({"reservoir_ml": "-1"}, "Enter 0 or more."),
        ({"mode": "burst"}, "This is not said of such a device."),
        ({"amplitude": "3", "amplitude_unit": "mA"}, "Such a device has no setting of this kind."),
    ],
)
def test_bad_input_is_told_kept_and_not_written(
    alice: Visitor,
    engine: Engine,
    world: World,
    pump: UUID,
    changes: dict[str, str],
    message: str,
) -> None:
    for htmx in (False, True):
        response = add(alice, pump, htmx=htmx, note="Keep me", **changes)
        assert response.status_code == 422
        assert message in response.text
        assert "Keep me" in response.text
        assert ("<html" in response.text) is not htmx
    assert kept(engine, world) == []


def test_an_empty_check_is_not_saved(alice: Visitor, pump: UUID) -> None:
    url = f"/procedures/{pump}/device-checks/new"
    response = alice.post(url, **fields_of(alice.get(url).text))
    assert response.status_code == 422
    assert "Record something" in response.text


def test_a_dose_that_does_not_add_up_is_asked_about_in_place(
    alice: Visitor, engine: Engine, world: World, pump: UUID
) -> None:
    asked = add(alice, pump, **{"infusate-0-daily_dose": "20"})
    assert asked.status_code == 422
    assert "concentration times rate comes to 2 mg/24 h" in asked.text
    (code,) = re.findall(r'name="confirmed" value="([^"]+)"', asked.text)
    sure = add(alice, pump, **{"infusate-0-daily_dose": "20", "confirmed": code})
    assert sure.status_code == 303
    assert len(kept(engine, world)) == 1


def test_the_settings_of_last_time_come_in_one_step(
    alice: Visitor, pump: UUID, checked: UUID
) -> None:
    url = f"/procedures/{pump}/device-checks/new"
    assert "Last checked on 2 Feb 2026." in alice.get(url).text
    typed = fields_of(alice.get(url).text)
    stepped = alice.post(url, **{**typed, "note": "Keep me", "step": "last"})
    assert stepped.status_code == 200
    fields = fields_of(stepped.text)
    assert fields["infusate-0-drug"] == "Morphine"
    assert (fields["infusate-0-daily_dose"], fields["infusate-0-daily_unit"]) == ("4", "mg/24h")
    assert fields["infusate-1-drug"] == "Bupivacaine"
    assert (fields["rate_ml_per_day"], fields["note"]) == ("0.4", "Keep me")
    assert (fields["refilled_ml"], fields["refill_due_on"], fields["status"]) == ("", "", "")
    assert fields["checked_on"] == "2 Mar 2026"
    assert alice.post(url, **fields).status_code == 303


def test_a_drug_more_or_fewer_keeps_the_rest(alice: Visitor, pump: UUID) -> None:
    more = add(alice, pump, step="infusate-add")
    assert "infusate-2-drug" in more.text
    fewer = add(alice, pump, step="infusate-remove-0")
    assert fields_of(fewer.text)["infusate-0-drug"] == ""
    assert fields_of(fewer.text)["reservoir_ml"] == "2,5"


def test_a_stimulator_is_asked_for_its_own_settings(
    alice: Visitor, engine: Engine, world: World, stimulator: UUID
) -> None:
    url = f"/procedures/{stimulator}/device-checks/new"
    page = alice.get(url).text
    assert "Pulse width" in page
    assert "infusate" not in page
    assert "Reservoir ran empty" not in page
    typed = {
        **fields_of(page),
        "mode": "tonic",
        "amplitude": "3.5",
        "amplitude_unit": "mA",
        "frequency_hz": "50",
        "pulse_width_us": "300",
        "hours_on_per_day": "20",
    }
    response = alice.post(url, **typed)
    assert response.status_code == 303, response.text
    (row,) = kept(engine, world)
    assert (row.amplitude, row.amplitude_unit, row.infusate) == (3.5, "mA", [])
    page = alice.get(f"/patients/{world.pat}").text
    assert "Tonic stimulation · 3.5 mA · 50 Hz · 300 µs · on 20 h a day" in page


def test_what_was_found_is_offered_as_an_adverse_event_until_it_is_one(
    alice: Visitor, engine: Engine, world: World, pump: UUID
) -> None:
    found = check(engine, world, pump, events=("site-infection", "alarm"))
    page = alice.get(f"/patients/{world.pat}").text
    assert "Site looks infected, found on 2 Feb 2026" in page
    url = f"/procedures/{pump}/adverse-events/new?device_check={found}"
    assert f'href="{url}"' in page
    fields = fields_of(alice.get(url).text)
    assert (fields["complication"], fields["onset_on"]) == ("infection", "2 Feb 2026")
    response = alice.post(url, **{**fields, "grade": "2"})
    assert response.status_code == 303
    assert [e.complication for e in rows(engine, AdverseEvent)] == ["infection"]
    assert "found on 2 Feb 2026" not in alice.get(f"/patients/{world.pat}").text


def test_a_correction_opens_with_what_stands_and_changes_what_is_changed(
    alice: Visitor, engine: Engine, world: World, checked: UUID
) -> None:
    url = f"/device-checks/{checked}/edit"
    unchanged = edit(alice, url)
    assert "Nothing was changed" in unchanged.text
    response = edit(alice, url, reservoir_ml="3")
    assert "Device check corrected." in alice.get(response.headers["location"]).text
    (row,) = kept(engine, world)
    assert (row.version, row.reservoir_ml, row.refilled_ml) == (2, 3, 20)
    assert [i.drug for i in row.infusate] == ["morphine", "bupivacaine"]


def test_a_stale_correction_shows_both_versions(
    alice: Visitor, engine: Engine, world: World, checked: UUID
) -> None:
    url = f"/device-checks/{checked}/edit"
    typed = fields_of(alice.get(url).text)
    edit(alice, url, reservoir_ml="3")
    stale = alice.post(url, **{**typed, "reservoir_ml": "5", "reason": "Mine"})
    assert stale.status_code == 409
    assert "What stands now" in stale.text
    assert kept(engine, world)[0].reservoir_ml == 3


def test_a_check_is_voided_like_any_record(
    alice: Visitor, engine: Engine, world: World, checked: UUID
) -> None:
    response = alice.post(f"/device-checks/{checked}/void", reason="Wrong patient", version="1")
    assert response.status_code == 303
    assert kept(engine, world) == []


def test_a_double_click_is_one_check(
    alice: Visitor, engine: Engine, world: World, pump: UUID
) -> None:
    for _ in range(2):
        assert add(alice, pump, submission="once").status_code == 303
    assert len(kept(engine, world)) == 1


def test_only_a_device_is_checked_and_only_by_those_who_may(
    alice: Visitor, charlie: Visitor, quinn: Visitor, world: World, pump: UUID, checked: UUID
) -> None:
    assert alice.get(f"/procedures/{world.celiac}/device-checks/new").status_code == 422
    for visitor, status in ((charlie, 404), (quinn, 403)):
        assert visitor.get(f"/procedures/{pump}/device-checks/new").status_code == status
        assert add(visitor, pump).status_code == status
        assert visitor.get(f"/device-checks/{checked}/edit").status_code == status


def test_nobody_without_a_device_sees_one(alice: Visitor, world: World) -> None:
    assert "Add device check" not in alice.get(f"/patients/{world.pat}").text
