"""What must hold whatever the data, and the same answers from pandas."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from registry.domain.windows import WINDOWS
from reports.frames import OutcomeFrame
from reports.groups import Grouping, grouping
from reports.stats.completeness import completeness
from reports.stats.intervals import Floors, Quartiles
from reports.stats.medd_change import medd_change
from reports.stats.pain import pain
from reports.stats.responders import responders
from reports.stats.states import states
from tests.reports.cases import CATEGORIES, made_up

SIZES = st.dictionaries(
    st.sampled_from([g.slug for g in CATEGORIES]), st.integers(1, 25), min_size=1, max_size=4
)


def _all(rows: OutcomeFrame, groups: Grouping) -> tuple[object, ...]:
    return (
        states(rows, groups, WINDOWS),
        completeness(rows, groups, WINDOWS),
        pain(rows, groups, WINDOWS, Floors()),
        responders(rows, groups, WINDOWS, Floors()),
        medd_change(rows, groups, WINDOWS, Floors()),
    )


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10**6), SIZES)
def test_whatever_the_data(seed: int, sizes: dict[str, int]) -> None:
    rows = made_up(seed, sizes)
    groups = grouping(rows, "category", CATEGORIES)

    for row in states(rows, groups, WINDOWS).rows:
        assert row.treated == sizes.get(row.group.slug, sum(sizes.values()))
    for done in completeness(rows, groups, WINDOWS).rows:
        assert 0 <= done.assessed <= done.alive_and_due <= done.due <= done.treated
    for answer in responders(rows, groups, WINDOWS, Floors()).rows:
        assert 0 <= answer.response.k <= answer.response.n
        if answer.worst is not None and answer.response.value is not None:
            assert answer.best is not None
            assert 0 <= answer.worst <= answer.response.value <= answer.best <= 1


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 10**6), SIZES)
def test_the_order_of_rows_never_matters(seed: int, sizes: dict[str, int]) -> None:
    rows = made_up(seed, sizes)
    groups = grouping(rows, "category", CATEGORIES)
    shuffled = OutcomeFrame(rows.sample(fraction=1, shuffle=True, seed=seed))

    assert _all(shuffled, groups) == _all(rows, groups)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_pandas_agrees(seed: int) -> None:
    rows = made_up(seed, {"celiac": 80, "cement": 40, "iddss": 30})
    groups = grouping(rows, "category", CATEGORIES)
    table = pd.DataFrame(rows.to_dicts())

    for row in pain(rows, groups, WINDOWS, Floors(interval=1)).rows:
        w = row.window.slug
        part = table[table.category == row.group.slug]
        pairs = part[(part.nrs_baseline >= 4) & part[f"nrs_{w}"].notna()]
        assert row.n == len(pairs)
        _same(row.before, pairs.nrs_baseline)
        _same(row.after, pairs[f"nrs_{w}"])
        _same(row.change, pairs[f"nrs_{w}"] - pairs.nrs_baseline)

    for dose in medd_change(rows, groups, WINDOWS, Floors(interval=1)).rows:
        w = dose.window.slug
        part = table[(table.category == dose.group.slug) & ~table.neuraxial.astype(bool)]
        both = part[part.medd_baseline.notna() & part[f"medd_{w}"].notna()]
        whole = (both.medd_complete_baseline == True) & (both[f"medd_complete_{w}"] == True)  # noqa: E712
        pairs = both[whole]
        assert (dose.complete, dose.incomplete) == (len(pairs), len(both) - len(pairs))
        _same(dose.change_mg, pairs[f"medd_{w}"] - pairs.medd_baseline)


def _same(found: Quartiles | None, values: pd.Series) -> None:
    if found is None:
        assert values.empty
        return
    expected = values.astype(float).quantile([0.25, 0.5, 0.75]).tolist()
    assert [found.low, found.median, found.high] == pytest.approx(expected)
