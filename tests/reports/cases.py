"""Made-up outcome frames: by hand for worked tables, at random for everything else."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

import polars as pl

from registry.domain.outcomes import State
from registry.domain.outcomes.responders import nrs2, nrs30, nrs50
from registry.domain.windows import WINDOWS, window
from reports.disclosure import Policy
from reports.doses import DoseFrame, empty_doses
from reports.events import EVENT_SCHEMA, EventFrame, empty_events
from reports.frames import SCHEMA, OutcomeFrame, check
from reports.groups import Group
from reports.page import Asked, Data, Page, prepare
from reports.scope import Scope

AT_28 = window("28d")
CATEGORIES = (
    Group("celiac", "Coeliac plexus and splanchnic nerves"),
    Group("cordotomy", "Cordotomy"),
    Group("plane", "Fascial plane blocks, chest wall"),
    Group("cement", "Cementoplasty"),
    Group("iddss", "Intrathecal drug delivery"),
    Group("impar", "Ganglion impar"),
)

_PLAIN: dict[str, Any] = {
    "patient_id": "p",
    "site": "north",
    "performed_on": date(2026, 1, 5),
    "region": "abdomen-pelvis",
    "category": "celiac",
    "technique": "celiac-retrocrural",
    "intent": "therapeutic",
    "operator": "Dr Able",
    "last_seen_days": 0,
    "agent_classes": ["alcohol"],
    "guidance": ["ct"],
    "mechanism": "visceral",
    "methadone": False,
    "neuraxial": False,
    **{f"state_{w.slug}": "not_due" for w in WINDOWS},
}


def assessed(before: int, after: int, slug: str = "28d") -> dict[str, Any]:
    """Make the columns of a procedure that was assessed at a window."""
    state = State.RESPONDER if nrs30(before, after) else State.NON_RESPONDER
    return {"nrs_baseline": before, f"nrs_{slug}": after, f"state_{slug}": state.value}


def dosed(before: float, after: float, slug: str = "28d") -> dict[str, Any]:
    """Make the columns of a procedure with wholly converted regimens at both ends."""
    return {
        "medd_baseline": before,
        f"medd_{slug}": after,
        "medd_complete_baseline": True,
        f"medd_complete_{slug}": True,
    }


def frame(rows: Iterable[Mapping[str, Any]]) -> OutcomeFrame:
    """Make a checked frame; what a row doesn't say is plain or empty."""
    full = [
        {**dict.fromkeys(SCHEMA), **_PLAIN, "procedure_id": str(i), **row}
        for i, row in enumerate(rows)
    ]
    return check(pl.DataFrame([row | _responses(row) for row in full], schema=SCHEMA))


def _responses(row: Mapping[str, Any]) -> dict[str, bool]:
    """Answer the pain definitions wherever the state says that they can judge."""
    return {
        f"{rule.__name__}_{w.slug}": rule(row["nrs_baseline"], row[f"nrs_{w.slug}"])
        for w in WINDOWS
        if row[f"state_{w.slug}"] in {State.RESPONDER, State.NON_RESPONDER}
        if None not in (row["nrs_baseline"], row[f"nrs_{w.slug}"])
        for rule in (nrs30, nrs50, nrs2)
    }


SCOPE = Scope("Therapeutic procedures", date(2026, 11, 3), synthetic=True)


def page_of(
    rows: OutcomeFrame,
    threshold: int | None = None,
    asked: Asked | None = None,
    *,
    events: EventFrame | None = None,
    doses: DoseFrame | None = None,
    order: Sequence[Group] = CATEGORIES,
) -> Page:
    """Prepare a page over made-up rows; with a threshold, small numbers are held back."""
    data = Data(
        rows,
        empty_events() if events is None else events,
        empty_doses() if doses is None else doses,
    )
    return prepare(data, asked or Asked(), order, Policy(threshold), SCOPE, {"north": "North"})


def made_up(seed: int, sizes: Mapping[str, int]) -> OutcomeFrame:
    """Make a plausible palliative series at random, so many procedures in each category."""
    chance = random.Random(seed)
    habits = {category: _habit(chance) for category in sizes}
    return frame(
        _procedure(chance, category, habits[category])
        for category, size in sizes.items()
        for _ in range(size)
    )


def _habit(chance: random.Random) -> dict[str, float]:
    return {
        "survival": chance.choice([30, 60, 120]),
        "seen": chance.choice([0.5, 0.8, 0.95]),
        "relief": chance.uniform(0.2, 0.7),
        "open": chance.choice([0.0, 0.1, 0.3]),
        "low": chance.choice([0.0, 0.05, 0.2]),
    }


def _procedure(chance: random.Random, category: str, habit: Mapping[str, float]) -> dict[str, Any]:
    low = chance.random() < habit["low"]
    baseline = chance.choice([None, 1, 2, 3]) if low else chance.randint(4, 10)
    died = int(chance.expovariate(1 / habit["survival"]))
    followed = chance.randint(0, 400) if chance.random() < habit["open"] else 400
    before = round(chance.lognormvariate(4.4, 0.7) / 5) * 5
    row: dict[str, Any] = {
        "category": category,
        "technique": f"{category}-{chance.choice('ab')}",
        "nrs_baseline": baseline,
        "methadone": chance.random() < 0.1,
        "neuraxial": chance.random() < (0.9 if category == "iddss" else 0.02),
        "medd_baseline": float(before),
        "medd_complete_baseline": chance.random() < 0.95,
        "days_to_death": died if died < followed else None,
    }
    for w in WINDOWS:
        alive = died > w.target
        seen = alive and followed >= w.target and chance.random() < habit["seen"]
        score = round((baseline or 5) * (1 - habit["relief"] + chance.gauss(0, 0.25)))
        row[f"nrs_{w.slug}"] = min(max(score, 0), 10) if seen else None
        if seen:
            row[f"medd_{w.slug}"] = max(0.0, float(before + 5 * round(chance.gauss(-4, 6))))
            row[f"medd_complete_{w.slug}"] = chance.random() < 0.95
        row[f"state_{w.slug}"] = _state(baseline, row[f"nrs_{w.slug}"], died, followed, w.closes)
    return row


def _state(baseline: int | None, score: int | None, died: int, followed: int, closes: int) -> str:
    if baseline is None or baseline < 4:
        return State.INELIGIBLE.value
    if score is not None:
        state = State.RESPONDER if nrs30(baseline, score) else State.NON_RESPONDER
        return state.value
    if died <= min(closes, followed):
        return State.DIED_BEFORE.value
    return (State.ALIVE_NOT_ASSESSED if followed > closes else State.NOT_DUE).value


def events(rows: Iterable[Mapping[str, Any]]) -> EventFrame:
    """Make an event frame; what a row doesn't say is a harm of CTCAE grade 1 of procedure 0."""
    plain = {
        "patient_id": "p",
        "procedure_id": "0",
        "onset_on": date(2026, 1, 6),
        "complication": "hypotension",
        "kind": "harm",
        "scheme": "ctcae",
        "scheme_version": "5.0",
        "grade": 1,
        "relatedness": "possible",
        "resolution": "resolved",
    }
    full = [
        {**dict.fromkeys(EVENT_SCHEMA), **plain, "event_id": f"e{i}", **row}
        for i, row in enumerate(rows)
    ]
    return EventFrame(pl.DataFrame(full, schema=EVENT_SCHEMA))
