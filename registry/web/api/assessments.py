"""Assessments: what was asked and answered on a day."""

from __future__ import annotations

from datetime import date
from http import HTTPStatus
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field
from pydantic.config import JsonDict

from registry.db.tables import Assessment
from registry.domain.access import Permission
from registry.domain.drafts import AssessmentDraft
from registry.domain.instruments import peg_total
from registry.domain.opioids import DoseUnit, Route
from registry.domain.timeline import (
    Instrument,
    PainScore,
    PainType,
    Recall,
    Respondent,
    ScoreKind,
    Source,
)
from registry.services.assessments import add_assessment
from registry.services.corrections import get_record
from registry.web.api.models import CONFLICTS, ConfirmedCodes, Day, OptionalNote, Sent, Whole, YesNo
from registry.web.api.opioids import ConvertedItemOut, RegimenIn, read_regimen
from registry.web.api.writing import Submitting, named_as_sent
from registry.web.deps import Bearer, Today, WriteSession
from registry.web.needs import api_needs

router = APIRouter(tags=["assessments"], dependencies=[api_needs(Permission.WRITE_RECORDS)])

EXAMPLE: JsonDict = {
    "assessed_on": "2026-01-12",
    "scores": [
        {"kind": "average", "score": 4},
        {"kind": "worst", "recall": "24h", "respondent": "self", "score": 6},
    ],
    "opioids": [{"drug": "morphine", "route": "oral", "dose": 20, "unit": "mg", "per_day": 2}],
    "akps": 60,
}


PegItem = Annotated[Whole | None, Field(description="A PEG item over the last week, 0 to 10.")]


class PainScoreIn(Sent):
    """A 0-10 pain score and what it speaks of."""

    kind: ScoreKind
    recall: Recall | None = Field(
        default=None, description="By default the last 24 h; for pain now, now."
    )
    respondent: Respondent = Respondent.SELF
    score: Annotated[Whole, Field(ge=0, le=10)]

    @property
    def type(self) -> PainType:
        """Give what the score speaks of."""
        usual = Recall.NOW if self.kind is ScoreKind.NOW else Recall.DAY
        return PainType(self.kind, self.recall or usual, self.respondent)


class BaselineIn(Sent):
    """An assessment made before a procedure. Give at least a score, the opioids or the function."""

    assessed_on: Day
    scores: Annotated[tuple[PainScoreIn, ...], Field(max_length=50)] = ()
    opioids: RegimenIn | None = Field(
        default=None, description="As taken in the last 24 h. `[]`: takes none; null: not asked."
    )
    akps: Whole | None = Field(default=None, description="0 to 100 in tens.")
    ecog: Whole | None = Field(default=None, description="0 to 4.")
    pgic: Whole | None = Field(
        default=None,
        description="1 very much better to 7 very much worse, since an earlier procedure.",
    )
    peg_pain: PegItem = None
    peg_enjoyment: PegItem = None
    peg_activity: PegItem = None
    breakthrough: Whole | None = Field(
        default=None, description="Episodes of breakthrough pain in the last 24 h, 0 to 99."
    )
    respondent: Respondent = Field(
        default=Respondent.SELF,
        description="Who answered PGIC, PEG and breakthrough; each pain score has its own.",
    )
    source: Literal[Source.CLINIC, Source.PHONE, Source.RECORD] = Field(
        default=Source.CLINIC, description="How the answers were had."
    )
    note: OptionalNote = None
    confirmed: ConfirmedCodes = ()

    def to_draft(self, *, after_procedure: bool = False) -> AssessmentDraft:
        """Read what was sent; `RuleViolation` at `opioids` when a line of them can't be read."""
        return AssessmentDraft(
            assessed_on=self.assessed_on,
            scores=tuple(PainScore(s.type, s.score) for s in self.scores),
            regimen=None if self.opioids is None else read_regimen(self.opioids, "opioids"),
            **{instrument.value: getattr(self, instrument.value) for instrument in Instrument},
            respondent=self.respondent,
            source=self.source,
            after_procedure=after_procedure,
            note=self.note,
            confirmed=frozenset(self.confirmed),
        )


class AssessmentIn(BaselineIn):
    """What was asked and answered on a day. Give a score, the opioids or the function at least."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    after_procedure: YesNo = Field(
        default=False, description="Made on a procedure's day, but after it: nobody's baseline."
    )


class PainScoreOut(BaseModel):
    """A 0-10 pain score and what it speaks of."""

    kind: ScoreKind
    recall: Recall
    respondent: Respondent
    score: int


class AssessmentOut(BaseModel):
    """A recorded assessment; `opioids` is null when they were not asked about."""

    id: UUID
    patient_id: UUID
    version: int
    assessed_on: date
    after_procedure: bool
    scores: list[PainScoreOut]
    opioids: list[ConvertedItemOut] | None
    medd_mg: float | None = Field(description="Systemic opioid, mg/24 h oral morphine.")
    medd_complete: bool | None
    medd_table: str | None
    medd_version: str | None
    regimen_text: str | None = Field(
        description="The medicines as the patient wrote them, when they came by a link."
    )
    akps: int | None
    ecog: int | None
    pgic: int | None
    peg_pain: int | None
    peg_enjoyment: int | None
    peg_activity: int | None
    peg: float | None = Field(description="Mean of the three PEG items, 0-10; derived.")
    breakthrough: int | None
    respondent: Respondent | None = Field(
        description="Who answered PGIC, PEG and breakthrough; null where none was asked."
    )
    source: Source
    note: str | None


_PAIN_FIELDS = {f"{kind}_pain" for kind in ScoreKind}
_PLAIN = (AssessmentOut.model_fields.keys() & Assessment.model_fields.keys()) - {"source"}


@router.post(
    "/patients/{patient_id}/assessments",
    status_code=HTTPStatus.CREATED,
    responses=CONFLICTS,
    summary="Add an assessment to a patient's timeline",
)
def create_assessment(
    patient_id: UUID,
    body: AssessmentIn,
    actor: Bearer,
    session: WriteSession,
    submit: Submitting,
    today: Today,
) -> AssessmentOut:
    """Add a follow-up, or any other assessment; outcomes are derived anew at once."""

    def write() -> Assessment:
        draft = body.to_draft(after_procedure=body.after_procedure)
        return add_assessment(session, actor=actor, patient_id=patient_id, draft=draft, today=today)

    with named_as_sent(as_sent):
        record_id = submit(body, write)
    return show_assessment(get_record(session, Assessment, actor=actor, record_id=record_id))


def as_sent(field: str) -> str:
    """Name a field of the rules as the API's own: all kinds of pain stand in `scores`."""
    return "scores" if field in _PAIN_FIELDS else field


def show_assessment(row: Assessment) -> AssessmentOut:
    """Answer a recorded assessment with its parts."""
    measures = {Instrument(m.instrument): m.value for m in row.measures}
    respondent = next((m.respondent for m in row.measures if m.respondent is not None), None)
    peg = peg_total(measures)
    opioids = [
        ConvertedItemOut(
            **item.model_dump(exclude={"route", "unit"}),
            route=Route(item.route),
            unit=DoseUnit(item.unit),
        )
        for item in row.opioids
    ]
    return AssessmentOut(
        **row.model_dump(include=_PLAIN),
        **{instrument.value: measures.get(instrument) for instrument in Instrument},
        peg=None if peg is None else round(float(peg), 2),
        respondent=None if respondent is None else Respondent(respondent),
        source=Source(row.source),
        scores=[
            PainScoreOut(
                kind=ScoreKind(s.kind),
                recall=Recall(s.recall),
                respondent=Respondent(s.respondent),
                score=s.score,
            )
            for s in row.scores
        ],
        opioids=opioids if row.regimen_recorded else None,
    )
