"""Made-up registries for the attack on all reports together: small, and skewed on purpose.

A person here is one procedure of one patient, put together from parts that have nothing to do with
each other (who they are, where and what was done, how it went, what harm followed), so that a part
of one may be given to another and make a third who might be as well.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from registry.domain.opioids.tables import TABLE_IDS
from registry.domain.outcomes import State
from registry.domain.outcomes.relief import ReliefEnd
from registry.domain.windows import WINDOWS
from reports.disclosure import Policy
from reports.doses import DOSE_SCHEMA, DoseFrame
from reports.events import EventFrame
from reports.frames import OutcomeFrame
from reports.groups import Group
from tests.reports import cases
from tests.reports.cases import CATEGORIES, SCOPE

Person = dict[str, dict[str, Any]]
"""Part of a person -> columns; the part "harm" holds the columns of an event, or none."""
PARTS = ("who", "where", "what", "course", "harm", "referral")

TECHNIQUES = tuple(Group(f"{c.slug}-{t}", f"{c.label}, {t}") for c in CATEGORIES for t in "ab")
TABLES = TABLE_IDS[:2]
LONG = 400
"""Days of follow-up after which nobody is missing from a curve."""


@dataclass(frozen=True)
class Registry:
    """People, the habits they were drawn by, and the policy under which pages show them."""

    people: tuple[Person, ...]
    draw: Mapping[str, Callable[[], dict[str, Any]]]
    policy: Policy


def a_registry(seed: int, threshold: int | None = None) -> Registry:
    """Make a registry of one to three categories; everything that splits it is uneven."""
    chance = random.Random(seed)
    policy = Policy(threshold or chance.choice((5, 8, 11)))
    kinds = [
        category
        for category in chance.sample(CATEGORIES, chance.choice((1, 2, 2, 3)))
        for _ in range(chance.choice((3, 8, 12, 15, 20, 30, 45)))
    ]
    draw = _draws(chance)
    people = tuple(
        {part: draw[part]() | _of(part, chance, category) for part in PARTS} for category in kinds
    )
    return Registry(people, draw, policy)


def _of(part: str, chance: random.Random, category: Group) -> dict[str, Any]:
    if part != "what":
        return {}
    return {
        "category": category.slug,
        "technique": f"{category.slug}-{'ab'[chance.random() < 0.2]}",
    }


def _draws(chance: random.Random) -> dict[str, Callable[[], dict[str, Any]]]:
    def of(*values: Any) -> Callable[[], Any]:
        """Draw the first of some values mostly, sometimes, or as often as the others."""
        rest = chance.choice((0, 0.05, 0.15, 0.5))
        return lambda: values[0] if chance.random() >= rest else chance.choice(values)

    def columns(**drawn: Callable[[], Any]) -> Callable[[], dict[str, Any]]:
        return lambda: {name: one() for name, one in drawn.items()}

    habit = _habit(chance)
    return {
        "who": columns(
            sex=of("female", "male"),
            age_years=of(60, 45, 80),
            akps=of(50, 70, None),
            diagnosis_group=of("pancreas", "lung", "prostate"),
            mechanism=of("visceral", "somatic", None),
        ),
        "where": columns(
            site=of("north", "south", "west"), operator=of("Dr Able", "Dr Bold", "Dr Cold")
        ),
        "what": columns(
            agent_classes=of(["alcohol"], ["steroid"], ["alcohol", "steroid"], []),
            intent=of("therapeutic", "repeat"),
        ),
        "course": lambda: _course(chance, habit),
        "harm": lambda: _event(chance, habit),
        "referral": columns(referral_days=of(10, None)),
    }


def _habit(chance: random.Random) -> dict[str, float]:
    return {
        "survival": chance.choice((40, 120, 400)),
        "seen": chance.choice((0.3, 0.6, 0.9, 1)),
        "relief": chance.uniform(0.1, 0.8),
        "low": chance.choice((0, 0.05, 0.2)),
        "dosed": chance.choice((0.2, 0.7, 1)),
        "neuraxial": chance.choice((0, 0.05, 0.2)),
        "methadone": chance.choice((0, 0.1, 0.4)),
        "harm": chance.choice((0, 0.1, 0.4)),
        "recent": chance.choice((0, 0.1, 0.4)),
        "followed": chance.choice((0, 1)),
        "lost": chance.choice((0, 0.1, 0.3)),
    }


_OLD = [date(2026, month, day) for month in (1, 2, 3) for day in (5, 20)]
_RECENT = [date(2026, month, day) for month in (6, 8, 10) for day in (5, 20)]


def _course(chance: random.Random, habit: Mapping[str, float]) -> dict[str, Any]:
    """Make what happened: the day, baseline, scores and doses, relief and death."""
    on = chance.choice(_RECENT if chance.random() < habit["recent"] else _OLD)
    known = (SCOPE.cut_off - on).days
    died = int(chance.expovariate(1 / habit["survival"]))
    baseline = chance.choice((None, 2)) if chance.random() < habit["low"] else chance.choice((5, 8))
    dosed = chance.random() < habit["dosed"]
    row: dict[str, Any] = {
        "performed_on": on,
        "nrs_baseline": baseline,
        "worst_baseline": None if baseline is None else min(baseline + 1, 10),
        "days_to_death": died if died <= known else None,
        "last_seen_days": LONG if habit["followed"] else chance.randint(0, known),
        "methadone": chance.random() < habit["methadone"],
        "neuraxial": chance.random() < habit["neuraxial"],
        "medd_baseline": chance.choice((0.0, 60.0, 100.0)) if dosed else None,
        "medd_complete_baseline": chance.random() < 0.9 if dosed else None,
    }
    for w in WINDOWS:
        seen = died > w.target and known >= w.target and chance.random() < habit["seen"]
        row |= _at_window(chance, habit, w.slug, baseline, seen=seen)
        row[f"state_{w.slug}"] = cases._state(baseline, row[f"nrs_{w.slug}"], died, known, w.closes)
        if row[f"state_{w.slug}"] == State.ALIVE_NOT_ASSESSED.value:
            row[f"missed_{w.slug}"] = chance.choice((None, None, "too-unwell"))
    return row | _relief(row, habit)


def _at_window(
    chance: random.Random,
    habit: Mapping[str, float],
    slug: str,
    baseline: int | None,
    *,
    seen: bool,
) -> dict[str, Any]:
    if not seen:
        return {f"nrs_{slug}": None}
    better = chance.choice((0.3, 0.6, 1)) if chance.random() < habit["relief"] else 0
    score = round((baseline or 5) * (1 - better)) if better else (baseline or 5) + 1
    row: dict[str, Any] = {
        f"nrs_{slug}": score,
        f"worst_{slug}": score if chance.random() < 0.9 else None,
    }
    if chance.random() < habit["dosed"]:
        row |= {
            f"medd_{slug}": chance.choice((0.0, 40.0, 100.0)),
            f"medd_complete_{slug}": chance.random() < 0.9,
        }
    return row


def _relief(row: Mapping[str, Any], habit: Mapping[str, float]) -> dict[str, Any]:
    """Tell how long relief lasted: to the first window without it, to death, or to the last."""
    seen = [w for w in WINDOWS if row[f"state_{w.slug}"] in ("responder", "non_responder")]
    first = {"first_window": seen[0].slug if seen else None}
    good = [w for w in seen if row[f"state_{w.slug}"] == "responder"]
    if not good:
        return first
    start = good[0].target
    bad = [w for w in seen if w.target > start and row[f"state_{w.slug}"] == "non_responder"]
    if bad:
        end, days = ReliefEnd.RELAPSE, bad[0].target - start
    elif row["days_to_death"] is not None:
        end, days = ReliefEnd.DEATH, max(row["days_to_death"] - start, 0)
    else:
        end, days = ReliefEnd.STILL_RESPONDING, good[-1].target - start
        days = LONG if habit["followed"] else days
    return {**first, "relief_from": start, "relief_days": days, "relief_end": end.value}


def _event(chance: random.Random, habit: Mapping[str, float]) -> dict[str, Any]:
    if chance.random() >= habit["harm"]:
        return {}
    kind = chance.choice(("harm", "harm", "harm", "expected", "progression", "unrelated-death"))
    grade = chance.choice((1, 2, 3, None)) if kind == "harm" else None
    what = chance.choice(("hypotension", "bleeding")) if kind == "harm" else "diarrhoea"
    return {"kind": kind, "grade": grade, "complication": what}


def crossed(chance: random.Random, registry: Registry, count: int) -> list[Person]:
    """Make people who might be: somebody with a part of somebody else, or a detail that differs."""
    people, found = registry.people, []
    for _ in range(count):
        person = dict(chance.choice(people))
        for part in chance.sample(PARTS, chance.choice((1, 1, 1, 2))):
            way = chance.random()
            if way < 0.4 and part == "course":
                person[part] = _tweaked(chance, person[part])
            elif way < 0.6 and part != "what":
                person[part] = registry.draw[part]()
            else:
                person[part] = chance.choice(people)[part]
        found.append(person)
    return found


def _tweaked(chance: random.Random, course: dict[str, Any]) -> dict[str, Any]:
    """Change one detail of what was recorded, the rest being as it was."""
    row = dict(course)
    at = chance.choice([w.slug for w in WINDOWS if row.get(f"nrs_{w.slug}") is not None] or [""])
    kind = chance.choice(("methadone", "neuraxial", "baseline", "dose", "whole", "worst", "missed"))
    if kind in ("methadone", "neuraxial"):
        row[kind] = not row[kind]
    elif kind == "baseline" and row["medd_baseline"] is not None:
        row["medd_complete_baseline"] = not row["medd_complete_baseline"]
    elif kind == "dose" and at:
        dose = chance.choice((None, 0.0, 40.0, 100.0))
        row |= {f"medd_{at}": dose, f"medd_complete_{at}": None if dose is None else True}
    elif kind == "whole" and at and row.get(f"medd_{at}") is not None:
        row[f"medd_complete_{at}"] = not row[f"medd_complete_{at}"]
    elif kind == "worst" and at:
        row[f"worst_{at}"] = None if row.get(f"worst_{at}") is not None else row[f"nrs_{at}"]
    elif kind == "missed":
        for w in WINDOWS:
            if row[f"state_{w.slug}"] == State.ALIVE_NOT_ASSESSED.value:
                row[f"missed_{w.slug}"] = chance.choice((None, "too-unwell"))
    return row


def outcomes_of(people: Sequence[Person]) -> OutcomeFrame:
    """Make the outcome frame of some people, everybody a patient of their own."""
    return cases.frame(
        {"patient_id": str(i), **_columns(person)} for i, person in enumerate(people)
    )


def _columns(person: Person) -> dict[str, Any]:
    parts = (columns for part, columns in person.items() if part != "harm")
    row = {name: value for columns in parts for name, value in columns.items()}
    said = {
        f"{slug}_{w.slug}": answer
        for w in WINDOWS
        for slug, answer in _dosed_answers(row, w.slug).items()
    }
    return {**row, **said}


def _dosed_answers(row: Mapping[str, Any], slug: str) -> dict[str, Any]:
    """Answer two definitions that need doses, for whom they can judge."""
    ends = row.get("medd_complete_baseline"), row.get(f"medd_complete_{slug}")
    before, after = row.get("medd_baseline"), row.get(f"medd_{slug}")
    if not all(ends) or not before or after is None or row["neuraxial"]:
        return {}
    return {"medd30": 10 * after <= 7 * before, "medd50": 2 * after <= before}


def events_of(people: Sequence[Person]) -> EventFrame:
    """Make the event frame of the same people."""
    return cases.events(
        {**person["harm"], "event_id": f"e{i}", "procedure_id": str(i), "patient_id": str(i)}
        for i, person in enumerate(people)
        if person["harm"]
    )


def doses_of(outcomes: OutcomeFrame) -> DoseFrame:
    """Convert the doses by two tables, of which the second has no factor for methadone."""
    columns = [c for c in DOSE_SCHEMA if c not in ("procedure_id", "table_id")]
    first, second = (
        outcomes.select("procedure_id", pl.lit(t).alias("table_id"), *columns, "methadone")
        for t in TABLES
    )
    flags = {c: pl.col(c) for c in columns if c.startswith("medd_complete")}
    whole = [
        pl.when(flag.is_not_null()).then(flag & ~pl.col("methadone")).alias(c)
        for c, flag in flags.items()
    ]
    both = pl.concat([first, second.with_columns(whole)]).drop("methadone")
    return DoseFrame(both.select(list(DOSE_SCHEMA)))
