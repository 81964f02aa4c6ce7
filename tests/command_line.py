"""`assuage` as a person runs it: in a folder, with an environment of its own, on a database."""

from __future__ import annotations

import contextlib
import io
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch

from sqlalchemy import Engine

from registry import cli
from registry.cli import terminal
from registry.settings import get_settings
from tests.databases import Database

Run = Callable[..., "Ran"]


@dataclass(frozen=True)
class Ran:
    """How a command ended, and what it said."""

    returncode: int
    stdout: str
    stderr: str


def command_line(database: Database, folder: Path, *first: str) -> Run:
    """Give a function that runs `assuage`, with these words first, and looks at how it ended.

    It runs in this process, through the same `main`: a new process takes two seconds to say that
    a site is mistyped. That one starts at all, `run_as_process` shows.
    """

    def assuage(*arguments: str, fails: bool = False) -> Ran:
        with _as_if_alone(database, folder):
            done = _main([*first, *arguments])
        assert (done.returncode != 0) == fails, done.stderr
        return done

    return assuage


def run_as_process(database: Database, folder: Path, *arguments: str) -> Ran:
    """Run `assuage` as a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "registry", *arguments],
        cwd=folder,
        env=_environment(database),
        capture_output=True,
        text=True,
        check=False,
    )
    return Ran(done.returncode, done.stdout, done.stderr)


def _environment(database: Database) -> dict[str, str]:
    return {
        "ASSUAGE_DATABASE_URL": database.settings.database_url,
        "PYTHONPATH": str(Path(__file__).parents[1]),
        "PATH": "",
    }


@contextlib.contextmanager
def _as_if_alone(database: Database, folder: Path) -> Iterator[None]:
    """Stand in the folder, with no more environment than a process would be given."""
    opened: list[Engine] = []

    def open_engine(*arguments: object) -> Engine:
        opened.append(make(*arguments))
        return opened[-1]

    make = terminal.create_engine
    with (
        contextlib.chdir(folder),
        patch.dict(os.environ, _environment(database), clear=True),
        patch.object(terminal, "create_engine", open_engine),
    ):
        get_settings.cache_clear()
        try:
            yield
        finally:
            get_settings.cache_clear()
            for engine in opened:
                engine.dispose()


def _main(arguments: list[str]) -> Ran:
    """Run `main`, which ends by leaving, as a process would."""
    out, err = io.StringIO(), io.StringIO()
    status: object = 0
    with (
        patch.object(sys, "argv", ["assuage", *arguments]),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
    ):
        try:
            cli.main()
        except SystemExit as left:
            status = left.code
    return Ran(
        status if isinstance(status, int) else int(status is not None),
        out.getvalue(),
        err.getvalue(),
    )
