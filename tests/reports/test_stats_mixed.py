from __future__ import annotations

from dataclasses import astuple
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reports.stats import Mixed, Reason, Refusal, fit_mixed

WINDOWS = ("48h", "7d", "28d")

_I = np.arange(96)
_P, _W = _I // 3, _I % 3
_G = _P % 2
_B = 5 + (_P * _P + _P) % 11 % 6
_Y = np.clip(_B - 2 - _G + (_P * _P * 3) % 7 - 3 + (_I**3 + 5 * _I) % 11 % 4 - 1, 0, 10)
SEEN = ((_I**3 + _P) % 7 > 1) & ~((_W == 2) & (_G == 1))
P, B, Y = _P[SEEN], _B[SEEN], _Y[SEEN]
W = np.array(WINDOWS)[_W[SEEN]]
G = np.array(["a", "b"])[_G[SEEN]]


def _try(reference: str = "a", **changes: Any) -> Mixed | Refusal:
    columns = {"score": Y, "window": W, "group": G, "patient": P, "adjust": {"baseline": B}}
    return fit_mixed(**(columns | changes), windows=WINDOWS, reference=reference)


def _fit(reference: str = "a", **changes: Any) -> Mixed:
    found = _try(reference, **changes)
    assert isinstance(found, Mixed)
    return found


def test_scores_over_windows_are_modelled_as_in_r() -> None:
    """Reference values from R 4.2.2, nlme 3.1-162; b has no score at 28 d, and visits are missing.

    options(digits = 12); library(nlme)
    i <- 0:95; p <- i %/% 3; w <- i %% 3; g <- p %% 2; b <- 5 + (p * p + p) %% 11 %% 6
    y <- pmin(10, pmax(0, b - 2 - g + (p * p * 3) %% 7 - 3 + (i * i * i + 5 * i) %% 11 %% 4 - 1))
    seen <- (i * i * i + p) %% 7 > 1 & !(w == 2 & g == 1)
    d <- data.frame(p, y, b, cell = factor(10 * w + g))[seen, ]; d$b <- d$b - mean(d$b)
    d$cell <- droplevels(d$cell)
    fit <- lme(y ~ 0 + cell + b, d, random = ~ 1 | p, method = "REML",
               control = lmeControl(tolerance = 1e-12, msTol = 1e-12, msMaxIter = 500))
    fixef(fit)            # 6.86032365584 6.07443692947 6.41159929428 5.59345067184 6.66315743161
    sqrt(diag(vcov(fit))) # 0.644862318679 0.607196297202 0.461126832225 0.443548625889
                          # 0.494930642158
    VarCorr(fit)          # sd 0.975047520881 between, 1.339520976503 within

    lme stops at about 1e-7; the likelihood itself, maximised in base R, is met to 1e-7 too:
    X <- model.matrix(~ 0 + cell + b, d)
    at <- function(l) { W <- solve(diag(nrow(X)) + l * outer(d$p, d$p, "=="))
      A <- t(X) %*% W %*% X; beta <- drop(solve(A, t(X) %*% W %*% d$y)); r <- d$y - X %*% beta
      s <- drop(t(r) %*% W %*% r); f <- nrow(X) - ncol(X)
      list(dev = f * log(s) - c(determinant(W)$modulus) + c(determinant(A)$modulus),
           beta = beta, V = s / f * solve(A), sd = sqrt(c(l, 1) * s / f)) }
    best <- at(optimize(function(l) at(l)$dev, c(0, 5), tol = 1e-12)$minimum)
    best$beta  # 6.86032368068 6.07443694954 6.41159929389 5.59345067210 6.66315743677
    best$sd    # 0.975047486867 1.339520992227
    D <- c(-1, 1, 0, 0, 0, 0)
    c(sum(D * best$beta), sqrt(drop(D %*% best$V %*% D)))  # -0.785886731136 0.885754056598
    """
    found = _fit()

    assert [(r.window, r.group, r.n) for r in found.rows] == [
        ("48h", "a", 6),
        ("48h", "b", 7),
        ("7d", "a", 13),
        ("7d", "b", 14),
        ("28d", "a", 11),
    ]
    assert [r.mean.value for r in found.rows] == pytest.approx(
        [6.86032368068, 6.07443694954, 6.41159929389, 5.59345067210, 6.66315743677], abs=1e-6
    )
    assert [r.mean.se for r in found.rows] == pytest.approx(
        [0.644862318679, 0.607196297202, 0.461126832225, 0.443548625889, 0.494930642158], abs=1e-6
    )
    assert (found.sd_between, found.sd_within) == pytest.approx(
        (0.975047486867, 1.339520992227), abs=1e-6
    )
    difference = found.rows[1].difference
    assert difference is not None
    assert (difference.value, difference.se) == pytest.approx(
        (-0.785886731136, 0.885754056598), abs=1e-6
    )
    assert difference.high - difference.low == pytest.approx(2 * 1.959963985 * 0.885754056598)
    assert (found.n, found.patients) == (51, 27)


def test_patients_who_dont_differ_leave_least_squares() -> None:
    """Every patient has the same mean, so the variance between is 0: R's lm.

    y <- 5 + rep(0:2, 24) + c(-1, 0, 1, 0, 1, -1, 1, -1, 0)[(0:71) %% 9 + 1]
    g <- rep(c("a", "b"), each = 36); w <- rep(c("48h", "7d", "28d"), 24)
    fit <- lm(y ~ 0 + paste(g, w)); coef(fit)   # 5, 6, 7 in both
    sqrt(diag(vcov(fit))); summary(fit)$sigma   # 0.246182981959 each, 0.852802865422
    """
    score = 5 + np.tile([0, 1, 2], 24) + np.tile([-1, 0, 1, 0, 1, -1, 1, -1, 0], 8)
    found = _fit(
        score=score,
        window=np.tile(WINDOWS, 24),
        group=np.repeat(["a", "b"], 36),
        patient=np.repeat(np.arange(24), 3),
        adjust={},
    )

    assert found.sd_between == 0
    assert found.sd_within == pytest.approx(0.852802865422, abs=1e-9)
    assert [r.mean.value for r in found.rows] == pytest.approx([5, 5, 6, 6, 7, 7])
    assert [r.mean.se for r in found.rows] == pytest.approx([0.246182981959] * 6, abs=1e-9)


def test_where_the_reference_has_no_score_there_is_no_difference() -> None:
    found = {(r.window, r.group): r.difference for r in _fit("b").rows}

    assert found[("28d", "a")] is None
    assert found[("7d", "b")] is None
    assert found[("7d", "a")] is not None


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"patient": P % 19}, Reason.FEW_PATIENTS),
        ({"group": np.full(len(Y), "a")}, Reason.ONE_GROUP),
        ({"reference": "elsewhere"}, Reason.NO_REFERENCE),
        ({"score": [], "window": [], "group": [], "patient": []}, Reason.FEW_PATIENTS),
        ({"group": np.where(P[0] == P, "lone", "a")}, Reason.SMALL_GROUP),
        ({"patient": np.arange(len(Y))}, Reason.NO_REPEATS),
        ({"adjust": {"baseline": B, "twice": 2 * B + 1}}, Reason.COLLINEAR),
        ({"score": np.where(G == "a", 3, 5), "adjust": {}}, Reason.NO_SPREAD),
        ({"score": P % 7, "adjust": {}}, Reason.NO_SPREAD),
    ],
)
def test_what_the_data_cant_carry_is_refused(changes: dict[str, Any], reason: Reason) -> None:
    found = _try(**changes)

    assert isinstance(found, Refusal)
    assert found.reason == reason


@settings(deadline=None, max_examples=20)
@given(st.permutations(range(len(Y))), st.integers(-20, 20))
def test_row_order_changes_nothing_and_a_shift_moves_every_mean(
    order: list[int], shift: int
) -> None:
    at = np.array(order)
    found = _fit(
        score=Y[at] + shift, window=W[at], group=G[at], patient=P[at], adjust={"baseline": B[at]}
    )

    for new, old in zip(found.rows, _fit().rows, strict=True):
        assert new.mean.value == pytest.approx(old.mean.value + shift, abs=1e-7)
        assert new.mean.se == pytest.approx(old.mean.se, abs=1e-7)
        assert new.mean.low <= new.mean.value <= new.mean.high


@settings(deadline=None, max_examples=20)
@given(st.lists(st.integers(0, 10), min_size=72, max_size=72))
def test_when_nobody_misses_a_visit_the_means_are_the_plain_ones(scores: list[int]) -> None:
    window, group = np.tile(WINDOWS, 24), np.repeat(["a", "b"], 36)
    patient, score = np.repeat(np.arange(24), 3), np.array(scores)
    found = _try(score=score, window=window, group=group, patient=patient, adjust={})

    if isinstance(found, Refusal):
        assert found.reason == Reason.NO_SPREAD
        return
    for row in found.rows:
        plain = score[(window == row.window) & (group == row.group)].mean()
        assert row.mean.value == pytest.approx(plain, abs=1e-8)


def test_unknown_windows_are_refused() -> None:
    with pytest.raises(ValueError, match="window"):
        _try(window=np.where(W == "7d", "9d", W))


def test_results_are_frozen() -> None:
    with pytest.raises(AttributeError):
        _fit().n = 3  # type: ignore[misc]
    assert hash(astuple(_fit().rows[0].mean))
