"""The schema: made only by migrations, up, down and up again, the same on both databases."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import CheckConstraint, Engine, inspect
from sqlmodel import SQLModel

from registry.db.engine import transaction
from registry.db.migrate import current_revision, downgrade, head_revision, is_current, upgrade
from registry.services.outcomes import rebuild_outcomes
from tests.databases import BACKENDS, fresh_database
from tests.world import make_world


@pytest.fixture(scope="module", params=BACKENDS)
def seeded(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Engine:
    """Give a database of its own with the world in it."""
    with fresh_database(request.param, tmp_path_factory.mktemp("migrate")) as database:
        with transaction(database.engine) as session:
            make_world(session)
        yield database.engine


def test_the_tables_say_the_same_as_the_migrations(seeded: Engine) -> None:
    with seeded.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, SQLModel.metadata) == []
    assert is_current(seeded)


def test_down_and_up_again_on_a_registry_with_patients_in_it(seeded: Engine) -> None:
    downgrade(seeded, "base")
    assert current_revision(seeded) is None
    assert set(inspect(seeded).get_table_names()) == {"alembic_version"}
    upgrade(seeded)
    assert current_revision(seeded) == head_revision()
    with transaction(seeded) as session:
        make_world(session)
        assert rebuild_outcomes(session) == 1


def test_every_check_of_the_tables_stands_in_the_database(seeded: Engine) -> None:
    found = inspect(seeded)
    for table in SQLModel.metadata.sorted_tables:
        wanted = {c.name for c in table.constraints if isinstance(c, CheckConstraint)}
        assert {c["name"] for c in found.get_check_constraints(table.name)} == wanted, table.name


def test_every_clinical_table_carries_its_site_in_its_key(seeded: Engine) -> None:
    found = inspect(seeded)
    free = {"alembic_version", "site", "user_account", "user_session", "api_token"}
    free |= {"pending_sign_in", "held_form", "account_link", "sign_in_guard"}
    free |= {"user_totp", "recovery_code"}
    by_person = {"submission"}  # a request's key is its sender's, whatever site it is about
    by_time = {"audit_event", "audit_head"}  # a refused sign-in belongs to no site
    by_person.add("export_job")  # it may speak of several sites
    for table in set(found.get_table_names()) - free - by_person - by_time:
        assert "site_id" in found.get_pk_constraint(table)["constrained_columns"], table


def test_a_migration_is_named_by_its_day_and_what_it_does() -> None:
    versions = Path(__file__).parents[2] / "migrations" / "versions"
    names = sorted(p.stem for p in versions.glob("*.py"))
    assert names
    assert all(name[:10].replace("_", "").isdigit() and len(name) > 14 for name in names)
