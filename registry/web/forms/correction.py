"""What every correction asks for: a reason, and the version that it was made from."""

from __future__ import annotations

from collections.abc import Callable

from sqlmodel import Session

from registry.db.base import KeptRow
from registry.domain.errors import Conflict
from registry.services.corrections import Amendment
from registry.web.forms.form import Form
from registry.web.forms.saving import save

REASON, VERSION = "reason", "version"
LONGEST_REASON = 500


def save_correction(session: Session, form: Form, write: Callable[[Amendment], object]) -> bool:
    """Do a correction, all of it or nothing, and say whether it was done.

    If not, the form tells what is wrong; it is `stale` when somebody else changed the record first.
    """
    amendment = _read(form)
    try:
        if save(session, form, lambda: (write(amendment),)):
            return True
    except Conflict as conflict:
        form.refuse("", str(conflict))
        form.stale = True
        return False
    if not amendment.reason and form.error(REASON) is None:
        form.refuse(REASON, "Say why the record is corrected.")
    return False


def at_version(form: Form, record: KeptRow) -> Form:
    """Give the form for another try: what was typed, to be saved over what stands now."""
    return form.holding({**form.typed, VERSION: [str(record.version)]})


def _read(form: Form) -> Amendment:
    version = form.value(VERSION)[:9]
    return Amendment(
        expected_version=int(version) if version.isdecimal() else 0,
        reason=form.text(REASON, LONGEST_REASON) or "",
    )
