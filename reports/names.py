"""What slugs are called on a page, by the packaged content: complications and techniques."""

from __future__ import annotations

from registry.domain.complications import complications
from registry.domain.techniques import taxonomy


def complication_name(slug: str) -> str:
    """Name an adverse event; a slug that the content doesn't know is told in its own words."""
    known = complications().by_slug.get(slug)
    return known.label if known else _spoken(slug)


def apart_name(what: str) -> str:
    """Name what is counted apart from harm: an effect by its slug, the disease's course by kind."""
    return complication_name("disease-progression" if what == "progression" else what)


def technique_name(slug: str) -> str:
    """Name a technique; a slug that the content doesn't know is told in its own words."""
    known = taxonomy().techniques.get(slug)
    return known.label if known else _spoken(slug)


def shortened(name: str, most: int = 44) -> str:
    """Cut a name at a word where a phone has no room for more; hover and table say all of it."""
    if len(name) <= most:
        return name
    return f"{name[:most].rsplit(' ', 1)[0].rstrip(',')} …"


def _spoken(slug: str) -> str:
    return slug.replace("-", " ").capitalize()
