"""What an adjusted comparison finds, in words and as flat records."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeVar

from registry.domain.windows import Window
from reports import wording
from reports import wording_adjusted as words
from reports.disclosure import HELD, Count
from reports.disclosure.adjusted import (
    CourseLine,
    ReleasedAdjusted,
    ReleasedCourse,
    ReleasedEstimate,
)
from reports.disclosure.adjusted_baseline import ReleasedBaselines
from reports.stats.adjusted_sample import ALL_PAINS
from reports.stats.balance import WORTH_ADJUSTING

_T = TypeVar("_T")
_MOST_TOLD = 3
NO_PROCEDURE = "No procedure answers to these filters."
Comparison = ReleasedAdjusted | ReleasedCourse


def told(found: Sequence[Comparison]) -> list[Comparison]:
    """Choose which comparisons a sentence tells: within each pain; all together only failing that.

    Unlike pains are compared in a figure of their own, never in the first line of the page.
    """
    made = [one for one in found if one.lines]
    within = [one for one in made if one.basis.indication != ALL_PAINS]
    return within or made


def say_adjusted(found: Sequence[ReleasedAdjusted], window: Window) -> str:
    """Say how far groups differ, or why that can't be told."""
    chosen = told(found)
    if not chosen:
        return _nothing(found, f"No adjusted comparison at {window.label}.")
    parts = [_differences(one) for one in chosen if isinstance(one, ReleasedAdjusted)]
    terms = words.adjusted_for(chosen[0].basis)
    return (
        f"At {window.label}, in points of average pain (NRS 0-10; below 0 is less pain), adjusted "
        f"for {terms}, with 95 % intervals. {' '.join(parts)}{_no_comparison(found)}"
    )


def _differences(one: ReleasedAdjusted) -> str:
    home = next(line for line in one.lines if line.difference is None)
    others = [line for line in one.lines if line.difference is not None]
    named = _largest(others, [line.patients for line in others])
    said = "; ".join(
        f"{line.group.label} {words.estimate(line.difference, change=True)}" for line in named
    )
    start = f"{one.basis.indication.label}, against {home.group.label}"
    mean = wording.number(home.mean.value)
    return f"{start} (mean {mean}): {said}{_more(len(others) - len(named))}."


def say_course(found: Sequence[ReleasedCourse]) -> str:
    """Say where each group stands at the first and at the last window that can be told."""
    chosen = told(found)
    if not chosen:
        return _nothing(found, "No course over the windows.")
    parts = [_course(one) for one in chosen if isinstance(one, ReleasedCourse)]
    return (
        "Adjusted means of average pain, NRS 0-10, with large-sample 95 % intervals. "
        f"{' '.join(parts)}{_no_comparison(found)}"
    )


def _course(one: ReleasedCourse) -> str:
    groups = list(one.basis.groups)
    counted = [sum(x.n for x in one.of(g) if x.n is not HELD) for g in groups]
    named = _largest(groups, counted)
    said = "; ".join(f"{group.label} {_from_to(one.of(group))}" for group in named)
    return f"{one.basis.indication.label}: {said}{_more(len(groups) - len(named))}."


def _from_to(lines: Sequence[CourseLine]) -> str:
    known = [line for line in lines if isinstance(line.mean, ReleasedEstimate)]
    if not known:
        return "too few at every window"
    ends = known if len(known) == 1 else [known[0], known[-1]]
    return ", ".join(f"{words.estimate(line.mean)} at {line.window.label}" for line in ends)


def say_baseline(compared: Sequence[ReleasedBaselines]) -> str:
    """Say in how many variables groups differ, and in which most."""
    told_of = [one for one in compared if len(one.groups) > 1]
    within = [one for one in told_of if one.indication != ALL_PAINS]
    parts = [
        f"{one.indication.label}, against {one.reference.label}: {'; '.join(_apart(one))}."
        for one in within or told_of
    ]
    if not parts:
        return "There are no two groups with enough patients to ask whether they were alike."
    return (
        f"Variables that differ by {WORTH_ADJUSTING} standard deviations or more, among those "
        f"compared. {' '.join(parts)}"
    )


def _apart(one: ReleasedBaselines) -> Iterator[str]:
    others = [group for group in one.groups if group != one.reference]
    for group in _largest(others, [one.sizes[g.slug] for g in others]):
        own = [line for line in one.lines if line.group == group]
        sizes = {line.variable: abs(line.smd) for line in own if isinstance(line.smd, float)}
        unlike = [v for v, size in sizes.items() if size >= WORTH_ADJUSTING]
        said = f"{group.label} in {len(unlike)} of the {len(sizes)} that can be told"
        if unlike:
            most = max(unlike, key=lambda v: sizes[v])
            name = words.within(words.VARIABLES[most].name)
            said += f", most in {name} ({words.smd(sizes[most])})"
        yield said


def _more(count: int) -> str:
    return f"; {count} more in the table" if count else ""


def _largest(groups: Sequence[_T], sizes: Sequence[Count]) -> list[_T]:
    """Choose whom a sentence names: the largest groups, in the page's order."""
    known = [0 if n is HELD else n for n in sizes]
    order = sorted(range(len(groups)), key=lambda i: known[i], reverse=True)[:_MOST_TOLD]
    return [groups[i] for i in sorted(order)]


def _nothing(found: Sequence[Comparison], start: str) -> str:
    whole = found[-1].basis
    if whole.refusal is None:
        return NO_PROCEDURE
    return f"{start} {words.refused(whole.refusal)}"


def _no_comparison(found: Sequence[Comparison]) -> str:
    refused = [one.basis.indication.label.lower() for one in found if not one.lines]
    return f" No comparison within {words.listed(refused)}: the notes say why." if refused else ""
