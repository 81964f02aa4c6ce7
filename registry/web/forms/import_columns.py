"""What the columns of a logbook are, and how it is written, as a form."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from registry.domain.axes import axis
from registry.domain.timeline import Recall, Respondent, ScoreKind
from registry.exchange.importer.files import Logbook
from registry.exchange.importer.suggesting import STYLES
from registry.exchange.importer.targets import (
    IGNORED,
    NEEDED,
    choices_of,
    columns_and_times,
    find_clashes,
    targets,
    with_plain_pain,
)
from registry.web.forms.form import NAME, Form

DECISIONS = {
    "opioid_without_dose": (
        "An opioid without any dose",
        [("refuse the row", "refuse the row"), ("leave out", "leave it out")],
    ),
    "follow_up_cut_short": (
        "A follow-up that would lie after the death, or in the future",
        [
            ("date it on the last day", "date it on the last day possible"),
            ("leave out", "leave it out"),
        ],
    ),
    "unknown_complication": (
        "A complication that no word of the list fits",
        [("record as other", "record it as other, in its words"), ("leave out", "leave it out")],
    ),
}
_CONVENTION = {"kind": ScoreKind, "recall": Recall, "respondent": Respondent}
_RECALLS = {Recall.NOW: "now", Recall.DAY: "the last 24 h", Recall.WEEK: "the last 7 days"}
_RESPONDENTS = {
    Respondent.SELF: "the patient",
    Respondent.PROXY: "a proxy",
    Respondent.OBSERVED: "an observer",
}


def column_options() -> list[tuple[str, list[tuple[str, str]]]]:
    """List what a column may be, by group."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for target in targets():
        groups.setdefault(target.group, []).append((target.slug, target.label))
    return list(groups.items())


def convention_options() -> dict[str, list[tuple[str, str]]]:
    """List what a plain number of a pain column may say."""
    return {
        "kind": [(k.value, k.value.replace("_", " ")) for k in ScoreKind],
        "recall": [(r.value, _RECALLS[r]) for r in Recall],
        "respondent": [(r.value, _RESPONDENTS[r]) for r in Respondent],
        "dates": [(style, style) for style in STYLES],
        "intent": [(v.slug, v.label) for v in axis("intent").current],
    }


def start_columns(raw: Mapping[str, Any], logbook: Logbook) -> Form:
    """Fill the form from a mapping, be it half done."""
    choices, defaults = choices_of(raw), raw.get("defaults", {})
    decisions = raw.get("decisions", {})
    return Form.starting(
        **{f"what-{i}": choices.get(c) for i, c in enumerate(logbook.columns)},
        dates=raw["dates"],
        not_recorded=", ".join(raw.get("not_recorded", ())),
        operator=defaults.get("operator"),
        intent=defaults.get("intent", "therapeutic"),
        **{name: raw["pain"][name] for name in _CONVENTION},
        **{name: decisions.get(name, options[0][0]) for name, (_, options) in DECISIONS.items()},
    )


def read_columns(form: Form, before: Mapping[str, Any], logbook: Logbook) -> dict[str, Any]:
    """Read the form into a mapping's tables; what is wrong stands at its field."""
    choices = _read_choices(form, logbook.columns)
    convention = {name: _one_of(form, name, values) for name, values in _CONVENTION.items()}
    plain = ScoreKind(convention["kind"])
    for column, label in find_clashes(choices, plain).items():
        at = f"what-{logbook.columns.index(column)}"
        form.refuse(at, f"Another column is “{label}” already.")
    dates = [style for style in form.values("dates") if style in STYLES]
    if not dates:
        form.refuse("dates", "Tick how dates are written in this file.")
    return {
        **before,
        **with_plain_pain(columns_and_times(choices), plain),
        "pain": {**before["pain"], **convention},
        "dates": dates,
        "not_recorded": _words(form.value("not_recorded")),
        "defaults": _read_defaults(form, before.get("defaults", {}), choices),
        "decisions": {
            name: _one_of(form, name, [value for value, _ in options])
            for name, (_, options) in DECISIONS.items()
        },
    }


def _read_defaults(
    form: Form, before: Mapping[str, Any], choices: Mapping[str, str]
) -> dict[str, Any]:
    operator = form.text("operator", NAME)
    if not operator and "operator" not in choices.values():
        form.refuse("operator", "No column names the operator: say who did these procedures.")
    return {**before, "operator": operator, "intent": _one_of(form, "intent", axis("intent").slugs)}


def _read_choices(form: Form, columns: Sequence[str]) -> dict[str, str]:
    known = {t.slug: t.label for t in targets()}
    choices: dict[str, str] = {}
    for i, column in enumerate(columns):
        chosen = form.value(f"what-{i}")
        if chosen == IGNORED or chosen in known:
            choices[column] = chosen
        else:
            form.refuse(f"what-{i}", f"Say what “{column}” is, or that it isn't wanted.")
    for needed in NEEDED:
        if needed not in choices.values():
            form.refuse("what-0", f"No column is “{known[needed]}”, and no row can do without it.")
    return choices


def _one_of(form: Form, name: str, values: Any) -> str:
    known = [str(value) for value in values]
    if form.value(name) in known:
        return form.value(name)
    form.refuse(name, "Choose one of these.")
    return known[0]


def _words(text: str) -> list[str]:
    return [word for word in (part.strip() for part in re.split(r"[,;\n]", text)) if word]
