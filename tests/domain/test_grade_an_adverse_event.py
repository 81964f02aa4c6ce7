"""An adverse event is graded by a named scheme, ends in one way, and is or isn't harm."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from registry.domain.complications import (
    complication,
    complications_for,
    counts_as_harm,
    harm_of_device_event,
)
from registry.domain.drafts import AdverseEventDraft
from registry.domain.grading import GRADINGS, grading
from registry.domain.rules import Bounds, check_adverse_event
from registry.domain.techniques import taxonomy

PERFORMED, TODAY = date(2026, 1, 5), date(2026, 3, 2)
BORN, DIED = date(1950, 5, 17), date(2026, 2, 1)
HYPOTENSION = AdverseEventDraft(onset_on=date(2026, 1, 6), complication="hypotension", grade=2)


def problems(died_on: date | None = None, **changes: Any) -> list[str]:
    """Give the fields at which something is wrong."""
    bounds = Bounds(born_on=BORN, died_on=died_on, today=TODAY)
    found = check_adverse_event(replace(HYPOTENSION, **changes), PERFORMED, bounds)
    return [p.field for p in found]


@pytest.mark.parametrize("scheme", GRADINGS, ids=lambda g: g.label)
def test_every_scheme_grades_from_1_to_5_in_words_and_ends_in_death(scheme: Any) -> None:
    assert [scheme.show(n) for n in range(1, 6)] == [
        f"{label} ({words}), {scheme.label}"
        for label, words in zip(scheme.labels, scheme.grades, strict=True)
    ]
    assert scheme.grades[-1] == "death"
    assert grading(scheme.scheme, scheme.version) is scheme
    graded = {"scheme": scheme.scheme.value, "scheme_version": scheme.version}
    assert problems(**graded) == []


def test_clavien_dindo_is_written_in_roman() -> None:
    scheme = grading("clavien-dindo", "2004")
    assert scheme is not None
    assert scheme.show(4) == "IV (life-threatening, intensive care), Clavien-Dindo 2004"


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({}, []),
        ({"scheme": "ctcae", "scheme_version": "4.0"}, ["scheme"]),
        ({"scheme": "who", "grade": None}, []),
        ({"grade": 0}, ["grade"]),
        ({"grade": 6}, ["grade"]),
        ({"relatedness": "probable", "resolution": "ongoing"}, []),
        ({"relatedness": "perhaps"}, ["relatedness"]),
        ({"resolution": "better"}, ["resolution"]),
        ({"resolution": "resolved", "resolved_on": date(2026, 1, 6)}, []),
        ({"resolution": "resolved", "resolved_on": date(2026, 1, 5)}, ["resolved_on"]),
        ({"resolution": "resolved", "resolved_on": date(2026, 3, 3)}, ["resolved_on"]),
        ({"resolution": "ongoing", "resolved_on": date(2026, 1, 7)}, ["resolution"]),
        ({"resolved_on": date(2026, 1, 7)}, ["resolution"]),
        ({"resolution": "with_sequelae", "sequelae": "Foot drop"}, []),
        ({"resolution": "with_sequelae"}, ["sequelae"]),
        ({"resolution": "resolved", "sequelae": "Foot drop"}, ["sequelae"]),
    ],
)
def test_what_is_said_of_an_event_must_fit_together(
    changes: dict[str, Any], wrong: list[str]
) -> None:
    assert problems(**changes) == wrong


@pytest.mark.parametrize(
    ("changes", "died_on", "wrong"),
    [
        ({"grade": 5, "resolution": "fatal"}, DIED, []),
        ({"grade": 5, "resolution": "fatal", "resolved_on": DIED}, DIED, []),
        ({"grade": None, "resolution": "fatal"}, DIED, []),
        (
            {"grade": 5, "resolution": "fatal", "resolved_on": date(2026, 1, 31)},
            DIED,
            ["resolved_on"],
        ),
        ({"grade": 5, "resolution": "fatal"}, None, ["resolution"]),
        ({"grade": 5}, None, ["grade"]),
        ({"grade": 5, "resolution": "resolved"}, DIED, ["resolution"]),
        ({"grade": 4, "resolution": "fatal"}, DIED, ["grade"]),
    ],
)
def test_death_is_said_in_one_voice(
    changes: dict[str, Any], died_on: date | None, wrong: list[str]
) -> None:
    assert problems(died_on, **changes) == wrong


@pytest.mark.parametrize("slug", ["disease-progression", "unrelated-death"])
def test_the_course_of_the_disease_takes_no_grade_of_harm(slug: str) -> None:
    assert problems(complication=slug) == ["grade"]
    assert problems(complication=slug, grade=None) == []
    assert problems(complication=slug, grade=None, relatedness="unrelated") == []
    assert problems(complication=slug, grade=None, relatedness="unlikely") == ["relatedness"]


@pytest.mark.parametrize("technique", taxonomy().techniques)
def test_only_a_complication_that_is_not_expected_counts_as_harm(technique: str) -> None:
    for offered in complications_for(technique):
        harm = offered.kind == "complication" and not offered.expected
        assert offered.counts_as_harm is harm
        assert counts_as_harm(offered.slug, expected=offered.expected) is harm


def test_an_effect_is_counted_as_it_was_marked_at_the_time() -> None:
    assert counts_as_harm("horner", expected=False)
    assert not counts_as_harm("horner", expected=True)
    assert not counts_as_harm("disease-progression", expected=False)
    assert not complication("unrelated-death").counts_as_harm


@pytest.mark.parametrize(
    ("event", "technique", "harm"),
    [
        ("displaced", "intrathecal-drug-delivery", "catheter-fault"),
        ("displaced", "spinal-cord-stimulation", "lead-migration"),
        ("site-infection", "epidural-catheter", "infection"),
        ("loss-of-effect", "intrathecal-drug-delivery", None),
        ("loss-of-effect", "spinal-cord-stimulation", "loss-of-therapy"),
        ("alarm", "intrathecal-drug-delivery", None),
    ],
)
def test_an_event_of_a_device_names_the_harm_that_it_can_be(
    event: str, technique: str, harm: str | None
) -> None:
    found = harm_of_device_event(event, technique)
    assert (found.slug if found else None) == harm
