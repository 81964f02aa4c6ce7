"""Outcome rows that were derived by other rules, or are missing, are noticed and derived anew."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine, text

from registry.db.engine import transaction
from registry.services.outcomes import list_stale_sites, rebuild_outcomes
from tests.world import World


def _stale(engine: Engine) -> list[str]:
    with transaction(engine, write=False) as session:
        return [site.code for site in list_stale_sites(session)]


def test_what_was_just_saved_is_not_stale(engine: Engine, world: World) -> None:
    assert _stale(engine) == []


@pytest.mark.parametrize(
    "change",
    [
        "DELETE FROM procedure_outcome",
        "UPDATE procedure_outcome SET rules_version = 'windows 2020'",
        "UPDATE site SET eligibility_floor = 5 WHERE code = 'NORTH'",
        "UPDATE site SET opioid_table = 'anzca-2021' WHERE code = 'NORTH'",
    ],
)
def test_rows_by_other_rules_or_none_are_stale_until_rebuilt(
    engine: Engine, world: World, change: str
) -> None:
    with engine.begin() as connection:
        connection.execute(text(change))
    assert _stale(engine) == ["NORTH"]
    with transaction(engine) as session:
        rebuild_outcomes(session, sites=list_stale_sites(session))
    assert _stale(engine) == []
