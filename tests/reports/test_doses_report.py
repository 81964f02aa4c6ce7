"""What readers see of opioid doses: figures, tables, words, and what is held back."""

from __future__ import annotations

import json
import re

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.domain.opioids.tables import TABLE_IDS
from registry.domain.windows import WINDOWS
from reports.catalogue import COMPARE
from reports.catalogue.opioids import BY_TABLE, CHANGE, DISTRIBUTION, OPIOIDS
from reports.disclosure import HELD, Policy
from reports.disclosure.doses import release_change, release_doses, release_paths
from reports.doses import DOSE_SCHEMA, Conversion, DoseFrame
from reports.frames import OutcomeFrame
from reports.groups import Group, grouping
from reports.page import Asked, Data, Page, prepare
from reports.report import Block, Shown
from reports.stats.doses import doses
from reports.stats.doses_change import COMPARED, METHADONE, WITHOUT_METHADONE, dose_change
from reports.stats.doses_paths import dose_paths
from reports.stats.intervals import Floors
from tests.reports.cases import AT_28, CATEGORIES, SCOPE, dosed, frame, made_up, page_of

SIZES = {"celiac": 200, "cordotomy": 60, "iddss": 30, "plane": 14, "impar": 4}
ROWS = made_up(11, SIZES)


def under_every_table(rows: OutcomeFrame) -> DoseFrame:
    """Repeat the frame's doses under every table; the last table can't convert every 4th."""
    own = rows.select(c for c in DOSE_SCHEMA if c != "table_id").to_dicts()
    told = [
        row
        | {"table_id": table}
        | ({"medd_complete_baseline": False} if table == TABLE_IDS[-1] and i % 4 == 0 else {})
        for table in TABLE_IDS
        for i, row in enumerate(own)
    ]
    return DoseFrame(pl.DataFrame(told, schema=DOSE_SCHEMA))


def shown(block: Block, threshold: int | None = None, rows: OutcomeFrame = ROWS) -> Shown:
    return block.show(page_of(rows, threshold, doses=under_every_table(rows)))


def test_the_report_needs_doses_and_asks_by_window_and_tables() -> None:
    assert OPIOIDS.needs == {"doses"}
    assert OPIOIDS.choices == ("by", "window", "tables")
    assert [block.slug for block in OPIOIDS.blocks] == [
        "dose-distribution",
        "dose-change",
        "dose-by-table",
    ]


@pytest.mark.parametrize("block", OPIOIDS.blocks, ids=lambda b: b.slug)
def test_every_block_says_that_it_is_not_for_switching(block: Block) -> None:
    assert any("not for switching opioids" in note for note in shown(block).tables[0].notes)
    assert any("not for switching opioids" in caveat for caveat in block.caveats)


def test_the_answer_says_that_windows_hold_other_people() -> None:
    assert "not the same people" in shown(DISTRIBUTION).answer
    assert "died by then" in shown(DISTRIBUTION).answer


def test_the_dose_axis_begins_at_zero_and_is_linear() -> None:
    (drawn, _) = shown(DISTRIBUTION).figures
    axis = json.loads(drawn.json())["layout"]["xaxis"]

    assert axis["range"][0] == 0
    assert axis.get("type") != "log"


def test_single_lines_are_for_those_who_see_records_alone() -> None:
    found = dose_paths(ROWS, grouping(ROWS, "category", CATEGORIES), 300)

    assert len(shown(DISTRIBUTION).figures) == 2
    assert len(shown(DISTRIBUTION, threshold=5).figures) == 1
    assert release_paths(Policy(None), found) is not None
    assert release_paths(Policy(5), found) is None


def test_which_lines_are_drawn_is_said() -> None:
    drawn = shown(DISTRIBUTION).figures[1].json()

    assert re.search(r"every \d+(st|nd|rd|th) of \d+ by day", drawn)
    assert "all 1" in drawn


def test_methadone_bands_are_warned_of_where_cdc_2016_stands() -> None:
    assert any("20 mg are 80 mg" in note for note in shown(BY_TABLE).tables[0].notes)
    assert not any("20 mg are 80 mg" in note for note in shown(CHANGE).tables[0].notes)
    by_2016 = _page_by(Conversion("cdc-2016", ("cdc-2022",)))
    notes = CHANGE.show(by_2016).tables[0].notes
    assert any("20 mg are 80 mg" in note for note in notes)
    assert any("for all sites" in note and "CDC 2022" in note for note in notes)


def test_the_comparison_names_its_table_too() -> None:
    (block,) = (block for block in COMPARE.blocks if block.slug == "medd-change")
    notes = block.show(_page_by(Conversion("cdc-2022", ("uk-fpm-2020",)))).tables[0].notes

    assert any("by CDC 2022 for all sites" in note for note in notes)


def _page_by(conversion: Conversion) -> Page:
    data = Data(ROWS, doses=under_every_table(ROWS), conversion=conversion)
    return prepare(data, Asked(), CATEGORIES, Policy(None), SCOPE)


def test_tables_are_told_beside_each_other_with_whom_they_convert() -> None:
    found = shown(BY_TABLE)
    rows = [row for row in found.tables[0].rows if row[0].startswith("Coeliac")]

    assert [row[2] for row in rows] == ["CDC 2022", "CDC 2016", "ANZCA 2021", "UK FPM 2020"]
    assert len({row[4] for row in rows[:3]}) == 1
    assert int(rows[3][4]) < int(rows[0][4]), "the last table converts fewer"
    assert len({row[8] for row in rows}) == 1, "the common ones are the same under each"
    assert "whom every table converts" in found.answer


def test_one_table_can_be_asked_for() -> None:
    page = page_of(ROWS, asked=Asked(tables=("cdc-2016",)), doses=under_every_table(ROWS))
    rows = BY_TABLE.show(page).tables[0].rows

    assert {row[2] for row in rows} == {"CDC 2016"}


def test_neuraxial_opioid_stands_apart_with_its_reason() -> None:
    rows = frame([dosed(100, 0) | {"neuraxial": True}] * 12)
    found = shown(CHANGE, rows=rows)
    apart = [row for row in found.tables[0].rows if row[1] == "28 days"]

    assert found.answer == "Nobody has a complete pair of doses at 28 days to tell of."
    assert [row[2] for row in apart][-1] == "Apart: neuraxial opioid"
    assert apart[0][3] == "0"
    assert apart[-1][3] == "12"
    assert any("no agreed conversion factor" in note for note in found.tables[0].notes)
    assert "neuraxial opioid: stands apart" in found.figures[0].json()


def test_all_dead_are_counted_and_nothing_else_is_claimed() -> None:
    rows = frame(
        [{"medd_baseline": 100.0, "medd_complete_baseline": True, "days_to_death": 1}] * 12
    )
    answer = shown(DISTRIBUTION, rows=rows).answer

    assert "and none at 28 days (n 0; died by then: 12)" in answer
    assert shown(CHANGE, rows=rows).answer.startswith("Nobody has a complete pair")


def test_everything_suppressed_says_so() -> None:
    rows = frame([dosed(100, 50)] * 4)
    for block in OPIOIDS.blocks:
        found = shown(block, threshold=11, rows=rows)
        assert "held back" in found.answer or "Nobody" in found.answer
        for record in found.records:
            assert all(record[name] is None for name in record["held_back"])


@given(st.integers(0, 60), st.sampled_from([5, 8, 11]))
def test_no_shown_count_is_small_or_unrounded(seed: int, threshold: int) -> None:
    rows = made_up(seed, {"celiac": 60, "cordotomy": 25, "iddss": 20})
    cover, groups = page_of(rows, threshold).cover, grouping(rows, "category", CATEGORIES)
    lines = [
        *release_doses(cover, doses(rows, groups, Floors(), SCOPE.cut_off).rows),
        *release_change(cover, dose_change(rows, groups, WINDOWS, Floors()).rows),
    ]
    for line in lines:
        for name in ("whole", "paired", "died", "unasked", "pairs", "from_some", "incomplete"):
            count = getattr(line, name, 0)
            assert count is HELD or count == 0 or (count % 5 == 0 and count >= threshold)


def test_a_lone_small_part_takes_another_with_it() -> None:
    rows = frame([dosed(100, 50)] * 40 + [dosed(100, 50) | {"methadone": True}] * 3)
    groups = grouping(rows, "category", [Group("celiac", "Coeliac")])
    found = dose_change(rows, groups, [AT_28], Floors()).rows
    by_people = {line.people: line for line in release_change(page_of(rows, 11).cover, found)}

    assert by_people[COMPARED].pairs == 45
    assert by_people[METHADONE].pairs is HELD
    assert by_people[WITHOUT_METHADONE].pairs is HELD
    assert by_people[WITHOUT_METHADONE].change_mg is HELD


def test_released_doses_are_rounded_to_5_mg() -> None:
    rows = frame([dosed(103, 51)] * 40)
    groups = grouping(rows, "category", CATEGORIES)
    found = doses(rows, groups, Floors(), SCOPE.cut_off).rows
    line = next(release_doses(page_of(rows, 11).cover, found))

    assert line.dose is not None
    assert line.dose is not HELD
    assert (line.dose.low, line.dose.median, line.p10) == (105, 105, 105)


def test_figures_stay_small_with_every_technique_on_the_page() -> None:
    order = [
        Group(f"technique-{i}", f"A technique with a rather long name, number {i}")
        for i in range(70)
    ]
    sizes = {f"technique-{i}": 25 for i in range(70)}
    rows = made_up(3, sizes)
    page = page_of(rows, order=order, doses=under_every_table(rows))
    for block in OPIOIDS.blocks:
        for figure in block.show(page).figures:
            assert len(figure.json()) < 100_000, figure.title
