"""Cells that hold scores, `7/10` or `7 (worst 9)`, other measures, and whose word they are."""

from __future__ import annotations

import re
from collections.abc import Callable

from registry.domain.instruments import PGIC_WORDS
from registry.domain.timeline import (
    INSTRUMENT_VALUES,
    Instrument,
    PainScore,
    Respondent,
    ScoreKind,
    Source,
)
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


_SCALES: dict[Instrument, tuple[str, str]] = {
    Instrument.AKPS: ("AKPS", "0 to 100 in tens"),
    Instrument.ECOG: ("ECOG", "0 to 4"),
    Instrument.PGIC: ("PGIC", "1 (very much better) to 7 (very much worse)"),
    Instrument.PEG_PAIN: ("A PEG item", "0 to 10"),
    Instrument.PEG_ENJOYMENT: ("A PEG item", "0 to 10"),
    Instrument.PEG_ACTIVITY: ("A PEG item", "0 to 10"),
    Instrument.BREAKTHROUGH: ("The number of breakthrough episodes in 24 h", "0 to 99"),
}
_PGIC = {fold(word): value for value, word in PGIC_WORDS.items()}


def read_measure(instrument: Instrument) -> Callable[[str], int]:
    """Give the reader of a cell of function, change, PEG or breakthrough pain.

    A range is unclear: neither end is taken. PGIC may stand in its seven words.
    """
    values = INSTRUMENT_VALUES[instrument]
    name, scale = _SCALES[instrument]

    def read(text: str) -> int:
        if instrument is Instrument.PGIC and fold(text) in _PGIC:
            return _PGIC[fold(text)]
        number = re.fullmatch(r"(-?\d+)\s*%?", text)
        if number is None:
            raise UnclearCell(f"{name} runs from {scale}; this is not one value. Left out.")
        value = int(number[1])
        if not min(values) <= value <= max(values):
            raise WrongCell(f"{name} runs from {scale}. Correct it.")
        if value not in values:
            raise UnclearCell(f"{name} runs from {scale}. Left out: it isn't rounded.")
        return value

    return read


def read_respondent(text: str) -> Respondent:
    """Read whose word it is. What isn't known refuses the row: a proxy's would pass for a self-
    report.
    """
    try:
        return Respondent(fold(text))
    except ValueError:
        raise WrongCell(
            f"Whose word this is isn't known: {', '.join(Respondent)}. Add it under "
            "values.respondent."
        ) from None


def read_source(text: str) -> Source:
    """Read how the answers were had; no file can claim that a patient gave them by a link."""
    if fold(text) in {Source.CLINIC, Source.PHONE, Source.RECORD}:
        return Source(fold(text))
    raise UnclearCell("This is none of clinic, phone, record. Left out.")
