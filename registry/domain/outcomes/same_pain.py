"""Which procedures belong to one course, and which were done for the same pain."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from uuid import UUID

from registry.domain.timeline import ProcedureEvent

_UPKEEP = frozenset({"refill", "explant"})
_AGAIN = frozenset({"repeat", "revision"})


def course_ids(procedures: Iterable[ProcedureEvent]) -> dict[UUID, UUID]:
    """Find the first procedure of the chain of `follows` that each procedure stands in.

    A link to a procedure that isn't there (it was voided) is no link. Procedures that follow each
    other in a ring, which nobody means, make one course that begins with the earliest of the ring.
    """
    by_id = {p.id: p for p in procedures}
    return {p.id: _first(p, by_id) for p in by_id.values()}


def _first(procedure: ProcedureEvent, by_id: Mapping[UUID, ProcedureEvent]) -> UUID:
    walked: dict[UUID, ProcedureEvent] = {}
    while procedure.id not in walked:
        walked[procedure.id] = procedure
        if procedure.follows is None or procedure.follows not in by_id:
            return procedure.id
        procedure = by_id[procedure.follows]
    passed = list(walked.values())
    ring = passed[passed.index(procedure) :]
    return min(ring, key=lambda p: (p.on, p.id)).id


def find_further(
    procedure: ProcedureEvent,
    procedures: Iterable[ProcedureEvent],
    courses: Mapping[UUID, UUID],
) -> ProcedureEvent | None:
    """Find the first later procedure for the same pain; of two on one day the lower id is earlier.

    A refill is upkeep, an explant treats no pain: neither ever counts.
    """
    then = (procedure.on, procedure.id)
    further = (
        p
        for p in procedures
        if (p.on, p.id) > then
        and p.intent not in _UPKEEP
        and (courses[p.id] == courses[procedure.id] or is_for_same_pain(procedure, p))
    )
    return min(further, key=lambda p: (p.on, p.id), default=None)


def is_for_same_pain(earlier: ProcedureEvent, later: ProcedureEvent) -> bool:
    """Say whether two procedures outside one chain speak of the same pain.

    They do when both name the same pain site, in any case and spacing; where one names none, a
    repeat or revision is taken to be for what the earlier procedure of its category treated.
    """
    here, there = _folded(earlier.pain_site), _folded(later.pain_site)
    if here and there:
        return here == there
    return later.intent in _AGAIN and bool(later.category) and later.category == earlier.category


def _folded(pain_site: str | None) -> str:
    return " ".join((pain_site or "").casefold().split())
