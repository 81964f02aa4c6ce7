"""An auditor signs in with a second factor, takes a bundle, proves it, finds it in the trail."""

from __future__ import annotations

import re
import subprocess
import zipfile
from base64 import b32decode
from pathlib import Path
from time import time

import pytest
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from playwright.sync_api import Page, expect

from registry.exchange.bundle.verify import verify_bundle
from tests.e2e.conftest import Live
from tests.world import PASSWORD


def give_password(page: Page) -> None:
    page.goto("/login?next=/exports")
    page.get_by_label("E-mail").fill("audrey@example.org")
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")


def take_up_a_second_factor(page: Page) -> None:
    expect(page.get_by_role("heading", name="Set up a second factor")).to_be_visible()
    secret = page.locator(".secret").inner_text()
    app = TOTP(b32decode("".join(secret.split())), 6, SHA1(), 30)  # noqa: S303
    page.get_by_label("The six digits it shows now").fill(app.generate(int(time())).decode())
    page.get_by_role("button", name="Use this second factor").click()
    expect(page.locator(".secrets li")).to_have_count(10)


def go_on(page: Page) -> None:
    page.get_by_role("link", name="I have kept them, go on").click()


def make_a_bundle(page: Page) -> None:
    page.locator("[name=profile][value=limited]").check(force=True)
    page.locator("[name=formats][value=csv]").check(force=True)
    page.get_by_label("Purpose").fill("Clinical audit, quarter 1")
    page.get_by_role("button", name="Check what it gives away").click()
    expect(page.locator("#check")).to_contain_text("1")
    page.get_by_role("button", name="Make the bundle").click()
    expect(page.get_by_role("button", name="Download the bundle")).to_be_visible(timeout=30_000)


@pytest.mark.browser
def test_from_signing_in_to_the_line_in_the_trail(page: Page, live: Live, tmp_path: Path) -> None:
    settings = live.app.state.settings.model_copy(update={"export_folder": tmp_path / "exports"})
    live.app.state.settings = settings
    give_password(page)
    take_up_a_second_factor(page)
    go_on(page)
    make_a_bundle(page)
    sha256 = re.search(r"\b[0-9a-f]{64}\b", page.locator("main").inner_text())
    assert sha256
    with page.expect_download() as downloading:
        page.get_by_role("button", name="Download the bundle").click()
    bundle = tmp_path / "bundle.zip"
    downloading.value.save_as(bundle)

    verdict = verify_bundle(bundle)
    assert (verdict.is_whole, verdict.sha256) == (True, sha256[0])
    with zipfile.ZipFile(bundle) as archive:
        archive.extractall(tmp_path / "unpacked")
    without_assuage = subprocess.run(
        ["sha256sum", "--check", "--strict", "SHA256SUMS"],
        cwd=next((tmp_path / "unpacked").rglob("SHA256SUMS")).parent,
        capture_output=True,
        check=False,
    )
    assert without_assuage.returncode == 0, without_assuage.stdout
    assert "H1" not in (tmp_path / "unpacked").rglob("patients.csv").__next__().read_text()

    page.goto("/trail?kind=files")
    expect(page.locator(".trail")).to_contain_text("Audrey (auditor) fetched an export")
    expect(page.locator(".trail")).to_contain_text("Clinical audit, quarter 1")
    expect(page.locator(".trail")).to_contain_text(sha256[0])
    page.get_by_role("link", name="Check the chain").click()
    expect(page.locator("main")).to_contain_text("Every line says what was sealed")
