"""What the answers beside pain intensity mean in words, and the one total derived from them."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from registry.domain.timeline import Instrument

PGIC_WORDS: dict[int, str] = {
    1: "very much better",
    2: "much better",
    3: "a little better",
    4: "no change",
    5: "a little worse",
    6: "much worse",
    7: "very much worse",
}
"""The patient's global impression of change, since the procedure."""

PEG = (Instrument.PEG_PAIN, Instrument.PEG_ENJOYMENT, Instrument.PEG_ACTIVITY)


def peg_total(measures: Mapping[Instrument, int]) -> Fraction | None:
    """Give the mean of the three PEG items, 0-10; None unless all three were answered.

    Krebs et al., J Gen Intern Med 2009: pain on average, interference with enjoyment of life and
    with general activity, over a week. It is derived and never typed.
    """
    if any(item not in measures for item in PEG):
        return None
    return Fraction(sum(measures[item] for item in PEG), len(PEG))
