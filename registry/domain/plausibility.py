"""Soft rules: what is possible but unlikely, so that whoever enters it is asked once.

They never refuse: the clinic knows better. A doubt's code holds the value it is about, so an answer
stands for that value alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal

from registry.domain.axes import MEASURES, axis
from registry.domain.drafts import AssessmentDraft, ProcedureDraft
from registry.domain.errors import Doubt
from registry.domain.opioids import Medd, Regimen
from registry.domain.timeline import AVERAGE_SELF, Assessment, ProcedureEvent, age_on

MUCH_MEDD = Decimal(600)
"""mg/24 h oral morphine: more is taken, but by few."""

MEDD_LEAP = 4
"""A fourfold rise or fall within `LEAP_DAYS` is asked about, from `SOME_MEDD` upwards."""

SOME_MEDD = Decimal(40)
LEAP_DAYS = 7
OLD_DAYS = 365
ADULT = 18


def doubts_about_assessment(
    draft: AssessmentDraft,
    others: Sequence[Assessment],
    medd_of: Callable[[Regimen], Medd],
    today: date,
) -> Iterator[Doubt]:
    """Find what is unlikely about an assessment beside the patient's others."""
    yield from _long_ago("assessed_on", draft.assessed_on, today)
    if draft.regimen:
        yield from _doubts_about_dose(draft.assessed_on, medd_of(draft.regimen), others, medd_of)
    if any(_asks_the_same(other, draft) for other in others):
        yield Doubt(
            f"second:{draft.assessed_on}",
            "assessed_on",
            "This day has an assessment with the same pain scores: this is a second one.",
        )
    if draft.akps == 0:
        yield Doubt("akps:0", "akps", "AKPS 0 means that the patient has died.")


def _asks_the_same(other: Assessment, draft: AssessmentDraft) -> bool:
    if (other.on, other.after_procedure) != (draft.assessed_on, draft.after_procedure):
        return False
    return bool({s.type for s in other.scores} & {s.type for s in draft.scores})


def _doubts_about_dose(
    on: date, medd: Medd, others: Sequence[Assessment], medd_of: Callable[[Regimen], Medd]
) -> Iterator[Doubt]:
    """Ask about a dose that is high, or that leaps: more often a slip of the unit than true."""
    if medd.total_mg > MUCH_MEDD:
        yield Doubt(
            f"medd-high:{medd.total_mg:.0f}",
            "opioids",
            f"The opioids come to {medd.total_mg:.0f} mg/24 h of oral morphine.",
        )
    near = _nearest_regimen(on, others)
    earlier = medd_of(near) if near is not None else None
    if earlier is None or not (earlier.complete and medd.complete):
        return
    low, high = sorted((earlier.total_mg, medd.total_mg))
    if low >= SOME_MEDD and high >= MEDD_LEAP * low:
        yield Doubt(
            f"medd-leap:{earlier.total_mg:.0f}-{medd.total_mg:.0f}",
            "opioids",
            f"The opioids come to {medd.total_mg:.0f} mg/24 h of oral morphine here, and to "
            f"{earlier.total_mg:.0f} within {LEAP_DAYS} days of it.",
        )


def _nearest_regimen(on: date, others: Sequence[Assessment]) -> Regimen | None:
    near = [(abs((o.on - on).days), o.on, o.regimen) for o in others if o.regimen is not None]
    days, _, regimen = min(near, key=lambda found: found[:2], default=(LEAP_DAYS + 1, on, None))
    return regimen if days <= LEAP_DAYS else None


def doubts_about_procedure(
    draft: ProcedureDraft,
    baseline: AssessmentDraft | None,
    earlier: Iterable[ProcedureEvent],
    born_on: date,
    today: date,
) -> Iterator[Doubt]:
    """Find what is unlikely about a procedure beside the patient's others."""
    others = tuple(earlier)
    yield from _long_ago("performed_on", draft.performed_on, today)
    age = age_on(born_on, draft.performed_on)
    if 0 <= age < ADULT:
        yield Doubt(f"age:{age}", "birth_date", f"The patient was {age} on that day.")
    this = (draft.technique, draft.intent, draft.performed_on)
    if any((other.technique, other.intent, other.on) == this for other in others):
        yield Doubt(
            f"twice:{draft.technique}:{draft.performed_on}",
            "technique",
            "The same technique was logged for this patient on this day: this is a second one.",
        )
    if draft.intent == "repeat" and not any(o.on <= draft.performed_on for o in others):
        yield Doubt("repeat-of-nothing", "intent", "It repeats a procedure that is not on record.")
    if baseline is not None and _no_pain(baseline):
        yield Doubt("no-pain", "average_pain", "The average pain before it was 0.")
    yield from _much_agent(draft)


def _no_pain(baseline: AssessmentDraft) -> bool:
    return any(s.type == AVERAGE_SELF and s.score == 0 for s in baseline.scores)


def _much_agent(draft: ProcedureDraft) -> Iterator[Doubt]:
    """Ask about an amount over what the content calls the most usual."""
    for number, agent in enumerate(draft.agents):
        known = axis("agent_class").get(agent.agent_class)
        for measure in MEASURES if known else ():
            value, most = getattr(agent, measure), known.most.get(measure) if known else None
            if known and value is not None and most is not None and value > most:
                yield Doubt(
                    f"agent:{agent.agent_class}:{measure}:{value:g}",
                    f"agents.{number}.{measure}",
                    f"{value:g} {known.takes[measure]} of {known.label.lower()} is unusually much.",
                )


def _long_ago(field: str, day: date, today: date) -> Iterator[Doubt]:
    if (today - day).days > OLD_DAYS:
        yield Doubt(f"old:{day}", field, "This day is more than a year ago.")
