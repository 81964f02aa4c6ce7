"""The demonstration, and its outcome rows as an auditor holds them: a CSV file read by pandas.

Everything in this folder works from that file alone, with code that shares nothing with `reports`:
what the pages say is reckoned again from what the export says.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from sqlalchemy import Engine

from registry.db.engine import create_engine, transaction
from registry.db.migrate import upgrade
from registry.db.queries.people import find_user, list_sites
from registry.demo.seed import ACCOUNTS, seed_demo
from registry.domain.access import Actor
from registry.exchange.outcome_export import stream_outcomes_csv
from registry.services.exports import authorise_export
from registry.services.people import actor_of
from registry.services.reports import run_report
from registry.settings import Settings
from reports.catalogue import find
from reports.filters import Filters
from reports.page import Asked

TODAY = date(2026, 11, 23)
Records = list[dict[str, Any]]
Ask = Callable[..., Records]

# One process makes the demonstration once for all of these.
pytestmark = pytest.mark.xdist_group("demonstration")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep these tests in one process: the demonstration is made once."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.xdist_group("demonstration"))


@dataclass(frozen=True)
class Demonstration:
    """The seeded registry: its engine, and who looks at it."""

    engine: Engine
    clinician: Actor
    quality: Actor


@pytest.fixture(scope="session")
def demonstration(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demonstration]:
    """Seed the demonstration once."""
    path = tmp_path_factory.mktemp("demonstration") / "demo.db"
    engine = create_engine(Settings(database_url=f"sqlite:///{path}", _env_file=None))
    upgrade(engine)
    with transaction(engine) as session:
        seed_demo(session, today=TODAY)
    with transaction(engine, write=False) as session:
        by_role = {}
        for account in ACCOUNTS:
            user = find_user(session, account.email)
            assert user is not None
            by_role[account.role.value] = actor_of(session, user)
    yield Demonstration(engine, by_role["clinician"], by_role["quality"])
    engine.dispose()


@pytest.fixture(scope="session")
def export(demonstration: Demonstration) -> pd.DataFrame:
    """Export the outcome rows as the clinician may, and read the file as anybody would."""
    with transaction(demonstration.engine) as session:
        assert list_sites(session)
        ticket = authorise_export(
            session,
            actor=demonstration.clinician,
            dataset="procedure_outcomes",
            filters=Filters(),
            purpose="reproduction",
            as_of=TODAY,
        )
    text = "".join(stream_outcomes_csv(demonstration.engine, ticket))
    return pd.read_csv(io.StringIO(text), dtype={"procedure_id": str, "patient_id": str})


@pytest.fixture(scope="session")
def treated(export: pd.DataFrame) -> pd.DataFrame:
    """Keep what a comparison speaks of: treatments, no test blocks and no upkeep of devices."""
    return export[export["intent"].isin(["therapeutic", "repeat", "implant"])]


@pytest.fixture(scope="session")
def ask(demonstration: Demonstration) -> Ask:
    """Give a function that asks a block of a report as the clinician, who sees every number."""

    def ask(report: str, block: str, **asked: Any) -> Records:
        with transaction(demonstration.engine, write=False) as session:
            answer = run_report(
                session,
                actor=demonstration.clinician,
                report=find(report),
                filters=Filters(),
                asked=Asked(**asked),
                today=TODAY,
            )
        return next(list(s.records) for b, s in answer.output.blocks if b.slug == block)

    return ask
