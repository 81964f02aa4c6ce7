from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reports.stats import CumulativeIncidence, Curve, aalen_johansen, kaplan_meier

CAUSES = ("relapse", "death", "further")
CODES = ("still", *CAUSES)

_I = np.arange(120)
TIME = (_I * 37 + _I // 7) % 23
END = np.array(CODES)[(_I * _I + _I // 5) % 4]

RECORDS = st.lists(st.tuples(st.integers(0, 12), st.sampled_from(CODES)), min_size=1, max_size=60)


def _aj(time: Any = TIME, end: Any = END) -> CumulativeIncidence:
    return aalen_johansen(time, end, causes=CAUSES, censored="still")


def _at(curve: Curve, where: list[int]) -> list[list[float | None]]:
    return [[column[i] for i in where] for column in (curve.value, curve.se, curve.low, curve.high)]


def _close(found: list[list[float | None]], expected: list[list[float]]) -> None:
    for one, other in zip(found, expected, strict=True):
        assert one == pytest.approx(other, abs=1e-9)


DAYS = [0, 5, 12, 22]


def test_competing_ends_with_ties_are_those_of_r() -> None:
    """Reference values from R 4.2.2, survival 3.5-3, on 120 reliefs ending on 23 days.

    options(digits = 12); library(survival)
    i <- 0:119; t <- (i * 37 + i %/% 7) %% 23; e <- (i * i + i %/% 5) %% 4
    f <- factor(e, 0:3, c("still", "relapse", "death", "further"))
    s <- survfit(Surv(t, f) ~ 1, conf.type = "log-log"); w <- match(c(0, 5, 12, 22), s$time)
    s$n.risk[w, 1]; s$pstate[w, ]; s$std.err[w, ]; s$lower[w, ]; s$upper[w, ]  # as below

    cmprsk 2.2-11 agrees on the estimates; its variance is Aalen's, a little larger:
    timepoints(cuminc(t, e), 22)$var  # 0.00270 0.00320 0.00287: ours 0.00261 0.00310 0.00273
    """
    found = _aj()

    assert found.table.times == tuple(range(23))
    assert [found.table.at_risk[i] for i in DAYS] == [120, 94, 58, 7]
    _close(
        _at(found.event_free, DAYS),
        [
            [0.975, 0.8194031881545, 0.5790547669165, 0.0231064900778],
            [0.0142521928137, 0.0357222837607, 0.0478337674820, 0.0222881417908],
            [0.92450021996205, 0.73647497537277, 0.47959669547874, 0.00198349656102],
            [0.991867956882, 0.878359920091, 0.666151912915, 0.102170430995],
        ],
    )
    _close(
        _at(found.curves["relapse"], DAYS),
        [
            [0.00833333333333, 0.06051888659152, 0.11871352917547, 0.28110904281107],
            [0.00829853847016, 0.02218145591129, 0.03103726645691, 0.05109408070052],
            [0.000748690720211, 0.026687859130171, 0.066515083818344, 0.186321283022116],
            [0.0413952423418, 0.1140577570733, 0.1872015683733, 0.3835037096725],
        ],
    )
    _close(
        _at(found.curves["death"], DAYS),
        [
            [0.00833333333333, 0.06858568443051, 0.17419666535414, 0.41030952513981],
            [0.00829853847016, 0.02341389938591, 0.03650762715768, 0.05569999012877],
            [0.000748690720211, 0.032073954139122, 0.109632224213732, 0.300919205678391],
            [0.0413952423418, 0.1239880024041, 0.2511986053430, 0.5164214807614],
        ],
    )
    _close(
        _at(found.curves["further"], DAYS),
        [
            [0.00833333333333, 0.05149224082350, 0.12803503855386, 0.28547494197130],
            [0.00829853847016, 0.02048634398941, 0.03209303804177, 0.05224106303221],
            [0.000748690720211, 0.021105996200914, 0.073504036791585, 0.188465158085435],
            [0.0413952423418, 0.1022209375239, 0.1982015779411, 0.3899720684597],
        ],
    )


def test_a_small_table_in_which_all_reach_an_end_is_that_of_r() -> None:
    """Nobody is left at the last day, and one cause is seen once.

    t <- c(0, 1, 1, 2, 2, 2, 3, 5, 5, 7, 7, 9, 9); e <- c(1, 1, 2, 1, 0, 2, 0, 1, 3, 2, 0, 1, 1)
    f <- factor(e, 0:3, c("still", "relapse", "death", "further"))
    s <- survfit(Surv(t, f) ~ 1, conf.type = "log-log"); s$pstate; s$std.err; s$lower; s$upper
    # last row: 0, 0.641025641026, 0.256410256410, 0.102564102564
    # errors:   0, 0.145627505368, 0.129838380395, 0.0962907200255
    # lower:   NA, 0.298092952226, 0.0594889183283, 0.00604229556249
    # upper:   NA, 0.849269450899, 0.518730204678, 0.362378281762
    """
    time = [0, 1, 1, 2, 2, 2, 3, 5, 5, 7, 7, 9, 9]
    found = _aj(time, [CODES[i] for i in (1, 1, 2, 1, 0, 2, 0, 1, 3, 2, 0, 1, 1)])

    assert found.table.times == (0, 1, 2, 3, 5, 7, 9)
    assert found.table.at_risk == (13, 12, 10, 7, 6, 4, 2)
    assert found.table.ended == (1, 2, 2, 0, 2, 1, 2)
    assert found.table.censored == (0, 0, 1, 1, 0, 1, 0)
    assert _at(found.event_free, [6]) == [[0.0], [0.0], [None], [None]]
    for name, expected in {
        "relapse": (0.641025641026, 0.145627505368, 0.298092952226, 0.849269450899),
        "death": (0.256410256410, 0.129838380395, 0.0594889183283, 0.518730204678),
        "further": (0.102564102564, 0.0962907200255, 0.00604229556249, 0.362378281762),
    }.items():
        _close(_at(found.curves[name], [6]), [[x] for x in expected])
    assert _at(found.curves["further"], [0]) == [[0.0], [0.0], [None], [None]]


def test_survival_with_ties_is_that_of_r() -> None:
    """As above, any end an event.

    k <- survfit(Surv(t, e > 0) ~ 1, conf.type = "log-log")
    cbind(k$surv, k$surv * k$std.err, k$lower, k$upper)[w, ]  # as event_free above
    k  # median 14, 0.95LCL 12, 0.95UCL 17
    """
    found = kaplan_meier(TIME, END != "still")

    assert found.survival == _aj().event_free
    assert (found.median, found.median_low, found.median_high) == (14, 12, 17)


@pytest.mark.parametrize(
    ("time", "ended", "median"),
    [
        ([3, 3, 3, 8, 8, 20], [1, 1, 1, 1, 1, 1], (5.5, 3, None)),
        ([1, 2, 5, 9], [1, 1, 0, 1], (5.5, 1, None)),
        ([1, 2, 5, 9], [1, 1, 0, 0], (2, 1, None)),
        ([3, 3, 8], [0, 0, 0], (None, None, None)),
        ([4], [1], (4, None, None)),
    ],
)
def test_medians_are_those_of_r(
    time: list[int], ended: list[int], median: tuple[float | None, ...]
) -> None:
    """All dead, a curve at exactly one half, none dead, one patient.

    m <- function(t, e) print(survfit(Surv(t, e) ~ 1, conf.type = "log-log"))
    m(c(3, 3, 3, 8, 8, 20), rep(1, 6))   # 5.5 3 NA
    m(c(1, 2, 5, 9), c(1, 1, 0, 1))      # 5.5 1 NA
    m(c(1, 2, 5, 9), c(1, 1, 0, 0))      # 2 1 NA
    m(c(3, 3, 8), rep(0, 3))             # NA NA NA
    m(4, 1)                              # 4 NA NA
    """
    found = kaplan_meier(time, ended)

    assert (found.median, found.median_low, found.median_high) == median


def test_all_dead_is_that_of_r() -> None:
    """Nobody lives past day 20.

    k <- survfit(Surv(c(3, 3, 3, 8, 8, 20), rep(1, 6)) ~ 1, conf.type = "log-log")
    cbind(k$surv, k$surv * k$std.err, k$lower, k$upper)
    # 0.5            0.204124145232 0.11094826035144 0.803709236850
    # 0.166666666667 0.152145154863 0.00772310404017 0.516801781845
    # 0              NaN            NA               NA
    """
    found = kaplan_meier([3, 3, 3, 8, 8, 20], [True] * 6).survival

    _close(
        _at(found, [0, 1]),
        [
            [0.5, 0.166666666667],
            [0.204124145232, 0.152145154863],
            [0.11094826035144, 0.00772310404017],
            [0.80370923685, 0.516801781845],
        ],
    )
    assert _at(found, [2]) == [[0.0], [0.0], [None], [None]]


@settings(deadline=None, max_examples=50)
@given(RECORDS)
def test_the_curves_and_the_event_free_sum_to_1_and_only_rise(
    records: list[tuple[int, str]],
) -> None:
    time, end = zip(*records, strict=True)
    found = _aj(time, end)

    total = np.sum([c.value for c in (found.event_free, *found.curves.values())], axis=0)
    assert total == pytest.approx(np.ones(len(total)))
    assert found.table.at_risk[0] == len(records)
    for curve in found.curves.values():
        assert (np.diff([0, *curve.value]) >= 0).all()
    for curve in (found.event_free, *found.curves.values()):
        for value, se, low, high in zip(curve.value, curve.se, curve.low, curve.high, strict=True):
            assert se >= 0
            assert low is None or high is None or 0 <= low <= value <= high <= 1
            assert (low is None) == (high is None)


@settings(deadline=None, max_examples=50)
@given(RECORDS, st.randoms(use_true_random=False))
def test_row_order_changes_nothing(records: list[tuple[int, str]], chance: Any) -> None:
    mixed = chance.sample(records, len(records))

    assert _aj(*zip(*mixed, strict=True)) == _aj(*zip(*records, strict=True))


@settings(deadline=None, max_examples=50)
@given(RECORDS)
def test_with_one_cause_incidence_is_what_survival_leaves(records: list[tuple[int, str]]) -> None:
    time, end = zip(*records, strict=True)
    ended = [word != "still" for word in end]
    survival = kaplan_meier(time, ended).survival
    curve = aalen_johansen(time, ["end" if e else None for e in ended], causes=["end"]).curves[
        "end"
    ]

    assert curve.value == pytest.approx([1 - s for s in survival.value])
    assert curve.se == pytest.approx(survival.se, abs=1e-7)


@settings(deadline=None, max_examples=50)
@given(st.lists(st.integers(0, 12), min_size=1, max_size=40))
def test_without_censoring_survival_is_the_share_still_alive(time: list[int]) -> None:
    found = kaplan_meier(time, [True] * len(time))
    share = np.array([np.mean(np.array(time) > day) for day in found.table.times])

    assert found.survival.value == pytest.approx(share)
    assert found.survival.se == pytest.approx(np.sqrt(share * (1 - share) / len(time)), abs=1e-9)


def test_numbers_at_risk_are_read_at_any_day() -> None:
    table = kaplan_meier([2, 5, 5, 9], [1, 0, 1, 0]).table

    assert table.at_risk_at([0, 2, 3, 5, 9, 10]) == (4, 4, 3, 3, 1, 0)


def test_of_nobody_there_is_an_empty_curve() -> None:
    found, alive = _aj([], []), kaplan_meier([], [])

    assert found.table.times == found.event_free.value == found.curves["death"].low == ()
    assert (alive.median, alive.table.at_risk_at([0, 30])) == (None, (0, 0))


def test_an_end_not_yet_met_may_be_left_empty() -> None:
    columns = pl.DataFrame({"days": TIME, "end": END})
    empty = columns["end"].replace("still", None)

    assert aalen_johansen(columns["days"], empty, causes=CAUSES) == _aj()


@pytest.mark.parametrize(
    ("time", "end", "says"),
    [
        ([1, -1], ["death", "death"], "negative"),
        ([1, None], ["death", "death"], "time has missing"),
        ([1, 2], ["death", "relapsed"], "cause holds a word"),
        ([1, 2], ["death"], "one value a row"),
    ],
)
def test_bad_records_are_refused(time: list[Any], end: list[Any], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        _aj(time, end)


def test_causes_must_be_told_apart() -> None:
    for causes in ((), ("death", "death"), ("still",)):
        with pytest.raises(ValueError, match="causes"):
            aalen_johansen([1], ["death"], causes=causes, censored="still")
    with pytest.raises(ValueError, match="true or false"):
        kaplan_meier([1, 2], [0, 2])
