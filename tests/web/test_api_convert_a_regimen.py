"""A program converts a regimen to its MEDD. Nothing is stored."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine
from sqlmodel import func, select

from registry.db.engine import transaction
from registry.db.tables import AuditEvent, OpioidItemRow
from registry.domain.access import Actor
from tests.world import World

Connect = Callable[[Actor], TestClient]

MORPHINE = {"drug": "morphine", "route": "oral", "dose": 30, "unit": "mg", "per_day": 2}
PATCH = {"drug": "fentanyl", "route": "transdermal", "dose": 75, "unit": "mcg/h"}


@pytest.fixture
def convert(program: Connect, world: World) -> Callable[..., Any]:
    client = program(world.alice)

    def post(*items: Any, table: Any = "cdc-2022") -> Any:
        return client.post(
            "/api/v1/medd",
            content=json.dumps({"table": table, "items": list(items)}),
            headers={"Content-Type": "application/json"},
        )

    return post


def test_morphine_and_a_patch_under_cdc_2022(convert: Callable[..., Any]) -> None:
    response = convert(MORPHINE, PATCH)
    assert response.status_code == 200
    answer = response.json()
    assert list(answer) == ["table", "version", "total_mg", "complete", "items", "neuraxial"]
    assert (answer["table"], answer["total_mg"], answer["complete"]) == ("cdc-2022", 240.0, True)
    assert answer["version"]
    assert answer["neuraxial"] == []
    first, second = answer["items"]
    assert first == {
        **MORPHINE,
        "dose": 30.0,
        "per_day": 2.0,
        "as_needed": False,
        "form": None,
        "product": None,
        "factor": 1.0,
        "mg": 60.0,
        "reason": None,
    }
    assert (second["factor"], second["mg"], second["per_day"]) == (2.4, 180.0, None)


def test_an_empty_regimen_is_a_true_complete_zero(convert: Callable[..., Any]) -> None:
    answer = convert().json()
    assert (answer["total_mg"], answer["complete"], answer["items"]) == (0.0, True, [])


def test_a_known_drug_without_a_factor_makes_the_total_incomplete(
    convert: Callable[..., Any],
) -> None:
    response = convert(MORPHINE, {**MORPHINE, "route": "intravenous"})
    assert response.status_code == 200
    answer = response.json()
    assert (answer["total_mg"], answer["complete"]) == (60.0, False)
    missing = answer["items"][1]
    assert (missing["factor"], missing["mg"]) == (None, None)
    assert "no factor" in missing["reason"]


def test_a_spinal_opioid_stands_apart_and_leaves_the_total_complete(
    convert: Callable[..., Any],
) -> None:
    spinal = {"drug": "morphine", "route": "intrathecal", "dose": 2, "unit": "mg/24h"}
    answer = convert(spinal, MORPHINE).json()
    assert (answer["total_mg"], answer["complete"]) == (60.0, True)
    assert [i["route"] for i in answer["items"]] == ["oral"]
    assert [(i["route"], i["mg"]) for i in answer["neuraxial"]] == [("intrathecal", None)]


@pytest.mark.parametrize(
    ("doses", "total"),
    [([(10, "mg"), (10, "mg")], 80.0), ([(10, "mg"), (10_010, "mcg")], 20.01 * 8)],
)
def test_a_band_goes_by_the_whole_daily_dose_in_any_unit(
    convert: Callable[..., Any], doses: list[tuple[float, str]], total: float
) -> None:
    items = [{"drug": "methadone", "route": "oral", "dose": d, "unit": u} for d, u in doses]
    assert convert(*items, table="cdc-2016").json()["total_mg"] == pytest.approx(total)


@pytest.mark.parametrize("table", ["cdc-2022", "cdc-2016", "anzca-2021", "uk-fpm-2020"])
def test_every_table_knows_oral_morphine(convert: Callable[..., Any], table: str) -> None:
    assert convert(MORPHINE, table=table).json()["total_mg"] == 60.0


@pytest.mark.parametrize("table", ["cdc-1999", "", None, 5, True, ["cdc-2022"], {}])
def test_an_unknown_table_is_refused_at_the_table(
    convert: Callable[..., Any], table: object
) -> None:
    response = convert(MORPHINE, table=table)
    assert response.status_code == 422
    assert [p["field"] for p in response.json()["problems"]] == ["table"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        *(("dose", bad) for bad in (0, -1, "much", "", None, True, False, [], {}, "1e999")),
        *(("per_day", bad) for bad in (0, -2, "often", True)),
        *(("drug", bad) for bad in ("unobtainium", "", None, 3)),
        *(("route", bad) for bad in ("by mouth of somebody", None, 1, [])),
        *(("unit", bad) for bad in ("spoon", "", None, 1)),
        ("unit", "mcg/h"),
        ("as_needed", "perhaps"),
        ("form", 5),
        ("half_life", 3),
    ],
)
def test_what_can_not_be_read_is_refused_at_its_item_and_field(
    convert: Callable[..., Any], field: str, value: object
) -> None:
    response = convert(PATCH, {**MORPHINE, field: value})
    assert response.status_code == 422
    assert [p["field"] for p in response.json()["problems"]] == [f"items.1.{field}"]
    assert all(p["message"] for p in response.json()["problems"])


@pytest.mark.parametrize("field", ["drug", "route", "dose", "unit"])
def test_what_is_missing_is_named(convert: Callable[..., Any], field: str) -> None:
    item = {name: value for name, value in MORPHINE.items() if name != field}
    response = convert(item)
    assert response.status_code == 422
    assert [p["field"] for p in response.json()["problems"]] == [f"items.0.{field}"]


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e400"])
def test_a_dose_that_is_no_number_is_refused(program: Connect, world: World, number: str) -> None:
    body = (
        '{"table": "cdc-2022", "items": '
        f'[{{"drug": "morphine", "route": "oral", "dose": {number}, "unit": "mg"}}]}}'
    )
    response = program(world.alice).post(
        "/api/v1/medd", content=body, headers={"Content-Type": "application/json"}
    )
    assert response.status_code == 422
    assert [p["field"] for p in response.json()["problems"]] == ["items.0.dose"]


def test_all_problems_are_told_at_once(convert: Callable[..., Any]) -> None:
    response = convert(
        {**MORPHINE, "dose": -1, "unit": "spoon"}, {**PATCH, "drug": "x"}, table="none"
    )
    assert {p["field"] for p in response.json()["problems"]} == {
        "table",
        "items.0.dose",
        "items.0.unit",
        "items.1.drug",
    }


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"items": []}, "table"),
        ({"table": "cdc-2022"}, "items"),
        ({"table": "cdc-2022", "items": None}, "items"),
        ({"table": "cdc-2022", "items": "morphine"}, "items"),
        ({"table": "cdc-2022", "items": [5]}, "items.0"),
        ({"table": "cdc-2022", "items": [None]}, "items.0"),
        ({"table": "cdc-2022", "items": [], "patient": "H1"}, "patient"),
        ([], ""),
        (None, ""),
    ],
)
def test_a_body_of_another_shape_is_refused_by_name(
    program: Connect, world: World, body: object, field: str
) -> None:
    response = program(world.alice).post("/api/v1/medd", json=body)
    assert response.status_code == 422
    assert [p["field"] for p in response.json()["problems"]] == [field]


def test_nothing_is_stored_nor_said_in_the_trail(
    convert: Callable[..., Any], engine: Engine
) -> None:
    def stored() -> list[int]:
        with transaction(engine, write=False) as session:
            return [
                session.exec(select(func.count()).select_from(table)).one()
                for table in (AuditEvent, OpioidItemRow)
            ]

    before = stored()
    assert convert(MORPHINE, PATCH).status_code == 200
    assert stored() == before


_anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=12),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=8,
)
_items = st.fixed_dictionaries(
    {
        "drug": st.sampled_from(["morphine", "fentanyl", "methadone", "ketamine"]) | _anything,
        "route": st.sampled_from(["oral", "transdermal", "epidural"]) | _anything,
        "dose": st.integers(min_value=-5, max_value=500) | _anything,
        "unit": st.sampled_from(["mg", "mcg", "mcg/h"]) | _anything,
    },
    optional={"per_day": _anything, "as_needed": _anything},
)


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(items=st.lists(_items | _anything, max_size=3))
def test_whatever_is_sent_is_answered_or_refused_by_name(
    convert: Callable[..., Any], items: list[Any]
) -> None:
    response = convert(*items)
    assert response.status_code in {200, 422}
    if response.status_code == 422:
        assert all(p["field"].startswith("items.") for p in response.json()["problems"])
    else:
        answer = response.json()
        told = [i["mg"] for i in answer["items"] if i["mg"] is not None]
        assert answer["total_mg"] == pytest.approx(sum(told))


def test_a_conversion_is_arithmetic_and_stays_linear_beyond_what_anybody_takes(
    program: Connect, world: World
) -> None:
    answer = program(world.alice).post(
        "/api/v1/medd",
        json={
            "table": "cdc-2022",
            "items": [
                {"drug": "morphine", "route": "oral", "dose": 9000, "unit": "mg", "per_day": 144}
            ],
        },
    )
    assert (answer.status_code, answer.json()["total_mg"]) == (200, 9000 * 144)
