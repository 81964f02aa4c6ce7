"""What the pages behind a patient's link say back: the answers, in the patient's own terms."""

from __future__ import annotations

from dataclasses import dataclass

from registry.domain.instruments import PGIC_WORDS
from registry.domain.rules.patient_answer import PatientAnswer, check_patient_answer

LEFT_OUT = "You left this out"


@dataclass(frozen=True, slots=True)
class Said:
    """One question with what was answered; `doubt` says kindly what should be looked at again."""

    name: str
    question: str
    answer: str
    doubt: str | None


def said_by(answer: PatientAnswer, *, asks_change: bool) -> list[Said]:
    """Tell every question that was asked, in order, with the answer."""
    doubts = {problem.field: problem.message for problem in check_patient_answer(answer)}
    told = [
        ("average", "Your pain on average", _score(answer.average)),
        ("worst", "Your pain at its worst", _score(answer.worst)),
        ("pgic", "Since the treatment you feel", PGIC_WORDS.get(answer.pgic or 0)),
        ("taken", "What you took", answer.taken),
    ]
    return [
        Said(name, question, said or LEFT_OUT, doubts.get(name))
        for name, question, said in told
        if name != "pgic" or asks_change
    ]


def _score(score: int | None) -> str | None:
    return None if score is None else f"{score} out of 10"
