"""Opioid trajectories: how much is taken, how that changes, and how far the table matters."""

from __future__ import annotations

from collections.abc import Iterable

from registry.domain.opioids.tables import TABLE_IDS
from registry.domain.windows import WINDOWS
from reports import wording
from reports.catalogue.opioid_answers import say_change, say_doses, say_tables
from reports.disclosure import Released
from reports.disclosure.doses import release_change, release_doses, release_paths, release_tables
from reports.disclosure.released import LineT
from reports.figures.doses_by_table import table_figure
from reports.figures.doses_change import change_figure, share_figure
from reports.figures.doses_distribution import dose_figure
from reports.figures.doses_paths import paths_figure
from reports.page import Page
from reports.records import records
from reports.report import Block, Definition, Report, Shown
from reports.stats.doses import doses
from reports.stats.doses_by_table import doses_by_table
from reports.stats.doses_change import dose_change
from reports.stats.doses_paths import dose_paths
from reports.tables.doses import by_table_table, change_table, dose_table

MOST_LINES = 300
"""So many single lines can still be told apart on the page."""


def _released(page: Page, lines: Iterable[LineT]) -> Released[LineT]:
    return Released(tuple(lines), page.policy.note, page.cover.pooled)


def _show_distribution(page: Page) -> Shown:
    found = doses(page.frame, page.grouping, page.floors, page.scope.cut_off)
    released = _released(page, release_doses(page.cover, found.rows))
    figures = [dose_figure(released, page.scope, page.data.conversion.words)]
    paths = release_paths(page.policy, dose_paths(page.frame, page.grouping, MOST_LINES))
    if paths is not None:
        figures.append(paths_figure(paths, page.scope, page.data.conversion.words))
    return Shown(
        answer=say_doses(released, page.asked.window),
        figures=tuple(figures),
        tables=(dose_table(released, page.scope, page.data.conversion),),
        records=tuple(records(released.lines)),
    )


def _show_change(page: Page) -> Shown:
    found = dose_change(page.frame, page.grouping, WINDOWS, page.floors)
    released = _released(page, release_change(page.cover, found.rows))
    words = page.data.conversion.words
    return Shown(
        answer=say_change(released, page.asked.window),
        figures=(
            change_figure(released, page.scope, words, page.asked.window),
            share_figure(released, page.scope, words, page.asked.window),
        ),
        tables=(change_table(released, page.scope, page.data.conversion),),
        records=tuple(records(released.lines)),
    )


def _show_by_table(page: Page) -> Shown:
    wanted = page.asked.tables
    tables = [t for t in TABLE_IDS if t in wanted or not wanted]
    windows = page.asked.windows
    found = doses_by_table(page.frame, page.data.doses, page.grouping, windows, tables, page.floors)
    released = _released(page, release_tables(page.cover, found.rows))
    return Shown(
        answer=say_tables(released, page.asked.window),
        figures=tuple(table_figure(released, page.scope, window) for window in windows),
        tables=(by_table_table(released, page.scope),),
        records=tuple(records(released.lines)),
    )


_SYSTEMIC = "systemic MEDD, mg/24 h oral morphine"
_WINDOW = (
    "baseline (from 7 days before up to the procedure) and each follow-up window; the regimen "
)
_WINDOW += "nearest to its target counts"
_UNLIKE = (
    "The groups treat different pains and start from different doses. This is no league table."
)
_RECORDS = "Lines of single patients are drawn for those alone who may see records."

DISTRIBUTION = Block(
    slug="dose-distribution",
    question="How much opioid is taken, before and at every window?",
    definition=Definition(
        numerator=f"median, quartiles, 10th and 90th percentile (type 7) of {_SYSTEMIC}",
        denominator="procedures with a regimen that is wholly converted; an empty regimen is a "
        "true 0. The percentiles need 20 of them, the quartiles 10",
        window=_WINDOW,
        exclusions="neuraxial opioid (no agreed factor), regimens not wholly converted, and those "
        "without a regimen, who had died, were not due yet, or were not asked: all are counted",
        source="the conversion table named under the table of this block",
    ),
    how_to_read="Read down a group: the hollow dot is the dose before, each full dot the dose at a "
    "window, thick lines are quartiles, thin ones reach from the 10th to the 90th percentile. The "
    "axis is linear and begins at 0.",
    caveats=(
        "The people of one window are not those of the next: the dead and those not asked drop "
        "out. The table shows those with both doses beside it.",
        wording.MEDD_NOTE,
        _RECORDS,
        _UNLIKE,
    ),
    show=_show_distribution,
)

CHANGE = Block(
    slug="dose-change",
    question="Is less opioid taken than before?",
    definition=Definition(
        numerator=f"median and quartiles (type 7) of the change of {_SYSTEMIC}, in mg and in "
        "percent; those with at least 30 % less (medd30) and at least 50 % less (medd50)",
        denominator="procedures with a wholly converted regimen before and in the window; percent "
        "and shares are of those who took some opioid before",
        window=_WINDOW,
        exclusions="neuraxial opioid, told apart; regimens not wholly converted, counted",
        source="the conversion table named under the table of this block; responder definitions "
        "medd30 and medd50",
    ),
    how_to_read="Left of the line less opioid is taken than before, of the same people. The lines "
    "of the change are quartiles; those of the shares are 95 % Wilson intervals.",
    caveats=(
        "Pairs exist only for those who lived and were asked: the sickest are missing.",
        "A small change in mg is a large one in percent where little was taken before: read both.",
        wording.MEDD_NOTE,
        _UNLIKE,
    ),
    show=_show_change,
)

BY_TABLE = Block(
    slug="dose-by-table",
    question="How far does the conversion table change the answer?",
    definition=Definition(
        numerator=f"median and quartiles (type 7) of {_SYSTEMIC}, before, after and their change, "
        "under each conversion table, both ends by the same one",
        denominator="procedures with a regimen before and in the window that the table converts "
        "wholly; beside it those whom every table converts wholly: the same people under each",
        window=_WINDOW,
        exclusions="neuraxial opioid; what a table has no factor for, counted",
        source="CDC 2022, CDC 2016, ANZCA 2021 and UK FPM 2020, with their factors in the codebook "
        "of conversion tables",
    ),
    how_to_read="Compare the diamonds first: they are the same people under each table, so that "
    "only the table differs. Dots differ by whom a table can convert, too: see their n.",
    caveats=(
        "Each table leaves out other drugs (two of them methadone, two buprenorphine patches), so "
        "that each speaks of other people.",
        "None of them is right: a difference between them is no finding about the technique.",
        wording.MEDD_NOTE,
    ),
    show=_show_by_table,
)

OPIOIDS = Report(
    slug="opioids",
    question="What happens to opioid doses?",
    audience="clinicians, pharmacists, quality teams",
    summary="Systemic opioid dose before and at every window, its change in the same people, and "
    "how far the conversion table changes both.",
    blocks=(DISTRIBUTION, CHANGE, BY_TABLE),
    choices=("by", "window", "tables"),
    needs=frozenset({"doses"}),
)
