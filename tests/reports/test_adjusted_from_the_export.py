"""Every number of the adjusted comparison, reckoned again from the exported outcome rows.

Whom it rests on and what it may say is written from the definitions on the page; the models are
those of textbooks, matrices written out. It shares nothing with `reports`.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Any

import numpy as np
import pandas as pd
import pytest

from registry.domain.windows import WINDOWS
from reports.catalogue.adjusted import ADJUSTED
from reports.page import Asked
from reports.report import Shown
from tests.reports.by_hand import LAST_DAY, assessed, differences, groups_of, treatments
from tests.reports.demonstration import Demonstration
from tests.reports.models_by_hand import Fitted, ancova, mixed

# One process makes the demonstration once for all of these.
pytestmark = pytest.mark.xdist_group("demonstration")

Line = dict[str, Any]
Told = dict[Hashable, Line]
FEWEST, IN_ALL, LEAST_AKPS = 10, 20, 0.6
"""Patients of a group, patients of a model, and the share with an AKPS that is adjusted for."""
NUMBERS = ["age_years", "akps", "nrs_baseline", "worst_baseline", "medd_baseline"]
FLAGS = ["methadone", "medd_complete_baseline"]

asked = pytest.mark.parametrize(
    ("by", "when", "reference"),
    [
        *(("category", when, None) for when in LAST_DAY),
        ("technique", "28d", None),
        ("technique", "7d", None),
        ("category", "28d", "cementoplasty"),
    ],
)


@pytest.fixture
def told(demonstration: Demonstration) -> Callable[..., Shown]:
    def told(block: str, by: Any, when: str, reference: str | None) -> Shown:
        windows = tuple(w for w in WINDOWS if w.slug == when)
        how = Asked(by=by, windows=windows, reference=reference)
        return demonstration.alone(ADJUSTED, block, asked=how)

    return told


@pytest.fixture
def treated(demonstration: Demonstration) -> pd.DataFrame:
    return treatments(demonstration.exported)


# --------------------------------------------------------------------------- whom it rests on


@dataclass(frozen=True)
class Sample:
    """Whom a comparison within one pain rests on: rows of its model, and all treated for it."""

    pain: str
    treated: pd.DataFrame
    rows: pd.DataFrame
    before_akps: pd.DataFrame
    refused: str | None
    reference: str
    terms: list[str]

    @property
    def groups(self) -> list[str]:
        return sorted(set(self.rows["group"]))


def samples(treated: pd.DataFrame, by: str, scores: Any, reference: str | None) -> Iterator[Sample]:
    """Draw a sample within every pain, and of all pains together; `scores` gives its rows."""
    rows = treated.assign(group=treated[by])
    for pain in (*sorted(rows["mechanism"].dropna().unique()), "_all"):
        own = rows if pain == "_all" else rows[rows["mechanism"] == pain]
        yield draw(pain, own, scores(own), reference)


def draw(pain: str, treated: pd.DataFrame, scores: pd.DataFrame, asked: str | None) -> Sample:
    large = of_large_groups(scores)
    by_akps = large["akps"].notna().mean() >= LEAST_AKPS
    rows = of_large_groups(large.dropna(subset=["akps"]) if by_akps else large)
    before = large[large["group"].isin(rows["group"])]
    sizes = rows.groupby("group")["patient_id"].nunique()
    largest = str(sizes.idxmax()) if len(sizes) else ""
    able = ["akps", "site"] if by_akps else ["site"]
    terms = [name for name in able if rows[name].nunique() > 1]
    return Sample(
        pain,
        treated,
        rows,
        before,
        refusal(scores, rows, treated),
        asked if asked in sizes.index else largest,
        ["nrs_baseline", *terms],
    )


def of_large_groups(rows: pd.DataFrame) -> pd.DataFrame:
    patients = rows.groupby("group")["patient_id"].nunique()
    return rows[rows["group"].isin(patients.index[patients >= FEWEST])]


def refusal(scores: pd.DataFrame, rows: pd.DataFrame, treated: pd.DataFrame) -> str | None:
    """Say which floor wasn't reached: patients in all, or two groups that are large enough."""
    if scores["patient_id"].nunique() < IN_ALL:
        return "few_patients"
    if rows["group"].nunique() > 1:
        return None
    return "small_group" if treated["group"].nunique() > rows["group"].nunique() else "one_group"


def at_window(when: str) -> Callable[[pd.DataFrame], pd.DataFrame]:
    return lambda rows: rows[assessed(rows, when)].assign(score=lambda own: own[f"nrs_{when}"])


def at_all_windows(rows: pd.DataFrame) -> pd.DataFrame:
    """Give one row a score, in its cell of group and window."""
    scores = pd.concat([at_window(when)(rows).assign(window=when) for when in LAST_DAY])
    return scores.assign(cell=scores["group"] + " " + scores["window"])


# --------------------------------------------------------------------------------- by hand


def compared(sample: Sample, when: str) -> Told:
    """Fit the model, without AKPS, and with the best and worst of those not assessed."""
    found = ancova(sample.rows, "score", sample.terms)
    plain, extremes = without_akps(sample), bounds(sample, when)
    by_hand: Told = {}
    for group in sample.groups:
        own = sample.rows[sample.rows["group"] == group]
        where = {"reference": sample.reference, "window": when}
        counts = {"n": len(own), "patients": own["patient_id"].nunique()}
        here = (sample.pain, group)
        by_hand[*here, "mean"] = {**where, **counts, **found.mean(group), **extremes("", "")}
        if group == sample.reference:
            continue
        difference = found.difference(group, sample.reference)
        beside = extremes(group, sample.reference)
        by_hand[*here, "difference"] = {**where, **counts, **difference, **beside}
        if plain:
            more = sample.before_akps[sample.before_akps["group"] == group]
            by_hand[*here, "difference_without_akps"] = {
                **where,
                **{"n": len(more), "patients": more["patient_id"].nunique()},
                **plain.difference(group, sample.reference),
            }
    return by_hand


def without_akps(sample: Sample) -> Fitted | None:
    if "akps" not in sample.terms or sample.before_akps["akps"].notna().all():
        return None
    return ancova(sample.before_akps, "score", [name for name in sample.terms if name != "akps"])


def bounds(sample: Sample, when: str) -> Callable[[str, str], Line]:
    """Let those alive and not assessed have had no pain, or the worst; the reference the other."""
    missing = sample.treated[sample.treated[f"state_{when}"] == "alive_not_assessed"]
    missing = missing[missing["group"].isin(sample.groups)]
    able = missing.dropna(subset=["akps"]) if "akps" in sample.terms else missing
    home = able["group"] == sample.reference
    low, high = (
        ancova(
            pd.concat([sample.rows, able.assign(score=np.where(home, at_home, 10 - at_home))]),
            "score",
            sample.terms,
        )
        for at_home in (10, 0)
    )

    def told(group: str, other: str) -> Line:
        if not group:
            return {"unassessed": None, "lowest": None, "highest": None}
        return {
            "unassessed": int((missing["group"] == group).sum()),
            "lowest": low.difference(group, other)["estimate"] if len(able) else None,
            "highest": high.difference(group, other)["estimate"] if len(able) else None,
        }

    return told


def baseline(sample: Sample, whose: str) -> Told:
    """Tabulate what was known before, in each group, and how far it is from the reference."""
    rows = sample.rows if whose == "compared" else sample.treated
    words = ["sex", "diagnosis_group", *(["mechanism"] if sample.pain == "_all" else [])]
    rows = rows[rows["group"].isin(sample.groups)][["group", *NUMBERS, *words, *FLAGS]]
    complete = rows["medd_complete_baseline"] == 1
    rows = rows.assign(medd_baseline=rows["medd_baseline"].where(complete))
    groups: dict[str, pd.DataFrame] = groups_of(rows, "group")
    by_hand: Told = {}
    for name in (*NUMBERS, *words, *FLAGS):
        levels = [] if name in NUMBERS else sorted(rows[name].dropna().unique())
        home = groups[sample.reference][name].dropna()
        for group, every in groups.items():
            own = every[name].dropna()
            apart = group != sample.reference and min(len(own), len(home)) >= FEWEST
            told = name in NUMBERS and len(own) >= FEWEST
            here = (sample.pain, whose, name)
            whole = {"n": len(own), "missing": len(every) - len(own), "count": None}
            whole |= {"reference": sample.reference, "mean": None, "sd": None, "smd": None}
            by_hand[*here, None, group] = {
                **whole,
                "mean": float(own.mean()) if told else None,
                "sd": float(own.std()) if told else None,
                "smd": kind(name)(own, home) if apart else None,
            }
            counts = own.value_counts()
            for level in [False, True] if name in FLAGS else levels:
                word = str(level).lower() if name in FLAGS else level
                by_hand[*here, word, group] = {**whole, "count": int(counts.get(level, 0))}
    return by_hand


def kind(name: str) -> Callable[[pd.Series, pd.Series], float | None]:
    """Choose how far two groups are apart: in numbers, in a share, in a mix of categories."""
    return distance if name in NUMBERS else share_apart if name in FLAGS else categories


def distance(own: pd.Series, home: pd.Series) -> float | None:
    return over(own.mean() - home.mean(), sqrt((own.var() + home.var()) / 2))


def share_apart(own: pd.Series, home: pd.Series) -> float | None:
    p, q = own.astype(float).mean(), home.astype(float).mean()
    return over(p - q, sqrt((p * (1 - p) + q * (1 - q)) / 2))


def over(apart: float, spread: float) -> float | None:
    if spread > 0:
        return float(apart / spread)
    return 0.0 if apart == 0 else None


def categories(own: pd.Series, home: pd.Series) -> float | None:
    """Give the Mahalanobis distance of two mixes, over all categories at once."""
    levels = sorted({*own, *home})
    p, q = (np.array([(found == level).mean() for level in levels]) for found in (own, home))
    cov = (np.diag(p) - np.outer(p, p) + np.diag(q) - np.outer(q, q)) / 2
    inverse = np.linalg.pinv(cov, rcond=1e-10, hermitian=True)
    if not np.allclose(cov @ inverse @ (p - q), p - q, rtol=0, atol=1e-9):
        return None
    return sqrt(max(float((p - q) @ inverse @ (p - q)), 0.0))


def course(sample: Sample) -> tuple[Told, str]:
    """Fit the mixed model, tell means of cells with enough patients, and say how scores spread."""
    found = mixed(sample.rows, "score", sample.terms)
    nothing = dict.fromkeys(("estimate", "se", "low", "high"))
    sizes = sample.rows.groupby("cell")["patient_id"].agg(["size", "nunique"])
    by_hand: Told = {}
    for cell, n, patients in sizes.itertuples():
        group, window = cell.split(" ")
        home = f"{sample.reference} {window}"
        shown = patients >= FEWEST
        against = shown and home in sizes.index and sizes["nunique"][home] >= FEWEST
        line = {"n": n, "patients": patients, "reference": sample.reference}
        here = (sample.pain, group, window)
        mean = found.fitted.mean(cell) if shown else nothing
        by_hand[*here, "mean"] = {**line, **mean}
        if group != sample.reference:
            difference = found.fitted.difference(cell, home) if against else nothing
            by_hand[*here, "difference"] = {**line, **difference}
    between, within = (f"{sd:.1f}".removesuffix(".0") for sd in (found.between, found.within))
    spread = f"between patients {between}, within a patient {within} NRS points"
    return by_hand, spread


# ------------------------------------------------------------------------------- the promises


def check_refused(records: Sequence[Line], drawn: list[Sample]) -> list[Sample]:
    """Hold refusals against the floors; give the samples that are large enough."""
    told = {r["within"]: r["refused"] for r in records if "refused" in r}
    assert told == {s.pain: s.refused for s in drawn if s.refused}
    return [s for s in drawn if not s.refused]


@asked
def test_adjusted_means_and_differences(
    told: Any, treated: pd.DataFrame, by: str, when: str, reference: str | None
) -> None:
    records = told("ancova", by, when, reference).records
    drawn = list(samples(treated, by, at_window(when), reference))
    by_hand: Told = {}
    for sample in check_refused(records, drawn):
        by_hand |= compared(sample, when)
    found = {(r["within"], r["group"], r["measure"]): r for r in records if "refused" not in r}
    assert differences(found, by_hand, within=1e-8) == []
    assert len(by_hand) >= (8 if when != "180d" else 0)


@asked
def test_whether_groups_were_alike_before(
    told: Any, treated: pd.DataFrame, by: str, when: str, reference: str | None
) -> None:
    drawn = list(samples(treated, by, at_window(when), reference))
    made = [s for s in drawn if not s.refused] or [s for s in drawn[-1:] if s.groups]
    by_hand: Told = {}
    for sample in made:
        by_hand |= {**baseline(sample, "compared"), **baseline(sample, "treated")}
    names = ("within", "whose", "variable", "category", "group")
    found = {
        tuple(r[name] for name in names): r for r in told("baseline", by, when, reference).records
    }
    assert differences(found, by_hand, within=1e-8) == []
    assert len(by_hand) >= 40


@pytest.mark.parametrize(
    ("by", "reference"), [("category", None), ("technique", None), ("category", "cordotomy")]
)
def test_the_course_over_all_windows(
    told: Any, treated: pd.DataFrame, by: str, reference: str | None
) -> None:
    shown = told("over-windows", by, "28d", reference)
    notes = " ".join(note for table in shown.tables for note in table.notes)
    drawn = list(samples(treated, by, at_all_windows, reference))
    by_hand: Told = {}
    for sample in check_refused(shown.records, drawn):
        lines, spread = course(sample)
        by_hand |= lines
        assert spread in notes
    names = ("within", "group", "window", "measure")
    found = {tuple(r[name] for name in names): r for r in shown.records if "refused" not in r}
    assert differences(found, by_hand, within=1e-5) == []
    assert len(by_hand) >= 100
