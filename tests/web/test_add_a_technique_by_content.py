"""A technique, a value of an axis and a technique without an axis are changes to content alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine
from sqlmodel import col, select

from registry.db.engine import transaction
from registry.db.queries.parts import with_parts
from registry.db.tables import Procedure, ProcedureOutcomeRow
from registry.domain import axes, complications, content
from registry.domain.access import Actor
from registry.domain.techniques import lookup
from registry.exchange.importer import import_logbook, load_mapping
from registry.exchange.outcome_export import codebook_csv
from tests.exchange.logbook_files import row, told, write_logbook
from tests.web.conftest import Visitor
from tests.web.page_form import sent_by
from tests.world import TODAY, World

CACHES = (axes.axes, lookup.taxonomy, complications.complications)
NEW = {
    "slug": "genicular-nerve",
    "label": "Genicular nerves",
    "category": "peripheral-nerve",
    "aliases": ["GNB", "geniculars"],
    "approaches": ["medial-branch"],
    "guidance": ["ultrasound", "augmented-reality"],
    "without": ["sedation", "setting"],
}
GLASSES = {"slug": "augmented-reality", "label": "Augmented reality", "aliases": ["AR glasses"]}


@pytest.fixture(autouse=True)
def _changed_content(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Put an entry into the loaded content of techniques and one into that of axes."""
    changed = {name: deepcopy(content.load(name)) for name in ("techniques", "axes")}
    changed["techniques"]["techniques"].append(NEW)
    changed["axes"]["axes"]["guidance"]["values"].append(GLASSES)
    for module, name in ((lookup, "techniques"), (axes, "axes")):
        monkeypatch.setattr(module, "load", lambda _, name=name: changed[name])
    for cached in CACHES:
        cached.cache_clear()
    yield
    monkeypatch.undo()
    for cached in CACHES:
        cached.cache_clear()


def kept(engine: Engine) -> tuple[Procedure, list[str]]:
    with transaction(engine) as session:
        query = select(Procedure).order_by(col(Procedure.id).desc()).options(*with_parts(Procedure))
        found = session.exec(query).first()
        assert found is not None
        return found, [g.mode for g in found.guidance]


def test_it_is_found_asked_for_and_logged_by_the_form(
    alice: Visitor, world: World, engine: Engine
) -> None:
    assert "Genicular nerves" in alice.get("/procedures/techniques?q=genic").text
    fields = sent_by(alice.get(f"/procedures/new?patient={world.pat}").text, "log")
    page = alice.post(
        "/procedures/new/step", **{**fields, "technique": "GNB", "step": "technique"}
    ).text
    assert "Augmented reality" in page
    assert 'name="sedation"' not in page
    assert 'name="setting"' not in page
    typed = {"guidance": "augmented-reality", "average_pain": "7", "anticoagulation": "none"}
    assert alice.post("/procedures/new", **{**sent_by(page, "log"), **typed}).status_code == 303
    row, guidance = kept(engine)
    assert (row.technique, guidance) == ("genicular-nerve", ["augmented-reality"])
    shown = alice.get(f"/patients/{world.pat}").text
    assert "Genicular nerves" in shown
    assert "Augmented reality" in shown


def test_a_program_logs_it_and_is_refused_the_axis_that_was_taken_away(
    program: Callable[[Actor], TestClient], world: World
) -> None:
    client = program(world.alice)
    body: dict[str, Any] = {
        "patient_id": str(world.pat),
        "performed_on": "2026-02-20",
        "technique": "genicular-nerve",
        "intent": "therapeutic",
        "operator": "Dr Able",
        "guidance": ["augmented-reality"],
        "baseline_missing_reason": "Not asked before the procedure",
    }
    for axis in ("sedation", "setting"):
        refused = client.post("/api/v1/procedures", json={**body, axis: "none"})
        assert refused.status_code == 422
        (problem,) = refused.json()["problems"]
        assert problem["field"] == axis
        assert problem["message"].endswith("is not recorded for Genicular nerves.")
    (found,) = client.get("/api/v1/techniques", params={"q": "GNB"}).json()
    asked = client.get(f"/api/v1/techniques/{found['slug']}").json()["axes"]
    assert "augmented-reality" in {value["slug"] for value in asked["guidance"]}
    assert asked.keys().isdisjoint({"sedation", "setting"})
    assert client.get("/api/v1/techniques/knee").status_code == 404
    made = client.post("/api/v1/procedures", json=body)
    assert made.status_code == 201, made.text
    assert made.json()["guidance"] == ["augmented-reality"]


def test_a_logbook_that_names_it_comes_in_without_what_it_has_not(
    engine: Engine, world: World, tmp_path: Path
) -> None:
    mapping = load_mapping("uk-logbook")
    columns = mapping.columns.model_copy(update={"sedation": "Comments", "note": None})
    mapping = mapping.model_copy(update={"columns": columns})
    line = row(Procedure="geniculars", Guidance="AR glasses", Injectate="", Comments="awake")
    with transaction(engine) as session:
        report = import_logbook(
            session,
            actor=world.alice,
            site_id=world.north,
            path=write_logbook(tmp_path / "logbook.csv", {**line, "Side": "left"}),
            mapping=mapping,
            today=TODAY,
        )
    assert report.imported == 1
    assert told(report, "warning") == [(2, "Comments", "awake")]
    found, guidance = kept(engine)
    assert (found.technique, found.sedation, guidance) == (
        "genicular-nerve",
        None,
        ["augmented-reality"],
    )
    with transaction(engine) as session:
        outcomes = session.exec(select(ProcedureOutcomeRow)).all()
        assert {o.technique for o in outcomes} >= {"genicular-nerve"}


def test_the_codebook_lists_it() -> None:
    book = codebook_csv()
    assert "genicular-nerve" in book
    assert "augmented-reality" in book
