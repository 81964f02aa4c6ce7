"""The demonstration for all tests of reports that want it: made once a process."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.reports.demonstration import Demonstration, make_demonstration


@pytest.fixture(scope="session")
def demonstration(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demonstration]:
    """Give the demonstration. Mark its tests `xdist_group("demonstration")`: it takes a while."""
    with make_demonstration(tmp_path_factory.mktemp("demonstration")) as made:
        yield made
