"""Released result -> plain records for JSON."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields
from datetime import date
from typing import Any

from registry.domain.windows import Window
from reports.disclosure import HELD, Released
from reports.disclosure.curve import CurveLine
from reports.groups import Group
from reports.stats.curve import STEPS
from reports.stats.intervals import Proportion, Quartiles
from reports.stats.responders import Definition


def records(lines: Iterable[Any]) -> list[dict[str, Any]]:
    """Make one flat record a released line, any dataclass: group and window first, as it has them.

    A number held back is null and named in the record's `held_back`; any other null means that
    there is nothing to count. Medians and proportions are objects with their limits.
    """
    return [_record(line) for line in lines]


def _record(line: Any) -> dict[str, Any]:
    told = dict(_values(line))
    held = [name for name, value in told.items() if value is HELD]
    return {**told, **dict.fromkeys(held), "held_back": held}


def _values(line: Any) -> Iterator[tuple[str, Any]]:
    for field in fields(line):
        value = getattr(line, field.name)
        if isinstance(value, Mapping):
            yield from ((key.value, count) for key, count in value.items())
        else:
            yield from _value(field.name, value)


def _value(name: str, value: Any) -> Iterable[tuple[str, Any]]:
    match value:
        case Group(slug, label):
            return ((name, slug), ("label", label))
        case Window(slug) | Definition(slug):
            return ((name, slug),)
        case Quartiles(low, median, high):
            return ((name, {"low": low, "median": median, "high": high}),)
        case Proportion(k, n, interval):
            limits = (interval.low, interval.high) if interval else (None, None)
            told = {"k": k, "n": n, "value": value.value, "low": limits[0], "high": limits[1]}
            return ((name, told),)
        case date():
            return ((name, value.isoformat()),)
        case _:
            return ((name, value),)


def curve_records(released: Released[CurveLine]) -> Iterator[dict[str, Any]]:
    """Make one record a step of each curve: how many of the assessed improved by at least so much.

    `of_assessed` and `of_alive_and_due` are proportions, 0 to 1.
    """
    for line in released.lines:
        for place, step in enumerate(STEPS):
            told = {
                "n": line.n,
                "unassessed": line.unassessed,
                "reached": line.reached[place],
            }
            held = [name for name, value in told.items() if value is HELD]
            yield {
                "group": line.group.slug,
                "label": line.group.label,
                "window": line.window.slug,
                "percent": step,
                **told,
                **dict.fromkeys(held),
                "of_assessed": line.share(place, of_due=False),
                "of_alive_and_due": line.share(place, of_due=True),
                "held_back": held,
            }


def with_pairs(
    change: Iterable[dict[str, Any]], pairs: Iterable[dict[str, Any]]
) -> Iterator[dict[str, Any]]:
    """Add to records of a change of dose whose doses they are: same groups, same windows."""
    for one, other in zip(change, pairs, strict=True):
        held = dict.fromkeys((*one["held_back"], *other["held_back"]))
        yield {**other, **one, "held_back": list(held)}
