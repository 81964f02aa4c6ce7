"""Every setting is explained where IT looks for it."""

from __future__ import annotations

from pathlib import Path

from registry.settings import Settings

GUIDE = Path(__file__).parents[2] / "docs" / "operations.md"


def test_each_setting_stands_in_the_operations_guide() -> None:
    text = GUIDE.read_text("utf-8")
    missing = [n for n in Settings.model_fields if f"ASSUAGE_{n.upper()}" not in text]
    assert missing == []
