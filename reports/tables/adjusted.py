"""The tables of an adjusted comparison: means and differences, the course, who was compared."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from reports import wording
from reports import wording_adjusted as words
from reports.disclosure import HELD, Count, Policy
from reports.disclosure.adjusted import ReleasedAdjusted, ReleasedCourse
from reports.disclosure.adjusted_baseline import BaselineLine, Mean, ReleasedBaselines
from reports.groups import Group
from reports.scope import Scope
from reports.stats.adjusted_baseline import COMPARED
from reports.tables.table import MG, Table

INTERVAL = "95 % interval"
ROUNDED = (
    "Counts are rounded to 5, estimates to 0.1; groups below the cut-off are in no model. Bounds "
    "over those not assessed are held back where these are few: they would tell how many."
)
_COUNTED = "Standardised differences of categories are worked out from the counts shown here."
NAMES: dict[str, tuple[str, str]] = {
    "age_years": ("Age", "years"),
    "sex": ("Sex", ""),
    "akps": ("AKPS", "0-100"),
    "nrs_baseline": ("Average pain, 24 h", "NRS 0-10"),
    "worst_baseline": ("Worst pain, 24 h", "NRS 0-10"),
    "medd_baseline": ("Systemic MEDD, wholly converted", MG),
    "diagnosis_group": ("Diagnosis group", ""),
    "mechanism": ("Pain mechanism", ""),
    "methadone": ("Takes methadone", ""),
    "medd_complete_baseline": ("Opioids wholly converted", ""),
}
"""Each baseline variable in words, and its unit."""


def held_notes(policy: Policy, pooled: Sequence[Group]) -> tuple[str, ...]:
    """Say what is held back or rounded, and which groups are in no model for being put together."""
    together = ", ".join(group.label for group in pooled)
    return (
        *((policy.note, ROUNDED) if policy.note else ()),
        *((f"In no model, for there are too few of each: {together}.",) if together else ()),
    )


def adjusted_table(
    released: Sequence[ReleasedAdjusted], scope: Scope, at: str, notes: Sequence[str]
) -> Table:
    """Tabulate adjusted means and differences of every comparison."""
    rows = [
        (
            line.group.label,
            one.basis.indication.label,
            wording.count(line.n),
            wording.count(line.patients),
            words.estimate(line.mean),
            *_differences(
                line.difference is None,
                words.estimate(line.difference, change=True),
                words.estimate(line.without_akps, change=True),
            ),
            wording.count(line.unassessed),
            *_differences(line.difference is None, words.bounds(line.lowest, line.highest)),
        )
        for one in released
        for line in one.lines
    ]
    return Table(
        f"Average pain at {at}, adjusted. {scope.sentence()}",
        (
            "Group",
            "Within",
            "Procedures",
            "Patients",
            f"Adjusted mean, NRS 0-10 ({INTERVAL})",
            f"Difference to the reference, points ({INTERVAL})",
            "Difference with those without AKPS, not adjusted for it",
            "Alive, not assessed",
            "Difference had they all had 0 here and 10 in the reference, and the reverse",
        ),
        tuple(rows),
        tuple(notes),
    )


def _differences(is_reference: bool, *told: str) -> tuple[str, ...]:
    return tuple(words.REFERENCE for _ in told) if is_reference else told


def course_table(
    released: Sequence[ReleasedCourse], scope: Scope, notes: Sequence[str]
) -> Table:
    """Tabulate the adjusted course of every comparison."""
    rows = [
        (
            line.group.label,
            one.basis.indication.label,
            line.window.label,
            wording.count(line.n),
            wording.count(line.patients),
            words.estimate(line.mean),
            *_differences(
                line.group == one.basis.reference, words.estimate(line.difference, change=True)
            ),
        )
        for one in released
        for line in one.lines
    ]
    return Table(
        f"Average pain over the windows, adjusted. {scope.sentence()}",
        (
            "Group",
            "Within",
            "Window",
            "Scores",
            "Patients",
            f"Adjusted mean, NRS 0-10 ({INTERVAL})",
            f"Difference to the reference, points ({INTERVAL})",
        ),
        tuple(rows),
        tuple(notes),
    )


def baseline_words(released: ReleasedBaselines, scope: Scope, notes: Sequence[str]) -> Table:
    """Tabulate one comparison's baselines: a column a group, its difference beside it."""
    who = (
        "those compared" if released.whose == COMPARED else "all treated, dead and unassessed too"
    )
    others = [group for group in released.groups if group != released.reference]
    columns = [f"{released.reference.label} ({_size(released, released.reference)})"]
    for group in others:
        columns += [f"{group.label} ({_size(released, group)})", f"SMD, {group.label}"]
    rows = [
        (name, *cells)
        for variable in dict.fromkeys(line.variable for line in released.lines)
        for name, cells in _variable(
            [
                next(x for x in released.lines if (x.variable, x.group) == (variable, group))
                for group in (released.reference, *others)
            ]
        )
    ]
    caption = f"Before the procedure, {released.indication.label.lower()}, {who}."
    return Table(
        f"{caption} {scope.sentence()}",
        ("Before the procedure", *columns),
        tuple(rows),
        (*notes, *((_COUNTED,) if notes else ())),
    )


def _size(released: ReleasedBaselines, group: Group) -> str:
    return f"n {wording.count(released.sizes[group.slug])}"


def _variable(lines: Sequence[BaselineLine]) -> Iterable[tuple[str, list[str]]]:
    """Give the rows of one variable: itself, then its categories, then those who lack it."""
    name, unit = NAMES[lines[0].variable]
    levels = list(lines[0].counts)
    if not levels:
        yield f"{name}, {unit}, mean (SD)", _cells([(_mean(x.mean), words.smd(x.smd)) for x in lines])
    elif levels == ["false", "true"]:
        yield name, _cells([(_share(x, "true"), words.smd(x.smd)) for x in lines])
    else:
        yield name, _cells([("", words.smd(x.smd)) for x in lines])
        for level in levels:
            yield f"{name}: {level_words(lines[0].variable, level)}", _cells([(_share(x, level), "") for x in lines])
    if any(x.missing is HELD or x.missing for x in lines):
        yield f"{name}: not recorded", _cells([(wording.count(x.missing), "") for x in lines])


def _cells(told: Sequence[tuple[str, str]]) -> list[str]:
    """Put the reference's words first, then each group's with its difference."""
    (first, _), *others = told
    return [first, *(cell for pair in others for cell in pair)]


def _mean(found: object) -> str:
    if found is HELD:
        return wording.HELD_BACK
    if isinstance(found, Mean):
        return f"{wording.number(found.mean)} ({wording.number(found.sd)})"
    return wording.NONE


def _share(line: BaselineLine, level: str) -> str:
    count: Count = line.counts[level]
    if count is HELD or line.n is HELD or not line.n:
        return wording.count(count)
    return f"{count:,} ({wording.percent(min(count / line.n, 1))})"


def level_words(variable: str, level: str) -> str:
    """Name a category as the page does."""
    return level
