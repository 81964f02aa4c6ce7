"""Who responds, by each of the seven definitions: hand-worked tables of the awkward cases."""

from __future__ import annotations

from decimal import Decimal
from inspect import getdoc

import pytest

from registry.domain.opioids import Regimen, Route
from registry.domain.outcomes import WindowOutcome, responders
from registry.domain.outcomes.responders import (
    DEFINITIONS,
    Icpre2012,
    composite,
    icpre2012,
    judge,
    medd30,
    medd50,
    nrs2,
    nrs30,
    nrs50,
)
from tests.domain.courses import item, morphine, outcome, seen

LEVEL = (Decimal(60), Decimal(60))


def doses(before: str, after: str) -> tuple[Decimal, Decimal]:
    return Decimal(before), Decimal(after)


def test_there_are_seven_and_each_is_named_versioned_sourced_and_a_function() -> None:
    assert [d.slug for d in DEFINITIONS] == [
        "nrs30",
        "nrs50",
        "nrs2",
        "composite",
        "icpre2012",
        "medd30",
        "medd50",
    ]
    for definition in DEFINITIONS:
        assert definition.version
        assert definition.name == f"{definition.slug} v{definition.version}"
        assert all((definition.label, definition.meaning, definition.judged, definition.source))
        assert getdoc(getattr(responders, definition.slug))


@pytest.mark.parametrize(
    ("baseline", "score", "by30", "by50", "by2"),
    [
        (10, 7, True, False, True),  # exactly 30 %
        (10, 8, False, False, True),
        (10, 5, True, True, True),  # exactly 50 %
        (9, 6, True, False, True),
        (7, 5, False, False, True),
        (4, 3, False, False, False),
        (4, 2, True, True, True),
        (1, 0, True, True, False),
        (5, 5, False, False, False),
        (5, 7, False, False, False),
        (0, 0, False, False, False),  # of no pain nothing can be relieved
    ],
)
def test_pain_alone(baseline: int, score: int, by30: bool, by50: bool, by2: bool) -> None:
    assert nrs30(baseline, score) is by30
    assert nrs50(baseline, score) is by50
    assert nrs2(baseline, score) is by2


@pytest.mark.parametrize(
    ("worst", "medd", "responds"),
    [
        ((9, 7), ("60", "60"), True),
        ((9, 8), ("60", "60"), False),
        ((9, 9), ("60", "0"), False),  # less opioid is no relief by this definition
        ((9, 7), ("60", "75"), True),  # exactly 25 % more
        ((9, 7), ("60", "75.01"), False),
        ((9, 7), ("0.3", "0.375"), True),  # exactly 25 % where floats would miss it
        ((9, 7), ("0", "0"), True),  # opioid-naive and still
        ((9, 7), ("0", "0.5"), False),  # any dose after none is a rise of more than 25 %
        ((9, 7), ("60", "0"), True),
        ((9, 10), ("60", "60"), False),
    ],
)
def test_composite(worst: tuple[int, int], medd: tuple[str, str], responds: bool) -> None:
    assert composite(worst, doses(*medd)) is responds


@pytest.mark.parametrize(
    ("worst", "medd", "expected"),
    [
        ((8, 0), ("60", "60"), "complete"),
        ((8, 0), ("60", "30"), "complete"),
        ((8, 0), ("0", "0"), "complete"),
        ((8, 0), ("60", "61"), "indeterminate"),  # relieved, but on more
        ((8, 0), ("0", "5"), "indeterminate"),
        ((8, 6), ("60", "60"), "partial"),
        ((8, 6), ("60", "60.01"), "indeterminate"),
        ((8, 7), ("60", "60"), "indeterminate"),
        ((8, 8), ("60", "45"), "partial"),  # exactly 25 % less
        ((8, 8), ("60", "45.01"), "indeterminate"),
        ((8, 7), ("60", "30"), "partial"),
        ((8, 9), ("60", "30"), "indeterminate"),  # less opioid, but more pain
        ((8, 10), ("60", "60"), "progression"),
        ((8, 10), ("60", "30"), "progression"),
        ((8, 9), ("60", "60"), "indeterminate"),
        ((8, 8), ("60", "75"), "progression"),  # exactly 25 % more
        ((8, 9), ("60", "90"), "progression"),
        ((8, 8), ("60", "74.99"), "indeterminate"),
        ((8, 7), ("60", "90"), "indeterminate"),  # more opioid, but less pain
        ((8, 8), ("0", "5"), "progression"),  # begun for pain that is no better
        ((8, 8), ("0", "0"), "indeterminate"),
    ],
)
def test_international_consensus_2012(
    worst: tuple[int, int], medd: tuple[str, str], expected: str
) -> None:
    found = icpre2012(worst, doses(*medd))
    assert found == expected
    assert found.responds is (expected in {"complete", "partial"})


@pytest.mark.parametrize(
    ("before", "after", "by30", "by50"),
    [
        ("60", "42", True, False),  # exactly 30 %
        ("60", "42.01", False, False),
        ("60", "30", True, True),  # exactly 50 %
        ("60", "30.01", True, False),
        ("60", "0", True, True),
        ("60", "90", False, False),
        ("0.1", "0.07", True, False),
        ("0", "0", False, False),
    ],
)
def test_opioid_alone(before: str, after: str, by30: bool, by50: bool) -> None:
    assert medd30(*doses(before, after)) is by30
    assert medd50(*doses(before, after)) is by50


@pytest.mark.parametrize(
    ("pain", "worst", "medd", "judged"),
    [
        ((8, 4), (9, 5), LEVEL, "nrs30 nrs50 nrs2 composite icpre2012 medd30 medd50"),
        ((4, 4), (4, 4), LEVEL, "nrs30 nrs50 nrs2 composite icpre2012 medd30 medd50"),
        ((3, 0), (3, 0), LEVEL, "medd30 medd50"),  # both below the floor of 4
        ((3, 0), (9, 5), LEVEL, "composite icpre2012 medd30 medd50"),
        ((0, 0), (0, 0), LEVEL, "medd30 medd50"),
        (None, (9, 5), LEVEL, "composite icpre2012 medd30 medd50"),
        ((8, 4), None, LEVEL, "nrs30 nrs50 nrs2 medd30 medd50"),
        ((8, 4), (9, 9), None, "nrs30 nrs50 nrs2"),  # though no dose could make it a response
        ((8, 4), (9, 5), doses("0", "0"), "nrs30 nrs50 nrs2 composite icpre2012"),
        (None, None, None, ""),
    ],
)
def test_who_can_be_judged_at_all(
    pain: tuple[int, int] | None,
    worst: tuple[int, int] | None,
    medd: tuple[Decimal, Decimal] | None,
    judged: str,
) -> None:
    found = judge(pain, worst, medd, floor=4)
    answered = [d.slug for d in DEFINITIONS if getattr(found, d.slug) is not None]
    assert answered == judged.split()


def test_without_a_floor_there_must_still_be_some_pain_to_relieve() -> None:
    assert judge((1, 0), (1, 0), LEVEL, floor=0).nrs30 is True
    assert judge((0, 0), (0, 0), LEVEL, floor=0).icpre2012 is None


def at_28_days(before: Regimen | None, after: Regimen | None) -> WindowOutcome:
    found = outcome(seen(0, 8, 9, regimen=before), seen(28, 4, 5, regimen=after))
    return found.windows["28d"]


def test_all_seven_stand_side_by_side_and_may_contradict_each_other() -> None:
    at = at_28_days(morphine(60), morphine(90))
    assert (at.nrs30, at.nrs50, at.nrs2) == (True, True, True)
    assert (at.composite, at.icpre2012) == (False, Icpre2012.INDETERMINATE)
    assert (at.medd30, at.medd50) == (False, False)
    assert (at.worst, at.worst_change, at.change) == (5, -4, -4)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (None, morphine(60)),  # opioids were not asked about
        (morphine(60), None),
        (morphine(60), (*morphine(30), item("alfentanil", 1, Route.SUBCUTANEOUS))),
        ((*morphine(60), item("alfentanil", 1, Route.SUBCUTANEOUS)), morphine(30)),
        (morphine(60), (item("morphine", 1, Route.INTRATHECAL, "mg/24h"),)),  # moved to a pump
        ((item("morphine", 1, Route.INTRATHECAL, "mg/24h"),), ()),
    ],
)
def test_an_opioid_dose_that_is_not_wholly_known_judges_nobody(
    before: Regimen | None, after: Regimen | None
) -> None:
    at = at_28_days(before, after)
    assert (at.composite, at.icpre2012, at.medd30, at.medd50) == (None, None, None, None)
    assert at.nrs30 is True


def test_an_adjuvant_beside_the_opioid_changes_no_answer() -> None:
    at = at_28_days((*morphine(60), item("gabapentin", 900)), morphine(30))
    assert (at.medd30, at.medd50, at.composite) == (True, True, True)


def test_an_opioid_naive_patient_can_respond_by_pain_but_not_by_dose() -> None:
    at = at_28_days((), ())
    assert (at.composite, at.icpre2012) == (True, Icpre2012.PARTIAL)
    assert (at.medd30, at.medd50) == (None, None)


def test_methadone_is_judged_by_its_banded_dose_and_flagged() -> None:
    # cdc-2016: 20 mg x 4 = 80 mg, 40 mg x 8 = 320 mg, and 40 -> 20 mg is a fall of 75 %
    found = outcome(
        seen(0, 8, 9, regimen=(item("methadone", 40),)),
        seen(28, 4, 5, regimen=(item("methadone", 20),)),
    )
    at = found.windows["28d"]
    assert at.medd_change == -240.0
    assert (at.medd50, at.icpre2012) == (True, Icpre2012.PARTIAL)
    assert found.methadone


@pytest.mark.parametrize(
    ("infused", "judged"),
    [(-8, True), (-7, False), (0, False), (28, False), (29, True), (38, True)],
)
def test_while_a_pump_gives_an_opioid_nobody_is_judged_by_dose(infused: int, judged: bool) -> None:
    found = outcome(
        seen(0, 8, 9, regimen=morphine(60)),
        seen(28, 4, 5, regimen=()),
        infusions=[infused],
    )
    at = found.windows["28d"]
    assert (at.medd50 is True) is judged
    assert (at.composite is True) is judged


def test_average_pain_never_stands_in_for_worst() -> None:
    found = outcome(seen(0, 8, regimen=()), seen(28, 4, 5, regimen=()))
    assert found.worst is None
    assert found.windows["28d"].worst == 5
    assert found.windows["28d"].worst_change is None
    assert found.windows["28d"].composite is None
