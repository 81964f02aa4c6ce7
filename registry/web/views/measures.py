"""What was answered beside pain intensity, in words: function, change, PEG, breakthrough pain."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from registry.domain.instruments import PEG, PGIC_WORDS, peg_total
from registry.domain.timeline import Instrument
from registry.web.filters import number

_NAMES = {
    Instrument.AKPS: "AKPS",
    Instrument.ECOG: "ECOG",
    Instrument.PGIC: "PGIC",
    Instrument.PEG_PAIN: "PEG pain",
    Instrument.PEG_ENJOYMENT: "PEG enjoyment of life",
    Instrument.PEG_ACTIVITY: "PEG general activity",
    Instrument.BREAKTHROUGH: "breakthrough episodes in 24 h",
}
_WHOSE = {"": "", "proxy": ", by proxy", "observed": ", observed"}


def measures_in_words(value: Mapping[str, int]) -> str:
    """Write what a snapshot of the trail holds: `{"akps": 50, "pgic/proxy": 2}`.

    The PEG total stands before its items.
    """
    return ", ".join(_phrases(value))


def _phrases(value: Mapping[str, int]) -> Iterator[str]:
    whose = {name.partition("/")[0]: _WHOSE[name.partition("/")[2]] for name in value}
    given = {Instrument(name.partition("/")[0]): score for name, score in value.items()}
    total = peg_total(given)
    for instrument, name in _NAMES.items():
        if instrument not in given:
            continue
        if instrument is PEG[0] and total is not None:
            yield f"PEG {number(float(total))}/10 (mean of three){whose[instrument]}"
        score = given[instrument]
        word = f" ({PGIC_WORDS[score]})" if instrument is Instrument.PGIC else ""
        yield f"{name} {score}{word}{whose[instrument]}"
