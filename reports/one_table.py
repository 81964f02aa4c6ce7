"""The outcome frame with all its doses by one conversion table.

Each site's outcome rows are derived by the site's own table. Where sites differ, or another table
is asked for, doses and every responder definition that rests on a dose are told anew by one: both
ends of every change. The rules are those of `registry.domain.outcomes.responders`.
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from registry.domain.outcomes.responders import Icpre2012
from registry.domain.windows import BASELINE, WINDOWS, Window
from reports.doses import DoseFrame
from reports.frames import OutcomeFrame, medd, medd_complete, response, worst

_CLOSE = 1e-6
"""Doses are decimals of few places; a smaller difference, in mg, is one of floating point."""


def by_one_table(
    outcomes: OutcomeFrame, doses: DoseFrame, table_id: str, floors: Mapping[str, int]
) -> OutcomeFrame:
    """Give the outcomes with their doses by one table; `floors` are the sites' eligibility floors.

    Who had neuraxial opioid at some time is judged by a dose only at windows where the site's own
    table shows that none ran then: elsewhere the answer is unknown, never wrong.
    """
    moments = (BASELINE, *WINDOWS)
    names = [name(w) for w in moments for name in (medd, medd_complete)]
    own = doses.filter(pl.col("table_id") == table_id).select("procedure_id", *names)
    floor = pl.col("site").replace_strict(dict(floors), return_dtype=pl.Int32)
    anew = outcomes.drop(names).join(own, on="procedure_id", how="left", maintain_order="left")
    judged = anew.with_columns(
        _answer(slug, rule, w, floor) for w in WINDOWS for slug, rule in _rules(w).items()
    )
    return OutcomeFrame(judged.select(outcomes.columns))


def _rules(window: Window) -> dict[str, pl.Expr]:
    before, after = pl.col(medd(BASELINE)), pl.col(medd(window))
    relief = pl.col(worst(BASELINE)) - pl.col(worst(window))
    return {
        "medd30": _at_most(10 * after, 7 * before),
        "medd50": _at_most(2 * after, before),
        "composite": (relief >= 2) & _at_most(4 * after, 5 * before),
        "icpre2012": _icpre2012(pl.col(worst(window)), relief, before, after),
    }


def _at_most(one: pl.Expr, other: pl.Expr) -> pl.Expr:
    return one <= other + _CLOSE


def _icpre2012(pain: pl.Expr, relief: pl.Expr, before: pl.Expr, after: pl.Expr) -> pl.Expr:
    rise = after > before + _CLOSE
    partial = ((relief >= 2) & ~rise) | (
        (before > 0) & _at_most(4 * after, 3 * before) & (relief >= 0)
    )
    worse = (relief <= -2) | (rise & _at_most(5 * before, 4 * after) & (relief <= 0))
    return (
        pl.when((pain == 0) & ~rise)
        .then(pl.lit(Icpre2012.COMPLETE.value))
        .when(partial)
        .then(pl.lit(Icpre2012.PARTIAL.value))
        .when(worse)
        .then(pl.lit(Icpre2012.PROGRESSION.value))
        .otherwise(pl.lit(Icpre2012.INDETERMINATE.value))
    )


def _answer(slug: str, rule: pl.Expr, window: Window, floor: pl.Expr) -> pl.Expr:
    """Answer where the definition can judge; null elsewhere."""
    whole = pl.col(medd_complete(BASELINE)) & pl.col(medd_complete(window))
    was_judged = pl.any_horizontal(
        pl.col(response(name, window)).is_not_null() for name in ("medd30", "composite")
    )
    can = whole.fill_null(value=False) & (~pl.col("neuraxial") | was_judged)
    if slug in {"medd30", "medd50"}:
        can &= pl.col(medd(BASELINE)) > 0
    else:
        can &= pl.col(worst(BASELINE)) >= pl.max_horizontal(floor, pl.lit(1))
        can &= pl.col(worst(window)).is_not_null()
    return pl.when(can).then(rule).alias(response(slug, window))
