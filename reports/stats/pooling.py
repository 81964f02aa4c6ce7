"""Months too small to chart alone are charted together with their neighbours."""

from __future__ import annotations

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


def sum_spans(values: Column, spans: tuple[Span, ...]) -> list[int]:
    """Add up whole numbers, one a month, over every span."""
    found = counts("values", values)
    return [int(found[span.first : span.last + 1].sum()) for span in spans]
