"""Which procedures may continue which, what the link is called, and which one is likely meant."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import product
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.domain.axes import axis
from registry.domain.links import (
    LinkKind,
    check_followers,
    check_link,
    find_likely,
    find_linkable,
    link_kind,
)
from registry.domain.timeline import ProcedureEvent
from reports.filters import TREATMENTS

START = date(2026, 1, 5)


def event(number: int, day: int, intent: str, **changes: object) -> ProcedureEvent:
    values: dict[str, object] = {
        "id": UUID(int=number),
        "on": START + timedelta(days=day),
        "technique": "intrathecal-drug-delivery",
        "intent": intent,
        "category": "intrathecal-infusion",
        **changes,
    }
    if isinstance(values.get("follows"), ProcedureEvent):
        values["follows"] = values["follows"].id  # type: ignore[attr-defined]
    return ProcedureEvent(**values)  # type: ignore[arg-type]


def wrong(this: ProcedureEvent, *others: ProcedureEvent) -> list[tuple[str, str]]:
    return [(p.field, p.message) for p in check_link(this, others)]


@pytest.mark.parametrize(
    ("earlier", "later", "kind"),
    [
        ("prognostic", "therapeutic", LinkKind.AFTER_BLOCK),
        ("diagnostic", "therapeutic", LinkKind.AFTER_BLOCK),
        ("prognostic", "repeat", LinkKind.AFTER_BLOCK),
        ("trial", "implant", LinkKind.AFTER_TRIAL),
        ("implant", "refill", LinkKind.DEVICE),
        ("implant", "revision", LinkKind.DEVICE),
        ("implant", "explant", LinkKind.DEVICE),
        ("trial", "explant", LinkKind.DEVICE),
        ("therapeutic", "repeat", LinkKind.REPEAT),
        ("repeat", "repeat", LinkKind.REPEAT),
        ("implant", "repeat", LinkKind.REPEAT),
        ("therapeutic", "therapeutic", None),
        ("therapeutic", "prognostic", None),
        ("prognostic", "implant", None),
        ("trial", "therapeutic", None),
        ("refill", "refill", None),
        ("explant", "refill", None),
        ("implant", "trial", None),
    ],
)
def test_the_two_intents_name_the_link(earlier: str, later: str, kind: LinkKind | None) -> None:
    assert link_kind(earlier, later) is kind
    problems = wrong(event(2, 1, later, follows=UUID(int=1)), event(1, 0, earlier))
    assert [field for field, _ in problems] == ([] if kind else ["follows_id"])


def test_a_pair_that_makes_no_sense_is_refused_with_what_would() -> None:
    neurolysis = event(1, 0, "therapeutic")
    ((_, message),) = wrong(event(2, 4, "therapeutic", follows=neurolysis), neurolysis)
    assert message.startswith("A therapeutic procedure continues a diagnostic or prognostic block;")
    assert "is a repeat" in message
    refill = event(3, 0, "refill")
    ((_, message),) = wrong(event(4, 4, "refill", follows=refill), refill)
    assert "not another refill" in message


def test_nothing_continues_what_was_done_later_or_is_not_there() -> None:
    block = event(1, 5, "prognostic")
    ((field, message),) = wrong(event(2, 4, "therapeutic", follows=block), block)
    assert (field, "done later, on 10 Jan 2026" in message) == ("follows_id", True)
    ((field, message),) = wrong(event(2, 9, "therapeutic", follows=block))
    assert (field, "no such procedure of this patient" in message) == ("follows_id", True)
    assert wrong(event(2, 5, "therapeutic", follows=block), block) == []


def test_procedures_can_not_continue_each_other_in_a_ring() -> None:
    first = event(1, 0, "repeat", follows=UUID(int=2))
    second = event(2, 0, "repeat", follows=UUID(int=1))
    ((field, message),) = wrong(second, first)
    assert (field, "in a ring" in message) == ("follows_id", True)
    ((_, message),) = wrong(event(1, 0, "repeat", follows=UUID(int=1)), event(1, 0, "repeat"))
    assert "in a ring" in message


IMPLANT = event(1, 0, "implant")
REVISION = event(2, 20, "revision", follows=IMPLANT)
EXPLANT = event(3, 40, "explant", follows=IMPLANT)


def test_an_explanted_device_is_not_refilled_after_that_day() -> None:
    for follows in (IMPLANT, REVISION):
        late = event(9, 41, "refill", follows=follows)
        ((field, message),) = wrong(late, IMPLANT, REVISION, EXPLANT)
        assert (field, message) == (
            "performed_on",
            "This device was explanted on 14 Feb 2026. Check both dates.",
        )
        on_the_day = event(9, 40, "refill", follows=follows)
        assert wrong(on_the_day, IMPLANT, REVISION, EXPLANT) == []
    refill = event(9, 41, "refill", follows=REVISION)
    ((field, message),) = wrong(EXPLANT, IMPLANT, REVISION, refill)
    assert (field, "refilled on 15 Feb 2026" in message) == ("performed_on", True)


def test_another_device_of_the_patient_goes_on() -> None:
    second = event(5, 50, "implant")
    refill = event(6, 60, "refill", follows=second)
    assert wrong(refill, IMPLANT, EXPLANT, second) == []


def test_a_device_is_looked_after_as_the_device_it_is() -> None:
    stimulator = event(7, 0, "implant", category="spinal-stimulation")
    ((field, message),) = wrong(event(8, 3, "refill", follows=stimulator), stimulator)
    assert (field, "another kind" in message) == ("follows_id", True)


def test_a_correction_of_what_others_continue_keeps_it_true() -> None:
    block, neurolysis = event(1, 0, "prognostic"), event(2, 4, "therapeutic", follows=UUID(int=1))
    assert list(check_followers(block, [neurolysis])) == []
    moved = list(check_followers(event(1, 5, "prognostic"), [neurolysis]))
    assert [p.field for p in moved] == ["performed_on"]
    renamed = list(check_followers(event(1, 0, "therapeutic"), [neurolysis]))
    assert [p.field for p in renamed] == ["intent"]
    assert "The procedure of 9 Jan 2026 continues this one" in renamed[0].message


def test_the_likely_one_is_the_only_one_of_its_category_that_nothing_continues_yet() -> None:
    block = event(1, 0, "prognostic")
    elsewhere = event(2, 1, "prognostic", category="spinal-stimulation")
    this = event(9, 8, "therapeutic")
    assert [p.id.int for p in find_linkable(this, [block, elsewhere])] == [2, 1]
    likely = find_likely(this, [block, elsewhere])
    assert likely is not None
    assert likely.id == block.id
    assert find_likely(this, [block, event(3, 2, "diagnostic")]) is None
    done = event(4, 4, "therapeutic", follows=block)
    assert find_likely(this, [block, done]) is None
    assert find_likely(event(9, -1, "therapeutic"), [block]) is None


INTENTS = axis("intent").slugs


@given(st.data())
def test_what_is_offered_is_never_refused(data: st.DataObject) -> None:
    others: list[ProcedureEvent] = []
    for number in range(1, data.draw(st.integers(1, 6)) + 1):
        new = event(number, data.draw(st.integers(0, 20)), data.draw(st.sampled_from(INTENTS)))
        fitting = find_linkable(new, others)
        chosen = data.draw(st.sampled_from([None, *fitting]))
        others.append(event(number, (new.on - START).days, new.intent, follows=chosen))
    this = event(99, data.draw(st.integers(0, 20)), data.draw(st.sampled_from(INTENTS)))
    for earlier in find_linkable(this, others):
        linked = event(99, (this.on - START).days, this.intent, follows=earlier)
        assert check_link(linked, others) == []
    likely = find_likely(this, others)
    assert likely is None or likely in find_linkable(this, others)


def test_what_asks_or_looks_after_is_never_compared_with_treatments() -> None:
    assert set(TREATMENTS) == {"therapeutic", "repeat", "implant"}
    assert set(TREATMENTS) <= set(INTENTS)
    for earlier, later in product(("diagnostic", "prognostic", "trial"), TREATMENTS):
        if link_kind(earlier, later):
            assert earlier not in TREATMENTS
