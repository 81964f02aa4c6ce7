"""What every correction asks for: a reason, and the version that it was made from."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus

from sqlmodel import Session

from registry.db.base import KeptRow
from registry.domain.errors import Conflict
from registry.services.corrections import Amendment
from registry.web.forms.form import Form
from registry.web.forms.saving import save

REASON, VERSION = "reason", "version"
LONGEST_REASON = 500


def save_correction(
    session: Session, form: Form, write: Callable[[Amendment], object]
) -> HTTPStatus:
    """Do a correction, all of it or nothing.

    Gives 303 when it was done, 422 when the form says what is wrong, 409 when somebody else
    changed the record first.
    """
    amendment = _read(form)
    try:
        if save(session, form, lambda: (write(amendment),)):
            return HTTPStatus.SEE_OTHER
    except Conflict as stale:
        form.refuse("", str(stale))
        return HTTPStatus.CONFLICT
    if not amendment.reason and form.error(REASON) is None:
        form.refuse(REASON, "Say why the record is corrected.")
    return HTTPStatus.UNPROCESSABLE_ENTITY


def at_version(form: Form, record: KeptRow) -> Form:
    """Give the form for another try: what was typed, to be saved over what stands now."""
    return Form({**form.typed, VERSION: [str(record.version)]}, form.problems)


def _read(form: Form) -> Amendment:
    version = form.value(VERSION)[:9]
    return Amendment(
        expected_version=int(version) if version.isdecimal() else 0,
        reason=form.text(REASON, LONGEST_REASON) or "",
    )
