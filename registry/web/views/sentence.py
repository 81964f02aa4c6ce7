"""The record so far as one sentence, with what is still needed standing in its place."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from registry.domain.axes import MEASURES, axis
from registry.domain.dates import show_day
from registry.domain.drafts import AgentDraft, AssessmentDraft, ProcedureDraft
from registry.domain.opioids import Medd
from registry.domain.techniques import taxonomy
from registry.domain.timeline import Respondent, ScoreKind, age_on
from registry.web.filters import number
from registry.web.forms.form import Form
from registry.web.forms.patient import Who
from registry.web.forms.procedure import read_baseline, read_procedure
from registry.web.views.link import noun_of
from registry.web.views.opioids import OpioidsView
from registry.web.views.patient import name_of


@dataclass(frozen=True, slots=True)
class Phrase:
    """A piece of the sentence; `missing` marks what has to be filled in before it can be saved."""

    text: str
    missing: bool = False


def write_sentence(form: Form, who: Who, opioids: OpioidsView, today: date) -> tuple[Phrase, ...]:
    """Put what was typed so far into a sentence."""
    probe = Form(form.typed)
    draft = read_procedure(probe, today)
    baseline = read_baseline(probe, draft.performed_on, today)
    return (
        *_what(draft),
        *_when_and_by_whom(draft, probe),
        *_continuing(draft, who),
        *_for_whom(form, who, draft.performed_on),
        *_pain(draft, baseline, who),
        *_dose(opioids),
        Phrase("."),
    )


def _what(draft: ProcedureDraft) -> Iterator[Phrase]:
    if not draft.technique:
        yield Phrase("Technique", missing=True)
        return
    technique = taxonomy().technique(draft.technique)
    yield Phrase(draft.technique_text or technique.label)
    for name, slug in (("laterality", draft.laterality), ("approach", draft.approach)):
        if slug and (value := axis(name).get(slug)):
            yield Phrase(f", {value.label.lower()}")
    if draft.levels:
        yield Phrase(f", {', '.join(draft.levels)}")
    if agents := [text for agent in draft.agents if (text := _agent(agent))]:
        yield Phrase(f", with {' and '.join(agents)}")
    if draft.intent and (intent := axis("intent").get(draft.intent)):
        yield Phrase(f", {intent.label.lower()}")
    elif not draft.intent:
        yield Phrase(", ")
        yield Phrase("intent", missing=True)


def _agent(agent: AgentDraft) -> str:
    value = axis("agent_class").get(agent.agent_class)
    if value is None:
        return ""
    given = ((getattr(agent, measure), value.takes.get(measure, "")) for measure in MEASURES)
    amounts = [f"{number(amount, 2)} {unit}".strip() for amount, unit in given if amount]
    return " ".join([agent.substance or value.label.lower(), *amounts])


def _when_and_by_whom(draft: ProcedureDraft, probe: Form) -> Iterator[Phrase]:
    yield Phrase(", on ")
    if probe.error("performed_on"):
        yield Phrase("date", missing=True)
    else:
        yield Phrase(show_day(draft.performed_on))
    yield Phrase(" by ")
    yield Phrase(draft.operator or "operator", missing=not draft.operator)


def _continuing(draft: ProcedureDraft, who: Who) -> Iterator[Phrase]:
    procedures = who.course.procedures if who.course else ()
    for earlier in procedures:
        if earlier.id == draft.follows_id:
            what = noun_of(earlier).lower()
            yield Phrase(f", continuing the {what} of {show_day(earlier.performed_on)}")


def _for_whom(form: Form, who: Who, performed_on: date) -> Iterator[Phrase]:
    yield Phrase(", for ")
    if who.patient is not None:
        yield Phrase(f"{name_of(who.patient)}, aged {age_on(who.patient.birth_date, performed_on)}")
    elif who.number_typed:
        yield Phrase(f"{form.text('name') or form.text('hospital_number')}, new here")
        for field, label in (("birth_date", "birth date"), ("sex", "sex")):
            if not form.has(field):
                yield Phrase(", ")
                yield Phrase(label, missing=True)
    else:
        yield Phrase("patient", missing=True)


def _pain(draft: ProcedureDraft, baseline: AssessmentDraft, who: Who) -> Iterator[Phrase]:
    scores = {score.type.kind: score.score for score in baseline.scores}
    known = who.baseline(draft.performed_on)
    yield Phrase(": pain ")
    if ScoreKind.AVERAGE in scores:
        yield Phrase(f"{scores[ScoreKind.AVERAGE]}/10")
    elif known:
        yield Phrase(f"{known.score}/10 on {show_day(known.on)}")
    elif draft.baseline_missing_reason:
        yield Phrase("not scored")
    else:
        yield Phrase("average score", missing=True)
    if ScoreKind.WORST in scores:
        yield Phrase(f", {scores[ScoreKind.WORST]}/10 at worst")
    if scores and baseline.respondent is not Respondent.SELF:
        yield Phrase(", not by the patient's own word")


def _dose(opioids: OpioidsView) -> Iterator[Phrase]:
    medd = opioids.medd
    if medd is not None and (medd.items or not opioids.unfinished):
        yield Phrase(f" on {_dose_in_words(medd, opioids)}")
    if opioids.unfinished:
        yield Phrase(" and on ")
        yield Phrase("the unfinished opioid", missing=True)


def _dose_in_words(medd: Medd, opioids: OpioidsView) -> str:
    if not opioids.systemic:
        return "no systemic opioid"
    if not any(line.mg is not None for line in opioids.systemic):
        return "opioids that are not converted"
    complete = medd.complete and not opioids.unfinished
    dose = f"{number(float(medd.total_mg))} mg/24 h"
    return dose if complete else f"at least {dose}"
