"""Drawing a made-up patient's course: survival first, then visits, then scores and doses."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from registry.demo.linked import MadeUpStep, draw_checks, draw_later, draw_missed, draw_test
from registry.demo.profiles import Profile
from registry.domain.drafts import (
    AdverseEventDraft,
    AgentDraft,
    AssessmentDraft,
    DeviceCheckDraft,
    MissedDraft,
    PatientDraft,
    ProcedureDraft,
)
from registry.domain.opioids import DoseUnit, OpioidItem, Regimen, Route
from registry.domain.techniques import technique
from registry.domain.timeline import AVERAGE_SELF, WORST_SELF, PainScore, Source
from registry.domain.windows import WINDOWS

DAYS_A_MONTH = 30.4
OPERATORS = ("Dr Adeyemi", "Dr Brandt", "Dr Chowdhury")
CORRELATION = 0.3
SPREAD = 1.9
PATCHES = (12, 25, 37, 50, 75, 100)


@dataclass(slots=True)
class MadeUpCourse:
    """Everything there is to record about one made-up patient."""

    patient: PatientDraft
    procedure: ProcedureDraft
    baseline: AssessmentDraft
    follow_ups: list[AssessmentDraft] = field(default_factory=list)
    events: list[AdverseEventDraft] = field(default_factory=list)
    test: MadeUpStep | None = None
    later: list[MadeUpStep] = field(default_factory=list)
    checks: list[DeviceCheckDraft] = field(default_factory=list)
    missed: list[MissedDraft] = field(default_factory=list)
    died_on: date | None = None


def draw_course(
    random: Random, number: int, profile: Profile, on: date, today: date
) -> MadeUpCourse:
    """Draw one patient who is treated on a day, as far as the course is known by today."""
    lives = random.expovariate(math.log(2) / (profile.survival_months * DAYS_A_MONTH))
    died_on = on + timedelta(days=max(1, round(lives)))
    habit = _Habit.draw(random, profile)
    baseline_pain = _clip(random.gauss(profile.before, 1.5), lowest=3)
    course = MadeUpCourse(
        patient=_patient(random, number, profile, on),
        procedure=_procedure(random, profile, on),
        baseline=_assessment(
            on - timedelta(days=random.choice((0, 0, 1, 2, 4))),
            baseline_pain,
            habit.regimen(1.0, on_pump=False),
            _akps(random, lives),
        ),
        follow_ups=list(_follow_ups(random, profile, habit, baseline_pain, on, died_on, today)),
        died_on=died_on if died_on <= today else None,
    )
    _add_what_belongs_to_it(random, profile, course, min(today, died_on), today)
    return course


def _add_what_belongs_to_it(
    random: Random, profile: Profile, course: MadeUpCourse, last_day: date, today: date
) -> None:
    on = course.procedure.performed_on
    course.events = list(_events(random, profile, on, last_day))
    course.test = draw_test(random, profile, course.procedure, course.baseline)
    course.later = list(draw_later(random, profile, course.procedure, last_day))
    course.checks = list(draw_checks(random, profile, on, last_day))
    course.missed = list(draw_missed(random, on, course.follow_ups, last_day, today))


def _follow_ups(
    random: Random,
    profile: Profile,
    habit: _Habit,
    baseline_pain: int,
    on: date,
    died_on: date,
    today: date,
) -> Iterator[AssessmentDraft]:
    for mean, window in zip(profile.after, WINDOWS, strict=True):
        day = on + timedelta(days=window.target + random.choice((-1, 0, 0, 0, 1)))
        left = (died_on - day).days
        if day > today or left < 0 or random.random() > _attendance(left):
            continue
        expected = mean + CORRELATION * (baseline_pain - profile.before)
        ratio = profile.opioid * random.lognormvariate(0, 0.25)
        pain = _clip(random.gauss(expected, SPREAD), lowest=0)
        answers = _assessment(
            day, pain, habit.regimen(ratio, on_pump=profile.neuraxial), _akps(random, left)
        )
        yield replace(answers, pgic=_pgic(random, pain - baseline_pain), source=Source.PHONE)


def _events(
    random: Random, profile: Profile, on: date, last_day: date
) -> Iterator[AdverseEventDraft]:
    for complication, chance in profile.harms:
        day = on + timedelta(days=random.choice((0, 1, 1, 2)))
        if random.random() < chance and day <= last_day:
            healed = day + timedelta(days=random.choice((1, 2, 4)))
            yield AdverseEventDraft(
                onset_on=day,
                complication=complication,
                grade=random.choice((1, 1, 2, 2, 3)),
                relatedness=random.choice(("possible", "probable", "definite")),
                resolution="resolved" if healed <= last_day else "ongoing",
                resolved_on=healed if healed <= last_day else None,
            )


def _attendance(days_left: int) -> float:
    """Give the chance that somebody answers: the frail and dying mostly don't."""
    return 0.35 if days_left < 7 else 0.6 if days_left < 21 else 0.82


def _pgic(random: Random, change: int) -> int:
    """Give the patient's own word on a change of pain: 1 very much better to 7 very much worse."""
    return min(7, max(1, round(4 + 0.6 * change + random.gauss(0, 0.8))))


def _akps(random: Random, days_left: float) -> int:
    raw = 30 + 12 * math.log1p(max(days_left, 0) / 7) + random.gauss(0, 7)
    return min(90, max(20, round(raw / 10) * 10))


def _clip(value: float, *, lowest: int) -> int:
    return min(10, max(lowest, round(value)))


def _patient(random: Random, number: int, profile: Profile, on: date) -> PatientDraft:
    age_days = round(random.gauss(67, 11) * 365.25)
    diagnosis = random.choice(profile.diagnoses)
    women = {"gynaecological": 1.0, "breast": 0.99, "prostate": 0.0}.get(diagnosis, 0.47)
    return PatientDraft(
        hospital_number=f"D{number:05d}",
        phone=f"07700 900{number % 1000:03d}",  # kept free for fiction: rings nobody
        birth_date=on - timedelta(days=min(max(age_days, 9000), 36000)),
        sex="female" if random.random() < women else "male",
        diagnosis_group=diagnosis,
        metastases=random.random() < 0.7,
    )


def _procedure(random: Random, profile: Profile, on: date) -> ProcedureDraft:
    axes = technique(profile.technique).axes
    return ProcedureDraft(
        confirmed=None,
        performed_on=on,
        technique=profile.technique,
        intent=profile.intent,
        operator=random.choice(OPERATORS),
        mechanism=profile.mechanism,
        pain_site=profile.pain_site,
        laterality=random.choice(profile.sides) if profile.sides else None,
        agents=tuple(AgentDraft(agent_class=a) for a in profile.agents),
        guidance=profile.guidance,
        technical_success=_success(random) if "technical_success" in axes else None,
    )


def _success(random: Random) -> str:
    return "complete" if random.random() < 0.94 else "partial"


def _assessment(on: date, pain: int, regimen: Regimen, akps: int) -> AssessmentDraft:
    return AssessmentDraft(
        confirmed=None,
        assessed_on=on,
        scores=(PainScore(AVERAGE_SELF, pain), PainScore(WORST_SELF, min(10, pain + 2))),
        regimen=regimen,
        akps=akps,
    )


@dataclass(frozen=True, slots=True)
class _Habit:
    """What a patient takes, and how much of it in oral morphine, mg a day."""

    random: Random
    drug: str
    medd: float

    @classmethod
    def draw(cls, random: Random, profile: Profile) -> _Habit:
        drug = random.choices(
            ("morphine", "oxycodone", "fentanyl", "methadone"), weights=(40, 30, 20, 10)
        )[0]
        median = 160 if profile.neuraxial else 100
        return cls(random, drug, random.lognormvariate(math.log(median), 0.6))

    def regimen(self, ratio: float, *, on_pump: bool) -> Regimen:
        """Write the dose that is left as what a patient really takes."""
        medd = self.medd * ratio
        items = [self._background(medd), *self._rescue()]
        if on_pump:
            items.append(
                _item("morphine", Route.INTRATHECAL, self.random.choice((1, 2, 3)), "mg/24h", None)
            )
        return tuple(items)

    def _background(self, medd: float) -> OpioidItem:
        if self.drug == "fentanyl":
            patch = min(PATCHES, key=lambda size: abs(size * 2.4 - medd))
            return _item("fentanyl", Route.TRANSDERMAL, patch, "mcg/h", None)
        if self.drug == "methadone":
            return _item("methadone", Route.ORAL, _tablets(medd / 4.7 / 2, 5), "mg", 2)
        factor = 1.5 if self.drug == "oxycodone" else 1
        return _item(self.drug, Route.ORAL, _tablets(medd / factor / 2, 5), "mg", 2)

    def _rescue(self) -> list[OpioidItem]:
        taken = self.random.choice((0, 0, 1, 2, 3))
        if not taken:
            return []
        return [_item("morphine", Route.ORAL, 10, "mg", taken, as_needed=True)]


def _tablets(mg: float, strength: int) -> int:
    return max(strength, strength * round(mg / strength))


def _item(
    drug: str, route: Route, dose: int, unit: str, per_day: int | None, *, as_needed: bool = False
) -> OpioidItem:
    return OpioidItem(
        drug=drug,
        route=route,
        dose=Decimal(dose),
        unit=DoseUnit(unit),
        per_day=None if per_day is None else Decimal(per_day),
        as_needed=as_needed,
    )
