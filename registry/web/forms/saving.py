"""Saving what a form holds: all of it or nothing, and once however often it is sent."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import TypeVar

from fastapi import Request
from sqlmodel import Session

from registry.db.base import KeptRow
from registry.domain.access import Actor
from registry.domain.errors import Conflict, RuleViolation
from registry.services.submissions import Receipt
from registry.web.forms.form import Form
from registry.web.once import write_once

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
    """Do a form's write; None, with nothing written, when something is wrong with the form."""
    return _all_or_nothing(session, form, lambda: _whole(form, write))


def save_once(
    session: Session, request: Request, actor: Actor, form: Form, write: Callable[[], KeptRow]
) -> Receipt | None:
    """Do a form's write unless this filling-in was saved before; None when something is wrong.

    `Conflict` when it was saved before and has been changed since, or when the write meets one. The
    form is then a new filling-in: sent again it can be saved.
    """
    reached = False

    def reach() -> KeptRow:
        nonlocal reached
        reached = True
        return _whole(form, write)

    def once() -> Receipt:
        key = form.value(SUBMISSION)[:80]
        return write_once(session, request, actor=actor, key=key, sent=_sent(form), write=reach)

    try:
        return _all_or_nothing(session, form, once)
    except Conflict:
        form.typed = {**form.typed, SUBMISSION: [new_submission()]}
        if reached:
            raise
        raise Conflict(SAVED_BEFORE) from None


def add_once(
    session: Session, request: Request, actor: Actor, form: Form, write: Callable[[], KeptRow]
) -> bool:
    """Say whether a form's record was added, as `save_once` does; the form tells of a conflict."""
    try:
        return save_once(session, request, actor, form, write) is not None
    except Conflict as conflict:
        form.refuse("", str(conflict))
        return False


def _all_or_nothing(session: Session, form: Form, write: Callable[[], T]) -> T | None:
    """Undo what came before a refusal: the session is committed whatever page is shown."""
    with form.collecting(), session.begin_nested():
        return write()
    return None


def _whole(form: Form, write: Callable[[], T]) -> T:
    done = write()
    if form.problems:
        raise RuleViolation(())  # what can't be read has a stand-in, which must not be saved
    return done


def _sent(form: Form) -> str:
    return str(sorted((k, v) for k, v in form.typed.items() if k not in {"csrf_token", SUBMISSION}))
