"""What the blocks of activity answer: the finding in a sentence or two, of released numbers."""

from __future__ import annotations

from collections.abc import Sequence

from registry.domain.timeline import Sex
from reports import wording
from reports.disclosure import HELD, Count
from reports.disclosure.activity import CrossLine, ReleasedCross, ReleasedWaiting, WorkLine
from reports.groups import ALL, Group
from reports.page import Page
from reports.stats.activity_parts import MISSING, OLD
from reports.stats.intervals import Floors

NOBODY = "No procedure answers to these filters."
TOO_FEW = "Too few procedures to say anything."
_MOST_TOLD = 3


def say_work(lines: Sequence[WorkLine]) -> str:
    """Say how much was done, in how many patients, and what most."""
    if not lines:
        return NOBODY
    whole = lines[-1]
    if whole.procedures is HELD:
        return TOO_FEW
    told = f"{_plural(whole.procedures, 'procedure')} in {_plural(whole.patients, 'patient')}"
    known = [(line.procedures, line) for line in lines if line.group != ALL]
    ordered = sorted(((n, line) for n, line in known if n is not HELD), key=lambda pair: -pair[0])
    most = "; ".join(f"{line.group.label} {n:,}" for n, line in ordered[:_MOST_TOLD])
    return f"{told}. Most of them: {most}." if len(ordered) > 1 else f"{told}."


def say_who(tables: Sequence[tuple[str, ReleasedCross]]) -> str:
    """Say the largest part of each split, and how much isn't recorded."""
    told, gaps = [], []
    for name, table in tables:
        known = [
            (n, part)
            for part, n in zip(table.parts, table.total.counts, strict=True)
            if n is not HELD and part != MISSING
        ]
        if known:
            told.append(f"{name.lower()} {_share(table.total, table.parts, _largest(known))}")
        if MISSING in table.parts:
            gaps.append(f"{name.lower()} {_share(table.total, table.parts, MISSING)}")
    missing = f"Not recorded: {'; '.join(gaps)}." if gaps else ""
    if told:
        return f"The largest part by {'; by '.join(told)}. {missing}".strip()
    return missing or (TOO_FEW if any(table.known for _, table in tables) else NOBODY)


def _largest(known: Sequence[tuple[int, Group]]) -> Group:
    return max(known, key=lambda pair: pair[0])[1]


def _share(line: CrossLine, parts: Sequence[Group], part: Group) -> str:
    at = parts.index(part)
    share = wording.percent(line.shares[at])
    return share if part == MISSING else f"{part.label} ({share})"


def say_waiting(waits: ReleasedWaiting) -> str:
    """Say the wait over all groups, and of how many it isn't known."""
    if not waits.known:
        return NOBODY
    whole = waits.lines[-1] if waits.lines else None
    if whole is None or whole.recorded is HELD:
        return "Too few referral dates to say how long people wait."
    if not whole.recorded:
        return "No referral date is recorded for any of these procedures."
    tail = f"; 90 % within {wording.number(whole.most)}" if isinstance(whole.most, float) else ""
    return (
        f"From referral to procedure: median (quartiles) {wording.quartiles(whole.days)} days"
        f"{tail}, of {wording.of(whole.recorded, whole.n)} with a referral date; "
        f"{wording.count(whole.missing)} have none recorded."
    )


def say_death(whole: CrossLine, page: Page, left_out: int) -> str:
    """Say how many died soon after, of those for whom it can be known."""
    recent = ""
    if left_out and not page.cover.blind:
        told = _plural(page.policy.count(left_out), "procedure")
        recent = f" Too recent to tell, and left out: {told}."
    share = whole.share_of(0, page.floors)
    if share is HELD:
        return f"Too few procedures or deaths to say how near to death people are reached.{recent}"
    if not share.n:
        return (f"No procedure is 90 days old yet.{recent}") if left_out else NOBODY
    return (
        f"Of {_plural(share.n, 'procedure')} done at least 90 days before the cut-off, "
        f"{wording.response(share)} were followed by death within 28 days.{recent}"
    )


def say_access(sex: ReleasedCross, age: ReleasedCross, floors: Floors) -> str:
    """Say the share of women and of the old in the first and the latest period."""
    if not sex.lines:
        return TOO_FEW if sex.known else NOBODY
    told = []
    for line in dict.fromkeys((sex.lines[0], sex.lines[-1])):
        women = _of_part(sex, line, Sex.FEMALE, floors)
        aged = next(own for own in age.lines if own.head == line.head)
        old = _of_part(age, aged, OLD.slug, floors)
        told.append(f"{line.head.label}: women {women}, 75 and over {old}")
    unknown = "Who needed it and wasn't treated isn't known here."
    return f"Of those treated, {'; '.join(told)}. {unknown}"


def _plural(n: Count, noun: str) -> str:
    """Say "1 procedure", "20 procedures", "procedures held back"."""
    if n is HELD:
        return f"{noun}s {wording.HELD_BACK}"
    return f"{n:,} {noun}{'' if n == 1 else 's'}"


def _of_part(table: ReleasedCross, line: CrossLine, slug: str, floors: Floors) -> str:
    slugs = [part.slug for part in table.parts]
    if slug not in slugs:
        return "not recorded" if MISSING.slug in slugs else wording.percent(0)
    return wording.response(line.share_of(slugs.index(slug), floors))
