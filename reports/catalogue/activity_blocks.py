"""The blocks of activity: statistic -> release -> answer, figure, table."""

from __future__ import annotations

from collections.abc import Sequence

from reports import wording
from reports.catalogue.activity_words import (
    say_access,
    say_death,
    say_waiting,
    say_who,
    say_work,
)
from reports.disclosure.activity import (
    ReleasedCross,
    part_lines,
    release_cross,
    release_waiting,
    release_work,
)
from reports.figures.activity import share_figure, soon_figure, wait_figure, work_figure
from reports.figures.activity_parts import access_figure, death_figure
from reports.page import Page
from reports.records import records
from reports.report import Shown
from reports.stats.activity import (
    across,
    across_groups,
    waiting_of,
    waiting_of_groups,
    work,
)
from reports.stats.activity_parts import (
    AGE,
    AGE_BROAD,
    DEATH_FOLLOW_UP,
    DIAGNOSIS,
    INTENT,
    SEX,
    SOON,
    UNTIL_DEATH,
    WHO,
    Dimension,
)
from reports.stats.activity_periods import long_enough, periods
from reports.tables import Table
from reports.tables.activity import cross_table, soon_table, wait_table, work_table

_OLD_ENOUGH = f"done at least {DEATH_FOLLOW_UP} days before the cut-off"
_EQUITY = (AGE, SEX, DIAGNOSIS)
_ACCESS = (AGE_BROAD, SEX, DIAGNOSIS)


def show_what(page: Page) -> Shown:
    """Show what is done, group by group."""
    done = release_work(work(page.frame, page.grouping), page.cover)
    intents = release_cross(across_groups(page.frame, page.grouping, INTENT), page.cover)
    scope, notes = page.scope, _notes(page)
    subtitle = scope.sentence("procedures of each group, and their patients")
    return Shown(
        answer=say_work(done.lines),
        figures=(work_figure(done.lines, "What is done, and how often?", subtitle),),
        tables=(
            work_table("Procedures, patients and agents.", scope, done, notes),
            cross_table("Procedures by intent.", scope, "Group", intents, notes),
        ),
        records=(*records(done.lines), *records(done.agents), *records(part_lines(intents))),
    )


def show_who(page: Page) -> Shown:
    """Show who is treated."""
    tables = [
        (split, release_cross(across_groups(page.frame, page.grouping, split), page.cover))
        for split in WHO
    ]
    return Shown(
        answer=say_who([(split.label, table) for split, table in tables]),
        figures=tuple(
            share_figure(
                table,
                f"Who is treated, by {split.label.lower()}?",
                page.scope.sentence("share of all procedures", _n(table)),
            )
            for split, table in tables
        ),
        tables=tuple(
            cross_table(
                f"{split.label} of those treated.", page.scope, "Group", table, _notes(page)
            )
            for split, table in tables
        ),
        records=tuple(r for _, table in tables for r in records(part_lines(table))),
    )


def show_waiting(page: Page) -> Shown:
    """Show how long people wait."""
    by_group = waiting_of_groups(page.frame, page.grouping, page.floors)
    by_diagnosis = waiting_of(page.data.outcomes, DIAGNOSIS, page.floors)
    groups = release_waiting(by_group, page.cover)
    diagnoses = release_waiting(by_diagnosis, page.cover)
    said = "median, quartiles (line) and 90th percentile (tick) of days from referral"
    subtitle, caption = page.scope.sentence(said), "Days from referral to procedure"
    return Shown(
        answer=say_waiting(groups),
        figures=(
            wait_figure(groups, "How long from referral to procedure?", subtitle),
            wait_figure(diagnoses, "Does the wait differ by diagnosis?", subtitle),
        ),
        tables=(
            wait_table(f"{caption}, by group.", page.scope, "Group", groups, _notes(page)),
            wait_table(
                f"{caption}, by diagnosis.", page.scope, "Diagnosis", diagnoses, _held(page)
            ),
        ),
        records=tuple(records([*groups.lines, *diagnoses.lines])),
    )


def show_distance(page: Page) -> Shown:
    """Show how near to death people are reached."""
    old_enough = long_enough(page.frame, page.scope.cut_off)
    groups = release_cross(across_groups(old_enough, page.grouping, UNTIL_DEATH), page.cover)
    splits = [
        (split, release_cross(across(old_enough, split, SOON, keep=True), page.cover))
        for split in _EQUITY
    ]
    soon = "died within 28 days of the procedure, with 95 % interval"
    return Shown(
        answer=say_death(splits[0][1].total, page, page.frame.height - old_enough.height),
        figures=(
            death_figure(
                groups,
                "How long before death is each group treated?",
                page.scope.sentence(_OLD_ENOUGH, _n(groups)),
            ),
            soon_figure(
                [(split.label, table) for split, table in splits],
                "Are some reached later than others?",
                page.scope.sentence(soon, _OLD_ENOUGH, _n(groups)),
                page.floors,
            ),
        ),
        tables=_death_tables(page, groups, splits),
        records=tuple(
            r for table in (groups, *(t for _, t in splits)) for r in records(part_lines(table))
        ),
    )


def _death_tables(
    page: Page, groups: ReleasedCross, splits: Sequence[tuple[Dimension, ReleasedCross]]
) -> tuple[Table, ...]:
    scope, floors, held = page.scope, page.floors, _held(page)
    by_group = f"Days from procedure to death, {_OLD_ENOUGH}."
    captions = [
        f"Death after the procedure by {split.label.lower()}, {_OLD_ENOUGH}." for split, _ in splits
    ]
    return (
        cross_table(by_group, scope, "Group", groups, _notes(page)),
        *(
            soon_table(caption, scope, table, floors, held)
            for caption, (_, table) in zip(captions, splits, strict=True)
        ),
    )


def show_access(page: Page) -> Shown:
    """Show who is treated, period by period."""
    rows = page.data.outcomes
    smallest = max(page.floors.interval, page.policy.threshold or 0)
    when = periods(rows, page.scope.cut_off, smallest)
    tables = [(split, release_cross(across(rows, when, split), page.cover)) for split in _ACCESS]
    (_, sex), (_, age) = tables[1], tables[0]
    return Shown(
        answer=say_access(sex, age, page.floors),
        figures=tuple(
            access_figure(
                table,
                f"{split.label} of those treated: is it changing?",
                page.scope.sentence("share of the procedures of each period", _n(table)),
            )
            for split, table in tables
        ),
        tables=tuple(
            cross_table(
                f"{split.label} of those treated, by period.",
                page.scope,
                "Period",
                table,
                _held(page),
            )
            for split, table in tables
        ),
        records=tuple(r for _, table in tables for r in records(part_lines(table))),
    )


def _n(table: ReleasedCross) -> str:
    return f"n {wording.count(table.total.n)}"


def _held(page: Page) -> tuple[str, ...]:
    return (page.policy.note,) if page.policy.note else ()


def _notes(page: Page) -> tuple[str, ...]:
    """Say what is held back, and which groups stand together."""
    pooled = ", ".join(group.label for group in page.cover.pooled)
    return (*_held(page), *((f"Smaller groups together: {pooled}.",) if pooled else ()))
