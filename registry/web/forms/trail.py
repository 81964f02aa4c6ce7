"""What is asked of the audit trail, as it stands in the address."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode
from uuid import UUID

from registry.db.queries.trail import TrailQuestion
from registry.services.readings import LIST_PATIENTS, REFUSE, VIEW_PATIENT, VIEW_REPORT, VIEW_TRAIL
from registry.web.forms.form import LINE, Form

SEEN = frozenset({VIEW_PATIENT, LIST_PATIENTS})
REPORTS = frozenset({VIEW_REPORT})
TAKEN = frozenset({"export", "export_made", "fetch_export", "cancel_export", "import"})
SIGN_IN = frozenset({"sign_in", "sign_out", "refuse_sign_in", "step_up", REFUSE, VIEW_TRAIL})
ACCOUNTS = frozenset(
    {
        *("open_account", "close_account", "reopen_account", "invite", "link_provider"),
        *("grant_role", "change_role", "take_role", "set_system_admin"),
        *("change_password", "make_password_link", "end_session", "end_sessions"),
        *("set_second_factor", "reset_second_factor", "renew_recovery_codes", "rotate_keys"),
        *("create_token", "revoke_token"),
    }
)

KINDS: Mapping[str, tuple[str, frozenset[str]]] = {
    "changed": ("records and settings changed", frozenset()),
    "seen": ("patients seen", SEEN),
    "reports": ("reports seen", REPORTS),
    "files": ("files taken away or brought in", TAKEN),
    "access": ("sign-in and refusals", SIGN_IN),
    "accounts": ("accounts, roles and tokens", ACCOUNTS),
}
"""What can be asked for: its words and the actions it means; the first, all but the others'."""


@dataclass(frozen=True, slots=True)
class AskedOfTrail:
    """The form as it was asked, the question it makes, and the site it is asked of."""

    form: Form
    question: TrailQuestion
    site: str | None

    def url(self, **changes: str) -> str:
        """Give the address that asks the same, with changes."""
        kept = {name: self.form.value(name) for name in NAMES if self.form.has(name)}
        pairs = {**kept, **changes}
        return f"/trail?{urlencode(pairs)}" if pairs else "/trail"


NAMES = ("site", "kind", "who", "since", "until", "record", "request")


def read_asked(
    asked: Mapping[str, Sequence[str]], sites: Sequence[str], today: date
) -> AskedOfTrail:
    """Read what an address asks; what can't be read is refused and left out."""
    form = Form({name: list(values) for name, values in asked.items()})
    kind = _choose(form, "kind", KINDS)
    actions = frozenset[str]()
    if kind:
        others = frozenset[str]().union(*(known for _, known in KINDS.values()))
        actions = KINDS[kind][1] or others
    question = TrailQuestion(
        actions=actions,
        not_actions=kind == "changed",
        since=form.day("since", today),
        until=form.day("until", today),
        who=form.text("who", LINE),
        record_id=_read_id(form, "record"),
        request_id=form.text("request", LINE),
        before=_read_id(form, "before"),
    )
    return AskedOfTrail(form, question, _choose(form, "site", dict.fromkeys(sites)))


def _choose(form: Form, name: str, known: Mapping[str, object]) -> str | None:
    given = form.value(name)
    if given and given not in known:
        form.refuse(name, "There is no such value; it was left out. Choose one from the list.")
    return given if given in known else None


def _read_id(form: Form, name: str) -> UUID | None:
    text = form.text(name)
    if text is None:
        return None
    with suppress(ValueError):
        return UUID(text)
    form.refuse(name, "This is no record's id: 32 digits and letters, as the trail shows them.")
    return None
