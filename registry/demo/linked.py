"""What comes before and after a made-up treatment: test block, trial, refills, checks, repeats."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random

from registry.demo.profiles import Profile
from registry.domain.drafts import (
    AgentDraft,
    AssessmentDraft,
    DeviceCheckDraft,
    InfusateDraft,
    MissedDraft,
    ProcedureDraft,
)
from registry.domain.windows import WINDOWS

REFILL_DAYS = 60
REPEAT_DAYS = (30, 36, 45)
TESTED = 0.35
REPEATED = 0.3
REASON_KNOWN = 0.7
REASONS = ("too-unwell", "too-unwell", "not-reached", "moved", "service", "declined")


@dataclass(frozen=True, slots=True)
class MadeUpStep:
    """A procedure beside the treatment itself, with the assessment made before it."""

    procedure: ProcedureDraft
    baseline: AssessmentDraft | None = None


def draw_test(
    random: Random, profile: Profile, treatment: ProcedureDraft, baseline: AssessmentDraft
) -> MadeUpStep | None:
    """Draw the block or the trial that was done a few days earlier, where there was one."""
    is_trial = profile.intent == "implant"
    if not (is_trial or profile.tested) or random.random() > TESTED:
        return None
    on = treatment.performed_on - timedelta(days=random.choice((3, 5, 7, 9)))
    relief = random.choice((50, 60, 70, 80, 90))
    agents = () if is_trial else (_local_anaesthetic(),)
    return MadeUpStep(
        procedure=replace(
            treatment,
            performed_on=on,
            intent="trial" if is_trial else "prognostic",
            agents=agents,
            block_result="positive" if relief >= 60 else "equivocal",
            block_relief_percent=relief,
        ),
        baseline=replace(baseline, assessed_on=on),
    )


def _local_anaesthetic() -> AgentDraft:
    return AgentDraft(
        agent_class="local-anaesthetic", substance="bupivacaine", concentration=0.5, volume_ml=10
    )


def draw_later(
    random: Random, profile: Profile, treatment: ProcedureDraft, last_day: date
) -> Iterator[MadeUpStep]:
    """Draw a pump's refills and a short-lived block's repeat, as far as the patient lives."""
    if profile.neuraxial:
        day = treatment.performed_on + timedelta(days=REFILL_DAYS)
        while day <= last_day:
            yield MadeUpStep(replace(treatment, performed_on=day, intent="refill", agents=()))
            day += timedelta(days=REFILL_DAYS)
    elif profile.opioid >= 0.9 and random.random() < REPEATED:
        day = treatment.performed_on + timedelta(days=random.choice(REPEAT_DAYS))
        if day <= last_day:
            yield MadeUpStep(
                replace(
                    treatment,
                    performed_on=day,
                    intent="repeat",
                    baseline_missing_reason="Not asked before the procedure",
                )
            )


def draw_checks(
    random: Random, profile: Profile, on: date, last_day: date
) -> Iterator[DeviceCheckDraft]:
    """Draw the checks of a pump: a rising dose, and when it is to be refilled next."""
    daily = random.choice((1.0, 1.5, 2.0))
    for number, after in enumerate((7, 28, 60, 90) if profile.neuraxial else ()):
        day = on + timedelta(days=after)
        if day > last_day:
            return
        dose = round(daily * (1 + 0.3 * number), 2)
        yield DeviceCheckDraft(
            checked_on=day,
            status="adjusted" if number else "working",
            mode="continuous",
            rate_ml_per_day=round(dose / 10, 3),
            refill_due_on=on + timedelta(days=REFILL_DAYS * (after // REFILL_DAYS + 1)),
            infusate=(
                InfusateDraft(
                    drug="morphine",
                    concentration=10,
                    concentration_unit="mg/ml",
                    daily_dose=dose,
                    daily_unit="mg/24h",
                ),
            ),
        )


def draw_missed(
    random: Random, on: date, assessed: list[AssessmentDraft], last_day: date, today: date
) -> Iterator[MissedDraft]:
    """Draw why a window that the patient lived through has no answer, where somebody noted it."""
    days = [(draft.assessed_on - on).days for draft in assessed]
    for window in WINDOWS:
        lived = on + timedelta(days=window.closes) <= last_day
        closed = window.closes_on(on) < today
        if lived and closed and not any(map(window.holds, days)) and random.random() < REASON_KNOWN:
            yield MissedDraft(window=window.slug, reason=random.choice(REASONS))
