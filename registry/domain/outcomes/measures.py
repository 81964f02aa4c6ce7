"""A timeline's answers, measure by measure, read once for all procedures and windows."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from typing import TypeVar

from registry.domain.opioids import ConversionTable, Medd, Regimen, convert
from registry.domain.outcomes.series import Series
from registry.domain.timeline import AVERAGE_SELF, WORST_SELF, Assessment, PainType

T = TypeVar("T")


def series_of(
    assessments: Iterable[Assessment],
    read: Callable[[Assessment], T | None],
    worse: Callable[[T, T], T],
) -> Series[T]:
    """Make the series of one measure of the assessments in which it was asked for."""
    return Series(
        (
            (a.on.toordinal(), a.after_procedure, value)
            for a in assessments
            if (value := read(a)) is not None
        ),
        worse,
    )


def pain_series(assessments: Iterable[Assessment], pain: PainType) -> Series[int]:
    """Make the series of one type of pain score, 0-10."""
    return series_of(assessments, lambda a: a.score(pain), max)


class Measures:
    """The series of one patient's measures; nothing that is dated after a death counts.

    Of two answers on one day the worse counts: the higher pain, ECOG, PGIC and MEDD, the lower
    AKPS. Each distinct regimen is converted once, and only if a figure rests on it.
    """

    def __init__(
        self,
        assessments: Iterable[Assessment],
        table: ConversionTable,
        pain: PainType = AVERAGE_SELF,
        died_on: date | None = None,
    ) -> None:
        alive = [a for a in assessments if died_on is None or a.on <= died_on]
        self._table = table
        self._converted: dict[Regimen, Medd] = {}
        self.pain = pain_series(alive, pain)
        self.worst = pain_series(alive, WORST_SELF)
        self.akps = series_of(alive, lambda a: a.akps, min)
        self.ecog = series_of(alive, lambda a: a.ecog, max)
        self.pgic = series_of(alive, lambda a: a.pgic, max)
        self.regimens = series_of(alive, lambda a: a.regimen, self._heavier)

    def medd(self, regimen: Regimen) -> Medd:
        """Convert a regimen under the table, once however many windows it serves."""
        found = self._converted.get(regimen)
        if found is None:
            found = self._converted[regimen] = convert(regimen, self._table)
        return found

    def _heavier(self, one: Regimen, other: Regimen) -> Regimen:
        return max(one, other, key=self._weight)

    def _weight(self, regimen: Regimen) -> tuple[object, ...]:
        """Order regimens of one day wholly, so that the order of entry never decides.

        What can't be compared by its total comes first: a sum that leaves some out is no dose, and
        must not lose against a smaller one that is whole.
        """
        medd = self.medd(regimen)
        return not medd.complete, medd.has_neuraxial, medd.methadone, medd.total_mg, repr(regimen)
