"""Finding a Chromium for the browser tests, or installing one. `python -m tests.chromium`."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MISSING = (
    "No Chromium was found and none could be installed. The browser tests need one: install the "
    "package chromium, or name a browser's program in CHROMIUM."
)


def find_chromium() -> str | None:
    """Find a browser: the one named in CHROMIUM, one of the machine's, or Playwright's own."""
    named = os.environ.get("CHROMIUM")
    if named:
        return named
    found = next((path for name in NAMES if (path := shutil.which(name))), None)
    return found or _playwrights_own()


def _playwrights_own() -> str | None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).exists() else None


def _install() -> bool:
    """Try the system's packages, as root or through sudo, then Playwright's download."""
    rights = [] if os.geteuid() == 0 else ["sudo", "-n"]
    apt = [*rights, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get"]
    ways = [
        [[*apt, "update", "-qq"], [*apt, "install", "-y", "-qq", "chromium"]],
        [[sys.executable, "-m", "playwright", "install", "chromium"]],
    ]
    return any(all(_runs(command) for command in way) for way in ways)


def _runs(command: list[str]) -> bool:
    if shutil.which(command[0]) is None:
        return False
    return subprocess.run(command, stdout=subprocess.DEVNULL, check=False).returncode == 0


def main() -> int:
    """Make sure that there is a browser."""
    if find_chromium() or (_install() and find_chromium()):
        return 0
    sys.stderr.write(f"{MISSING}\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())
