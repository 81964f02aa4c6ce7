"""Cells that hold scores: pain 0-10, `7/10`, `7 (worst 9)`; AKPS in tens; ECOG 0-4."""

from __future__ import annotations

import re
from collections.abc import Callable

from registry.domain.timeline import INSTRUMENT_VALUES, Instrument, PainScore, ScoreKind
from registry.exchange.importer.errors import UnclearCell, WrongCell
from registry.exchange.importer.mapping import PainConvention
from registry.exchange.importer.readers.words import fold

_ONE = re.compile(
    r"[\s,;(]*(?P<word>[^\W\d_][^\d,;()=:]*?)?\s*[=:]?\s*"
    r"(?P<number>(?:(?<!\d)-)?\d+(?:\.\d+)?)(?:\s*/\s*10(?!\d))?[\s,;)]*"
)
_OFF_SCALE = "A pain score runs from 0 to 10. Correct it."


def read_pain(
    convention: PainConvention, kind: ScoreKind | None = None
) -> Callable[[str], tuple[PainScore, ...]]:
    """Give the reader of a pain cell: a plain number is of this kind, by default the convention's.

    A number off the scale, or a worst pain below the average, can't be true; what isn't a whole
    number with known words is unclear.
    """
    words = {fold(word): meant for word, meant in convention.words.items()}

    def read(text: str) -> tuple[PainScore, ...]:
        scores: dict[ScoreKind, int] = {}
        at = 0
        while at < len(text):
            found = _ONE.match(text, at)
            if found is None:
                raise UnclearCell("This is not a pain score. Left out.")
            number = _whole(found["number"])
            named = _kind(found["word"], words) or kind or convention.kind
            if scores.setdefault(named, number) != number:
                raise UnclearCell("This gives one kind of pain score twice. Left out.")
            at = found.end()
        _check_order(scores)
        return tuple(PainScore(convention.type_of(k), score) for k, score in scores.items())

    return read


def _kind(word: str | None, words: dict[str, ScoreKind]) -> ScoreKind | None:
    if not word:
        return None
    if (kind := words.get(fold(word))) is None:
        raise UnclearCell(
            "A word in this is not known to the mapping. Left out. Add it under pain.words."
        )
    return kind


def _whole(number: str) -> int:
    value = float(number)
    if not 0 <= value <= 10:
        raise WrongCell(_OFF_SCALE)
    if not value.is_integer():
        raise UnclearCell("A pain score is a whole number. Left out: it isn't rounded.")
    return int(value)


def _check_order(scores: dict[ScoreKind, int]) -> None:
    least, average, worst = (
        scores.get(kind) for kind in (ScoreKind.LEAST, ScoreKind.AVERAGE, ScoreKind.WORST)
    )
    ordered = [score for score in (least, average, worst) if score is not None]
    if ordered != sorted(ordered):
        raise WrongCell("The worst pain is below the average, or the least above it. Correct it.")


def read_function(instrument: Instrument) -> Callable[[str], int]:
    """Give the reader of an AKPS or ECOG cell. A range is unclear: neither end is taken."""
    values = INSTRUMENT_VALUES[instrument]
    name = instrument.value.upper()
    scale = "0 to 100 in tens" if instrument is Instrument.AKPS else "0 to 4"

    def read(text: str) -> int:
        number = re.fullmatch(r"(-?\d+)\s*%?", text)
        if number is None:
            raise UnclearCell(f"This is not one {name} value ({scale}). Left out.")
        value = int(number[1])
        if not min(values) <= value <= max(values):
            raise WrongCell(f"{name} runs from {scale}. Correct it.")
        if value not in values:
            raise UnclearCell(f"{name} runs from {scale}. Left out: it isn't rounded.")
        return value

    return read
