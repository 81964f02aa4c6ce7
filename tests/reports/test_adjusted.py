from __future__ import annotations

from dataclasses import astuple
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from registry.domain.windows import WINDOWS
from reports.frames import OutcomeFrame
from reports.groups import FEW, Group, Grouping, grouping
from reports.stats.adjusted import Adjusted, AdjustedRow, adjusted
from reports.stats.adjusted_course import adjusted_course
from reports.stats.adjusted_sample import ALL_PAINS, Rules
from reports.stats.intervals import Estimate
from reports.stats.refusal import Reason, Refusal
from tests.reports.adjusted_cases import SERIES, rows, without
from tests.reports.cases import AT_28, CATEGORIES, assessed, frame


def _adjusted(of: OutcomeFrame, **rules: Any) -> tuple[Adjusted, ...]:
    return adjusted(of, grouping(of, "category", CATEGORIES), AT_28, Rules(**rules))


def _only(of: OutcomeFrame, **rules: Any) -> Adjusted:
    (found,) = _adjusted(of, **rules)
    return found


def _is(found: Estimate | None, expected: tuple[float, ...]) -> None:
    assert found is not None
    assert astuple(found)[: len(expected)] == pytest.approx(expected, abs=1e-9)


def _one(category: str, patient: int, before: int, after: int, **more: Any) -> dict[str, Any]:
    row = {"patient_id": f"{category}{patient}", "category": category, "akps": 50}
    return row | assessed(before, after) | more


def _block(category: str, size: int, after: int, **more: Any) -> list[dict[str, Any]]:
    """Give a group whose scores after depend on baseline, and go up and down by one."""
    return [
        _one(category, i, 5 + i % 4, after + i % 4 + (-1) ** (i // 4), **more) for i in range(size)
    ]


def test_groups_with_the_same_baselines_differ_by_their_plain_means() -> None:
    """By hand: baselines 4, 5, 6, 7 in both, five of each. The mean after is 3 and 2 and a half."""
    wiggle = (0, 1, -1, 1, -1)
    celiac = [
        _one("celiac", 4 * k + b, b, b - 3 + 1 * wiggle[k]) for k in range(5) for b in range(4, 8)
    ]
    other = [
        _one("cordotomy", 4 * k + b, b, b - 3 + wiggle[k] - (b % 2))
        for k in range(5)
        for b in range(4, 8)
    ]
    found = _only(frame(celiac + other))

    first, second = found.rows
    assert (first.n, second.n, found.n, found.patients) == (20, 20, 40, 40)
    assert (first.mean.value, second.mean.value) == pytest.approx((2.5, 2.0))
    assert second.difference is not None
    assert second.difference.value == pytest.approx(-0.5)
    assert first.difference is None


def test_with_missing_akps_two_sites_and_patients_treated_again_it_is_that_of_r() -> None:
    """Reference values from R 4.2.2, base only: complete cases, CR1 by hand.

    options(digits = 12)
    i <- 0:79; p <- (i * 11) %% 53; g <- c("celiac", "cordotomy", "plane")[p %% 3 + 1]
    s <- c("north", "south")[(i %/% 4) %% 2 + 1]; a <- 20 + 10 * ((i * i + p) %% 6)
    b <- 4 + (i * 5) %% 7; y <- pmin(10, pmax(0, b - 1 - p %% 3 + (i * i + p) %% 5 - 2))
    a[i %% 9 == 4] <- NA; k <- !is.na(a); centre <- function(x) x - mean(x)
    d <- data.frame(p, g, s, a, b, y)[k, ]
    cr1 <- function(fit, p) { X <- model.matrix(fit); u <- rowsum(X * resid(fit), p); m <- nrow(u)
      n <- nrow(X); B <- solve(crossprod(X))
      list(m = m, V = m / (m - 1) * (n - 1) / (n - ncol(X)) * B %*% crossprod(u) %*% B) }
    e <- function(w) { se <- sqrt(drop(w %*% r$V %*% w)); v <- sum(w * coef(fit))
      c(v, se, v + c(-1, 1) * qt(.975, r$m - 1) * se) }
    fit <- lm(y ~ 0 + g + centre(b) + centre(a) + centre(s == "south"), d); r <- cr1(fit, d$p)
    e(c(1,0,0,0,0,0))   #  5.848079133812 0.269546830212  5.306404498571  6.389753769052
    e(c(0,1,0,0,0,0))   #  5.209329231299 0.294532901012  4.617443206904  5.801215255693
    e(c(0,0,1,0,0,0))   #  3.791494091184 0.268891994446  3.251135397683  4.331852784685
    e(c(-1,1,0,0,0,0))  # -0.638749902513 0.407257133704 -1.457163753548  0.179663948523
    e(c(-1,0,1,0,0,0))  # -2.05658504263  0.37737707361  -2.81495266481  -1.29821742044
    fit <- lm(y ~ 0 + g + centre(b) + centre(s == "south")); r <- cr1(fit, p)
    e(c(-1,1,0,0,0))    # -0.8309509930362 0.3825415485613 -1.5985767692601 -0.0633252168124
    e(c(-1,0,1,0,0))    # -2.099615626698  0.344624549426  -2.791155377750  -1.408075875647
    j <- 0:5; h <- c("celiac", "cordotomy")[j %% 2 + 1]   # alive, not assessed
    q <- data.frame(p = 100 + j, g = h, s = "north", a = 40, b = 5 + j %% 3)
    z <- function(home, away) { q$y <- ifelse(h == "celiac", home, away); w <- rbind(d, q)
      f <- lm(y ~ 0 + g + centre(b) + centre(a) + centre(s == "south"), w)
      coef(f)[2:3] - coef(f)[1] }
    z(10, 0)            # -1.73570194184  -2.59269976639
    z(0, 10)            #  0.597769271808 -1.453558919135
    """
    found = _only(SERIES)

    celiac, cordotomy, plane = found.rows
    _is(celiac.mean, (5.848079133812, 0.269546830212, 5.306404498571, 6.389753769052))
    _is(cordotomy.mean, (5.209329231299, 0.294532901012, 4.617443206904, 5.801215255693))
    _is(plane.mean, (3.791494091184, 0.268891994446, 3.251135397683, 4.331852784685))
    _is(cordotomy.difference, (-0.638749902513, 0.407257133704, -1.457163753548, 0.179663948523))
    _is(plane.difference, (-2.05658504263, 0.37737707361, -2.81495266481, -1.29821742044))
    _is(cordotomy.without_akps, (-0.8309509930362, 0.3825415485613, -1.5985767692601))
    _is(plane.without_akps, (-2.099615626698, 0.344624549426, -2.791155377750, -1.408075875647))
    assert (cordotomy.lowest, plane.lowest) == pytest.approx((-1.73570194184, -2.59269976639))
    assert (cordotomy.highest, plane.highest) == pytest.approx((0.597769271808, -1.453558919135))
    assert [(r.n, r.patients, r.unassessed) for r in found.rows] == [
        (24, 17, 3),
        (25, 17, 3),
        (22, 16, 0),
    ]
    assert (found.patients, found.sample.without_akps) == (50, 9)
    assert found.terms == ("akps", "site")


def test_the_course_over_windows_is_that_of_r() -> None:
    """As above, with scores at 7 d and 28 d, some missed. nlme 3.1-162; it stops at about 1e-7.

    library(nlme); y7 <- pmin(10, pmax(0, y + (i * 3) %% 4 - 1))
    D <- rbind(data.frame(p, g, s, a, b, w = "7d", y = y7)[i %% 5 != 2 & k, ],
               data.frame(p, g, s, a, b, w = "28d", y = y)[i %% 7 != 3 & k, ])
    D$cell <- factor(paste(D$w, D$g)); D$cb <- centre(D$b); D$ca <- centre(D$a)
    D$cs <- centre(D$s == "south")
    f <- lme(y ~ 0 + cell + cb + ca + cs, D, random = ~ 1 | p, method = "REML",
             control = lmeControl(tolerance = 1e-12, msTol = 1e-12, msMaxIter = 500))
    fixef(f)[1:6]            # 28 d: 6.28166903845 5.33777049682 3.95482102413
                             #  7 d: 6.40789915968 6.10698874789 4.58661315686
    sqrt(diag(vcov(f)))[1:6] # 0.38615334946 0.38792354027 0.38882613956
                             # 0.38609610348 0.39530516941 0.41211329812
    VarCorr(f)               # sd 1.09641035607 between, 1.18352402323 within
    w <- c(0, 0, 0, -1, 1, 0, 0, 0, 0); V <- vcov(f)
    c(sum(w * fixef(f)), sqrt(drop(w %*% V %*% w)))  # -0.300910411782 0.555818822330
    """
    seen = frame(without(rows(), "28d", 7))
    (found,) = adjusted_course(seen, grouping(seen, "category", CATEGORIES), Rules("celiac"))

    cells = {(r.window.slug, r.group.slug): r for r in found.rows}
    order = [(w, g) for w in ("28d", "7d") for g in ("celiac", "cordotomy", "plane")]
    means = [cells[key].mean for key in order]
    assert [m.value for m in means if m] == pytest.approx(
        [6.28166903845, 5.33777049682, 3.95482102413, 6.40789915968, 6.10698874789, 4.58661315686],
        abs=1e-6,
    )
    assert [m.se for m in means if m] == pytest.approx(
        [0.38615334946, 0.38792354027, 0.38882613956, 0.38609610348, 0.39530516941, 0.41211329812],
        abs=1e-6,
    )
    assert (found.sd_between, found.sd_within) == pytest.approx(
        (1.09641035607, 1.18352402323), abs=1e-6
    )
    difference = cells["7d", "cordotomy"].difference
    assert difference is not None
    assert (difference.value, difference.se) == pytest.approx(
        (-0.300910411782, 0.555818822330), abs=1e-6
    )
    assert [cells[key].n for key in order] == [21, 20, 20, 21, 19, 17]
    assert found.patients == 49


def test_unlike_pains_are_compared_each_by_itself_and_all_together_last() -> None:
    visceral = _block("celiac", 12, 1) + _block("impar", 12, 2)
    mixed = _block("cordotomy", 14, 1, mechanism="mixed") + _block(
        "plane", 11, 3, mechanism="mixed"
    )
    lone = _block("cement", 12, 2, mechanism="somatic")
    found = _adjusted(frame(visceral + mixed + lone))

    assert [one.indication.slug for one in found] == ["somatic", "visceral", "mixed", "_all"]
    assert [len(one.rows) for one in found] == [0, 2, 2, 5]
    assert found[0].refusal == Refusal(Reason.FEW_PATIENTS, floor=20)
    within = {row.group.slug: row for row in found[2].rows}
    alone = _only(frame(mixed))
    assert within["plane"].difference == alone.rows[1].difference


def test_pain_without_a_mechanism_is_only_among_all_together() -> None:
    unsaid = _block("celiac", 12, 1, mechanism=None) + _block("impar", 12, 2)
    assert [one.indication.slug for one in _adjusted(frame(unsaid))] == ["visceral", "_all"]
    none = _block("celiac", 12, 1, mechanism=None) + _block("impar", 12, 2, mechanism=None)
    assert [one.indication for one in _adjusted(frame(none))] == [ALL_PAINS]


def test_the_largest_group_is_the_reference_unless_another_is_asked_for() -> None:
    both = frame(_block("celiac", 12, 1) + _block("impar", 15, 2))

    assert _only(both).sample.reference == Group("impar", "Ganglion impar")
    assert _only(both, reference="celiac").rows[0].difference is None
    assert _only(both, reference="nowhere").sample.reference == Group("impar", "Ganglion impar")


def test_a_group_of_one_is_left_out_and_named() -> None:
    found = _only(frame(_block("celiac", 12, 1) + _block("impar", 15, 2) + _block("plane", 1, 2)))

    assert [row.group.slug for row in found.rows] == ["celiac", "impar"]
    assert [group.slug for group in found.sample.left_out] == ["plane"]


@pytest.mark.parametrize(
    ("of", "reason"),
    [
        ([], Reason.FEW_PATIENTS),
        (_block("celiac", 9, 1) + _block("impar", 10, 2), Reason.FEW_PATIENTS),
        (_block("celiac", 30, 1), Reason.ONE_GROUP),
        (_block("celiac", 30, 1) + _block("impar", 9, 2), Reason.SMALL_GROUP),
        ([_one("celiac" if i % 2 else "impar", i, 8, 3) for i in range(40)], Reason.COLLINEAR),
        (
            [_one("celiac" if i % 2 else "impar", i, 5 + i % 3, 2 + i % 3) for i in range(40)],
            Reason.NO_SPREAD,
        ),
        (
            [{"category": c, "patient_id": f"{c}{i}", "nrs_baseline": 8, "state_28d": "died_before"}
             for c in ("celiac", "impar") for i in range(30)],
            Reason.FEW_PATIENTS,
        ),
    ],
    ids=["nobody", "few", "one-group", "small-group", "one-baseline", "no-spread", "all-dead"],
)  # fmt: skip
def test_what_cant_be_compared_is_refused_and_says_why(
    of: list[dict[str, Any]], reason: Reason
) -> None:
    for found in _adjusted(frame(of)):
        assert found.refusal is not None
        assert found.refusal.reason == reason
        assert found.rows == ()
    for course in adjusted_course(frame(of), grouping(frame(of), "category", CATEGORIES), Rules()):
        assert course.refusal is not None


def test_a_site_that_does_one_group_only_is_dropped_and_named() -> None:
    apart = _block("celiac", 15, 1) + _block("impar", 15, 2, site="south")
    found = _only(frame(apart))

    assert found.dropped == ("site",)
    assert found.rows[1].difference is not None
    for row, plain in zip(
        found.rows, _only(frame([r | {"site": "x"} for r in apart])).rows, strict=True
    ):
        assert row.mean == plain.mean


def test_akps_is_a_term_only_where_most_have_one() -> None:
    some = _block("celiac", 15, 1) + _block("impar", 15, 2)
    few = [row | {"akps": 50 + 10 * (i % 3) if i % 3 == 0 else None} for i, row in enumerate(some)]
    found = _only(frame(few))

    assert not found.sample.with_akps
    assert (found.n, found.sample.without_akps) == (30, 20)


def test_small_groups_put_together_are_in_no_model() -> None:
    rest = frame(_block(FEW.slug, 20, 1) + _block("impar", 15, 2) + _block("plane", 15, 2))
    both = Grouping("category", (*(g for g in CATEGORIES if g.slug in {"impar", "plane"}), FEW))
    (found,) = adjusted(rest, both, AT_28, Rules())

    assert [row.group.slug for row in found.rows] == ["plane", "impar"]
    assert FEW not in found.sample.left_out


def test_a_window_with_few_patients_shows_no_mean_but_stays_in_the_model() -> None:
    late = [
        row | (assessed(row["nrs_baseline"], 3 + i % 3, "90d") if i % 3 == 0 else {})
        for i, row in enumerate(_block("celiac", 18, 1) + _block("impar", 39, 2))
    ]
    of = frame(late)
    (found,) = adjusted_course(of, grouping(of, "category", CATEGORIES), Rules())
    cells = {(r.group.slug, r.window.slug): r for r in found.rows}

    assert cells["celiac", "90d"].n == 6
    assert cells["celiac", "90d"].mean is None
    assert cells["impar", "90d"].mean is not None
    assert cells["celiac", "90d"].difference is None
    assert found.n == 57 + 19
    assert {r.window for r in found.rows} <= set(WINDOWS)


def _values(row: AdjustedRow) -> list[float]:
    found = [row.mean, row.difference, row.without_akps]
    numbers = [v for e in found if e for v in astuple(e)]
    return [*numbers, *(v for v in (row.lowest, row.highest) if v is not None)]


@settings(deadline=None, max_examples=15)
@given(st.permutations(range(86)))
def test_the_order_of_rows_changes_nothing(order: list[int]) -> None:
    one, other = _only(SERIES), _only(OutcomeFrame(SERIES[order]))

    for a, b in zip(one.rows, other.rows, strict=True):
        assert (a.group, a.n, a.patients) == (b.group, b.n, b.patients)
        assert _values(a) == pytest.approx(_values(b), abs=1e-9)


@settings(deadline=None, max_examples=15)
@given(st.permutations(["cement", "impar", "iddss"]))
def test_what_the_groups_are_called_changes_nothing(names: list[str]) -> None:
    new = dict(zip(("celiac", "cordotomy", "plane"), names, strict=True))
    renamed = frame([row | {"category": new[row["category"]]} for row in rows()])
    one, other = _only(SERIES, reference="plane"), _only(renamed, reference=new["plane"])
    by_group = {row.group.slug: row for row in other.rows}

    for row in one.rows:
        assert _values(row) == pytest.approx(_values(by_group[new[row.group.slug]]), abs=1e-9)


@settings(deadline=None, max_examples=15)
@given(st.integers(0, 3))
def test_a_constant_more_on_both_scores_moves_means_and_no_difference(more: int) -> None:
    def shifted(by: int) -> OutcomeFrame:
        low = [
            _one(c, i, 4 + i % 3, i % 5 + (c == "impar"), site="ns"[i % 2])
            for c in ("celiac", "impar")
            for i in range(20)
        ]
        return frame([row | assessed(row["nrs_baseline"] + by, row["nrs_28d"] + by) for row in low])

    plain, moved = _only(shifted(0)), _only(shifted(more))

    for a, b in zip(plain.rows, moved.rows, strict=True):
        assert b.mean.value == pytest.approx(a.mean.value + more)
        assert b.mean.se == pytest.approx(a.mean.se)
    assert plain.rows[0].difference is None
    _is(moved.rows[1].difference, astuple(plain.rows[1].difference or plain.rows[1].mean))
