from __future__ import annotations

from dataclasses import astuple, replace
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reports.stats import Ancova, Estimate, ModelFloors, Reason, Refusal, fit_ancova

ROW = np.arange(60)
P = (ROW * 7) % 37
G = np.array(["a", "b", "c"])[P % 3]
B = 4 + (ROW * 5) % 7
Y = np.maximum(0, B - 2 - P % 3 + (ROW * ROW + P) % 5 - 2)
A = 20 + 10 * ((ROW * ROW) % 7)
S = np.array(["x", "y"])[(ROW // 5) % 2]


def _fit(reference: str = "a", **changes: Any) -> Ancova:
    found = _try(reference, **changes)
    assert isinstance(found, Ancova)
    return found


def _try(reference: str = "a", **changes: Any) -> Ancova | Refusal:
    columns = {"follow_up": Y, "baseline": B, "group": G, "patient": P} | changes
    return fit_ancova(**columns, reference=reference)


def _is(found: Estimate | None, expected: tuple[float, ...]) -> None:
    assert found is not None
    assert astuple(found) == pytest.approx(expected, abs=1e-9)


def test_adjusted_means_and_differences_with_patients_as_clusters_are_those_of_r() -> None:
    """Reference values from R 4.2.2, sandwich 3.0-2: patients twice, in one group each.

    options(digits = 12); library(sandwich)
    i <- 0:59; p <- (i * 7) %% 37; g <- c("a", "b", "c")[p %% 3 + 1]
    s <- c("x", "y")[(i %/% 5) %% 2 + 1]; a <- 20 + 10 * ((i * i) %% 7)
    b <- 4 + (i * 5) %% 7; y <- pmax(0, b - 2 - p %% 3 + (i * i + p) %% 5 - 2)
    centre <- function(x) x - mean(x)
    fit <- lm(y ~ 0 + g + centre(b) + centre(a) + centre(s == "y"))
    V <- vcovCL(fit, cluster = p, type = "HC1")
    e <- function(w) { se <- sqrt(drop(w %*% V %*% w)); m <- sum(w * coef(fit))
      c(m, se, m + c(-1, 1) * qt(.975, length(unique(p)) - 1) * se) }
    e(c(1, 0, 0, 0, 0, 0))   #  4.684679963486 0.293572987626  4.089286348433  5.280073578540
    e(c(0, 1, 0, 0, 0, 0))   #  4.061542924225 0.400081076459  3.250140893152  4.872944955299
    e(c(0, 0, 1, 0, 0, 0))   #  3.145669749632 0.250220620737  2.638198809795  3.653140689470
    e(c(-1, 1, 0, 0, 0, 0))  # -0.623137039261 0.494640504992 -1.626314480077  0.380040401555
    e(c(-1, 0, 1, 0, 0, 0))  # -1.539010213854 0.386283669161 -2.322429805957 -0.755590621751

    And by hand, in base R:
    X <- model.matrix(fit); u <- rowsum(X * resid(fit), p); m <- nrow(u); B <- solve(crossprod(X))
    max(abs(V - m / (m - 1) * 59 / 54 * B %*% crossprod(u) %*% B))  # 2e-16
    """
    found = _fit(adjust={"akps": A, "site": S})

    a, b, c = found.rows
    _is(a.mean, (4.684679963486, 0.293572987626, 4.089286348433, 5.280073578540))
    _is(b.mean, (4.061542924225, 0.400081076459, 3.250140893152, 4.872944955299))
    _is(c.mean, (3.145669749632, 0.250220620737, 2.638198809795, 3.653140689470))
    assert a.difference is None
    _is(b.difference, (-0.623137039261, 0.494640504992, -1.626314480077, 0.380040401555))
    _is(c.difference, (-1.539010213854, 0.386283669161, -2.322429805957, -0.755590621751))
    assert [(r.group, r.n, r.patients) for r in found.rows] == [
        ("a", 22, 13),
        ("b", 19, 12),
        ("c", 19, 12),
    ]
    assert (found.n, found.patients, found.df) == (60, 37, 36)


def test_with_one_procedure_a_patient_and_a_group_all_at_0_it_is_that_of_r() -> None:
    """As above, every row its own patient and everyone in c free of pain: HC1.

    y2 <- ifelse(g == "c", 0, y); fit <- lm(y2 ~ 0 + g + centre(b)); V <- vcovHC(fit, type = "HC1")
    p <- i  # 60 clusters in e()
    e(c(0, 0, 1, 0))   #  0.00205782988871 0.38800355463500 -0.77433548961774  0.77845114939516
    e(c(-1, 0, 1, 0))  # -4.666295707472   0.543187137339   -5.753210658725   -3.579380756219
    """
    c = _fit(follow_up=np.where(G == "c", 0, Y), patient=ROW).rows[2]

    _is(c.mean, (0.00205782988871, 0.388003554635, -0.77433548961774, 0.77845114939516))
    _is(c.difference, (-4.666295707472, 0.543187137339, -5.753210658725, -3.579380756219))


@pytest.mark.parametrize(
    ("changes", "reason", "about"),
    [
        ({"patient": P % 19}, Reason.FEW_PATIENTS, ()),
        ({"group": np.full(60, "a")}, Reason.ONE_GROUP, ()),
        ({"reference": "elsewhere"}, Reason.NO_REFERENCE, "elsewhere"),
        ({"follow_up": [], "baseline": [], "group": [], "patient": []}, Reason.FEW_PATIENTS, ()),
        (
            {"group": np.where(ROW == 7, "lone", np.where(G == "c", "b", G))},
            Reason.SMALL_GROUP,
            "lone",
        ),
        ({"adjust": {"akps": A, "again": A / 10 + B}}, Reason.COLLINEAR, "again"),
        ({"adjust": {"technique": G}}, Reason.COLLINEAR, "technique"),
        ({"adjust": {"akps": np.full(60, 50.1)}}, Reason.COLLINEAR, "akps"),
        ({"adjust": {"id": [f"{p:02}" for p in P]}}, Reason.MANY_TERMS, ()),
        ({"follow_up": B - 3}, Reason.NO_SPREAD, ()),
        ({"follow_up": np.zeros(60)}, Reason.NO_SPREAD, ()),
    ],
)
def test_what_the_data_cant_carry_is_refused_and_says_why(
    changes: dict[str, Any], reason: Reason, about: str | tuple[()]
) -> None:
    found = _try(**changes)

    assert isinstance(found, Refusal)
    assert found.reason == reason
    assert found.about == ((about,) if about else ())
    assert "{" not in found.words
    assert "None" not in found.words


def test_one_patient_treated_five_times_is_a_group_of_one() -> None:
    """Their residuals would sum to zero in their own group: a robust error of nothing."""
    patient = np.where(ROW < 5, 99, P)
    found = _try(group=np.where(ROW < 5, "lone", "rest"), reference="rest", patient=patient)

    assert found == Refusal(Reason.SMALL_GROUP, about=("lone",), floor=2)


def test_the_floors_can_be_set() -> None:
    assert isinstance(_try(patient=P % 19, floors=ModelFloors(patients=19)), Ancova)
    assert _try(floors=ModelFloors(group=13)) == Refusal(
        Reason.SMALL_GROUP, about=("b", "c"), floor=13
    )


def test_a_site_that_all_share_changes_nothing() -> None:
    assert _fit(adjust={"site": ["north"] * 60}) == _fit()


@settings(deadline=None, max_examples=20)
@given(st.permutations(range(60)))
def test_the_order_of_rows_and_the_kind_of_column_change_nothing(order: list[int]) -> None:
    at = np.array(order)
    found = _fit(
        follow_up=pl.Series(Y[at]),
        baseline=B[at].tolist(),
        group=pl.Series(G[at], dtype=pl.Categorical),
        patient=[f"patient {p}" for p in P[at]],
        adjust={"akps": A[at], "site": S[at]},
    )

    for new, old in zip(found.rows, _fit(adjust={"akps": A, "site": S}).rows, strict=True):
        assert astuple(new.mean) == pytest.approx(astuple(old.mean))
        assert (new.n, new.patients) == (old.n, old.patients)


@settings(deadline=None, max_examples=20)
@given(st.lists(st.integers(0, 10), min_size=60, max_size=60), st.integers(-5, 5))
def test_differences_turn_round_with_the_reference_and_ignore_a_common_shift(
    scores: list[int], shift: int
) -> None:
    found = _try(follow_up=scores)
    turned = _try("b", follow_up=np.array(scores) + shift)

    if isinstance(found, Refusal):
        assert turned == found
        return
    assert isinstance(turned, Ancova)
    one, other = found.rows[1].difference, turned.rows[0].difference
    assert one is not None
    assert other is not None
    _is(replace(one, value=-one.value, low=-one.high, high=-one.low), astuple(other))
    assert one.low <= one.value <= one.high
    for row, moved in zip(found.rows, turned.rows, strict=True):
        assert moved.mean.value - row.mean.value == pytest.approx(shift, abs=1e-9)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"baseline": [*B[:-1], None]}, "baseline has missing"),
        ({"follow_up": [*Y[:-1], float("nan")]}, "follow_up has missing"),
        ({"group": [*G[:-1], None]}, "group has missing"),
        ({"patient": P[:-1]}, "one value a row"),
        ({"adjust": {"akps": A[:-1]}}, "akps must have one value a row"),
        ({"follow_up": ["secret"] * 60}, "follow_up must be a column of numbers"),
    ],
)
def test_bad_columns_are_refused_by_name_and_never_by_value(
    changes: dict[str, Any], says: str
) -> None:
    with pytest.raises(ValueError, match=says) as refused:
        _try(**changes)

    assert "secret" not in str(refused.value)
    assert refused.value.__cause__ is None
