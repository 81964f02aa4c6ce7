"""Every number of the opioid trajectories, reckoned again from the exported outcome rows.

Doses under other tables than the site's are plain rows of `procedure_medd`. Quantiles are numpy's,
everything else pandas and plain Python; it shares nothing with `reports`.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from datetime import timedelta
from typing import Any

import numpy as np
import pandas as pd
import pytest

from registry.domain.windows import WINDOWS
from reports.catalogue.opioids import OPIOIDS
from reports.page import Asked
from tests.reports.by_hand import (
    LAST_DAY,
    differences,
    groups_of,
    proportion,
    quartiles,
    treatments,
)
from tests.reports.demonstration import TODAY, Demonstration

# One process makes the demonstration once for all of these.
pytestmark = pytest.mark.xdist_group("demonstration")

Line = dict[str, Any]
Told = dict[Hashable, Line]
TABLES = ("cdc-2022", "cdc-2016", "anzca-2021", "uk-fpm-2020")
MOMENTS = ("baseline", *LAST_DAY)
OTHERS = ["procedure_id", "category", "technique", "performed_on", "days_to_death"]
OTHERS += ["neuraxial", "methadone"]
MG = 1e-6
"""Doses are sums of decimals: what differs by less is the same."""

by_group = pytest.mark.parametrize("by", ["category", "technique"])


@pytest.fixture
def told(demonstration: Demonstration) -> Callable[..., list[Line]]:
    def told(block: str, by: Any = "category", when: str = "28d", *tables: str) -> list[Line]:
        windows = tuple(w for w in WINDOWS if w.slug == when)
        asked = Asked(by=by, windows=windows, tables=tables)
        return list(demonstration.alone(OPIOIDS, block, asked=asked).records)

    return told


@pytest.fixture
def treated(demonstration: Demonstration) -> pd.DataFrame:
    return marked(treatments(demonstration.exported))


@pytest.fixture
def under(demonstration: Demonstration, treated: pd.DataFrame) -> Callable[[str], pd.DataFrame]:
    """Give a function that gives the treated with their doses under a table."""
    rows = demonstration.read("select * from procedure_medd").set_index("procedure_id")
    others = treated.drop(columns=[name for name in treated if name.startswith("medd_")])

    def under(table: str) -> pd.DataFrame:
        own = rows[rows["table_id"] == table].filter(like="medd_")
        return marked(others.join(own, on="procedure_id"))

    return under


# ------------------------------------------------------------------------------------ by hand


def marked(rows: pd.DataFrame) -> pd.DataFrame:
    """Mark who has a regimen at each moment, and whose is wholly converted."""
    rows = rows.filter(regex="^medd_").join(rows[OTHERS])
    complete = {at: rows[f"medd_complete_{at}"] for at in MOMENTS}
    return rows.assign(
        **{f"has_{at}": flag.notna() for at, flag in complete.items()},
        **{f"whole_{at}": flag == 1 for at, flag in complete.items()},
    )


def doses_by_hand(rows: pd.DataFrame, when: str) -> Line:
    """Let all treated fall into six parts, and summarise the doses that are wholly converted."""
    spared = rows[~rows["neuraxial"]]
    told, none = spared[spared[f"whole_{when}"]], spared[~spared[f"has_{when}"]]
    dead = open_yet = pd.Series(data=False, index=rows.index)
    if when != "baseline":
        dead = rows["days_to_death"] <= LAST_DAY[when]
        first_open = str(TODAY - timedelta(days=LAST_DAY[when]))
        open_yet = (rows["performed_on"] >= first_open) & ~dead
    dose, pairs = told[f"medd_{when}"], told[told["whole_baseline"]]
    waits = open_yet.loc[none.index]
    return {
        "treated": len(rows),
        "neuraxial": len(rows) - len(spared),
        "whole": len(told),
        "paired": len(pairs),
        "incomplete": int((spared[f"has_{when}"] & ~spared[f"whole_{when}"]).sum()),
        "died": int(dead.loc[none.index].sum()),
        "not_due": int(waits.sum()),
        "unasked": int((~dead.loc[none.index] & ~waits).sum()),
        "dead": int(dead.sum()),
        "dose": quartiles(dose),
        "p10": float(np.percentile(dose, 10)) if len(dose) >= 20 else None,
        "p90": float(np.percentile(dose, 90)) if len(dose) >= 20 else None,
        "paired_before": quartiles(pairs["medd_baseline"]),
        "paired_after": quartiles(pairs[f"medd_{when}"]),
    }


def both_ends(rows: pd.DataFrame, when: str) -> tuple[pd.Series, pd.Series]:
    """Say who is wholly converted before and after, and who has a regimen before and after."""
    return (
        rows["whole_baseline"] & rows[f"whole_{when}"],
        rows["has_baseline"] & rows[f"has_{when}"],
    )


def change_by_hand(rows: pd.DataFrame, when: str) -> Line:
    """Summarise the change of those with both doses, in percent of those who took some before."""
    both, known = both_ends(rows, when)
    before, after = rows["medd_baseline"][both], rows[f"medd_{when}"][both]
    some = before > 0
    fell = (before - after)[some]
    less = {share: int((fell >= share * before[some] - MG).sum()) for share in (0.3, 0.5)}
    return {
        "pairs": len(before),
        "from_some": int(some.sum()),
        "incomplete": int((known & ~both).sum()),
        "before": quartiles(before),
        "after": quartiles(after),
        "change_mg": quartiles(after - before),
        "change_percent": quartiles(-100 * fell / before[some]),
        "medd30": proportion(less[0.3], int(some.sum())),
        "medd50": proportion(less[0.5], int(some.sum())),
    }


def people_of(rows: pd.DataFrame) -> dict[str, pd.DataFrame]:
    apart, taker = rows["neuraxial"], rows["methadone"]
    return {
        "compared": rows[~apart],
        "without_methadone": rows[~apart & ~taker],
        "methadone": rows[~apart & taker],
        "neuraxial": rows[apart],
    }


def tables_by_hand(under: Any, by: str, when: str, tables: tuple[str, ...]) -> Told:
    """Summarise pairs under each table: of all that it converts, and of whom all convert."""
    frames = {table: under(table) for table in tables}
    common = pd.concat([both_ends(rows, when)[0] for rows in frames.values()], axis=1).all(axis=1)
    found: Told = {}
    for table, rows in frames.items():
        change = rows[f"medd_{when}"] - rows["medd_baseline"]
        for slug, group in groups_of(rows, by).items():
            own = group[~group["neuraxial"]]
            both, known = both_ends(own, when)
            pairs, same = own[both], own[common.loc[own.index]]
            found[slug, table] = {
                "recorded": int(known.sum()),
                "whole": len(pairs),
                "common": len(same),
                "before": quartiles(pairs["medd_baseline"]),
                "after": quartiles(pairs[f"medd_{when}"]),
                "change": quartiles(change.loc[pairs.index]),
                "common_before": quartiles(same["medd_baseline"]),
                "common_change": quartiles(change.loc[same.index]),
            }
    return found


def all_changes(rows: pd.DataFrame, by: str) -> Told:
    return {
        (slug, when, people): change_by_hand(own, when)
        for slug, group in groups_of(rows, by).items()
        for people, own in people_of(group).items()
        for when in LAST_DAY
    }


def all_doses(rows: pd.DataFrame, by: str) -> Told:
    return {
        (slug, when): doses_by_hand(group, when)
        for slug, group in groups_of(rows, by).items()
        for when in MOMENTS
    }


def check(records: list[Line], by_hand: Told, *names: str) -> None:
    assert differences({tuple(r[name] for name in names): r for r in records}, by_hand) == []
    assert len(records) == len(by_hand) >= 24


# --------------------------------------------------------------------------------- the promises


def test_the_exported_doses_are_those_under_the_sites_table(under: Any, treated: Any) -> None:
    own = under("cdc-2022")
    for at in MOMENTS:
        assert own[f"medd_{at}"].equals(treated[f"medd_{at}"])
        assert own[f"whole_{at}"].equals(treated[f"whole_{at}"])


@by_group
def test_doses_at_every_window(told: Any, treated: pd.DataFrame, by: str) -> None:
    check(told("dose-distribution", by), all_doses(treated, by), "group", "window")


@by_group
def test_change_of_dose_at_every_window(told: Any, treated: pd.DataFrame, by: str) -> None:
    records = told("dose-change", by)
    check(records, all_changes(treated, by), "group", "window", "people")
    assert sum(r["pairs"] for r in records if r["people"] == "compared") > 500


@pytest.mark.parametrize("table", TABLES[1:])
def test_doses_and_their_change_under_the_table_asked_for(
    told: Any, under: Any, table: str
) -> None:
    rows = under(table)
    asked = ("category", "28d", table)
    check(told("dose-distribution", *asked), all_doses(rows, "category"), "group", "window")
    change = told("dose-change", *asked)
    check(change, all_changes(rows, "category"), "group", "window", "people")


@by_group
@pytest.mark.parametrize("when", LAST_DAY)
def test_doses_by_table(told: Any, under: Any, by: str, when: str) -> None:
    by_hand = tables_by_hand(under, by, when, TABLES)
    check(told("dose-by-table", by, when), by_hand, "group", "table_id")


def test_doses_by_the_two_tables_asked_for(told: Any, under: Any) -> None:
    two = ("cdc-2022", "anzca-2021")
    records = told("dose-by-table", "technique", "28d", *two)
    by_hand = tables_by_hand(under, "technique", "28d", two)
    check(records, by_hand, "group", "table_id")
    assert any(r["common"] != r["whole"] for r in records)


def test_the_tables_differ_in_the_demonstration(told: Any) -> None:
    medians = {
        (r["table_id"], r["common_before"]["median"])
        for r in told("dose-by-table")
        if r["group"] == "visceral-sympathetic"
    }
    assert len({median for _, median in medians}) > 1
