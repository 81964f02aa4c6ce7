"""A patient's course as plain values: what the timeline figure is drawn from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class ScorePoint:
    """One pain score, NRS 0-10; `kind` in words ("average 24 h", "worst 24 h", "proxy: now")."""

    on: date
    kind: str
    score: int


@dataclass(frozen=True, slots=True)
class DosePoint:
    """Systemic MEDD on a day, mg/24 h oral morphine; if not `complete`, at least this much."""

    on: date
    mg: float
    complete: bool


@dataclass(frozen=True, slots=True)
class Mark:
    """Something that happened on a day, and its name in few words.

    Procedures of one `thread` continue each other; one without a thread stands alone. One without a
    label is named by the one of its thread before it.
    """

    on: date
    label: str
    thread: int | None = None


@dataclass(frozen=True, slots=True)
class Relief:
    """Days on which a procedure's relief began and ended."""

    since: date
    until: date


@dataclass(frozen=True, slots=True)
class Course:
    """All that a timeline figure shows. Scores of different kinds are never joined."""

    scores: Sequence[ScorePoint] = ()
    doses: Sequence[DosePoint] = ()
    procedures: Sequence[Mark] = ()
    adverse_events: Sequence[Mark] = ()
    died_on: date | None = None
    reliefs: Sequence[Relief] = ()

    @property
    def days(self) -> list[date]:
        """Give every day on which something stands, in order."""
        dated: list[ScorePoint | DosePoint | Mark] = [*self.scores, *self.doses]
        dated += [*self.procedures, *self.adverse_events]
        died = [] if self.died_on is None else [self.died_on]
        return sorted([*(item.on for item in dated), *died])
