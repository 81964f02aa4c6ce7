"""Every template: it loads, has a title where it is a page, holds nothing inline or unescaped."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from registry.paths import TEMPLATES
from registry.web.render import environment

PATHS = sorted(p for p in TEMPLATES.rglob("*.html"))
NAMES = [str(p.relative_to(TEMPLATES)) for p in PATHS]


@pytest.mark.parametrize("name", NAMES)
def test_it_loads(name: str) -> None:
    assert environment.get_template(name)


@pytest.mark.parametrize("path", PATHS, ids=NAMES)
def test_a_page_has_a_title_of_its_own(path: Path) -> None:
    source = path.read_text("utf-8")
    if '{% extends "base.html" %}' in source:
        assert re.search(r"{% block title %}\s*\S", source)


@pytest.mark.parametrize("path", PATHS, ids=NAMES)
def test_nothing_is_inline_or_unescaped(path: Path) -> None:
    source = path.read_text("utf-8")
    assert not re.search(r"\|\s*safe\b", source)
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=", source)
    for script in re.findall(r"<script[^>]*>", source):
        assert "src=" in script or 'type="application/json"' in script
