"""Installing Assuage from its wheel, as IT would: nothing but the wheel and an empty folder."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx2
import pytest

TREE = Path(__file__).parents[2]


def _run(*command: str | Path, cwd: Path = TREE) -> str:
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def _uv() -> str:
    found = shutil.which("uv") or shutil.which("uv", path=TREE / ".uv" / "bin")
    assert found, "uv is missing; `make test` brings it"
    return found


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel and install it, with the locked dependencies, away from the tree."""
    folder = tmp_path_factory.mktemp("wheel")
    _run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder)
    wheel = next(folder.glob("*.whl"))
    python = folder / "venv" / "bin" / "python"
    _run(_uv(), "venv", "--python", sys.executable, folder / "venv")
    install = (_uv(), "pip", "install", "--python", python)
    _run(*install, "--require-hashes", "-r", TREE / "requirements.lock")
    _run(*install, "--no-deps", wheel)
    return folder / "venv" / "bin"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def test_it_serves_from_an_empty_folder(installed: Path, tmp_path: Path) -> None:
    port = _free_port()
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("ASSUAGE_", "PYTHON"))}
    command = [installed / "assuage", "serve", "--port", str(port)]
    with subprocess.Popen(
        command, cwd=tmp_path, env=environment, stderr=subprocess.PIPE, text=True
    ) as server:
        try:
            _wait_for(f"http://127.0.0.1:{port}/readyz")
            page = httpx2.get(f"http://127.0.0.1:{port}/login")
            style = page.text.split('rel="stylesheet"')[1].split('href="')[1].split('"')[0]
            assert page.status_code == 200
            assert httpx2.get(f"http://127.0.0.1:{port}{style}").status_code == 200
        finally:
            server.terminate()
    assert (tmp_path / "var" / "assuage.db").exists()


def _wait_for(url: str) -> None:
    for _ in range(150):
        try:
            if httpx2.get(url).status_code == 200:
                return
        except httpx2.TransportError:
            pass
        time.sleep(0.1)
    pytest.fail(f"nothing answers at {url}")


def test_a_newcomer_gets_from_nothing_to_an_export_with_four_commands(
    installed: Path, tmp_path: Path
) -> None:
    assuage = installed / "assuage"
    _run(assuage, "migrate", cwd=tmp_path)
    _run(
        assuage, "user", "add", "a@example.org", "--password", "long enough for this", cwd=tmp_path
    )
    token = _run(assuage, "token", "add", "a@example.org", cwd=tmp_path)
    assert len(token.split()) == 1
    _run(assuage, "export", "--out", "data", cwd=tmp_path)
    header = (tmp_path / "data" / "procedure_outcomes.csv").read_text().splitlines()[0]
    assert header.startswith("procedure_id,course_id,follows_id,site,performed_on")
