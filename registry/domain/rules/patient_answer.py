"""What a patient answers by a link, and when it can be kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from registry.domain.drafts import AssessmentDraft
from registry.domain.errors import Problem
from registry.domain.opioids import Regimen
from registry.domain.regimens import LONGEST, read_regimen
from registry.domain.timeline import AVERAGE_SELF, WORST_SELF, PainScore, Source


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientAnswer:
    """A patient's own answers: pain over 24 h, PGIC, and what was taken, in the patient's words."""

    average: int | None = None
    worst: int | None = None
    pgic: int | None = None
    taken: str | None = None

    def to_draft(self, today: date, *, after_procedure: bool) -> AssessmentDraft:
        """Give the assessment that the answers are. Nobody is there to be asked about doubts."""
        pairs = ((AVERAGE_SELF, self.average), (WORST_SELF, self.worst))
        return AssessmentDraft(
            assessed_on=today,
            scores=tuple(PainScore(kind, score) for kind, score in pairs if score is not None),
            regimen=regimen_in(self.taken),
            pgic=self.pgic,
            source=Source.LINK,
            after_procedure=after_procedure,
            regimen_text=self.taken,
            confirmed=None,
        )


def check_patient_answer(answer: PatientAnswer) -> list[Problem]:
    """Find what a patient should look at again, worded for a patient."""
    problems = []
    if answer.taken is not None and len(answer.taken) > LONGEST:
        problems.append(Problem("taken", "This is too long for us to keep. Please shorten it."))
    if answer.average is not None and answer.worst is not None and answer.worst < answer.average:
        problems.append(
            Problem(
                "worst",
                "Your worst pain is lower than your average pain. Please look at both: which one "
                "should be different?",
            )
        )
    if answer == PatientAnswer():
        problems.append(
            Problem("average", "You have not answered anything yet. One answer is enough.")
        )
    return problems


def regimen_in(words: str | None) -> Regimen | None:
    """Read a patient's words; None (not asked) unless every part was understood.

    Words that deny any opioid are the empty regimen. "Nothing" alone doesn't: who wears a patch may
    say so of tablets.
    """
    if words is None or not words.strip():
        return None
    read = read_regimen(words)
    return None if read.not_understood else read.items
