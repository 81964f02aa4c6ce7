from __future__ import annotations

from pathlib import Path
from typing import Any

import plotly.graph_objects as go
import pytest
from mypy import api as mypy

from registry.domain.outcomes import State
from registry.domain.windows import WINDOWS
from reports.catalogue import COMPARE
from reports.catalogue.comparison import (
    MEDD_CHANGE,
    PAIN,
    STATES,
)
from reports.catalogue.completeness import COMPLETENESS
from reports.catalogue.response import RESPONDERS
from reports.disclosure import Policy
from reports.figures import theme
from reports.figures.figure import BOLD, Figure
from reports.frames import STATES as ALL_STATES
from reports.frames import OutcomeFrame, empty_frame
from reports.groups import Group
from reports.report import Block
from tests.reports.cases import CATEGORIES, SCOPE, assessed, dosed, frame, made_up, page_of

CLEAR = Policy(None)


def figures_of(block: Block, rows: OutcomeFrame, policy: Policy = CLEAR) -> tuple[Figure, ...]:
    return block.show(page_of(rows, policy.threshold)).figures


def figure_of(block: Block, rows: OutcomeFrame, policy: Policy = CLEAR) -> Figure:
    return figures_of(block, rows, policy)[0]


def traces(figure: Figure) -> dict[str, Any]:
    return {trace.name: trace for trace in figure.plot.data}


def row_names(figure: Figure) -> list[str]:
    return [note.text for note in figure.plot.layout.annotations if note.font.weight == BOLD]


SERIES = (
    [assessed(8, 2) | dosed(100, 40)] * 12
    + [assessed(6, 6) | dosed(40, 40)] * 8
    + [{"nrs_baseline": 8, "state_28d": "died_before"}] * 5
    + [assessed(9, 3) | {"category": "cement"}] * 4
)


def test_state_bars_are_shares_of_all_treated_with_their_counts() -> None:
    figure = figure_of(STATES, frame(SERIES))
    bars = traces(figure)

    assert list(bars) == ["Responder", "Non-responder", "Died before"]
    assert list(bars["Responder"].x) == [48, 100]
    assert list(bars["Responder"].text) == ["12", "4"]
    assert list(bars["Died before"].x) == [20, 0]
    assert figure.plot.layout.barmode == "stack"
    assert row_names(figure) == ["Coeliac plexus and splanchnic nerves", "Cementoplasty"]


def test_every_state_has_a_look_of_its_own_even_without_colour() -> None:
    looks = {
        (fill.pattern, fill.colour if fill.pattern in {"", "/", "\\"} else "")
        for fill in (theme.STATE_FILLS[state] for state in ALL_STATES)
    }

    assert len(looks) == len(State)
    assert theme.HELD_FILL.pattern not in {fill.pattern for fill in theme.STATE_FILLS.values()}


def test_dumbbells_stand_on_the_whole_scale_of_pain() -> None:
    figure = figure_of(PAIN, frame(SERIES))
    marks = traces(figure)

    assert tuple(figure.plot.layout.xaxis.range) == (0, 10)
    assert list(marks["before"].x) == [8, 9]
    assert list(marks["after"].x) == [2, 3]
    assert list(marks["before, quartiles"].x) == [6, 8, None]
    assert list(marks["after, median"].text) == ["2 at 28 d", "3 at 28 d"]


def test_responder_dots_have_an_interval_only_from_the_floor_on() -> None:
    marks = traces(figure_of(RESPONDERS, frame(SERIES)))

    assert list(marks["nrs30"].x) == [60, 100]
    assert list(marks["nrs30, interval"].x)[:2] == pytest.approx([38.66, 78.12], abs=0.01)
    assert len(marks["nrs30, interval"].x) == 3
    assert marks["nrs30"].marker.color == (theme.ACCENT, theme.SURFACE)


def test_medd_dots_stand_around_no_change() -> None:
    figure = figure_of(MEDD_CHANGE, frame(SERIES))
    marks = traces(figure)
    low, high = figure.plot.layout.xaxis.range

    assert list(marks["change"].x) == [-60]
    assert low == -high
    assert list(marks["notes"].text) == ["no complete pair"]


def test_the_strip_has_a_bar_for_each_group_and_window_all_groups_first() -> None:
    rows = made_up(1, {"celiac": 60, "cement": 40})
    figure = figure_of(COMPLETENESS, rows)

    assert row_names(figure)[0] == "All groups"
    assert list(figure.plot.layout.xaxis.ticktext) == ["48 h", "7 d", "28 d", "90 d", "180 d"]
    assert len(traces(figure)["numbers"].text) == 3 * len(WINDOWS)


def test_low_follow_up_is_said_in_words() -> None:
    rows = frame(
        [assessed(8, 2)] * 5 + [{"nrs_baseline": 8, "state_28d": "alive_not_assessed"}] * 5
    )
    texts = traces(figure_of(COMPLETENESS, rows))["numbers"].text

    assert "50 % low<br>5/10" in texts
    assert "none<br>due" in texts


def test_what_is_held_back_looks_different_and_says_so() -> None:
    rows = made_up(4, {"celiac": 320, "cordotomy": 160, "plane": 33, "cement": 65, "impar": 6})
    bars = traces(figure_of(STATES, rows, Policy(11)))
    strip = traces(figure_of(COMPLETENESS, rows, Policy(11)))

    assert bars["Held back"].marker.pattern.shape == "x"
    assert "held back" in bars["Held back"].text
    assert "held<br>back" in strip["numbers"].text
    assert len(strip["held back"].x) > 0


@pytest.mark.parametrize("block", COMPARE.blocks, ids=lambda b: b.slug)
@pytest.mark.parametrize(
    ("rows", "policy", "message"),
    [
        (empty_frame(), CLEAR, "No procedure matches"),
        (frame([assessed(8, 2)] * 3), Policy(11), "Too few procedures"),
    ],
    ids=["empty", "all held back"],
)
def test_a_figure_with_nothing_to_draw_says_why_and_what_to_do(
    block: Block, rows: OutcomeFrame, policy: Policy, message: str
) -> None:
    for figure in figures_of(block, rows, policy):
        assert len(figure.plot.data) == 0
        assert message in figure.plot.layout.annotations[0].text
        assert "take a filter away" in figure.aria


@pytest.mark.parametrize("block", COMPARE.blocks, ids=lambda b: b.slug)
def test_a_series_of_the_dead_is_drawn_without_a_single_score(block: Block) -> None:
    dead = {f"state_{w.slug}": "died_before" for w in WINDOWS}

    for figure in figures_of(block, frame([{"nrs_baseline": 8} | dead] * 15)):
        assert row_names(figure) == ["Coeliac plexus and splanchnic nerves"]


@pytest.mark.parametrize("block", COMPARE.blocks, ids=lambda b: b.slug)
def test_every_figure_has_its_words_and_stays_small(block: Block) -> None:
    rows = made_up(3, {group.slug: 40 for group in CATEGORIES})

    for figure in figures_of(block, rows):
        assert figure.title.endswith("?")
        assert SCOPE.population in figure.subtitle
        assert "cut-off 3 Nov 2026" in figure.subtitle
        assert figure.aria.endswith(".")
        assert len(figure.json()) < 100_000
        assert isinstance(figure.plot, go.Figure)


@pytest.mark.parametrize("block", COMPARE.blocks, ids=lambda b: b.slug)
def test_a_wide_screen_shows_the_same_words_in_lower_rows(block: Block) -> None:
    rows = made_up(3, {group.slug: 40 for group in CATEGORIES})

    for figure in figures_of(block, rows):
        layout = figure.plot.layout
        wide = layout.meta["wide"]
        assert [n["text"] for n in wide["annotations"]] == [n.text for n in layout.annotations]
        assert wide["height"] < layout.height
        bottom, top = wide["yaxis"]["range"]
        assert all(top < note["y"] < bottom for note in wide["annotations"])


def test_every_figure_of_a_page_has_the_same_order_of_groups() -> None:
    rows = made_up(3, {group.slug: 20 for group in reversed(CATEGORIES)})
    drawn = [figure for block in COMPARE.blocks for figure in figures_of(block, rows)]
    orders = [row_names(figure) for figure in drawn]

    assert len(orders) == 8
    assert all([n for n in order if n != "All groups"] == orders[1] for order in orders)


def test_a_name_from_outside_is_not_taken_for_markup() -> None:
    rows = frame([assessed(8, 2)])
    page = page_of(rows, order=[type(CATEGORIES[0])("celiac", "<b>A & B")])
    figure = PAIN.show(page).figures[0]

    assert "&lt;b&gt;A &amp; B" in figure.plot.layout.annotations[0].text


def test_the_type_checker_stops_an_unreleased_result(tmp_path: Path) -> None:
    code = """
from reports.figures.pain import pain_figure
from reports.scope import Scope
from registry.domain.windows import Window
from reports.stats.pain import Pain
def draw(raw: Pain, scope: Scope, window: Window) -> None:
    pain_figure(raw, scope, window)
"""
    snippet = tmp_path / "draw.py"
    snippet.write_text(code)
    out, _, status = mypy.run([str(snippet), "--no-error-summary"])

    assert status == 1, out
    assert 'incompatible type "Pain"' in out
    assert out.count("error:") == 1, out


def test_a_figure_draws_the_largest_of_many_groups_and_says_so() -> None:
    many = [Group(f"group-{i:02}", f"Group {i:02}") for i in range(60)]
    rows = frame(
        assessed(8, 2) | dosed(100, 40) | {"category": group.slug}
        for i, group in enumerate(many)
        for _ in range(1 + i % 30)
    )
    page = page_of(rows, order=many)
    for block in COMPARE.blocks:
        shown = block.show(page)
        for figure in shown.figures:
            names = [name for name in row_names(figure) if name != "All groups"]
            assert len(names) == 22
            assert names == sorted(names)
            assert "Group 29" in names
            assert "Group 30" not in names
            assert "drawn: the 22 largest of 60 groups" in figure.subtitle
            assert len(figure.json()) < 100_000
        assert {row[0] for row in shown.tables[0].rows} >= {group.label for group in many}
