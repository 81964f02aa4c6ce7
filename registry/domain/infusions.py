"""When an opioid ran intrathecally or epidurally, as far as the record tells.

A pump or a catheter into the spine is taken to give an opioid from the day on which it was placed
until it is taken out: the systemic dose falls to nothing then, and nothing of that fall was saved.
A check that found no opioid in it says otherwise, until another check.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from registry.domain.devices import EXPLANT, device_id
from registry.domain.links import BLOCKS
from registry.domain.techniques import taxonomy
from registry.domain.timeline import ProcedureEvent, Span

SPINAL_REGION = "neuraxial-infusion"
TRIAL, TRIAL_DAYS = "trial", 14
"""A trial after which nothing was placed is taken to have ended within two weeks."""


@dataclass(frozen=True, slots=True)
class InfusateSeen:
    """What a check found a device to give: whether an opioid was in it."""

    procedure_id: UUID
    on: date
    opioid: bool


def spinal_opioid_spans(
    procedures: Iterable[ProcedureEvent], checks: Iterable[InfusateSeen]
) -> tuple[Span, ...]:
    """Give the spans in which a spinal opioid ran; one that still runs has no last day."""
    everyone = tuple(procedures)
    spinal = [p for p in everyone if _is_spinal(p)]
    device_of = {p.id: device_id(p, everyone) for p in spinal}
    found = [c for c in checks if c.procedure_id in device_of]
    spans: list[Span] = []
    for device in dict.fromkeys(device_of.values()):
        own = sorted((p for p in spinal if device_of[p.id] == device), key=lambda p: (p.on, p.id))
        seen = [c for c in found if device_of[c.procedure_id] == device]
        spans.extend(_spans(own, seen))
    return tuple(sorted(spans, key=lambda span: (span[0], span[1] or date.max)))


def _is_spinal(procedure: ProcedureEvent) -> bool:
    technique = taxonomy().techniques[procedure.technique]
    return technique.region == SPINAL_REGION and procedure.intent not in BLOCKS


def _spans(own: Sequence[ProcedureEvent], seen: Iterable[InfusateSeen]) -> Iterator[Span]:
    """Walk through one device's course; on one day a placement comes before a check.

    A first check that finds no opioid says that there was none since the placement.
    """
    steps = [(p.on, 0, p.intent != EXPLANT) for p in own]
    steps += [(c.on, 1, c.opioid) for c in seen]
    since: date | None = None
    found = False
    for on, is_check, runs in sorted(steps):
        found = found or bool(is_check and runs)
        if runs and since is None:
            since = on
        elif not runs and since is not None:
            if found or not is_check:
                yield since, on
            since, found = None, False
    if since is not None:
        ended = own[-1].intent == TRIAL
        yield since, max(since, own[-1].on + timedelta(days=TRIAL_DAYS)) if ended else None
