from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reports.disclosure import Policy
from reports.disclosure.units import release_units
from reports.frames import OutcomeFrame
from reports.stats.funnel import Beyond
from reports.stats.units import UnitRow, Units, followed_up, letters, responding, severely_harmed
from tests.reports.cases import AT_28, assessed, events, frame

UNSEEN = {"nrs_baseline": 8, "state_28d": "alive_not_assessed"}
EXACT = Policy(None)


def by(operator: str | None, *rows: dict[str, Any], times: int = 1) -> list[dict[str, Any]]:
    return [{**row, "operator": operator} for row in rows for _ in range(times)]


def units(*counts: tuple[str, int, int]) -> Units:
    rows = (UnitRow(name.lower(), name, 1, n, k, n) for name, k, n in counts)
    return Units(tuple(rows), unnamed=0)


def test_responders_are_counted_among_those_whom_the_definition_can_judge() -> None:
    rows = frame(
        [
            *by("Dr A", assessed(8, 2), times=3),
            *by("Dr A", assessed(8, 7), UNSEEN, {"state_28d": "died_before"}),
            *by("Dr B", assessed(8, 7), times=6),
        ]
    )
    found = responding(rows, "operator", "nrs30", AT_28)

    assert [(r.name, r.k, r.n, r.treated) for r in found.rows] == [
        ("Dr B", 0, 6, 6),
        ("Dr A", 3, 4, 6),
    ]


def test_complete_and_partial_respond_by_the_consensus_of_2012() -> None:
    classes = ("complete", "partial", "progression", "indeterminate", None)
    rows = frame({"icpre2012_28d": c} for c in classes)

    (found,) = responding(rows, "site", "icpre2012", AT_28).rows

    assert (found.k, found.n) == (2, 4)


def test_follow_up_is_of_those_alive_and_due() -> None:
    rows = frame(
        [assessed(8, 2), assessed(8, 8), UNSEEN, {"state_28d": "died_before"}]
        + [{"state_28d": s} for s in ("not_due", "ineligible")]
    )

    (found,) = followed_up(rows, "site", AT_28).rows

    assert (found.key, found.k, found.n, found.treated) == ("north", 2, 3, 6)


def test_severe_harm_is_of_all_procedures() -> None:
    rows = frame([assessed(8, 2), UNSEEN, {"state_28d": "ineligible"}])
    recorded = events(
        [
            {"procedure_id": "0", "grade": 3},
            {"procedure_id": "0", "grade": 4},
            {"procedure_id": "1", "grade": 2},
            {"procedure_id": "2", "grade": 3, "kind": "expected"},
        ]
    )

    (found,) = severely_harmed(rows, "site", recorded).rows

    assert (found.k, found.n) == (1, 3)


def test_an_operator_is_one_whatever_the_capitals_and_spaces() -> None:
    rows = frame(
        [
            *by("Dr Brandt", assessed(8, 2), times=3),
            *by(" dr  brandt", assessed(8, 2)),
            *by("DR BRANDT", assessed(8, 2)),
            *by("Dr Brand", assessed(8, 2)),
            *by(None, assessed(8, 2)),
            *by("  ", assessed(8, 2)),
        ]
    )
    found = responding(rows, "operator", "nrs30", AT_28)

    assert [(r.name, r.n, r.spellings) for r in found.rows] == [
        ("Dr Brandt", 5, 3),
        ("Dr Brand", 1, 1),
    ]
    assert found.unnamed == 2


def test_sites_are_told_apart_by_their_very_code() -> None:
    rows = frame([{"site": "a", **assessed(8, 2)}, {"site": "A", **assessed(8, 2)}])

    assert len(followed_up(rows, "site", AT_28).rows) == 2


def test_a_funnel_is_that_of_r_with_a_unit_of_one() -> None:
    """Exact binomial limits, interpolated, in base R 4.2.2.

    options(digits = 12); P <- c(.001, .025, .975, .999)
    lim <- function(n, t, p) { r <- qbinom(p, n, t); r <- ifelse(pbinom(r, n, t) > p, r, r + 1)
      pmin(pmax((r - (pbinom(r, n, t) - p) / dbinom(r, n, t)) / n, 0), 1) }
    k <- c(30, 13, 8, 1); n <- c(40, 40, 20, 1); t <- sum(k) / sum(n); t  # 0.514851485149
    lim(40, t, P)  # 0.258504749055 0.347393824665 0.657491733891 0.743725359916
    lim(20, t, P)  # 0.152585966281 0.267430578709 0.708173528314 0.829274961058
    lim(1, t, P)   # 0.000000000000 0.000000000000 0.951442307692 0.998057692308
    z <- (k / n - t) / sqrt(t * (1 - t) / n); q <- quantile(z, c(.1, .9))
    mean(pmin(pmax(z, q[1]), q[2])^2)  # 2.89896795204
    pbinom(29, 40, t, lower.tail = FALSE)  # 0.00204, so 30 of 40 is beyond 95 %, not 99.8 %
    """
    found = release_units(
        units(("A", 30, 40), ("B", 13, 40), ("C", 8, 20), ("D", 1, 1)),
        "operator",
        EXACT,
        {},
        overdispersion=False,
    )
    wide = release_units(
        units(("A", 30, 40), ("B", 13, 40), ("C", 8, 20), ("D", 1, 1)),
        "operator",
        EXACT,
        {},
        overdispersion=True,
    )

    assert found.target == pytest.approx(0.514851485149)
    assert [line.unit for line in found.lines] == list("ABCD")
    for line, expected in zip(
        found.lines[1:],
        (
            (0.258504749055, 0.347393824665, 0.657491733891, 0.743725359916),
            (0.152585966281, 0.267430578709, 0.708173528314, 0.829274961058),
            (0, 0, 0.951442307692, 0.998057692308),
        ),
        strict=True,
    ):
        limits = (line.low_99_8, line.low_95, line.high_95, line.high_99_8)
        assert limits == pytest.approx(expected, abs=1e-9)
    assert [line.beyond for line in found.lines] == [
        Beyond.LIMITS_95,
        Beyond.LIMITS_95,
        Beyond.NOTHING,
        Beyond.NOTHING,
    ]
    assert wide.dispersion == pytest.approx(2.89896795204)
    assert wide.widened
    assert {line.beyond for line in wide.lines} == {Beyond.NOTHING}


@settings(deadline=None, max_examples=80)
@given(st.integers(1, 9), st.lists(st.integers(1, 30), min_size=2, max_size=8), st.booleans())
def test_a_unit_exactly_at_the_target_is_never_beyond(
    tenths: int, tens: list[int], overdispersion: bool
) -> None:
    counts = [(f"u{i}", tenths * n, 10 * n) for i, n in enumerate(tens)]
    found = release_units(units(*counts), "site", EXACT, {}, overdispersion=overdispersion)

    assert found.target == pytest.approx(tenths / 10)
    assert {line.beyond for line in found.lines} == {Beyond.NOTHING}


ROWS = st.lists(
    st.tuples(
        st.sampled_from(["Dr A", "dr a", "Dr B", "Dr C", None]),
        st.sampled_from([assessed(8, 2), assessed(8, 8), UNSEEN, {"state_28d": "died_before"}]),
    ),
    min_size=1,
    max_size=40,
)


@settings(deadline=None, max_examples=40)
@given(ROWS, st.integers(0, 99))
def test_units_sum_to_the_whole_and_no_order_matters(
    drawn: list[tuple[str | None, dict[str, Any]]], seed: int
) -> None:
    rows = frame({**row, "operator": who} for who, row in drawn)
    found = followed_up(rows, "operator", AT_28)
    (whole,) = followed_up(rows, "site", AT_28).rows
    named = frame({**row, "operator": who} for who, row in drawn if who)

    assert found.unnamed == sum(who is None for who, _ in drawn)
    assert sum(r.treated for r in found.rows) + found.unnamed == whole.treated
    if named.height:
        (rest,) = followed_up(named, "site", AT_28).rows
        assert (sum(r.k for r in found.rows), sum(r.n for r in found.rows)) == (rest.k, rest.n)
    shuffled = OutcomeFrame(rows.sample(fraction=1, shuffle=True, seed=seed))
    assert followed_up(shuffled, "operator", AT_28) == found
    assert [r.n for r in found.rows] == sorted((r.n for r in found.rows), reverse=True)


def test_units_with_few_procedures_are_left_out_and_only_counted() -> None:
    found = release_units(
        units(("A", 33, 61), ("B", 28, 52), ("C", 4, 30), ("D", 5, 7)),
        "operator",
        Policy(11),
        {},
        overdispersion=False,
    )

    assert [(line.unit, line.k, line.n) for line in found.lines] == [
        ("Operator A", 35, 60),
        ("Operator B", 30, 50),
    ]
    assert found.left_out == 2
    assert not found.are_named
    assert found.target == pytest.approx(65 / 110)


def test_a_lone_small_unit_takes_the_next_smallest_along() -> None:
    counts = [("A", 33, 61), ("B", 28, 52), ("C", 20, 40), ("D", 4, 17)]
    found = release_units(units(*counts), "site", Policy(11), {}, overdispersion=False)

    assert [line.unit for line in found.lines] == ["A", "B"]
    assert found.left_out == 2


@settings(deadline=None, max_examples=200)
@given(
    st.lists(
        st.integers(1, 90).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))),
        min_size=1,
        max_size=9,
    ),
    st.sampled_from([5, 8, 11]),
)
def test_no_small_number_of_a_unit_is_shown_nor_is_one_unit_left_out_alone(
    drawn: list[tuple[int, int]], threshold: int
) -> None:
    counts = [(f"u{i}", k, n) for i, (k, n) in enumerate(drawn)]
    policy = Policy(threshold)
    found = release_units(units(*counts), "site", policy, {}, overdispersion=True)

    shown = {line.unit for line in found.lines}
    for name, k, n in counts:
        if name in shown:
            assert not any(policy.small(x) for x in (k, n, n - k))
    for line in found.lines:
        assert line.n % 5 == line.k % 5 == 0
    if found.lines:
        assert found.left_out != 1
    assert found.left_out + len(found.lines) == len(counts)
    if found.target is not None:
        told = [line.k for line in found.lines], [line.n for line in found.lines]
        assert found.target == pytest.approx(sum(told[0]) / sum(told[1]))


def test_letters_follow_the_size_and_never_end() -> None:
    assert letters({"x": 3, "y": 9, "z": 5}) == {"y": "A", "z": "B", "x": "C"}
    many = letters({f"{i:04}": 1000 - i for i in range(703)})
    assert (many["0025"], many["0026"], many["0701"], many["0702"]) == ("Z", "AA", "ZZ", "AAA")
