"""A service without a logbook fills in ours, and what was exported comes in again, unmapped."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest
from sqlalchemy import Engine
from typer.testing import CliRunner

from registry.cli import app
from registry.db.engine import transaction
from registry.db.queries.export_scope import ExportScope
from registry.domain.access import Actor, Profile, Role
from registry.domain.errors import RuleViolation
from registry.exchange.datasets import data_sets
from registry.exchange.importer import (
    ImportReport,
    LogbookError,
    import_logbook,
    template_mapping,
    write_template,
)
from registry.exchange.importer.mapping import Columns
from registry.exchange.importer.template import needed_columns, template_columns
from tests.exchange.taken import Frames, frames
from tests.world import TODAY, World

FILLED = (
    {
        "hospital_number": "00042",
        "birth_date": "1951-04-30",
        "performed_on": "2026-01-10",
        "technique": "coeliac-plexus",
        "name": "Zoë",
        "sex": "female",
        "diagnosis": "-ve nodes, pancreas",
        "intent": "therapeutic",
        "operator": "Dr Able",
        "referred_on": "2026-01-03",
        "mechanism": "visceral",
        "pain_site": "=upper abdomen",
        "radiotherapy_28d": "false",
        "approach": "transaortic",
        "laterality": "bilateral",
        "guidance": "ct;fluoroscopy",
        "agents": "alcohol 96% 20 ml; local-anaesthetic",
        "technical_success": "complete",
        "complications": "hypotension; other",
        "note": "müde; schläft",
        "nrs_baseline": "8",
        "worst_baseline": "9",
        "akps": "50",
        "opioids_baseline": "morphine MR 30 mg bd",
        "assessed_on_7d": "2026-01-18",
        "nrs_7d": "3",
        "pgic_7d": "2",
        "opioids_7d": "morphine MR 10 mg bd",
        "nrs_28d": "4",
        "died_on": "2026-02-20",
    },
    {
        "hospital_number": "7",
        "birth_date": "1938-11-05",
        "performed_on": "2026-01-12",
        "technique": "vertebroplasty",
        "sex": "male",
        "intent": "therapeutic",
        "operator": "Dr Baker",
        "levels": "L2;L3",
        "nrs_baseline": "6",
        "nrs_48h": "6",
    },
)


@pytest.fixture
def filled(tmp_path: Path) -> Path:
    path = tmp_path / "mine.csv"
    write_template(path)
    names = path.read_text(encoding="utf-8-sig").strip().split(",")
    with path.open("a", encoding="utf-8", newline="") as file:
        csv.DictWriter(file, names).writerows(FILLED)
    return path


def bring_in(engine: Engine, actor: Actor, site: object, path: Path) -> ImportReport:
    with transaction(engine) as session:
        return import_logbook(
            session,
            actor=actor,
            site_id=site,  # type: ignore[arg-type]
            path=path,
            mapping=template_mapping(path),
            today=TODAY,
        )


def taken(engine: Engine, site: object, folder: Path) -> Frames:
    folder.mkdir()
    scope = ExportScope(frozenset({site}), TODAY)  # type: ignore[arg-type]
    return frames(engine, scope, folder, Profile.IDENTIFIED)


def test_what_was_filled_in_stands_in_the_export_and_comes_in_again_from_it(
    engine: Engine, world: World, filled: Path, tmp_path: Path
) -> None:
    south = replace(world.charlie)
    report = bring_in(engine, south, world.south, filled)
    assert (report.imported, report.refused) == (2, 0)
    assert [f.column for f in report.findings] == []
    first = taken(engine, world.south, tmp_path / "first")
    for column in template_columns():
        for row in FILLED:
            _stands(first, column.name, row)
    doses = first["opioid_items"]
    assert sorted(doses["dose"] + doses["drug"]) == ["10.0morphine", "30.0morphine"]
    assert sorted(first["adverse_events"]["complication"]) == ["hypotension", "other"]

    exported = tmp_path / "first" / "procedure_outcomes.csv"
    north = Actor("Nora", {world.north: Role.CLINICIAN})
    again = bring_in(engine, north, world.north, exported)
    assert (again.imported, again.refused) == (2, 0)
    second = taken(engine, world.north, tmp_path / "second")["procedure_outcomes"]
    second = second.set_index("hospital_number").loc[["00042", "7"]]
    read = [c for c in template_mapping(exported).used_columns() if c != "hospital_number"]
    before = first["procedure_outcomes"].set_index("hospital_number").loc[["00042", "7"]]
    assert len(read) > 40
    assert before[read].equals(second[read])
    assert bring_in(engine, south, world.south, exported).already_there == 2


def _stands(first: Frames, name: str, row: dict[str, str]) -> None:
    """Find a filled cell in whichever data sets have its column, as text."""
    own = first["patients"].set_index("hospital_number").loc[row["hospital_number"], "patient_id"]
    for data_set in ("patients", "procedures", "procedure_outcomes", "deaths"):
        frame = first[data_set]
        if name in frame.columns and (written := row.get(name)) is not None:
            told = frame.loc[frame["patient_id"] == own, name].tolist()
            assert [t.lstrip("'") for t in told] == [written], (data_set, name)


@pytest.mark.either_database
def test_a_column_that_an_export_has_is_described_once() -> None:
    exported = {c for name in data_sets() for c in data_sets()[name].columns}
    names = {c.name for c in template_columns()}
    assert names >= {*Columns.model_fields, *needed_columns(), "nrs_180d", "opioids_48h"}
    own = {c.name for c in template_columns() if c not in exported}
    assert {name.removesuffix(f"_{name.rpartition('_')[2]}") for name in own} == {
        *("agents", "complications", "assessed_on", "opioids")
    }


@pytest.mark.either_database
def test_the_workbook_offers_values_and_says_what_each_column_means(tmp_path: Path) -> None:
    path = tmp_path / "mine.xlsx"
    write_template(path)
    book = openpyxl.load_workbook(path)
    header = [cell.value for cell in book["logbook"][1]]
    assert header == [column.name for column in template_columns()]
    explained = {line[0].value: line[4].value for line in book["columns"].iter_rows(min_row=2)}
    assert {c.name: c.meaning for c in template_columns()}.items() <= explained.items()
    offered = {
        str(rule.sqref).partition("2:")[0]: rule.formula1
        for rule in book["logbook"].data_validations.dataValidation
        if rule.type == "list"
    }
    for column in template_columns():
        if column.values and column.kind == "text":
            place = book["logbook"].cell(1, header.index(column.name) + 1).column_letter
            sheet, _, cells = offered[place].partition("!")
            values = [line[0].value for line in book[sheet][cells.replace("$", "")]]
            assert values == list(column.values), column.name


@pytest.mark.either_database
def test_a_file_of_other_columns_is_told_what_it_lacks(tmp_path: Path) -> None:
    path = tmp_path / "theirs.csv"
    path.write_text("hospital_number;birth_date;Procedure\n1;1950-01-01;CPN\n", encoding="utf-8")
    with pytest.raises(LogbookError) as refused:
        template_mapping(path)
    assert "It lacks performed_on, technique, operator. It has Procedure" in str(refused.value)


@pytest.mark.either_database
def test_a_logbook_that_may_be_filled_in_is_not_written_over(filled: Path) -> None:
    before = filled.read_bytes()
    done = CliRunner().invoke(app, ["import", "--template", str(filled)])
    assert isinstance(done.exception, RuleViolation)
    assert filled.read_bytes() == before
    other = filled.with_name("empty.xlsx")
    assert CliRunner().invoke(app, ["import", "--template", str(other)]).exit_code == 0
    assert other.exists()
