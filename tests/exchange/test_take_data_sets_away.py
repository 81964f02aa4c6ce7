"""An analyst joins the data sets of an export, and the counts are those of the registry."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from registry.domain.access import Profile
from registry.domain.windows import WINDOWS
from registry.exchange.datasets import data_sets
from tests.exchange.messy import FORMULA, MINUS, ZEROS
from tests.exchange.taken import Frames, frames, scope_of
from tests.world import World

RECORDS = (Profile.IDENTIFIED, Profile.LIMITED, Profile.SAFE_HARBOR)
COUNTS = {
    "patients": "SELECT count(*) FROM patient WHERE merged_into_id IS NULL",
    "procedures": "SELECT count(*) FROM procedure WHERE voided_at IS NULL",
    "procedure_agents": "SELECT count(*) FROM procedure_agent",
    "procedure_guidance": "SELECT count(*) FROM procedure_guidance",
    "assessments": "SELECT count(*) FROM assessment WHERE voided_at IS NULL",
    "pain_scores": "SELECT count(*) FROM pain_score JOIN assessment a ON a.id = assessment_id"
    " WHERE a.voided_at IS NULL",
    "opioid_items": "SELECT count(*) FROM opioid_item JOIN assessment a ON a.id = assessment_id"
    " WHERE a.voided_at IS NULL",
    "measures": "SELECT count(*) FROM measure",
    "adverse_events": "SELECT count(*) FROM adverse_event WHERE voided_at IS NULL",
    "device_checks": "SELECT count(*) FROM device_check WHERE voided_at IS NULL",
    "infusates": "SELECT count(*) FROM infusate_item JOIN device_check c ON c.id = device_check_id"
    " WHERE c.voided_at IS NULL",
    "deaths": "SELECT count(*) FROM death WHERE voided_at IS NULL",
    "procedure_outcomes": "SELECT count(*) FROM procedure_outcome",
    "audit_trail": "SELECT count(*) FROM audit_event WHERE site_id IS NOT NULL",
}


@pytest.mark.parametrize("profile", RECORDS)
def test_every_key_finds_its_record_and_the_counts_are_those_of_the_database(
    engine: Engine, messy: World, tmp_path: Path, profile: Profile
) -> None:
    taken = frames(engine, scope_of(engine, messy), tmp_path, profile)
    assert list(taken) == list(data_sets())
    _joins(taken)
    with engine.connect() as connection:
        counted = {n: connection.execute(text(q)).scalar_one() for n, q in COUNTS.items()}
    assert {name: len(taken[name]) for name in COUNTS} == counted
    assert len(taken["follow_up_status"]) == counted["procedure_outcomes"] * len(WINDOWS)
    assert len(taken["procedure_levels"]) == 2


def _joins(taken: Frames, *, filtered: bool = False) -> None:
    for name, data_set in data_sets().items():
        frame = taken[name]
        assert not frame.duplicated(list(data_set.key)).any(), name
        for column, other in data_set.references():
            if filtered and column in {"follows_id", "course_id"}:
                continue  # they may lie outside of the filters
            pointed = frame[column][frame[column] != ""]
            assert pointed.isin(taken[other][data_sets()[other].key[0]]).all(), (name, column)


@pytest.mark.parametrize("profile", RECORDS)
def test_filters_keep_whole_patients_and_only_the_procedures_asked_for(
    engine: Engine, messy: World, tmp_path: Path, profile: Profile
) -> None:
    scope = scope_of(engine, messy, choices={"technique": ("erector-spinae-plane",)})
    taken = frames(engine, scope, tmp_path, profile)
    _joins(taken, filtered=True)
    assert list(taken["procedures"]["technique"]) == ["erector-spinae-plane"]
    assert set(taken["procedure_outcomes"]["technique"]) == {"erector-spinae-plane"}
    assert len(taken["patients"]) == 1
    assert len(taken["assessments"]) > 2
    agents = scope_of(engine, messy, choices={"agent_class": ("alcohol", "cement")})
    assert len(frames(engine, agents, tmp_path, profile)["procedures"]) == 1


def test_what_was_typed_stands_in_the_file_and_becomes_no_formula(
    engine: Engine, messy: World, tmp_path: Path
) -> None:
    taken = frames(engine, scope_of(engine, messy), tmp_path, Profile.IDENTIFIED)
    zoe = taken["patients"].set_index("hospital_number").loc[ZEROS]
    assert (zoe["name"], zoe["birth_date"], zoe["sex"]) == ("Zoë", "1930-02-28", "unknown")
    assert zoe["diagnosis"] == f"'{FORMULA}"
    assert f"'{MINUS}" in set(taken["procedures"]["pain_site"])
    assert set(taken["procedure_agents"]["substance"]) == {"'@éthanol", "'+bupi"}
    assert set(taken["procedure_agents"]["concentration"]) == {"96.5", ""}
    own = taken["procedures"]["patient_id"] == zoe["patient_id"]
    assert own.sum() == 2  # one of them logged under the number that was merged
    missed = taken["follow_up_status"].query("missed == 'too-unwell'")
    assert list(missed["window"]) == ["48h"]


@pytest.mark.parametrize("profile", RECORDS)
def test_a_pump_comes_with_what_it_delivered_and_when_it_is_due(
    engine: Engine, messy: World, tmp_path: Path, profile: Profile
) -> None:
    taken = frames(engine, scope_of(engine, messy), tmp_path, profile)
    whole = taken["infusates"].merge(taken["device_checks"], on="device_check_id")
    whole = whole.merge(taken["procedures"], on="procedure_id", suffixes=("", "_of_procedure"))
    assert set(whole["technique"]) == {"intrathecal-drug-delivery"}
    assert list(whole["drug"]) == ["morphine", "bupivacaine"]
    assert list(whole["daily_dose"] + whole["daily_unit"]) == ["4.0mg/24h", ""]
    assert set(whole["events"]) == {"alarm;leak"}
    ends = "day" if profile is Profile.SAFE_HARBOR else "on"
    days = {"day": {("23", "53")}, "on": {("2026-01-28", "2026-02-27")}}
    assert (
        set(zip(whole[f"checked_{ends}"], whole[f"refill_due_{ends}"], strict=True)) == days[ends]
    )
    assert ("note" in taken["device_checks"]) is (profile is Profile.IDENTIFIED)
    asked = scope_of(engine, messy, choices={"technique": ("spinal-cord-stimulation",)})
    taken = frames(engine, asked, tmp_path, profile)
    assert list(taken["device_checks"]["amplitude_unit"]) == ["mA"]
    assert taken["infusates"].empty


def test_a_site_of_which_nothing_was_asked_is_not_in_it(
    engine: Engine, messy: World, tmp_path: Path
) -> None:
    scope = scope_of(engine, messy)
    south = type(scope)(frozenset({messy.south}), scope.as_of, trail=scope.trail)
    taken = frames(engine, south, tmp_path, Profile.IDENTIFIED)
    assert {name for name, frame in taken.items() if len(frame)} == {"audit_trail"}
    assert set(taken["audit_trail"]["site"]) == {"SOUTH"}


def test_filters_mean_what_they_mean_in_a_comparison(
    engine: Engine, messy: World, tmp_path: Path
) -> None:
    from registry.db.engine import transaction
    from registry.db.queries.outcomes import read_outcome_rows
    from registry.services.export_plans import scope_for
    from registry.services.outcome_frames import to_frame
    from reports.filters import Filters, narrow

    whole = scope_of(engine, messy)
    with transaction(engine, write=False) as session:
        frame = to_frame(read_outcome_rows(session, whole.sites, whole.as_of))
    for filters in (
        Filters(),
        Filters(agent_class=("alcohol",)),
        Filters(agent_class=("alc",)),
        Filters(technique=("coeliac-plexus",), intent=("repeat", "therapeutic")),
        Filters(since=whole.as_of, site=("NORTH",)),
        Filters(until=whole.as_of, region=("abdomen-pelvis",), diagnosis_group=("lung",)),
    ):
        expected = set(narrow(frame, filters)["procedure_id"])
        scope = scope_for(filters, whole.sites, whole.as_of, whole.trail)
        taken = frames(engine, scope, tmp_path, Profile.LIMITED)
        assert set(taken["procedures"]["procedure_id"]) == expected, filters
