"""The mapping that a new file begins with: as this site said before, else as its names suggest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

from registry.domain.timeline import Recall, Respondent, ScoreKind
from registry.exchange.importer.errors import LogbookError
from registry.exchange.importer.files import Logbook
from registry.exchange.importer.mapping import FileForm
from registry.exchange.importer.mapping_files import load_mapping, shipped_names
from registry.exchange.importer.suggesting import suggest_columns, suggest_styles, unsaid_words
from registry.exchange.importer.targets import choices_of, columns_and_times, with_plain_pain
from registry.exchange.importer.template import mapping_of

Raw = Mapping[str, Any]
_DAYS = {"birth_date", "performed_on", "died_on", "referred_on"}
_ANSWERED = ("file", "columns", "assessments", "ignore", "name", "title")
"""What of an earlier mapping is never taken over as it stands: it is the file's own."""

_START: Raw = {
    "pain": {
        "kind": ScoreKind.AVERAGE.value,
        "recall": Recall.DAY.value,
        "respondent": Respondent.SELF.value,
        "words": {"worst": "worst", "average": "average", "least": "least"},
    },
    "intent_words": {"trial": "trial", "implant": "implant", "diagnostic": "diagnostic"},
    "unrecorded_units": ["s"],
    "values": {"complications": {"nil": "", "none": "", "no": ""}},
}


def start_mapping(logbook: Logbook, form: FileForm, before: Sequence[Raw]) -> dict[str, Any]:
    """Make the mapping that a file begins with; columns that nobody can guess are left open.

    `before` are the mappings of the site's earlier files, the latest first. The template, filled
    in, and an export that names patients say themselves what their columns are.
    """
    with suppress(LogbookError):
        own = mapping_of(logbook.columns, form.model_copy(update={"formula_quote": True}))
        return own.model_dump(mode="json", exclude={"name", "title"})
    shipped = [load_mapping(name).model_dump(mode="json") for name in shipped_names()]
    said = [choices_of(raw) for raw in (*before, *shipped)]
    choices = suggest_columns(logbook.columns, said)
    base = before[0] if before else _base_of(choices, shipped)
    kept = {name: value for name, value in base.items() if name not in _ANSWERED}
    days = [c for column, what in choices.items() if _is_day(what) for c in _cells(logbook, column)]
    unsaid = dict.fromkeys([*kept.get("not_recorded", ()), *unsaid_words(_every_cell(logbook))])
    plain = ScoreKind(kept["pain"]["kind"])
    return {
        **kept,
        **with_plain_pain(columns_and_times(choices), plain),
        "file": form.model_dump(mode="json"),
        "dates": list(suggest_styles([d for d in days if d not in unsaid])),
        "not_recorded": list(unsaid),
    }


def _base_of(choices: Mapping[str, str], shipped: Sequence[Raw]) -> Raw:
    """Take a shipped mapping's further settings for a file that looks the same."""
    for raw in shipped:
        own = choices_of(raw)
        if len(own.keys() & choices.keys()) > len(own) / 2:
            return raw
    return _START


def _is_day(what: str) -> bool:
    return what in _DAYS or what.endswith(".date")


def _cells(logbook: Logbook, column: str) -> list[str]:
    return [line.cells.get(column, "") for line in logbook.lines]


def _every_cell(logbook: Logbook) -> set[str]:
    return {cell for line in logbook.lines for cell in line.cells.values()}
