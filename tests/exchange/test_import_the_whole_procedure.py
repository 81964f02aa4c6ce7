"""Logbooks that say more: every axis has a column, and what is unusual is told, not refused."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import Session, select

from registry.db.tables import Procedure
from registry.exchange.importer import ImportReport, import_logbook, load_mapping, summary
from tests.exchange.logbook_files import PLAIN, row, told, write_logbook
from tests.world import CELIAC, TODAY, World

MORE = {
    "setting": ("Where", "day unit", "day-case"),
    "trainee": ("Trainee", "Dr New", "Dr New"),
    "supervisor": ("Supervisor", "Dr Senior", "Dr Senior"),
    "referred_on": ("Referred", "20/12/2024", date(2024, 12, 20)),
    "pain_region": ("Region", "epigastric", "upper-abdomen"),
    "pain_cause": ("Cause", "primary tumour", "tumour"),
    "prognosis": ("Prognosis", "short months", "one-to-three-months"),
    "anticoagulation": ("Clotting", "LMWH held", "therapeutic-held"),
    "radiotherapy_28d": ("RT", "y", True),
    "systemic_therapy_28d": ("Chemo", "No", False),
    "sedation": ("Sedation", "midazolam", "moderate"),
    "technical_success": ("Done", "incomplete", "partial"),
    "technical_failure": ("Why not", "could not lie prone", "not-tolerated"),
    "intent": ("Intent", "prognostic block", "prognostic"),
    "block_result": ("Block", "good relief", "positive"),
    "block_relief_percent": ("Relief", "80 %", 80),
}
CELLS = {column: written for column, written, _ in MORE.values()}


@pytest.fixture
def bring_in(session: Session, world: World, tmp_path: Path) -> Any:
    mapping = load_mapping("uk-logbook")
    columns = mapping.columns.model_copy(update={f: column for f, (column, _, _) in MORE.items()})
    mapping = mapping.model_copy(update={"columns": columns})

    def bring_in(*rows: dict[str, str]) -> ImportReport:
        return import_logbook(
            session,
            actor=world.alice,
            site_id=world.north,
            path=write_logbook(tmp_path / "logbook.csv", *({**r, **_fill(r)} for r in rows)),
            mapping=mapping,
            today=TODAY,
        )

    return bring_in


def _fill(given: dict[str, str]) -> dict[str, str]:
    return {column: given.get(column, "") for column in CELLS}


def imported(session: Session) -> Procedure:
    query = select(Procedure).where(Procedure.performed_on == date(2025, 1, 5))
    return session.exec(query).one()


def test_everything_about_a_procedure_comes_in(session: Session, bring_in: Any) -> None:
    report = bring_in({**row(), **CELLS})
    assert (report.imported, told(report, "warning")) == (1, [])
    found = imported(session)
    assert {name: getattr(found, name) for name in MORE} == {
        name: meant for name, (_, _, meant) in MORE.items()
    }


@pytest.mark.parametrize(
    ("cells", "column"),
    [
        ({"Where": "the moon"}, "Where"),
        ({"RT": "perhaps"}, "RT"),
        ({"Relief": "lots", "Intent": "prognostic"}, "Relief"),
        ({"Relief": "101", "Intent": "prognostic"}, "Relief"),
        ({"Block": "positive"}, "Block"),
        ({"Why not": "anatomy", "Done": "yes"}, "Why not"),
        ({"Referred": "01/02/2025"}, "Referred"),
    ],
)
def test_what_can_not_be_is_left_out_and_the_row_comes_in(
    bring_in: Any, cells: dict[str, str], column: str
) -> None:
    report = bring_in({**row(), **cells})
    assert report.imported == 1
    assert [where for _, where, _ in told(report, "warning")] == [column]


def test_what_is_unusual_is_accepted_and_told(session: Session, bring_in: Any) -> None:
    much = row(Pain_pre="0", Opioids_pre="MST 400 bd", Injectate="alcohol 50% 90ml")
    report = bring_in(much)
    assert report.imported == 1
    unusual = {(f.column, f.reason) for f in report.findings if f.kind == "unusual, accepted"}
    assert {column for column, _ in unusual} == {"Injectate", "Pain pre", "Pain 1/52"}
    assert any("come to 800 mg/24 h" in reason for _, reason in unusual)
    assert any("90 ml of alcohol is unusually much" in reason for _, reason in unusual)
    assert not any("more than a year ago" in reason for _, reason in unusual)
    assert "Unusual, accepted as it stands; look whether it is right" in summary(report)
    assert imported(session).technique == CELIAC


def test_a_plain_row_has_nothing_unusual(bring_in: Any) -> None:
    assert told(bring_in(dict(PLAIN)), "unusual, accepted") == []
