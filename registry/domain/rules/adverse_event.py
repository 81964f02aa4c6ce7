"""The rules of an adverse event."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from registry.domain.complications import Complication, complications
from registry.domain.drafts import AdverseEventDraft
from registry.domain.errors import Problem
from registry.domain.grading import DEATH, GRADINGS, Relatedness, Resolution, grading
from registry.domain.rules.bounds import Bounds


def check_adverse_event(
    draft: AdverseEventDraft, performed_on: date, bounds: Bounds
) -> list[Problem]:
    """Find what is wrong with an adverse event of a procedure.

    A technique's picklist offers what is likely after it; any known event can be recorded.
    """
    problems = list(bounds.check("onset_on", draft.onset_on, "The event"))
    if draft.onset_on < performed_on:
        problems.append(
            Problem("onset_on", "The event began before the procedure. Check the date.")
        )
    known = complications().by_slug.get(draft.complication)
    if known is None:
        problems.append(Problem("complication", "Choose one of the listed events, or other."))
    elif known.needs_text and not draft.complication_text:
        problems.append(Problem("complication_text", "Say what happened."))
    return [
        *problems,
        *_check_grade(draft),
        *(_check_apart(draft, known) if known is not None and known.is_apart else ()),
        *_check_end(draft, bounds),
        *_check_fatal(draft, bounds),
    ]


def _check_grade(draft: AdverseEventDraft) -> Iterator[Problem]:
    if draft.grade is None:
        return
    if draft.grade not in range(1, 6):
        yield Problem("grade", "The grade runs from 1 (mild) to 5 (death).")
    if grading(draft.scheme, draft.scheme_version) is None:
        listed = ", ".join(g.label for g in GRADINGS)
        yield Problem(
            "scheme", f"There is no such scheme in this version. Choose one of: {listed}."
        )


def _check_apart(draft: AdverseEventDraft, known: Complication) -> Iterator[Problem]:
    """Keep the disease's course out of harm: it has no grade, and no procedure brought it about."""
    if draft.grade is not None:
        yield Problem("grade", f"{known.label} is no harm of the procedure. Leave it ungraded.")
    if draft.relatedness not in (None, Relatedness.UNRELATED):
        yield Problem(
            "relatedness",
            f"{known.label} is unrelated to the procedure. If it may be related, choose what "
            "happened instead.",
        )


def _check_end(draft: AdverseEventDraft, bounds: Bounds) -> Iterator[Problem]:
    if draft.relatedness is not None and draft.relatedness not in list(Relatedness):
        yield Problem("relatedness", "Choose one of the listed values.")
    if draft.resolution is not None and draft.resolution not in list(Resolution):
        yield Problem("resolution", "Choose one of the listed values.")
    if draft.sequelae and draft.resolution != Resolution.RESOLVED_WITH_SEQUELAE:
        yield Problem("sequelae", "What stayed belongs to an event that resolved with sequelae.")
    if draft.resolution == Resolution.RESOLVED_WITH_SEQUELAE and not draft.sequelae:
        yield Problem("sequelae", "Say what stayed.")
    if draft.resolved_on is None:
        return
    yield from bounds.check("resolved_on", draft.resolved_on, "Its end")
    if draft.resolved_on < draft.onset_on:
        yield Problem("resolved_on", "It ended before it began. Check both dates.")
    if draft.resolution in (None, Resolution.ONGOING, Resolution.UNKNOWN):
        yield Problem("resolution", "A date of its end is given. Choose how it ended.")


def _check_fatal(draft: AdverseEventDraft, bounds: Bounds) -> Iterator[Problem]:
    """Hold together what says that the patient died of it: grade 5, fatal, the date of death."""
    fatal = draft.resolution == Resolution.FATAL
    if draft.grade == DEATH and draft.resolution is not None and not fatal:
        yield Problem("resolution", "Grade 5 is death. Choose fatal, or another grade.")
    if fatal and draft.grade not in (None, DEATH):
        yield Problem("grade", "A fatal event is of grade 5. Choose that, or another ending.")
    if not fatal and draft.grade != DEATH:
        return
    if bounds.died_on is None:
        yield Problem(
            "resolution" if fatal else "grade",
            "No death is on record. Record it on the patient's page first, then save this.",
        )
    elif draft.resolved_on not in (None, bounds.died_on):
        yield Problem("resolved_on", "A fatal event ends on the day of death. Check both dates.")
