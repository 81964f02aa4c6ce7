"""Where the files beside the code are: in the tree, or bundled into the installed wheel."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def bundled(name: str) -> Path:
    """Find `templates` or `migrations`: inside an installed package, else beside it in the tree."""
    inside = _PACKAGE / "_bundled" / name
    return inside if inside.is_dir() else _PACKAGE.parent / name


TEMPLATES = bundled("templates")
MIGRATIONS = bundled("migrations")
STATIC = _PACKAGE / "web" / "static"
