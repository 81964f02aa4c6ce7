"""Which procedures are one course, and which later one was for the same pain."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import permutations
from uuid import UUID

import pytest

from registry.domain.outcomes import derive_outcomes
from registry.domain.outcomes.same_pain import course_ids, find_further
from registry.domain.timeline import ProcedureEvent
from tests.domain.courses import RULES, VOIDED, course, done, seen

BLOCK, NEUROLYSIS, REPEAT = UUID(int=1), UUID(int=2), UUID(int=3)


def courses(procedures: Sequence[ProcedureEvent]) -> dict[int, int]:
    return {p.int: first.int for p, first in course_ids(procedures).items()}


def further(*procedures: ProcedureEvent) -> int | None:
    """Find the further procedure of the first one, by its number, whatever the order."""
    ids = course_ids(procedures)
    found = {
        f.id.int if (f := find_further(procedures[0], order, ids)) else None
        for order in permutations(procedures)
    }
    (number,) = found
    return number


def test_a_chain_is_one_course_named_by_its_first_procedure() -> None:
    chain = [
        done(1, 0, "prognostic"),
        done(2, 7, follows=BLOCK),
        done(3, 60, "repeat", follows=NEUROLYSIS),
        done(4, 9, "implant"),
    ]
    for order in permutations(chain):
        assert courses(order) == {1: 1, 2: 1, 3: 1, 4: 4}


def test_a_link_to_a_voided_procedure_is_no_link() -> None:
    assert courses([done(1, 0), done(2, 7, follows=VOIDED)]) == {1: 1, 2: 2}


def test_a_ring_of_links_ends_in_its_earliest_procedure() -> None:
    ring = [
        done(1, 9, follows=NEUROLYSIS),
        done(2, 5, follows=REPEAT),
        done(3, 7, follows=BLOCK),
        done(4, 2, follows=BLOCK),  # leads into it, but isn't of it
        done(5, 1, follows=UUID(int=5)),
    ]
    for order in permutations(ring):
        assert courses(order) == {1: 2, 2: 2, 3: 2, 4: 2, 5: 5}


@pytest.mark.parametrize(
    ("later", "found"),
    [
        (done(2, 7, follows=BLOCK), 2),
        (done(2, 7), None),  # the same technique again, for who knows what
        (done(2, 7, site="upper abdomen"), None),  # the first names no site
        (done(2, 7, "repeat"), 2),
        (done(2, 7, "revision"), 2),
        (done(2, 7, "repeat", category="cordotomy"), None),
        (done(2, 7, "refill"), None),
        (done(2, 7, "refill", follows=BLOCK), None),  # upkeep
        (done(2, 0, "repeat"), 2),  # the same day, entered later
        (done(2, -1, "repeat"), None),
    ],
)
def test_a_later_procedure_is_for_the_same_pain_by_link_or_by_being_a_repeat(
    later: ProcedureEvent, found: int | None
) -> None:
    assert further(done(1, 0), later) == found


@pytest.mark.parametrize(
    ("one", "other", "intent", "found"),
    [
        ("upper abdomen", "Upper  Abdomen ", "therapeutic", 2),
        ("upper abdomen", "left leg", "therapeutic", None),
        ("upper abdomen", "left leg", "repeat", None),  # it says that it is for another pain
        ("upper abdomen", "  ", "repeat", 2),
        ("", "", "therapeutic", None),
        ("upper abdomen", None, "therapeutic", None),
    ],
)
def test_the_pain_site_decides_where_both_name_one(
    one: str, other: str | None, intent: str, found: int | None
) -> None:
    earlier = done(1, 0, site=one, category="coeliac")
    later = done(2, 7, intent, site=other, category="coeliac")
    assert further(earlier, later) == found


def test_a_link_outweighs_the_words_for_the_site() -> None:
    assert further(done(1, 0, site="abdomen"), done(2, 7, site="epigastrium", follows=BLOCK)) == 2


def test_a_repeat_without_a_category_repeats_nothing() -> None:
    assert further(done(1, 0, category=""), done(2, 7, "repeat", category="")) is None


def test_the_first_of_several_further_procedures_counts() -> None:
    assert further(done(1, 0), done(2, 30, "repeat"), done(3, 20, "repeat"), done(4, 20)) == 3


def test_the_outcome_says_in_days_when_it_was_done_again_and_in_which_course() -> None:
    procedures = [done(1, 0, "prognostic"), done(2, 7, follows=BLOCK), done(3, 50, "repeat")]
    found = derive_outcomes(course(seen(0, 8), procedures=procedures), RULES)
    assert {p.int: o.further_days for p, o in found.items()} == {1: 7, 2: 43, 3: None}
    assert {p.int: o.course_id.int for p, o in found.items()} == {1: 1, 2: 1, 3: 3}
