"""The rules of a follow-up that was not had: only an open or lost window needs a reason."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from registry.domain.drafts import MissedDraft
from registry.domain.errors import Problem
from registry.domain.rules.choices import check_choice
from registry.domain.windows import WINDOWS, Window

OTHER = "other"


def check_missed(
    draft: MissedDraft,
    performed_on: date,
    *,
    scored: Collection[str],
    died_on: date | None,
    today: date,
) -> list[Problem]:
    """Find what is wrong with a reason why a procedure has no follow-up in a window.

    `scored` are the windows in which an average pain of the patient's own counts. A reason may be
    given while the window is still open (too unwell), never before: the call can still be made.
    """
    problems = check_choice("missed_reason", draft.reason or "", "reason")
    if draft.reason == OTHER and not (draft.note or "").strip():
        problems.append(Problem("note", "Say in a few words why there is no follow-up."))
    window = next((w for w in WINDOWS if w.slug == draft.window), None)
    if window is None:
        return [*problems, Problem("window", "Choose one of the follow-up windows.")]
    told = _stands(window, performed_on, scored, died_on, today)
    return [*problems, Problem("window", told)] if told else problems


def _stands(
    window: Window,
    performed_on: date,
    scored: Collection[str],
    died_on: date | None,
    today: date,
) -> str | None:
    if window.slug in scored:
        return "This window has an assessment that counts, so its follow-up is not missing."
    if today < window.opens_on(performed_on):
        return "This window has not opened yet: its follow-up can still be had."
    if died_on is not None and died_on <= window.closes_on(performed_on):
        return "The patient died before this window closed, which says why already."
    return None
