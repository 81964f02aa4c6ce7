"""Months too small to chart alone are charted together with their neighbours."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from reports.stats.columns import Column, counts


@dataclass(frozen=True, slots=True)
class Span:
    """Months `first` to `last`, by position from 0, both included."""

    first: int
    last: int


def pool_small(n: Column, smallest: int) -> tuple[Span, ...]:
    """Join months in order of time until each span holds at least `smallest` procedures.

    What is left over at the end joins the span before it; if all months together are too small,
    one span holds them all. Without months there is none. Raises `ValueError` unless `n` counts
    whole procedures.
    """
    spans: list[Span] = []
    first = held = 0
    sizes = counts("n", n).tolist()
    for month, size in enumerate(sizes):
        held += size
        if held >= smallest:
            spans.append(Span(first, month))
            first, held = month + 1, 0
    if first < len(sizes):
        before = spans.pop().first if spans else 0
        spans.append(Span(before, len(sizes) - 1))
    return tuple(spans)


def pool_parts(
    parts: Sequence[Column], least: int, is_small: Callable[[int], bool]
) -> tuple[Span, ...]:
    """Join months until each span holds at least `least` in all and none of its parts is small.

    `parts` are columns of counts, one a month, that make up a whole together (assessed and not
    assessed). What is left over at the end joins the span before it, and so on back until no part
    is small; one span of all months may be. Raises `ValueError` unless all are whole counts.
    """
    columns = [counts("parts", part).astype(int).tolist() for part in parts]

    def fits(sums: Sequence[int]) -> bool:
        return sum(sums) >= least and not any(map(is_small, sums))

    spans: list[Span] = []
    sums: list[tuple[int, ...]] = []
    first, held = 0, (0,) * len(columns)
    for month, sizes in enumerate(zip(*columns, strict=True)):
        held = tuple(a + b for a, b in zip(held, sizes, strict=True))
        if fits(held):
            spans.append(Span(first, month))
            sums.append(held)
            first, held = month + 1, (0,) * len(columns)
    months = len(columns[0]) if columns else 0
    if first < months:
        spans.append(Span(first, months - 1))
        sums.append(held)
    while len(spans) > 1 and not fits(sums[-1]):
        last, rest = spans.pop(), sums.pop()
        spans[-1] = Span(spans[-1].first, last.last)
        sums[-1] = tuple(a + b for a, b in zip(sums[-1], rest, strict=True))
    return tuple(spans)


def sum_spans(values: Column, spans: tuple[Span, ...]) -> list[int]:
    """Add up whole numbers, one a month, over every span."""
    found = counts("values", values)
    return [int(found[span.first : span.last + 1].sum()) for span in spans]
