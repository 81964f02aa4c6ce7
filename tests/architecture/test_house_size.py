"""The house stays small enough to walk through: long functions and modules are split."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

TREE = Path(__file__).parents[2]
MODULES = sorted(p for room in ("registry", "reports") for p in (TREE / room).rglob("*.py"))
LONG_FUNCTION, LONG_MODULE = 45, 300


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(TREE)))
def test_no_room_is_too_large_to_see_across(path: Path) -> None:
    source = path.read_text("utf-8")
    assert source.count("\n") <= LONG_MODULE
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert (node.end_lineno or 0) - node.lineno < LONG_FUNCTION, node.name
