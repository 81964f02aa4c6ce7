"""The clinic's content as data: TOML files that travel with the package, each with its source."""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from registry.domain.errors import RegistryError


class ContentError(RegistryError):
    """A content file contradicts itself; told when it is loaded, before anyone relies on it."""


@cache
def load(name: str) -> dict[str, Any]:
    """Read `<name>.toml` of this package, once; callers copy before they change anything."""
    return tomllib.loads(files(__name__).joinpath(f"{name}.toml").read_text(encoding="utf-8"))


def refuse_unknown_keys(entry: Mapping[str, Any], known: Collection[str], where: str) -> None:
    """Raise `ContentError` for a misspelt key, which would otherwise be dropped in silence."""
    if unknown := entry.keys() - set(known):
        raise ContentError(f"{where}: unknown key {', '.join(sorted(unknown))}")


def by_slug(entries: Collection[Mapping[str, Any]], what: str) -> dict[str, Mapping[str, Any]]:
    """Index entries by slug in their file's order; a slug given twice is a `ContentError`."""
    index: dict[str, Mapping[str, Any]] = {}
    for entry in entries:
        if entry["slug"] in index:
            raise ContentError(f"{what}: slug {entry['slug']} is given twice")
        index[entry["slug"]] = entry
    return index
