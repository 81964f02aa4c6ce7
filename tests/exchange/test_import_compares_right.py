"""The sample logbook, imported, compares as a few lines of pandas say straight from its file.

`by_hand` shares nothing with the registry: its own dates, scores, doses, windows and states.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

import pandas as pd
import pytest
from sqlmodel import Session, col, func, select

from registry.db.engine import transaction
from registry.db.tables import AuditEvent, ImportBatch, ImportedRow, Procedure
from registry.domain.techniques import taxonomy
from registry.domain.windows import WINDOWS
from registry.exchange.importer import ImportReport, import_logbook, load_mapping
from registry.services.outcomes import outcome_frame
from registry.services.people import ensure_site, local_actor
from reports.filters import Filters
from reports.frames import OutcomeFrame
from reports.groups import ALL, Group, Grouping, grouping
from reports.stats.completeness import completeness
from reports.stats.intervals import Floors
from reports.stats.pain import pain
from reports.stats.responders import responders
from reports.stats.states import states
from tests.databases import Database, Rows
from tests.exchange.logbook_files import sample_logbook, told

# One process imports the logbook once for all of these.
pytestmark = pytest.mark.xdist_group("logbook")

TODAY = date(2026, 11, 23)
AS_OF = date(2025, 7, 31)

WRONG = [
    (19, "Pain pre", "77"),
    (60, "Date", "31/02/2024"),
    (103, "Procedure", "botox?"),
    (146, "DOB", "12/05/2026"),
    (202, "RIP date", "01/01/2020"),
    (263, "Opioids pre", "fentanyl patch"),
    (304, "Hosp No", ""),
    (336, "Pain 48h", "-1"),
]
REPEATED = 224

# ------------------------------------------------------------------------------- by hand, in pandas

POINTS = {"pre": 0, "48h": 2, "1/52": 7, "4/52": 28, "3/12": 90}
SPANS = {"48h": (1, 2, 3), "7d": (4, 7, 10), "28d": (18, 28, 38), "90d": (69, 90, 111)}
SPANS["180d"] = (150, 180, 210)
FAMILY = {
    r"co?eliac|cpn|splanchnic|hypogastric|shp|impar": "visceral-sympathetic",
    r"esp\b|erector|sap\b|serratus": "fascial-plane-chest-wall",
    r"tap\b": "fascial-plane-abdominal-wall",
    r"trigger|tpi": "myofascial",
    r"vertebroplasty|kyphoplasty": "cementoplasty",
    r"rfa bone|bone rfa": "tumour-ablation",
    r"gon\b|occipital": "upper-cervical-nerve",
    r"gpn|glossopharyngeal": "cranial-nerve",
    r"spg|sphenopalatine|stellate": "sympathetic-ganglion",
    r"cordotomy|pcc": "cordotomy",
    r"intercostal": "paravertebral-intercostal",
    r"idds|intrathecal pump": "intrathecal-infusion",
    r"scs|spinal cord stim": "spinal-stimulation",
}
ORAL = {"morphine": 1.0, "mst": 1.0, "oramorph": 1.0, "oxycodone": 1.5, "oxynorm": 1.5}
ORAL |= {"hydromorphone": 5.0, "tapentadol": 0.4, "methadone": 4.7}


def by_hand() -> pd.DataFrame:
    book = pd.read_csv(sample_logbook(), dtype=str, encoding="utf-8-sig").fillna("")
    book.index = pd.RangeIndex(2, len(book) + 2)
    book = book.drop([*(line for line, _, _ in WRONG), REPEATED])
    book["on"] = book["Date"].map(day)
    book["died"] = book.groupby("Hosp No")["RIP date"].transform(lambda s: s.map(day).min())
    book["category"] = book["Procedure"].map(
        lambda name: next(c for p, c in FAMILY.items() if re.search(p, name.lower()))
    )
    asked = pd.concat(
        book.assign(
            day=book["on"] + pd.Timedelta(days=n),
            score=pd.to_numeric(book[f"Pain {at}"].str.extract(r"^(\d+)")[0]),
            dose=book[f"Opioids {at}"].map(daily_mg),
            whole=~book[f"Opioids {at}"].str.contains("buprenorphine"),
        )[["Hosp No", "day", "score", "dose", "whole"]]
        for at, n in POINTS.items()
    )
    book = book[~book["Procedure"].str.contains("trial")]
    return pd.DataFrame(
        [one(p, asked[asked["Hosp No"] == p["Hosp No"]]) for _, p in book.iterrows()]
    )


def day(text: str) -> pd.Timestamp:
    style = "%Y-%m-%d" if "-" in text else "%d/%m/%Y" if "/" in text else "%d %b %Y"
    return pd.to_datetime(text, format=style) if text else pd.NaT


def daily_mg(regimen: str) -> float | None:
    total = 0.0
    for part in filter(None, regimen.lower().split(", ")):
        drug, dose = part.split()[0], float(re.search(r"\d+", part)[0])  # type: ignore[index]
        times = re.search(r"x(\d+)", part)
        if "patch" in part:
            total += 2.4 * dose if drug == "fentanyl" else 0
        else:
            total += ORAL[drug] * dose * (int(times[1]) if times else 2)
    return total if regimen else None


def one(procedure: pd.Series, asked: pd.DataFrame) -> dict[str, object]:
    asked = asked.assign(after=(asked["day"] - procedure["on"]).dt.days)
    before = nearest(asked, -7, 0, 0, "score")
    base = before["score"] if before is not None else None
    dosed = nearest(asked, -7, 0, 0, "dose")
    found = {"category": procedure["category"], "baseline": base}
    found |= {"medd_baseline": dosed["dose"], "medd_complete_baseline": dosed["whole"]}  # type: ignore[index]
    for name, (opens, target, closes) in SPANS.items():
        at = nearest(asked, opens, closes, target, "score")
        dosed = nearest(asked, opens, closes, target, "dose")
        found[f"medd_{name}"] = None if dosed is None else dosed["dose"]
        found[f"score_{name}"] = None if at is None else at["score"]
        lived = (procedure["died"] - procedure["on"]).days
        if base is None or base < 4:
            state = "ineligible"
        elif at is not None:
            state = "responder" if at["score"] <= 0.7 * base + 1e-9 else "non_responder"
        elif lived <= closes:
            state = "died_before"
        else:
            closed = (pd.Timestamp(AS_OF) - procedure["on"]).days > closes
            state = "alive_not_assessed" if closed else "not_due"
        found[f"state_{name}"] = state
    return found


def nearest(
    asked: pd.DataFrame, opens: int, closes: int, target: int, what: str
) -> pd.Series | None:
    inside = asked[asked["after"].between(opens, closes) & asked[what].notna()]
    inside = inside.assign(off=(inside["after"] - target).abs())
    inside = inside.sort_values(["off", "after", what], ascending=[True, True, False])
    return None if inside.empty else inside.iloc[0]


# -------------------------------------------------------------------------------------- the import


@dataclass
class Imported:
    database: Database
    report: ImportReport
    frame: OutcomeFrame

    @property
    def groups(self) -> Grouping:
        order = [Group(c.slug, c.label) for c in taxonomy().categories]
        return grouping(self.frame, "category", order)


@pytest.fixture(scope="module")
def hand() -> pd.DataFrame:
    return by_hand()


_ONCE: dict[str, tuple[Imported, Rows]] = {}


@pytest.fixture(scope="module")
def imported(database: Database) -> Iterator[Imported]:
    """Bring the logbook in, once a database however often the tests change between the two."""
    if database.backend in _ONCE:
        done, rows = _ONCE[database.backend]
        database.put(rows)
    else:
        done = _bring_in_and_compare(database)
        _ONCE[database.backend] = done, database.rows()
    yield done
    database.empty()


def _bring_in_and_compare(database: Database) -> Imported:
    with transaction(database.engine) as session:
        report = bring_in(session)
        frame = outcome_frame(session, actor=local_actor(session), filters=Filters(), as_of=AS_OF)
    return Imported(database, report, frame)


def bring_in(session: Session, *, dry_run: bool = False) -> ImportReport:
    site = ensure_site(session, "NORTH")
    return import_logbook(
        session,
        actor=local_actor(session),
        site_id=site.id,
        path=sample_logbook(),
        mapping=load_mapping("uk-logbook"),
        today=TODAY,
        dry_run=dry_run,
    )


def test_the_eight_wrong_cells_and_the_repeated_row_are_kept_out_and_nothing_else(
    imported: Imported,
) -> None:
    report = imported.report
    assert told(report, "refused") == WRONG
    assert [line for line, _, _ in told(report, "repeated")] == [REPEATED]
    assert (report.rows_read, report.imported, report.refused) == (413, 404, 8)
    assert (report.repeated, report.already_there) == (1, 0)


@pytest.mark.parametrize(
    ("line", "word"),
    [
        (19, "0 to 10"),
        (60, "calendar"),
        (103, "question mark"),
        (146, "after the procedure"),
        (202, "before the procedure"),
        (263, "dose"),
        (304, "missing"),
        (336, "0 to 10"),
    ],
)
def test_each_wrong_cell_is_refused_for_the_right_reason(
    imported: Imported, line: int, word: str
) -> None:
    (reason,) = [f.reason for f in imported.report.findings if f.line == line and f.keeps_out]
    assert word in reason


def test_opioid_entries_are_understood(imported: Imported) -> None:
    report = imported.report
    listed = [v for _, column, v in told(report, "warning") if column.startswith("Opioids")]
    assert report.opioids_given == 1428
    assert report.opioids_understood >= 0.95 * report.opioids_given
    assert len(listed) == report.opioids_given - report.opioids_understood


def test_the_same_file_again_adds_nothing(imported: Imported) -> None:
    def counts(session: Session) -> list[int]:
        tables = (Procedure, ImportBatch, ImportedRow, AuditEvent)
        return [session.exec(select(func.count(col(t.id)))).one() for t in tables]

    with transaction(imported.database.engine) as session:
        before = counts(session)
        again = bring_in(session)
        assert counts(session) == before
    assert (again.imported, again.already_there, again.repeated) == (0, 404, 1)
    assert told(again, "refused") == WRONG


def test_states_of_every_category_at_every_window(imported: Imported, hand: pd.DataFrame) -> None:
    for got in states(imported.frame, imported.groups, WINDOWS).rows:
        mine = hand if got.group == ALL else hand[hand["category"] == got.group.slug]
        expected = Counter(mine[f"state_{got.window.slug}"])
        assert {s.value: n for s, n in got.counts.items() if n} == dict(expected), got.group.slug


def test_every_state_occurs_so_that_none_goes_untested(hand: pd.DataFrame) -> None:
    seen = {state for name in SPANS for state in hand[f"state_{name}"]}
    assert len(seen) == 6


def test_responders_by_each_definition(imported: Imported, hand: pd.DataFrame) -> None:
    for got in responders(imported.frame, imported.groups, WINDOWS, Floors()).rows:
        mine = assessed(hand, got.group.slug, got.window.slug)
        base, score = mine["baseline"], mine[f"score_{got.window.slug}"]
        fall = {"nrs30": 10 * score <= 7 * base, "nrs50": 2 * score <= base}
        fall["nrs2"] = base - score >= 2
        assert (got.response.k, got.response.n) == (fall[got.definition.slug].sum(), len(mine))


def test_pain_before_and_after(imported: Imported, hand: pd.DataFrame) -> None:
    for got in pain(imported.frame, imported.groups, WINDOWS, Floors()).rows:
        mine = assessed(hand, got.group.slug, got.window.slug)
        assert got.n == len(mine)
        if got.n:
            before, after = mine["baseline"], mine[f"score_{got.window.slug}"]
            medians = [q.median for q in (got.before, got.after, got.change) if q]
            assert medians == [before.median(), after.median(), (after - before).median()]


def assessed(hand: pd.DataFrame, category: str, window: str) -> pd.DataFrame:
    judged = hand[f"state_{window}"].isin(["responder", "non_responder"])
    return hand[judged & (hand["category"] == category)]


def test_completeness_of_follow_up(imported: Imported, hand: pd.DataFrame) -> None:
    for got in completeness(imported.frame, imported.groups, WINDOWS).rows:
        mine = hand if got.group == ALL else hand[hand["category"] == got.group.slug]
        n = Counter(mine[f"state_{got.window.slug}"])
        due = len(mine) - n["ineligible"] - n["not_due"]
        assert (got.treated, got.due, got.alive_and_due) == (len(mine), due, due - n["died_before"])
        assert got.assessed == n["responder"] + n["non_responder"]


@pytest.mark.parametrize("when", ["baseline", *SPANS])
def test_daily_morphine_equivalents(imported: Imported, hand: pd.DataFrame, when: str) -> None:
    for category, mine in hand.groupby("category"):
        theirs = imported.frame.filter(imported.frame["category"] == category)
        assert rounded(theirs[f"medd_{when}"]) == rounded(mine[f"medd_{when}"].dropna()), category


def test_a_patch_without_a_factor_leaves_the_total_incomplete(
    imported: Imported, hand: pd.DataFrame
) -> None:
    complete = imported.frame["medd_complete_baseline"]
    assert complete.sum() == hand["medd_complete_baseline"].sum()
    assert 0 < complete.sum() < len(hand)


def rounded(doses: Iterable[float | None]) -> list[float]:
    return sorted(round(dose, 6) for dose in doses if dose is not None)
