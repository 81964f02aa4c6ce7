"""Why a patient has no follow-up, as a form: windows ticked, one reason for all of them."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from registry.domain.drafts import MissedDraft
from registry.services.worklist import WaitingFollowUp
from registry.web.forms.form import Form

LONGEST_NOTE = 500


def tick_of(waiting: WaitingFollowUp) -> str:
    """Write a window of a procedure as the value of its box."""
    return f"{waiting.procedure_id}.{waiting.window.slug}"


def read_missed(form: Form, waiting: Iterable[WaitingFollowUp]) -> list[tuple[UUID, MissedDraft]]:
    """Read what is missing and why; only what waits can be ticked."""
    reason = form.required("reason", "Choose why there is no follow-up.")
    note = form.text("note", LONGEST_NOTE)
    ticked = set(form.values("windows"))
    chosen = [w for w in waiting if tick_of(w) in ticked]
    if not chosen:
        form.refuse("windows", "Tick at least one follow-up that was not had.")
    return drafts_for(chosen, reason, note)


def drafts_for(
    waiting: Iterable[WaitingFollowUp], reason: str, note: str | None = None
) -> list[tuple[UUID, MissedDraft]]:
    """Give one reason for several windows, each with its procedure."""
    return [
        (w.procedure_id, MissedDraft(window=w.window.slug, reason=reason, note=note))
        for w in waiting
    ]
