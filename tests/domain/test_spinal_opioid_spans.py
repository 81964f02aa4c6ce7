"""When an opioid ran spinally: from a pump's placement until the record says otherwise."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

import pytest

from registry.domain.infusions import InfusateSeen, spinal_opioid_spans
from registry.domain.timeline import ProcedureEvent, Span

FIRST = date(2026, 1, 5)
PUMP, BLOCK = "intrathecal-drug-delivery", "coeliac-plexus"


def _on(day: int) -> date:
    return FIRST + timedelta(days=day)


def _done(
    number: int, day: int, intent: str, technique: str = PUMP, follows: int | None = None
) -> ProcedureEvent:
    category = "intrathecal" if technique == PUMP else "other"
    followed = None if follows is None else UUID(int=follows)
    return ProcedureEvent(
        UUID(int=number), _on(day), technique, intent, category=category, follows=followed
    )


def _seen(number: int, day: int, opioid: bool) -> InfusateSeen:
    return InfusateSeen(UUID(int=number), _on(day), opioid)


def _span(first: int, last: int | None) -> Span:
    return _on(first), None if last is None else _on(last)


IMPLANT = _done(1, 0, "implant")


@pytest.mark.parametrize(
    ("procedures", "checks", "spans"),
    [
        ([IMPLANT], [], [_span(0, None)]),
        ([IMPLANT], [_seen(1, 7, True)], [_span(0, None)]),
        ([IMPLANT], [_seen(1, 7, False)], []),
        ([IMPLANT], [_seen(1, 7, True), _seen(1, 30, False)], [_span(0, 30)]),
        ([IMPLANT], [_seen(1, 7, False), _seen(1, 30, True)], [_span(30, None)]),
        ([IMPLANT], [_seen(1, 0, False)], []),
        ([IMPLANT, _done(2, 60, "explant", follows=1)], [], [_span(0, 60)]),
        ([IMPLANT, _done(2, 60, "refill", follows=1)], [], [_span(0, None)]),
        ([_done(1, 0, "trial")], [], [_span(0, 14)]),
        ([_done(1, 0, "trial"), _done(2, 5, "implant", follows=1)], [], [_span(0, None)]),
        ([_done(1, 0, "therapeutic", BLOCK)], [_seen(1, 7, True)], []),
        ([_done(1, 0, "prognostic")], [], []),
        ([], [], []),
    ],
)
def test_a_device_s_course(
    procedures: list[ProcedureEvent], checks: list[InfusateSeen], spans: list[Span]
) -> None:
    assert list(spinal_opioid_spans(procedures, checks)) == spans
    assert list(spinal_opioid_spans(procedures[::-1], checks[::-1])) == spans
