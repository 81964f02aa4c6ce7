"""The codebook, the stored row and the frame of the statistics speak of the same columns."""

from __future__ import annotations

import pytest

from registry.db.tables import ProcedureOutcomeRow
from registry.domain.outcomes.responders import DEFINITIONS, Definition
from registry.domain.windows import WINDOWS
from registry.exchange.columns import procedure_outcomes
from reports.frames import SCHEMA

COLUMNS = {column.name: column for column in procedure_outcomes()}


def test_every_stored_column_is_described_once_and_none_besides() -> None:
    stored = set(ProcedureOutcomeRow.__table__.columns.keys())  # type: ignore[attr-defined]
    assert len(COLUMNS) == len(procedure_outcomes())
    assert set(COLUMNS) == stored - {"site_id"}
    assert set(SCHEMA) <= stored
    assert all(column.meaning.endswith(".") for column in COLUMNS.values())


@pytest.mark.parametrize("definition", DEFINITIONS, ids=lambda d: d.slug)
def test_an_answer_names_the_version_of_its_definition_and_whom_it_can_judge(
    definition: Definition,
) -> None:
    for window in WINDOWS:
        meaning = COLUMNS[f"{definition.slug}_{window.slug}"].meaning
        for part in (definition.name, definition.meaning, definition.judged, window.label):
            assert part in meaning


def test_words_are_listed_where_there_are_few_of_them() -> None:
    assert COLUMNS["icpre2012_28d"].values == (
        "complete",
        "partial",
        "progression",
        "indeterminate",
    )
    assert COLUMNS["relief_end"].values == (
        "relapse",
        "death",
        "further_procedure",
        "still_responding",
    )
    assert COLUMNS["first_window"].values == tuple(w.slug for w in WINDOWS)
    assert "too-unwell" in COLUMNS["missed_7d"].values
