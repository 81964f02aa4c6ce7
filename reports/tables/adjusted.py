"""The tables of an adjusted comparison: means and differences, the course, who was compared."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from registry.domain.axes import axis
from registry.domain.diagnoses import diagnoses
from reports import wording
from reports import wording_adjusted as words
from reports.disclosure import HELD, Count, Held, Policy
from reports.disclosure.adjusted import ReleasedAdjusted, ReleasedCourse
from reports.disclosure.adjusted_baseline import BaselineLine, Mean, ReleasedBaselines
from reports.groups import Group
from reports.scope import Scope
from reports.stats.adjusted_baseline import COMPARED
from reports.tables.table import Table

INTERVAL = "95 % interval"
ROUNDED = (
    "Counts are rounded to 5, estimates to 0.1; groups below the cut-off are in no model. Bounds "
    "over those not assessed are held back where these are few: they would tell how many."
)
_COUNTED = "Standardised differences of categories are worked out from the counts shown here."


def held_notes(policy: Policy, pooled: Sequence[Group]) -> tuple[str, ...]:
    """Say what is held back or rounded, and which groups are in no model for being put together."""
    together = ", ".join(group.label for group in pooled)
    return (
        *((policy.note, ROUNDED) if policy.note else ()),
        *((f"In no model, for there are too few of each: {together}.",) if together else ()),
    )


def adjusted_table(one: ReleasedAdjusted, scope: Scope, at: str, notes: Sequence[str]) -> Table:
    """Tabulate the adjusted means and differences of one comparison."""
    rows = [
        (
            line.group.label,
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
        for line in one.lines
    ]
    return Table(
        f"{one.basis.indication.label} at {at}, adjusted. {scope.sentence()}",
        (
            "Group",
            "Procedures",
            "Patients",
            f"Adjusted mean, NRS 0-10 ({INTERVAL})",
            f"Difference to the reference, points ({INTERVAL})",
            "Difference with those without AKPS, not adjusted for it",
            "Alive, not assessed",
            "Difference had they had 0 here and 10 in the reference, and the reverse",
        ),
        tuple(rows),
        tuple(notes),
    )


def _differences(is_reference: bool, *told: str) -> tuple[str, ...]:
    return tuple(words.REFERENCE for _ in told) if is_reference else told


def course_table(one: ReleasedCourse, scope: Scope, notes: Sequence[str]) -> Table:
    """Tabulate the adjusted course of one comparison."""
    rows = [
        (
            line.group.label,
            line.window.label,
            wording.count(line.n),
            wording.count(line.patients),
            words.estimate(line.mean),
            *_differences(
                line.group == one.basis.reference, words.estimate(line.difference, change=True)
            ),
        )
        for line in one.lines
    ]
    return Table(
        f"{one.basis.indication.label} over the windows, adjusted. {scope.sentence()}",
        (
            "Group",
            "Window",
            "Scores",
            "Patients",
            f"Adjusted mean, NRS 0-10 ({INTERVAL})",
            f"Difference to the reference, points ({INTERVAL})",
        ),
        tuple(rows),
        tuple(notes),
    )


def baseline_table(released: ReleasedBaselines, scope: Scope, notes: Sequence[str]) -> Table:
    """Tabulate one comparison's baselines: a column a group, its difference beside it."""
    who = "those compared" if released.whose == COMPARED else "all treated, dead and unassessed too"
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
    variable, levels = lines[0].variable, list(lines[0].counts)
    name, unit = words.VARIABLES[variable].name, words.VARIABLES[variable].unit
    apart = [words.smd(line.smd) for line in lines]
    if levels == ["false", "true"]:
        yield name, _cells([_share(line, "true") for line in lines], apart)
    elif levels:
        yield name, _cells([""] * len(lines), apart)
        for level in levels:
            shares = [_share(line, level) for line in lines]
            yield f"{name}: {_level(variable, level)}", _cells(shares, [""] * len(lines))
    else:
        heading = f"{name}, {unit}, mean (SD)" if unit else name
        yield heading, _cells([_mean(line.mean) for line in lines], apart)
    if any(line.missing is HELD or line.missing for line in lines):
        missing = [wording.count(line.missing) for line in lines]
        yield f"{name}: not recorded", _cells(missing, [""] * len(lines))


def _cells(told: Sequence[str], apart: Sequence[str]) -> list[str]:
    """Put the reference's words first, then each group's with its difference beside it."""
    pairs = zip(told[1:], apart[1:], strict=True)
    return [told[0], *(cell for pair in pairs for cell in pair)]


def _mean(found: Mean | Held | None) -> str:
    if found is HELD:
        return wording.HELD_BACK
    if found is None:
        return wording.NONE
    return f"{wording.number(found.mean)} ({wording.number(found.sd)})"


def _share(line: BaselineLine, level: str) -> str:
    count: Count = line.counts[level]
    if count is HELD or line.n is HELD or not line.n:
        return wording.count(count)
    return f"{count:,} ({wording.percent(min(count / line.n, 1))})"


def _level(variable: str, level: str) -> str:
    """Name a category as the page does."""
    if variable == "mechanism":
        known = axis("mechanism").get(level)
        return known.label.lower() if known else level
    if variable == "diagnosis_group":
        return next((g.label for g in diagnoses().groups if g.slug == level), level)
    return level
