from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from registry.domain.outcomes.relief import ReliefEnd
from registry.domain.windows import WINDOWS
from reports.catalogue import RELIEF
from reports.catalogue.relief import RELIEF_BLOCK, SURVIVAL_BLOCK
from reports.frames import OutcomeFrame
from reports.groups import grouping
from reports.page import Asked
from reports.report import Block, Shown
from reports.run import run
from reports.stats.relief import LifeRow, ReliefRow, lives, relief
from tests.reports.cases import CATEGORIES, frame, page_of

RELAPSE, DEATH, FURTHER, STILL = (end.value for end in ReliefEnd)
WORDS = (STILL, RELAPSE, DEATH, FURTHER)
DAYS = (0, 7, 14, 28, 60, 90, 180)

TIED = (0, 0, 0, 3, 3, 5, 5, 5, 9, 14, 14, 20, 20, 28, 28, 40, 60, 60, 90, 200)
TIED_ENDS = (0, 0, 2, 1, 1, 1, 2, 0, 3, 1, 2, 0, 1, 1, 3, 2, 0, 1, 2, 0)
LIVED = (4, 4, 10, 30, 30, 45, 45, 60, 75, 90, 90, 120, 0, 12, 33, 200)
DIED = (1, 1, 1, 1, 0, 1, 1, 0, 1, 1, 1, 1, 0, 0, 0, 0)


def lasting(days: int, end: str, **more: Any) -> dict[str, Any]:
    """Make the columns of a procedure whose relief began on day 2."""
    told = {"relief_from": 2, "relief_days": days, "relief_end": end}
    return {"nrs_baseline": 8, "first_window": "48h", **told, **more}


def silent(**more: Any) -> dict[str, Any]:
    """Make the columns of an eligible procedure that is not known to have been responded to."""
    return {"nrs_baseline": 8, **more}


def alive(days: int, dead: bool, patient: str, **more: Any) -> dict[str, Any]:
    """Make the columns of a patient's procedure, followed for so many days."""
    told = {"days_to_death": days if dead else None, "last_seen_days": days}
    return {"patient_id": patient, **told, **more}


def reliefs(days: Sequence[int] = TIED, codes: Sequence[int] = TIED_ENDS) -> list[dict[str, Any]]:
    return [lasting(d, WORDS[c]) for d, c in zip(days, codes, strict=True)]


def patients() -> list[dict[str, Any]]:
    seen = zip(LIVED, DIED, strict=True)
    return [alive(d, bool(e), f"p{i}") for i, (d, e) in enumerate(seen)]


def relief_of(rows: Iterable[dict[str, Any]]) -> ReliefRow:
    made = frame(rows)
    return relief(made, grouping(made, "category", CATEGORIES)).rows[0]


def lives_of(rows: Iterable[dict[str, Any]]) -> LifeRow:
    made = frame(rows)
    return lives(made, grouping(made, "category", CATEGORIES)).rows[0]


def shown(block: Block, rows: Iterable[dict[str, Any]], threshold: int | None = None) -> Shown:
    return block.show(page_of(frame(rows), threshold))


def at_day(found: Shown, day: int) -> dict[str, Any]:
    return next(record for record in found.records if record["day"] == day)


def test_relief_with_ties_and_ends_on_day_0_is_that_of_r() -> None:
    """Twenty reliefs: two seen once only, one death on the day of the response, six ties.

    options(digits = 12); library(survival)
    d <- c(0, 0, 0, 3, 3, 5, 5, 5, 9, 14, 14, 20, 20, 28, 28, 40, 60, 60, 90, 200)
    e <- c(0, 0, 2, 1, 1, 1, 2, 0, 3, 1, 2, 0, 1, 1, 3, 2, 0, 1, 2, 0)
    f <- factor(e, 0:3, c("still", "relapse", "death", "further"))
    s <- survfit(Surv(d, f) ~ 1, conf.type = "log-log")
    w <- sapply(c(0, 7, 14, 28, 60, 90), function(x) max(which(s$time <= x)))
    cbind(s$pstate, s$lower[, 1], s$upper[, 1])[w, ]  # in relief, relapse, death, further; limits
    k <- survfit(Surv(d, e > 0) ~ 1, conf.type = "log-log"); k      # median 20, 5 to 60
    summary(k, times = c(0, 7, 14, 28, 60, 90, 180))$n.risk         # 20 12 11 7 4 2 1
    library(cmprsk); timepoints(cuminc(d, e), c(0, 7, 14, 28, 60, 90))$est   # the same shares
    """
    found = shown(RELIEF_BLOCK, reliefs())
    told = [at_day(found, day) for day in DAYS]

    assert [record["at_risk"] for record in told] == [20, 12, 11, 7, 4, 2, 1]
    expected = {
        "in_relief": [0.95, 0.726470588235, 0.544852941176, 0.345938375350, 0.207563025210],
        "relapse": [0, 0.167647058824, 0.228186274510, 0.357913165266, 0.427100840336],
        "death": [0.05, 0.105882352941, 0.166421568627, 0.166421568627, 0.235609243697],
        "further_procedure": [0, 0, 0.0605392156863, 0.1297268907563, 0.1297268907563],
        "low": [0.69474319325657, 0.4617119622755, 0.2904824207444, 0.13400586017538],
        "high": [0.992802228593, 0.87622148094, 0.742092172673, 0.570856006318],
    }
    for name, values in expected.items():
        assert [r[name] for r in told[: len(values)]] == pytest.approx(values, abs=1e-9)
    assert [told[0][f"median_{of}"] for of in ("days", "low", "high")] == [20, 5, 60]


def test_where_nobody_relapses_and_all_end_together_is_that_of_r() -> None:
    """Twelve on one day: eight deaths, three further procedures, one still in relief.

    d <- rep(5, 12); f <- factor(c(rep(2, 8), 3, 3, 3, 0), 0:3)
    s <- survfit(Surv(d, f) ~ 1, conf.type = "log-log"); cbind(s$pstate, s$lower, s$upper)
    # 0.0833333333333 0 0.666666666667 0.25; in relief 0.00505283547899 to 0.31107040999
    """
    told = at_day(shown(RELIEF_BLOCK, reliefs([5] * 12, [2] * 8 + [3] * 3 + [0])), 7)
    last = relief_of(reliefs([5] * 12, [2] * 8 + [3] * 3 + [0]))

    assert (told["in_relief"], told["at_risk"]) == (None, 0)
    assert last.incidence.curves[RELAPSE].value == (0,)
    assert last.incidence.curves[DEATH].value == pytest.approx((0.666666666667,))
    assert last.incidence.curves[FURTHER].value == (0.25,)
    assert last.lasting.survival.low == pytest.approx((0.00505283547899,), abs=1e-12)
    assert last.lasting.survival.high == pytest.approx((0.31107040999,), abs=1e-9)


def test_survival_with_ties_and_censoring_on_day_0_is_that_of_r() -> None:
    """Sixteen patients, one never seen again, one alive on the day that another dies.

    d <- c(4, 4, 10, 30, 30, 45, 45, 60, 75, 90, 90, 120, 0, 12, 33, 200)
    e <- c(1, 1, 1, 1, 0, 1, 1, 0, 1, 1, 1, 1, 0, 0, 0, 0)
    k <- survfit(Surv(d, e) ~ 1, conf.type = "log-log"); k         # median 75, 10 to 90
    s <- summary(k, times = c(0, 7, 14, 28, 60, 90, 180))
    cbind(s$n.risk, s$surv, s$lower, s$upper)                      # as below
    """
    found = shown(SURVIVAL_BLOCK, patients())
    told = [at_day(found, day) for day in DAYS]

    assert [record["at_risk"] for record in told] == [16, 13, 11, 11, 6, 4, 1]
    alive_at = [1, 0.866666666667, 0.8, 0.8, 0.545454545455, 0.218181818182, 0.109090909091]
    low = [0.563912005709, 0.4998239816558, 0.4998239816558, 0.2457332217342, 0.0360686589337]
    high = [0.964884495916, 0.930717294054, 0.930717294054, 0.769685775012, 0.497759890309]
    assert [record["alive"] for record in told] == pytest.approx(alive_at, abs=1e-9)
    assert [record["low"] for record in told[1:6]] == pytest.approx(low, abs=1e-9)
    assert [record["high"] for record in told[1:6]] == pytest.approx(high, abs=1e-9)
    assert [told[0][f"median_{of}"] for of in ("days", "low", "high")] == [75, 10, 90]


def test_a_patient_with_three_procedures_dies_once_counted_from_the_first() -> None:
    start = date(2026, 1, 5)
    many = [
        alive(60 - after, True, "one", performed_on=start + timedelta(days=after))
        for after in (30, 0, 12)
    ]
    row = lives_of([*many, alive(10, False, "two")])

    assert (row.patients, row.deaths) == (2, 1)
    assert row.survival.table.times == (10, 60)


def test_who_was_treated_in_two_groups_stands_in_both_with_a_life_of_each() -> None:
    rows = frame([alive(60, True, "one"), alive(20, True, "one", category="cordotomy")])
    first, second = lives(rows, grouping(rows, "category", CATEGORIES)).rows

    assert first.survival.table.times == (60,)
    assert second.survival.table.times == (20,)


def test_the_first_number_is_how_many_responded_at_all() -> None:
    rows = [*reliefs(), *[silent(first_window="7d")] * 6, *[silent()] * 4]
    rows += [{f"state_{w.slug}": "ineligible" for w in WINDOWS}] * 3
    row, found = relief_of(rows), shown(RELIEF_BLOCK, rows)

    assert (row.eligible, row.assessed, row.responded) == (30, 26, 20)
    assert found.answer.startswith("A response is known after 20 of 30 eligible procedures; the")
    assert "20 days (5 to 60)" in found.answer
    assert at_day(found, 28)["in_relief_of_eligible"] == pytest.approx(0.34593837535 * 20 / 30)


def test_a_score_outside_every_window_still_makes_an_assessed_responder() -> None:
    row = relief_of([lasting(4, RELAPSE, first_window=None)])

    assert (row.assessed, row.responded) == (1, 1)


def test_the_share_of_all_eligible_is_that_of_the_responders_thinned() -> None:
    (row,) = (
        r
        for r in shown(RELIEF_BLOCK, [*reliefs(), *[silent()] * 20]).tables[1].rows
        if r[1] == "14"
    )

    assert row[3] == "54 % (29 to 74 %)"
    assert row[-1] == "27 %"


STATES: dict[str, list[dict[str, Any]]] = {
    "nobody": [],
    "no responder": [silent()] * 30,
    "one patient": [lasting(9, RELAPSE) | alive(30, True, "one")],
    "seen once": [lasting(0, STILL) | alive(0, False, "one")],
    "all dead": [lasting(i, DEATH) | alive(i + 2, True, f"p{i}") for i in range(40)],
    "all dead on day 0": [lasting(0, DEATH) | alive(2, True, f"p{i}") for i in range(40)],
    "nobody died": [lasting(90, RELAPSE) | alive(100, False, f"p{i}") for i in range(40)],
    "few": [lasting(9, RELAPSE) | alive(30, True, f"p{i}") for i in range(7)],
    "never seen": [{"last_seen_days": None, "patient_id": f"p{i}"} for i in range(30)],
}


@pytest.mark.parametrize("threshold", [None, 5, 8, 11])
@pytest.mark.parametrize("state", STATES)
def test_every_state_is_answered_drawn_and_tabulated(state: str, threshold: int | None) -> None:
    for block in RELIEF.blocks:
        found = shown(block, STATES[state], threshold)

        assert found.answer.endswith(".")
        assert found.figures[0].aria.endswith(".")
        assert all(len(row) == len(t.columns) for t in found.tables for row in t.rows)


def test_what_is_said_of_thin_and_empty_groups_is_true() -> None:
    assert shown(RELIEF_BLOCK, []).answer == "No procedure answers to these filters."
    none = shown(RELIEF_BLOCK, STATES["no responder"])
    assert none.answer == "Nobody is known to have responded, so there is no relief to follow."
    assert "no relief to follow" in none.figures[0].aria
    assert none.tables[0].rows[0][-1] == "nobody responded"
    held = shown(RELIEF_BLOCK, STATES["few"], 11)
    assert held.answer == "Too few responded, or lost relief again, to say how long it lasted."
    assert "Too few responded" in held.figures[0].aria
    one = shown(RELIEF_BLOCK, STATES["one patient"])
    assert "9 days" in one.answer
    assert one.warnings == (
        "Coeliac plexus and splanchnic nerves: 1 responded, too few for an interval; "
        "one more can change it.",
    )


def test_when_all_have_met_their_end_the_curve_goes_on_and_else_it_stops() -> None:
    ended = at_day(shown(RELIEF_BLOCK, [lasting(9, RELAPSE)]), 180)
    lost = at_day(shown(RELIEF_BLOCK, [lasting(9, STILL)]), 180)

    assert (ended["in_relief"], ended["relapse"]) == (0, 1)
    assert (lost["in_relief"], lost["relapse"], lost["at_risk"]) == (None, None, 0)
    assert lost["held_back"] == []


def test_below_ten_no_interval_is_claimed() -> None:
    nine, ten = (shown(RELIEF_BLOCK, reliefs(TIED[:n], TIED_ENDS[:n])) for n in (9, 10))

    assert at_day(nine, 7)["low"] is None
    assert at_day(ten, 7)["low"] is not None
    assert nine.records[0]["median_low"] is None


ROWS = st.lists(st.tuples(st.integers(0, 220), st.integers(0, 3)), min_size=1, max_size=60)


@settings(deadline=None, max_examples=60)
@given(ROWS, st.randoms(use_true_random=False))
def test_shares_sum_to_1_stay_within_0_and_1_and_know_no_order(
    rows: list[tuple[int, int]], chance: Any
) -> None:
    found = shown(RELIEF_BLOCK, reliefs(*zip(*rows, strict=True)))
    mixed = shown(RELIEF_BLOCK, reliefs(*zip(*chance.sample(rows, len(rows)), strict=True)))

    assert mixed.records == found.records
    for record in found.records:
        shares = [record[n] for n in ("in_relief", "relapse", "death", "further_procedure")]
        if None not in shares:
            assert sum(shares) == pytest.approx(1)
            assert all(-1e-12 <= share <= 1 + 1e-12 for share in shares)


@pytest.fixture(scope="module")
def large() -> OutcomeFrame:
    """Make twenty techniques with all days of half a year in each."""
    return frame(
        lasting(i % 200, WORDS[i % 7 % 4], technique=f"t{t:02}", category=CATEGORIES[t % 6].slug)
        | alive(i % 300, i % 3 > 0, f"{t}-{i}")
        for t in range(20)
        for i in range(400)
    )


def test_figures_stay_light_and_say_which_groups_they_leave_out(large: OutcomeFrame) -> None:
    order = [
        type(CATEGORIES[0])(f"t{t:02}", f"A technique with a rather long name {t}")
        for t in range(20)
    ]
    page = page_of(large, None, Asked(by="technique"), order=order)

    for block in RELIEF.blocks:
        (figure,) = block.show(page).figures
        assert len(figure.json()) < 100_000
        assert "12 of 20 groups drawn, all in table" in figure.subtitle


def test_areas_fill_the_panel_and_words_at_their_ends_stay_apart() -> None:
    (figure,) = shown(RELIEF_BLOCK, reliefs()).figures
    by_name = {trace.name: trace for trace in figure.plot.data}
    ends = by_name["ends"]

    assert list(ends.text) == ["In relief 10 %", "Further 13 %", "Death 34 %", "Relapse 43 %"]
    assert ends.meta["wide"]["text"][1] == "Further procedure 13 %"
    assert all(above - below > 0.05 for above, below in zip(ends.y, ends.y[1:], strict=False))
    assert by_name["In relief"].fill == by_name["Relapse"].fill == "tonexty"
    assert by_name["median"].x == (20,)
    hovered = by_name["days told"].hovertext
    assert "in relief: 54 % (29 to 74 %)" in hovered[2]
    assert all(
        row[3] in hovered[i] for i, row in enumerate(shown(RELIEF_BLOCK, reliefs()).tables[1].rows)
    )
    assert list(by_name["at risk"].meta["wide"]["text"]) == ["20", "12", "11", "7", "4", "2", "1"]


def test_the_report_says_what_a_statistician_would_object_to() -> None:
    caveats = " ".join(
        c for block, _ in run(RELIEF, page_of(frame(reliefs()))).blocks for c in block.caveats
    )

    for words in (
        "only when patients are asked",
        "speaks of those who responded only",
        "after a long silence",
        "intervals take them as independent",
        "no outcome of the technique",
        "Where deaths aren't linked",
    ):
        assert words in caveats
