"""A de-identified export holds nothing that points to a person, and a limited one no name."""

from __future__ import annotations

import random
import re
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine

from registry.db.engine import transaction
from registry.domain.access import PROFILES, Actor, Profile, Role
from registry.exchange.column_specs import Privacy
from registry.exchange.datasets import data_sets
from registry.exchange.deidentify import Spool
from registry.exchange.profiles import columns_under
from tests.databases import Database
from tests.exchange.messy import MINUS, ZEROS, make_messy
from tests.exchange.taken import Frames, frames, scope_of
from tests.world import World

DAY = re.compile(r"\d{4}-\d\d-\d\d")
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-")
YEARS = {"first_procedure_year", "at_year"}


def said(taken: Frames) -> str:
    return "\n".join(frame.to_csv(index=False) for frame in taken.values())


def test_a_limited_export_has_days_but_no_name_number_or_note(
    engine: Engine, messy: World, tmp_path: Path
) -> None:
    taken = frames(engine, scope_of(engine, messy), tmp_path, Profile.LIMITED)
    text = said(taken)
    for planted in ("Zoë", ZEROS, "HYPERLINK", MINUS, "same person", "entered twice", "H1\n"):
        assert planted not in text, planted
    assert "Dr Able" in text
    assert DAY.search(text)
    changed = taken["audit_trail"].query("action == 'register_patient'")["changed_fields"]
    assert "hospital_number" in changed.iloc[0]


def test_a_de_identified_export_has_no_day_code_name_or_note(
    engine: Engine, messy: World, tmp_path: Path
) -> None:
    taken = frames(engine, scope_of(engine, messy), tmp_path, Profile.SAFE_HARBOR)
    text = said(taken)
    for planted in ("Zoë", ZEROS, "HYPERLINK", MINUS, "same person", "Dr Able", "NORTH", "Alice"):
        assert planted not in text, planted
    of_content = ["medd_version", "rules_version"]  # stamped with the days of publications
    taken = {name: f.drop(columns=of_content, errors="ignore") for name, f in taken.items()}
    assert not DAY.search(said(taken))
    assert not UUID.search(text)
    for name, frame in taken.items():
        years = {c for c in frame.columns if frame[c].str.fullmatch(r"(19|20)\d\d").any()}
        assert years <= YEARS, name
    assert set(taken["patients"]["age_at_first_procedure"]) == {"75", "90", ""}
    assert set(taken["procedure_outcomes"]["age_years"]) == {"75", "90"}
    assert set(taken["procedures"]["site"]) == {"site-1"}
    assert "-5" in set(taken["assessments"]["assessed_day"])  # before the first procedure
    assert set(taken["procedures"]["performed_day"]) == {"0", "20", "10"}
    assert set(taken["deaths"]["died_day"]) == {"50"}
    assert set(taken["patients"]["first_procedure_year"]) == {"2026", ""}
    # Whether a follow-up is due yet would tell the day of a procedure from the day of the export.
    states = set(taken["follow_up_status"]["state"]) | set(taken["procedure_outcomes"]["state_7d"])
    assert not states & {"not_due", "alive_not_assessed"}


def test_entered_again_in_another_order_the_same_records_give_the_same_file(
    database: Database, engine: Engine, messy: World, tmp_path: Path
) -> None:
    """Neither keys nor order come from the registry's own, which follow the time of entry."""

    def released(world: World) -> str:
        taken = frames(engine, scope_of(engine, world), tmp_path, Profile.SAFE_HARBOR)
        del taken["audit_trail"]  # which tells what was entered in which order
        return said(taken)

    before = released(messy)
    database.empty()
    with transaction(engine) as session:
        again = make_messy(session, backwards=True)
    assert again.pat != messy.pat
    assert released(again) == before


Persons = st.lists(
    st.tuples(st.sampled_from("NS"), st.lists(st.integers(-9, 9), max_size=3)), max_size=8
)


@pytest.mark.either_database
@given(persons=Persons, seed=st.integers())
def test_numbers_do_not_follow_the_order_of_entry(persons: list[Any], seed: int) -> None:
    """Whoever was entered first: what is released is the same."""
    columns = columns_under(data_sets()["deaths"], Profile.SAFE_HARBOR)
    assert [c.privacy for c in columns[:2]] == [Privacy.KEY, Privacy.SITE]

    def released(order: list[Any]) -> list[list[Any]]:
        with tempfile.TemporaryDirectory() as folder:
            spool = Spool(Path(folder) / "spool.db")
            for site, days in order:
                spool.add(site, {"deaths": [[1, None, day] for day in sorted(days)]})
            spool.number()
            rows = list(spool.rows("deaths", columns))
            spool.close()
            return rows

    shuffled = persons[:]
    random.Random(seed).shuffle(shuffled)
    one, other = released(persons), released(shuffled)
    # Persons of whom the same is released can't be told apart, not even by their site's number.
    distinct = len({tuple(days) for _, days in persons}) == len(persons)
    assert [(r[0], r[2]) for r in one] == [(r[0], r[2]) for r in other]
    assert not distinct or one == other


@pytest.mark.either_database
@pytest.mark.parametrize(
    ("role", "may"),
    [
        (Role.CLINICIAN, "identified limited safe_harbor aggregate"),
        (Role.COORDINATOR, ""),
        (Role.QUALITY, "aggregate"),
        (Role.AUDITOR, "limited safe_harbor aggregate"),
        (Role.ADMIN, "aggregate"),
    ],
)
def test_each_role_takes_away_only_what_it_may(world: World, role: Role, may: str) -> None:
    actor = Actor("somebody", {world.north: role})
    assert [p.value for p in actor.profiles] == may.split()
    assert set(PROFILES) == set(Role)
    for profile in Profile:
        assert actor.sites_to_take(profile) == (
            {world.north} if profile.value in may.split() else set()
        )


@pytest.mark.either_database
def test_no_column_is_left_to_chance() -> None:
    """What looks like a day, a key or free text is marked as one, in every data set."""
    listed = {"unit", "source", "window", "scheme_version", "medd_table", "medd_version"}
    free = {"drug", "taxonomy_version", "action", "record_type", "role", "app_version"}
    free |= {"schema_version", "rules_version"}
    for data_set in data_sets().values():
        for column in data_set.columns:
            plain = column.privacy is Privacy.PLAIN
            assert not (plain and column.kind in {"date", "instant"}), column.name
            assert not (plain and column.name.endswith("_id")), column.name
            if plain and column.kind == "text" and not column.values:
                assert column.name in listed | free, (data_set.name, column.name)
            assert "serial" not in column.name  # no device's serial number is recorded at all
