"""A patient's timeline: the frozen values from which every outcome is derived."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from registry.domain.opioids import Regimen


class ScoreKind(StrEnum):
    """Which pain a 0-10 score speaks of. Two kinds are never subtracted from each other."""

    WORST = "worst"
    AVERAGE = "average"
    LEAST = "least"
    NOW = "now"
    AT_REST = "at_rest"
    ON_MOVEMENT = "on_movement"


class Recall(StrEnum):
    """The span that a pain score looks back over."""

    NOW = "now"
    DAY = "24h"
    WEEK = "7d"


class Respondent(StrEnum):
    """Who gave the score. A proxy's or observer's is never averaged with a self-report."""

    SELF = "self"
    PROXY = "proxy"
    OBSERVED = "observed"


class Instrument(StrEnum):
    """What is measured beside pain intensity.

    AKPS in tens (0 dead, 100 normal) and ECOG 0-4 (0 fully active) are rated by the clinician. PGIC
    (1 very much better to 7 very much worse since the procedure), the three items of PEG over a
    week (pain on average, interference with enjoyment of life, with general activity; 0-10 each)
    and the breakthrough episodes of the last 24 h are the patient's to say.
    """

    AKPS = "akps"
    ECOG = "ecog"
    PGIC = "pgic"
    PEG_PAIN = "peg_pain"
    PEG_ENJOYMENT = "peg_enjoyment"
    PEG_ACTIVITY = "peg_activity"
    BREAKTHROUGH = "breakthrough"


_PEG = frozenset(range(11))
INSTRUMENT_VALUES: dict[Instrument, frozenset[int]] = {
    Instrument.AKPS: frozenset(range(0, 101, 10)),
    Instrument.ECOG: frozenset(range(5)),
    Instrument.PGIC: frozenset(range(1, 8)),
    Instrument.PEG_PAIN: _PEG,
    Instrument.PEG_ENJOYMENT: _PEG,
    Instrument.PEG_ACTIVITY: _PEG,
    Instrument.BREAKTHROUGH: frozenset(range(100)),
}
CLINICIAN_RATED = frozenset({Instrument.AKPS, Instrument.ECOG})


class Source(StrEnum):
    """How an assessment's answers were had."""

    CLINIC = "clinic"
    PHONE = "phone"
    LINK = "link"
    RECORD = "record"


class Sex(StrEnum):
    """Sex as recorded in the notes."""

    FEMALE = "female"
    MALE = "male"
    OTHER = "other"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class PainType:
    """What makes two pain scores comparable: the same kind, recall and respondent."""

    kind: ScoreKind
    recall: Recall
    respondent: Respondent


AVERAGE_SELF = PainType(ScoreKind.AVERAGE, Recall.DAY, Respondent.SELF)
WORST_SELF = PainType(ScoreKind.WORST, Recall.DAY, Respondent.SELF)


@dataclass(frozen=True, slots=True)
class PainScore:
    """A whole number from 0 (no pain) to 10 (worst imaginable), and what it speaks of."""

    type: PainType
    score: int


@dataclass(frozen=True, slots=True)
class Assessment:
    """What was asked and answered on one day; it belongs to the patient, not to a procedure.

    `regimen` is None when opioids were not asked about and empty when the patient takes none.
    `after_procedure` marks an assessment made on a procedure's day but after it: such a one is
    nobody's baseline for that procedure. `pgic` is the patient's own: 1 very much better to 7 very
    much worse.
    """

    on: date
    scores: tuple[PainScore, ...] = ()
    regimen: Regimen | None = None
    akps: int | None = None
    after_procedure: bool = False
    ecog: int | None = None
    pgic: int | None = None

    def score(self, of: PainType) -> int | None:
        """Find the score of exactly this type."""
        for score in self.scores:
            if score.type is of or score.type == of:
                return score.score
        return None


@dataclass(frozen=True, slots=True)
class ProcedureEvent:
    """That a procedure was done, and what tells which pain it was for.

    `pain_site` is where it hurt, in the clinician's words. `follows` is the procedure that this one
    continues (prognostic block -> neurolysis, trial -> implant -> refill); it may be gone, voided.
    """

    id: UUID
    on: date
    technique: str
    intent: str
    category: str = ""
    pain_site: str | None = None
    follows: UUID | None = None


@dataclass(frozen=True, slots=True)
class AdverseEventMark:
    """That an adverse event began."""

    on: date
    complication: str


Span = tuple[date, date | None]
"""A first and a last day; None while it goes on."""


@dataclass(frozen=True, slots=True)
class Timeline:
    """One patient's course, in any order: the derivation sorts for itself.

    `infusions` are the spans in which an opioid ran intrathecally or epidurally,
    `device_checks` the days on which a device was looked at.
    """

    birth_date: date
    procedures: tuple[ProcedureEvent, ...] = ()
    assessments: tuple[Assessment, ...] = ()
    adverse_events: tuple[AdverseEventMark, ...] = ()
    died_on: date | None = None
    infusions: tuple[Span, ...] = ()
    device_checks: tuple[date, ...] = ()

    def dates(self) -> Iterator[date]:
        """Give the day of everything that presumes a living patient."""
        yield from (p.on for p in self.procedures)
        yield from (a.on for a in self.assessments)
        yield from (e.on for e in self.adverse_events)
        yield from self.device_checks


def age_on(birth_date: date, day: date) -> int:
    """Count completed years of life on a day."""
    before_birthday = (day.month, day.day) < (birth_date.month, birth_date.day)
    return day.year - birth_date.year - before_birthday
