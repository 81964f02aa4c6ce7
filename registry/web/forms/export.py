"""What to take away, as it was chosen on the page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from registry.domain.access import Actor, Profile
from registry.exchange.datasets import data_sets
from registry.exchange.formats import KINDS, Format
from registry.exchange.profiles import IN_WORDS
from registry.services.export_plans import TRAIL, Asked
from registry.web.forms.form import Form
from reports.filters import Filters

Option = dict[str, str]
_LABELS = {
    Profile.IDENTIFIED: "Identified",
    Profile.LIMITED: "Limited",
    Profile.SAFE_HARBOR: "De-identified",
    Profile.AGGREGATE: "Aggregate",
}


def start_export_form() -> Form:
    """Give the form with what is usually taken."""
    names = [name for name in data_sets() if name != "audit_trail"]
    return Form.starting(data_sets=names, formats=[Format.CSV.value])


def data_set_options(actor: Actor) -> Sequence[Option]:
    """Give the data sets that the actor may choose."""
    return [
        {"value": d.name, "label": d.label, "hint": d.grain}
        for d in data_sets().values()
        if d.name != TRAIL or actor.may_read_trail
    ]


def format_options() -> Sequence[Option]:
    """Give the formats that can be chosen."""
    return [{"value": f.value, "label": k.label, "hint": k.hint} for f, k in KINDS.items()]


def profile_options(actor: Actor) -> Sequence[Option]:
    """Give the profiles that the actor may choose."""
    return [
        {"value": p.value, "label": _LABELS[p], "hint": IN_WORDS[p]}
        for p in Profile
        if p in actor.profiles
    ]


def read_export(form: Form, filters: Filters) -> Asked | None:
    """Read what is asked for; None when something is missing, which the form then says."""
    purpose = form.required("purpose", "Say what the data are for; it is kept in the audit trail.")
    chosen = _choose(form, "data_sets", data_sets())
    formats = _choose(form, "formats", Format)
    profile = form.value("profile")
    if profile not in set(Profile):
        form.refuse("profile", "Choose how much of a person the data may show.")
    elif not chosen and profile != Profile.AGGREGATE:
        form.refuse("data_sets", "Choose at least one data set.")
    if not formats:
        form.refuse("formats", "Choose at least one format.")
    if form.problems:
        return None
    return Asked(
        data_sets=chosen,
        formats=formats,
        profile=Profile(profile),
        purpose=purpose,
        filters=filters,
    )


def _choose(form: Form, name: str, known: Iterable[str]) -> tuple[str, ...]:
    names = {str(value) for value in known}
    wanted = dict.fromkeys(form.values(name))
    if not names.issuperset(wanted):
        form.refuse(name, "There is no such value; it was left out. Choose one from the list.")
    return tuple(value for value in wanted if value in names)
