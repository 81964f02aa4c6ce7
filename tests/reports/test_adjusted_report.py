from __future__ import annotations

import json
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reports.catalogue.adjusted import ADJUSTED, ANCOVA, BASELINE, OVER_WINDOWS
from reports.disclosure import HELD, Policy
from reports.disclosure.adjusted import release_adjusted, release_course, rules_for
from reports.disclosure.adjusted_baseline import release_baselines
from reports.frames import OutcomeFrame
from reports.groups import FEW, Group, grouping
from reports.page import Asked, Page
from reports.stats.adjusted import adjusted
from reports.stats.adjusted_baseline import baselines
from reports.stats.adjusted_course import adjusted_course
from reports.stats.adjusted_sample import Rules
from reports.stats.intervals import Floors
from tests.reports.adjusted_cases import SERIES, rows
from tests.reports.cases import AT_28, CATEGORIES, assessed, frame, page_of

OPEN, CLOSED = Policy(None), Policy(11)
MANY = tuple(Group(f"g{i:02}", f"Group number {i} with quite a long name") for i in range(60))


def _many(groups: int = 60, each: int = 11) -> OutcomeFrame:
    return frame(
        {
            "category": f"g{g:02}",
            "patient_id": f"{g}-{i}",
            "sex": ("female", "male")[(i + g) % 2],
            "age_years": 50 + (i * g) % 30,
            "akps": 30 + 10 * ((i + g) % 5),
            "mechanism": ("visceral", "somatic")[g % 2],
            **assessed(4 + i % 6, (i * (g + 3)) % 6),
            **assessed(4 + i % 6, (i * (g + 2)) % 7, "7d"),
        }
        for g in range(groups)
        for i in range(each)
    )


def _page(of: OutcomeFrame = SERIES, threshold: int | None = None, **asked: Any) -> Page:
    return page_of(of, threshold, Asked(**asked))


def test_the_answer_says_how_far_groups_differ_with_their_intervals() -> None:
    found = ANCOVA.show(_page())

    assert found.answer == (
        "At 28 days, in points of average pain (NRS 0-10; below 0 is less pain), adjusted for "
        "baseline pain, AKPS and site, with 95 % intervals. Visceral pain, against Coeliac plexus "
        "and splanchnic nerves (mean 5.8): Cordotomy −0.6 (−1.5 to +0.2); Fascial plane blocks, "
        "chest wall −2.1 (−2.8 to −1.3)."
    )
    assert found.warnings == ()
    assert any("left out for want of AKPS: 9 procedures" in n for n in found.tables[0].notes)


def test_unlike_pains_are_said_plainly_and_each_has_its_own_figure_and_table() -> None:
    found = ANCOVA.show(page_of(_many(6, 12), order=MANY))

    (warning,) = found.warnings
    assert "compares unlike pains (somatic pain and visceral pain)" in warning
    assert [figure.title.split(":")[0] for figure in found.figures] == [
        "Somatic pain",
        "Visceral pain",
        "All pains together",
    ]
    assert len(found.tables) == 3
    assert "All pains together" not in found.answer


def test_records_hold_every_estimate_with_its_error_interval_and_n() -> None:
    found = ANCOVA.show(_page()).records
    (record,) = [r for r in found if r["measure"] == "difference" and r["group"] == "plane"]

    assert record["estimate"] == pytest.approx(-2.05658504263)
    assert record["se"] == pytest.approx(0.37737707361)
    assert (record["low"], record["high"]) == pytest.approx((-2.81495266481, -1.29821742044))
    assert (record["n"], record["patients"], record["reference"]) == (22, 16, "celiac")
    assert (record["within"], record["window"]) == ("visceral", "28d")
    assert json.dumps(found)


def test_a_refusal_is_the_answer_the_figure_the_table_and_a_record() -> None:
    few = frame({"patient_id": f"{i}", **assessed(8, 2)} for i in range(19))
    for block in (ANCOVA, OVER_WINDOWS):
        found = block.show(_page(few))

        assert "Too few patients for a model: it needs at least 20." in found.answer
        assert "Too few patients" in found.figures[0].aria
        assert "Too few patients" in found.tables[0].rows[0][1]
        assert found.records[0]["refused"] == "few_patients"


def test_a_reference_that_is_too_small_is_replaced_and_said() -> None:
    found = ANCOVA.show(_page(reference="iddss"))

    assert any(
        "the reference asked for has too few patients here" in n for n in found.tables[0].notes
    )
    assert ANCOVA.show(_page(reference="plane")).records[0]["reference"] == "plane"


def test_the_course_says_that_death_is_no_missing_score_and_inference_large_sample() -> None:
    caveats = " ".join(OVER_WINDOWS.caveats)

    assert "Large-sample inference" in caveats
    assert "Missing at random is assumed" in caveats
    assert "A death isn't a missing score" in caveats
    figure = OVER_WINDOWS.show(_page()).figures[0]
    layout = figure.plot.to_dict()["layout"]
    assert {tuple(layout[f"yaxis{n}"]["range"]) for n in ("", 2, 3)} == {(0, 10)}


def test_means_stand_on_the_whole_scale_and_zero_is_the_middle_of_differences() -> None:
    layout = ANCOVA.show(_page()).figures[0].plot.to_dict()["layout"]

    assert tuple(layout["xaxis"]["range"]) == (0, 10)
    low, high = layout["xaxis2"]["range"]
    assert -low == high >= 4


def test_figures_stay_small_and_say_how_many_groups_only_the_table_has() -> None:
    many = page_of(_many(), order=MANY)
    for block in ADJUSTED.blocks:
        found = block.show(many)
        assert all(len(figure.json()) < 100_000 for figure in found.figures)
        assert any("the table has" in figure.subtitle for figure in found.figures)


def test_who_was_compared_and_who_was_treated_stand_in_tables_of_their_own() -> None:
    compared, treated = BASELINE.show(_page()).tables

    assert "those compared" in compared.caption
    assert "all treated" in treated.caption
    assert compared.columns[:3] == (
        "Before the procedure",
        "Coeliac plexus and splanchnic nerves (n 24)",
        "Cordotomy (n 25)",
    )
    assert "(n 30)" in treated.columns[1]
    heads = [row[0] for row in treated.rows]
    assert "AKPS: not recorded" in heads
    assert "AKPS: not recorded" not in [row[0] for row in compared.rows]


def test_standardised_differences_of_the_compared_are_worked_out_by_hand() -> None:
    """Mean age 60 against 50, standard deviation 10 in both (a third each 10 below, on, above)."""
    of = frame(
        {
            "category": c,
            "patient_id": f"{c}{i}",
            "age_years": base + (-12, 0, 12)[i % 3],
            "sex": "female" if i < k else "male",
            **assessed(4 + i % 5, i % 4),
        }
        for c, base, k in (("celiac", 50, 12), ("impar", 60, 3))
        for i in range(15)
    )
    found = BASELINE.show(_page(of, reference="celiac")).records
    smd = {
        r["variable"]: r["smd"]
        for r in found
        if (r["whose"], r["group"], r["category"]) == ("compared", "impar", None)
    }

    # Variance of each: 15 values, 10 of them 12 away: 10 x 144 / 14.
    assert smd["age_years"] == pytest.approx(10 / (1440 / 14) ** 0.5)
    # Shares 0.8 and 0.2: both variances are 0.16.
    assert smd["sex"] == pytest.approx(0.6 / 0.4)


def test_small_numbers_hold_back_counts_and_bounds_and_round_estimates() -> None:
    found = ANCOVA.show(_page(threshold=11))

    for record in found.records:
        assert record["n"] % 5 == 0
        assert record["estimate"] == pytest.approx(round(record["estimate"], 1))
        if record["measure"] == "difference":
            assert record["lowest"] is None
            assert "lowest" in record["held_back"]
    assert not any(r["measure"] == "difference_without_akps" for r in found.records)
    assert any("left out for want of AKPS: held back" in n for n in found.tables[0].notes)


@pytest.mark.parametrize("threshold", [5, 8, 11])
def test_no_group_below_the_cut_off_is_in_any_model(threshold: int) -> None:
    assert rules_for(Policy(threshold), Floors(), None).fewest == max(10, Policy(threshold).lowest)
    assert rules_for(Policy(threshold), Floors(), FEW.slug).reference is None
    small = [
        *rows(),
        *(
            {"category": "impar", "patient_id": f"x{i}", "akps": 50, **assessed(5 + i % 3, i % 4)}
            for i in range(10)
        ),
    ]
    found = ANCOVA.show(_page(frame(small), threshold)).records

    assert ("impar" in {r["group"] for r in found}) == (threshold < 11)


SIZES = st.lists(st.integers(0, 24), min_size=3, max_size=3)


@settings(deadline=None, max_examples=25)
@given(SIZES, st.integers(0, 1000), st.sampled_from([5, 8, 11]))
def test_nothing_released_tells_of_fewer_than_the_cut_off(
    sizes: list[int], seed: int, threshold: int
) -> None:
    of = frame(
        {
            "category": group,
            "patient_id": f"{group}{i}",
            "sex": ("female", "male", None)[(i * seed + i) % 7 % 3],
            "diagnosis_group": ("lung", "breast", "pancreas", "skin")[(i + seed) % 11 % 4],
            "akps": None if (i + seed) % 9 == 0 else 40 + 10 * (i % 3),
            **assessed(4 + (i * seed) % 6, (i + seed) % 8),
            **(assessed(4 + (i * seed) % 6, (i * 3 + seed) % 8, "7d") if (i + seed) % 3 else {}),
        }
        for group, size in zip(("celiac", "cordotomy", "plane"), sizes, strict=True)
        for i in range(size)
    )
    policy = Policy(threshold)
    rules, by = rules_for(policy, Floors(), None), grouping(of, "category", CATEGORIES)
    found = adjusted(of, by, AT_28, rules)
    tables = [
        table
        for one in found
        for table in release_baselines(baselines(of, by, one, rules.fewest), policy)
    ]
    lines = [line for one in release_adjusted(found, policy) for line in one.lines]
    courses = release_course(adjusted_course(of, by, rules), policy)
    counts = [n for line in lines for n in (line.n, line.patients, line.unassessed)]
    counts += [n for one in courses for line in one.lines for n in (line.n, line.patients)]
    for table in tables:
        counts += [n for x in table.lines for n in (x.missing, x.n, *x.counts.values())]

    for n in counts:
        assert n is HELD or n == 0 or (n % 5 == 0 and n >= threshold)
    for table in tables:
        for line in table.lines:
            parts = [*line.counts.values(), line.missing]
            assert sum(part is HELD for part in parts) != 1 or not line.counts


def test_released_share_differences_are_those_of_the_counts_beside_them() -> None:
    """20 of 40 and 31 of 39 are shown as 20 of 40 and 30 of 40: that difference and no other."""
    of = frame(
        {
            "category": c,
            "patient_id": f"{c}{i}",
            "akps": 50,
            "sex": "female" if i < k else "male",
            **assessed(4 + i % 6, i % 5),
        }
        for c, n, k in (("celiac", 40, 20), ("impar", 44, 31))
        for i in range(n)
    )
    rules, by = rules_for(CLOSED, Floors(), "celiac"), grouping(of, "category", CATEGORIES)
    (found,) = adjusted(of, by, AT_28, rules)
    compared, _ = release_baselines(baselines(of, by, found, rules.fewest), CLOSED)
    (line,) = [x for x in compared.lines if (x.variable, x.group.slug) == ("sex", "impar")]

    assert dict(line.counts) == {"female": 30, "male": 15}
    expected = (30 / 45 - 0.5) / ((30 / 45 * 15 / 45 + 0.25) / 2) ** 0.5
    assert line.smd == pytest.approx(round(expected, 1))


def test_without_a_cut_off_everything_is_exact() -> None:
    by = grouping(SERIES, "category", CATEGORIES)
    found = adjusted(SERIES, by, AT_28, Rules())
    (released,) = release_adjusted(found, OPEN)

    for line, row in zip(released.lines, found[0].rows, strict=True):
        assert (line.n, line.patients, line.unassessed) == (row.n, row.patients, row.unassessed)
        assert line.mean.value == row.mean.value
        assert (line.lowest, line.highest) == (row.lowest, row.highest)


@pytest.mark.parametrize("threshold", [None, 11])
def test_the_dead_the_lone_and_the_unvarying_are_answered_in_words(threshold: int | None) -> None:
    dead = {"nrs_baseline": 8, "state_28d": "died_before"}
    same = [
        {"patient_id": f"{i}", "category": c, **assessed(8, 4)}
        for c in ("celiac", "impar")
        for i in range(30)
    ]
    for of in (frame([dead] * 40), frame([assessed(8, 2)]), frame(same), frame([])):
        for block in ADJUSTED.blocks:
            found = block.show(_page(of, threshold))
            assert found.answer.endswith(".")
            assert found.figures
            assert found.tables
            assert "nan" not in json.dumps(found.records).lower()
            assert "None" not in found.answer


def test_every_number_of_the_table_is_on_the_figure_too() -> None:
    found = ANCOVA.show(_page())
    drawn = found.figures[0].json()

    for row in found.tables[0].rows:
        assert row[3] in found.figures[0].aria
        assert pl.Series([row[0]]).str.contains("chest wall|Cordotomy|Coeliac").all()
        assert row[0] in drawn
