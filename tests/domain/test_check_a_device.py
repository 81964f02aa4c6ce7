"""A device check holds what its kind of device can have, between its placing and its removal."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.domain.content import ContentError, load
from registry.domain.devices import (
    DeviceKind,
    delivered_mg,
    device_id,
    doubts_about_infusate,
    explanted_on,
)
from registry.domain.drafts import DeviceCheckDraft, InfusateDraft
from registry.domain.rules import Bounds, check_device_check
from registry.domain.techniques import Taxonomy, taxonomy
from registry.domain.timeline import ProcedureEvent

PLACED, TODAY = date(2026, 1, 5), date(2026, 3, 2)
BOUNDS = Bounds(born_on=date(1950, 5, 17), died_on=None, today=TODAY)
PUMP = "intrathecal-drug-delivery"
MORPHINE = InfusateDraft(
    drug="morphine",
    concentration=10,
    concentration_unit="mg/ml",
    daily_dose=4,
    daily_unit="mg/24h",
)
OF_PUMP = DeviceCheckDraft(
    checked_on=date(2026, 2, 2),
    status="refilled",
    mode="continuous",
    rate_ml_per_day=0.4,
    reservoir_ml=3,
    refilled_ml=20,
    refill_due_on=date(2026, 3, 16),
    infusate=(MORPHINE,),
)
OF_STIMULATOR = DeviceCheckDraft(
    checked_on=date(2026, 2, 2),
    mode="tonic",
    amplitude=3.5,
    amplitude_unit="mA",
    frequency_hz=50,
    pulse_width_us=300,
    hours_on_per_day=24,
)


def problems(
    draft: DeviceCheckDraft,
    kind: DeviceKind = DeviceKind.PUMP,
    removed_on: date | None = None,
    bounds: Bounds = BOUNDS,
    **changes: Any,
) -> list[str]:
    found = check_device_check(replace(draft, **changes), kind, PLACED, removed_on, bounds)
    return [p.field for p in found]


def infused(**changes: Any) -> dict[str, Any]:
    return {"infusate": (replace(MORPHINE, **changes),)}


def test_what_leaves_a_device_is_said_by_the_content() -> None:
    kinds = {t.slug: t.device for t in taxonomy().techniques.values() if t.device}
    assert kinds[PUMP] is DeviceKind.PUMP
    assert (
        kinds["epidural-catheter"] is kinds["external-intrathecal-catheter"] is DeviceKind.CATHETER
    )
    assert kinds["spinal-cord-stimulation"] is DeviceKind.STIMULATOR
    assert "coeliac-plexus" not in kinds


def test_a_whole_check_of_each_kind_is_accepted() -> None:
    assert problems(OF_PUMP) == []
    assert problems(OF_PUMP, DeviceKind.CATHETER) == []
    assert problems(OF_STIMULATOR, DeviceKind.STIMULATOR) == []


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"checked_on": date(2026, 1, 4)}, ["checked_on"]),
        ({"checked_on": date(2026, 3, 3)}, ["checked_on"]),
        ({"refill_due_on": date(2026, 2, 2)}, ["refill_due_on"]),
        ({"status": "splendid"}, ["status"]),
        ({"events": ("alarm", "alarm")}, ["events"]),
        ({"events": ("alarm", "battery-low")}, []),
        ({"mode": "burst"}, ["mode"]),
        ({"amplitude": 3.0, "amplitude_unit": "mA"}, ["amplitude"]),
        ({"hours_on_per_day": 10.0}, ["hours_on_per_day"]),
        ({"rate_ml_per_day": -1.0}, ["rate_ml_per_day"]),
        ({"reservoir_ml": 0.0}, []),
        ({"refilled_ml": 0.0}, ["refilled_ml"]),
        (infused(drug="snake oil"), ["infusate.0.drug"]),
        (infused(drug=""), ["infusate.0.drug"]),
        (infused(drug="ziconotide", daily_dose=2.4, daily_unit="mcg/24h"), []),
        (infused(concentration=0), ["infusate.0.concentration"]),
        (infused(concentration_unit=None), ["infusate.0.concentration_unit"]),
        (infused(concentration=None), ["infusate.0.concentration"]),
        (infused(daily_unit="mg"), ["infusate.0.daily_unit"]),
        (infused(daily_unit=None), ["infusate.0.daily_unit"]),
        (infused(daily_dose=None), ["infusate.0.daily_dose"]),
        (infused(daily_dose=60000), ["infusate.0.daily_dose"]),
        ({"infusate": (MORPHINE, MORPHINE)}, ["infusate"]),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(changes: dict[str, Any], wrong: list[str]) -> None:
    assert problems(OF_PUMP, **changes) == wrong


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"amplitude_unit": None}, ["amplitude_unit"]),
        ({"amplitude": None}, ["amplitude"]),
        ({"hours_on_per_day": 24.5}, ["hours_on_per_day"]),
        ({"frequency_hz": 0.0}, ["frequency_hz"]),
        ({"infusate": (MORPHINE,)}, ["infusate"]),
        ({"rate_ml_per_day": 1.0}, ["rate_ml_per_day"]),
        ({"mode": "continuous"}, ["mode"]),
        ({"status": "refilled"}, ["status"]),
    ],
)
def test_a_stimulator_has_settings_of_its_own(changes: dict[str, Any], wrong: list[str]) -> None:
    assert problems(OF_STIMULATOR, DeviceKind.STIMULATOR, **changes) == wrong


def test_a_check_that_found_nothing_is_none() -> None:
    assert problems(DeviceCheckDraft(checked_on=PLACED)) == [""]
    assert problems(DeviceCheckDraft(checked_on=PLACED, reservoir_ml=0.0)) == []


def test_nothing_is_checked_after_a_removal_or_a_death() -> None:
    on = OF_PUMP.checked_on
    assert problems(OF_PUMP, removed_on=on) == []
    assert problems(OF_PUMP, removed_on=on - timedelta(days=1)) == ["checked_on"]
    dead = replace(BOUNDS, died_on=on - timedelta(days=1))
    assert problems(OF_PUMP, bounds=dead) == ["checked_on"]


@pytest.mark.parametrize(
    ("stated", "unit", "asked"),
    [
        (4, "mg/24h", False),
        (4000, "mcg/24h", False),
        (4.4, "mg/24h", False),
        (3.64, "mg/24h", False),
        (4.5, "mg/24h", True),
        (3.6, "mg/24h", True),
        (4, "mcg/24h", True),
        (40, "mg/24h", True),
    ],
)
def test_a_daily_dose_that_is_not_concentration_times_rate_is_asked_about(
    stated: float, unit: str, asked: bool
) -> None:
    item = replace(MORPHINE, daily_dose=stated, daily_unit=unit)
    doubts = list(doubts_about_infusate(replace(OF_PUMP, infusate=(item,))))
    assert bool(doubts) is asked
    if unit == "mg/24h" and asked:
        assert doubts[0].field == "infusate.0.daily_dose"
        assert "4 mg/24 h" in doubts[0].message
        assert f"{stated:g} mg/24 h" in doubts[0].message


@given(st.floats(0.001, 1000), st.sampled_from(["mg/ml", "mcg/ml"]), st.floats(0.01, 100))
def test_what_is_computed_from_concentration_and_rate_is_never_asked_about(
    concentration: float, unit: str, rate: float
) -> None:
    item = replace(MORPHINE, concentration=concentration, concentration_unit=unit)
    dose = delivered_mg(item, rate)
    item = replace(item, daily_dose=dose)
    draft = replace(OF_PUMP, infusate=(item,), rate_ml_per_day=rate)
    assert list(doubts_about_infusate(draft)) == []


def test_nothing_is_asked_where_one_of_the_three_is_missing() -> None:
    for item in (
        replace(MORPHINE, concentration=None, concentration_unit=None, daily_dose=9),
        replace(MORPHINE, daily_dose=None, daily_unit=None),
    ):
        assert list(doubts_about_infusate(replace(OF_PUMP, infusate=(item,)))) == []
    no_rate = replace(OF_PUMP, rate_ml_per_day=None)
    assert list(doubts_about_infusate(no_rate)) == []


def done(day: int, intent: str, follows: UUID | None = None, **changes: Any) -> ProcedureEvent:
    values: dict[str, Any] = {"technique": PUMP, "category": "intrathecal-infusion", **changes}
    return ProcedureEvent(
        id=uuid4(), on=PLACED + timedelta(days=day), intent=intent, follows=follows, **values
    )


def test_linked_procedures_are_about_one_device() -> None:
    implant = done(0, "implant")
    refill = done(30, "refill", implant.id)
    explant = done(60, "explant", implant.id)
    everyone = (explant, refill, implant)
    assert {device_id(p, everyone) for p in everyone} == {implant.id}
    assert explanted_on(implant, everyone) == explanted_on(refill, everyone) == explant.on


def test_an_explant_without_a_link_takes_out_what_was_placed_last() -> None:
    first, second = done(0, "implant"), done(20, "implant")
    explant = done(40, "explant")
    assert explanted_on(second, (first, second, explant)) == explant.on
    assert explanted_on(first, (first, second, explant)) is None
    assert explanted_on(first, (first, explant)) == explant.on


def test_a_device_placed_anew_is_another_one() -> None:
    first = done(0, "implant")
    explant = done(10, "explant", first.id)
    second = done(10, "implant")
    everyone = (first, explant, second)
    assert explanted_on(first, everyone) == explant.on
    assert explanted_on(second, everyone) is None


def test_a_device_of_another_technique_stays_in() -> None:
    catheter = done(0, "therapeutic", technique="epidural-catheter", category="epidural-infusion")
    assert explanted_on(catheter, (catheter, done(10, "explant"))) is None


def test_a_ring_of_links_comes_to_an_end() -> None:
    one, other = done(0, "implant"), done(1, "revision")
    one, other = replace(one, follows=other.id), replace(other, follows=one.id)
    assert device_id(one, (one, other)) in {one.id, other.id}


def test_a_kind_of_device_that_nobody_knows_is_refused_when_read() -> None:
    content = deepcopy(load("techniques"))
    content["techniques"][0]["device"] = "teapot"
    with pytest.raises(ContentError, match="teapot"):
        Taxonomy.from_content(content)
