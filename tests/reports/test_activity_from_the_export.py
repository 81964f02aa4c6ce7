"""Every number of activity and equity, counted again from the exported outcome rows.

What was registered of who was treated (birth date, sex, diagnosis, referral, death) is read from
the plain tables as well. It shares nothing with `reports`.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from datetime import timedelta
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sqlmodel import Session, select

from registry.db.tables import Patient
from reports.catalogue.activity import ACTIVITY
from reports.page import Asked
from tests.reports.by_hand import differences, groups_of, quartiles, treatments
from tests.reports.demonstration import TODAY, Demonstration

# One process makes the demonstration once for all of these.
pytestmark = pytest.mark.xdist_group("demonstration")

Line = dict[str, Any]
Told = dict[Hashable, Line]
by_group = pytest.mark.parametrize("by", ["category", "technique"])

AGES = ("under-50", "50-64", "65-74", "75-84", "85-up")
BROAD = ("under-50", "50-64", "65-74", "75-up")
AKPS = ("akps-0-30", "akps-40-50", "akps-60-70", "akps-80-100")
DYING = ("0-7", "8-28", "29-90", "91-180", "181-up")
SOON = ("0-28", "29-90", "beyond")


@pytest.fixture
def told(demonstration: Demonstration) -> Callable[..., list[Line]]:
    def told(block: str, by: Any = "category") -> list[Line]:
        return demonstration.records(ACTIVITY, block, asked=Asked(by=by))

    return told


@pytest.fixture
def treated(demonstration: Demonstration) -> pd.DataFrame:
    """Give the treatments, with every part that they fall into."""
    rows = treatments(demonstration.exported).copy()
    rows["age"] = banded(rows["age_years"], [50, 65, 75, 85], AGES)
    rows["age_broad"] = banded(rows["age_years"], [50, 65, 75], BROAD)
    rows["performance"] = banded(rows["akps"], [40, 60, 80], AKPS)
    rows["diagnosis"] = rows["diagnosis_group"].fillna("_missing")
    died = rows["days_to_death"]
    rows["dying"] = banded(died, [8, 29, 91, 181], DYING).replace("_missing", "alive")
    rows["soon"] = banded(died, [29, 91], SOON).replace("_missing", "beyond")
    return rows


# ------------------------------------------------------------------------------------ by hand


def banded(values: pd.Series, from_on: list[int], names: Iterable[str]) -> pd.Series:
    """Name the band of every number, each band from its own first number on."""
    edges = [-np.inf, *from_on, np.inf]
    return pd.cut(values, edges, right=False, labels=list(names)).astype(object).fillna("_missing")


def crossed(rows: pd.DataFrame, head: str, part: str, *, every: Iterable[str] = ()) -> Told:
    """Count every part in every head and in all; a part in which nobody is, only if in `every`."""
    parts = dict.fromkeys([*every, *rows[part]])
    heads = {**groups_of(rows, head), "_all": rows}
    return {
        (slug, each): {"n": n, "of": len(own), "share": n / len(own)}
        for slug, own in heads.items()
        for each in parts
        for n in [int((own[part] == each).sum())]
    }


def cells(records: Iterable[Line]) -> Told:
    return {(r["group"], r["part"]): r for r in records}


def check_tables(records: list[Line], by_hand: list[Told]) -> None:
    """Hold tables that stand one after another against what was counted, cell by cell."""
    for expected in by_hand:
        table, records = records[: len(expected)], records[len(expected) :]
        assert differences(cells(table), expected) == []
    assert records == []


def waits(rows: pd.DataFrame, head: str) -> Told:
    """Summarise days from referral, the 90th percentile of thirty and more."""
    found = {**groups_of(rows, head), "_all": rows}
    return {
        slug: {
            "n": len(own),
            "recorded": len(days),
            "missing": len(own) - len(days),
            "days": quartiles(days),
            "most": float(np.percentile(days, 90)) if len(days) >= 30 else None,
        }
        for slug, own in found.items()
        for days in [own["referral_days"].dropna()]
    }


# --------------------------------------------------------------------------------- the promises


@by_group
def test_what_is_done(told: Any, treated: pd.DataFrame, by: str) -> None:
    records = told("what", by)
    groups = groups_of(treated, by)
    work = {
        slug: {
            "procedures": len(own),
            "patients": own["patient_id"].nunique(),
            "without_agent": int(own["agent_classes"].isna().sum()),
        }
        for slug, own in {**groups, "_all": treated}.items()
    }
    agents = {
        (slug, agent): {"procedures": int(count)}
        for slug, own in groups.items()
        for agent, count in own["agent_classes"].str.split(";").explode().value_counts().items()
    }

    assert differences({r["group"]: r for r in records if "patients" in r}, work) == []
    assert differences({(r["group"], r["agent"]): r for r in records if "agent" in r}, agents) == []
    intents = [r for r in records if "part" in r]
    assert differences(cells(intents), crossed(treated, by, "intent")) == []
    assert len(work) + len(agents) + len(intents) == len(records) >= 50


@by_group
def test_who_is_treated(told: Any, treated: pd.DataFrame, by: str) -> None:
    records = told("who", by)
    check_tables(
        records, [crossed(treated, by, p) for p in ("age", "sex", "performance", "diagnosis")]
    )
    assert len(records) >= 200


@by_group
def test_how_long_they_waited(told: Any, treated: pd.DataFrame, by: str) -> None:
    records = told("waiting", by)
    groups = treated[by].nunique() + 1
    for head, part in ((by, records[:groups]), ("diagnosis", records[groups:])):
        assert differences({r["group"]: r for r in part}, waits(treated, head)) == []
    assert len(records) > groups + 5
    assert any(r["most"] is not None for r in records) and any(r["missing"] for r in records)


@by_group
def test_how_near_to_death(told: Any, treated: pd.DataFrame, by: str) -> None:
    """Asked of those done so long ago that ninety days have gone by for all of them."""
    latest = str(TODAY - timedelta(days=90))
    rows = treated[treated["performed_on"] <= latest]
    by_hand = [
        crossed(rows, by, "dying"),
        *(crossed(rows, split, "soon", every=SOON) for split in ("age", "sex", "diagnosis")),
    ]
    check_tables(told("distance-from-death", by), by_hand)
    assert 300 < len(rows) < len(treated)


def test_who_reaches_us_from_half_year_to_half_year(told: Any, treated: pd.DataFrame) -> None:
    month = treated["performed_on"].str[5:7].astype(int)
    half = np.where(month <= 6, "01", "07")
    rows = treated.assign(half=treated["performed_on"].str[:4] + "-" + half)
    assert rows["half"].nunique() <= 6 and rows["half"].value_counts().min() >= 10
    labels = {"2025-01": "Jan-Jun 2025", "2026-07": "Jul-Dec 2026, so far", "_all": "All groups"}

    records = told("access")
    assert {r["group"]: r["label"] for r in records}.items() >= labels.items()
    check_tables(records, [crossed(rows, "half", p) for p in ("age_broad", "sex", "diagnosis")])


def test_what_is_told_of_people_is_what_was_registered(
    demonstration: Demonstration, treated: pd.DataFrame
) -> None:
    rows = demonstration.read(
        "select o.id as procedure_id, o.performed_on, o.referred_on, p.id as patient, p.sex, "
        "p.diagnosis_group, (select d.died_on from death d where d.patient_id = p.id "
        "and d.voided_at is null) as died_on "
        "from procedure o join patient p on p.id = o.patient_id where o.voided_at is null"
    ).set_index("procedure_id")
    with Session(demonstration.engine) as session:  # birth dates are sealed
        born_on = {p.id.hex: p.birth_date.isoformat() for p in session.exec(select(Patient))}
    rows["birth_date"] = rows["patient"].str.replace("-", "").map(born_on)
    plain = rows.loc[treated["procedure_id"]]
    done, referred, born, died = (
        pd.to_datetime(plain[name])
        for name in ("performed_on", "referred_on", "birth_date", "died_on")
    )
    had_birthday = (done.dt.month * 100 + done.dt.day) >= (born.dt.month * 100 + born.dt.day)
    by_hand = pd.DataFrame(
        {
            "age_years": done.dt.year - born.dt.year - (~had_birthday).astype(int),
            "referral_days": (done - referred).dt.days,
            "days_to_death": (died - done).dt.days,
        }
    )
    exported = treated.set_index("procedure_id")
    for name in by_hand:
        assert exported[name].astype(float).equals(by_hand[name].astype(float)), name
    for name in ("sex", "diagnosis_group"):
        assert exported[name].equals(plain[name]), name
