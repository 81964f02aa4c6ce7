"""Saving what a form holds: all of it or nothing, and once however often it is sent."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from typing import TypeVar

from fastapi import Request
from sqlmodel import Session

from registry.db.base import KeptRow
from registry.domain.access import Actor
from registry.domain.errors import Conflict, RuleViolation
from registry.services.submissions import Receipt, carry_out_once
from registry.web.forms import Form, all_or_nothing

T = TypeVar("T")

SUBMISSION = "submission"
"""The hidden field that tells one filling-in of a form from another."""

SAVED_BEFORE = (
    "This form was saved already and has been changed since. To correct that record, edit it on "
    "the patient's page; to add a second one, save again."
)


def new_submission() -> str:
    """Make the mark of one filling-in."""
    return secrets.token_urlsafe(16)


def save(session: Session, form: Form, write: Callable[[], T]) -> T | None:
    """Do a form's write; None when something is wrong, told once at each field."""
    with form.collecting(), all_or_nothing(session):
        done = write()
        if form.problems:
            raise RuleViolation(())  # what can't be read has a stand-in, which must not be saved
        return done
    first = {problem.field: problem for problem in reversed(form.problems)}
    form.problems = list(reversed(first.values()))
    return None


def save_once(
    session: Session, request: Request, actor: Actor, form: Form, write: Callable[[], KeptRow]
) -> Receipt | None:
    """Do a form's write unless this filling-in was saved before; None when something is wrong."""
    reached = False

    def reach() -> KeptRow:
        nonlocal reached
        reached = True
        return write()

    def once() -> Receipt:
        key, asked = form.value(SUBMISSION)[:80], _fingerprint(request, form)
        return carry_out_once(session, actor=actor, key=key, fingerprint=asked, write=reach)

    try:
        return save(session, form, once)
    except Conflict as conflict:
        form.refuse("", str(conflict) if reached else SAVED_BEFORE)
        form.typed = {**form.typed, SUBMISSION: [new_submission()]}
        return None


def _fingerprint(request: Request, form: Form) -> str:
    fields = sorted((k, v) for k, v in form.typed.items() if k not in {"csrf_token", SUBMISSION})
    return hashlib.sha256(f"{request.url.path}\n{fields}".encode()).hexdigest()
