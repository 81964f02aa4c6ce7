"""A number typed into a form is stored as typed or refused; nobody's dose is guessed."""

from __future__ import annotations

import pytest

from registry.web.forms.form import GROUPED, MOST_ROWS, Form
from registry.web.forms.opioids import read_regimen
from tests.web.conftest import Visitor
from tests.world import World

MESSAGE = "Enter a number."


def typed(value: str) -> Form:
    return Form({"n": [value]})


@pytest.mark.parametrize("value", ["1,000", "12,500", "1.000,000", "1,000.000"])
def test_a_thousands_separator_is_refused_and_never_read_as_a_decimal(value: str) -> None:
    form = typed(value)
    assert form.decimal("n", MESSAGE) is None
    assert form.error("n") == GROUPED


@pytest.mark.parametrize(
    ("value", "number"),
    [
        ("0.5", 0.5),
        ("0,5", 0.5),
        (".5", 0.5),
        ("12,25", 12.25),
        ("0,125", 0.125),
        ("1000", 1000),
        ("-2", -2),
    ],
)
def test_a_decimal_comma_or_point_is_read(value: str, number: float) -> None:
    form = typed(value)
    assert form.decimal("n", MESSAGE) == number
    assert form.problems == []


@pytest.mark.parametrize(
    "value", ["nan", "inf", "1e400", "1e2", "+1", "1_0", "٥", "9" * 400, "1,2,3", "1 000"]
)
def test_what_is_no_plain_decimal_is_refused(value: str) -> None:
    form = typed(value)
    assert form.decimal("n", MESSAGE) is None
    assert form.error("n") == MESSAGE


@pytest.mark.parametrize("value", ["1_0", "+7", "٥", "7.0", "7,000", "1e1", "9" * 5000, "--1"])
def test_what_is_no_plain_whole_number_is_refused(value: str) -> None:
    form = typed(value)
    assert form.whole("n", MESSAGE) is None
    assert form.error("n") == MESSAGE


@pytest.mark.parametrize(("value", "number"), [("7", 7), (" 10 ", 10), ("-1", -1), ("0", 0)])
def test_a_whole_number_is_read(value: str, number: int) -> None:
    form = typed(value)
    assert form.whole("n", MESSAGE) == number
    assert form.problems == []


@pytest.mark.parametrize("field", ["dose", "per_day"])
def test_an_opioid_with_a_thousands_separator_is_refused_once_at_its_field(field: str) -> None:
    values = {"drug": "morphine", "dose": "10", "per_day": "2", field: "1,000"}
    form = Form({f"opioids-0-{name}": [value] for name, value in values.items()})
    assert read_regimen(form) == ()
    assert form.errors == [
        {"field": f"opioids-0-{field}", "message": GROUPED, "id": f"f-opioids-0-{field}"}
    ]
    assert len(form.problems) == 1


@pytest.mark.parametrize("number", ["9" * 5000, "10000", "٥", "1_0", "007", "-1", ""])
def test_a_row_number_that_no_page_draws_is_no_row(number: str) -> None:
    form = Form({f"opioids-{number}-drug": ["morphine"], "opioids-2-drug": ["morphine"]})
    assert form.rows("opioids") == [2]


def test_a_row_number_of_thousands_of_digits_is_answered(alice: Visitor, world: World) -> None:
    fields = {"opioid_table": "cdc-2022", f"opioids-{'9' * 5000}-drug": "morphine"}
    answered = alice.post("/opioids/medd", htmx=True, **fields)
    assert answered.status_code == 200
    assert "morphine" not in answered.text.lower()


def test_more_rows_than_a_person_types_are_refused_once_and_the_first_stay() -> None:
    form = Form({f"opioids-{row}-drug": ["morphine"] for row in range(MOST_ROWS + 1)})
    assert form.rows("opioids") == form.rows("opioids") == list(range(MOST_ROWS))
    assert [problem.field for problem in form.problems] == [""]


def test_as_many_rows_as_a_form_holds_are_read_without_complaint() -> None:
    form = Form({f"opioids-{row}-drug": ["morphine"] for row in range(MOST_ROWS)})
    assert len(form.rows("opioids")) == MOST_ROWS
    assert form.problems == []
