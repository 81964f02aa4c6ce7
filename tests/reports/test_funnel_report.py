from __future__ import annotations

from typing import Any

import pytest

from registry.domain.outcomes.responders import DEFINITIONS
from reports.catalogue.units import FOLLOW_UP_FUNNEL, HARM_FUNNEL, RESPONSE_FUNNEL, UNITS
from reports.disclosure import Policy
from reports.disclosure.units import release_units
from reports.figures.funnel import funnel_figure
from reports.frames import OutcomeFrame
from reports.funnel_words import FunnelWords
from reports.page import Asked
from reports.stats.units import UnitRow, Units
from tests.reports.cases import SCOPE, assessed, events, frame, page_of

UNSEEN = {"nrs_baseline": 8, "state_28d": "alive_not_assessed"}
BY_OPERATOR = Asked(unit="operator")


def team(**answers: tuple[int, int]) -> OutcomeFrame:
    """Make operators with so many responders of so many assessed."""
    return frame(
        {**(assessed(8, 2) if i < k else assessed(8, 8)), "operator": f"Dr {name}"}
        for name, (k, n) in answers.items()
        for i in range(n)
    )


ALIKE = team(Able=(20, 40), Baker=(16, 30), Cole=(12, 26), Dee=(9, 20), Eve=(10, 18))
APART = team(Able=(20, 40), Baker=(16, 30), Cole=(2, 26), Dee=(9, 20), Eve=(17, 18))


def test_where_nobody_stands_out_the_answer_says_that_it_is_chance() -> None:
    found = RESPONSE_FUNNEL.show(page_of(ALIKE, asked=BY_OPERATOR))

    assert found.answer == (
        "Responders: 50 % in all together (67 of 134); no operator of 5 lies beyond the limits: "
        "they differ by no more than chance gives."
    )
    assert not found.warnings


def test_who_lies_beyond_is_named_with_numbers_and_side() -> None:
    found = RESPONSE_FUNNEL.show(page_of(APART, asked=BY_OPERATOR))

    assert "of 5 operators 2 lie beyond the limits" in found.answer
    assert "Dr Cole 2 of 26 (7.7 %), below, beyond the 99.8 % limits" in found.answer
    assert "Dr Eve 17 of 18 (94 %), above" in found.answer
    texts = [text for trace in found.figures[0].plot.data for text in trace.text or ()]
    assert sorted(filter(None, texts)) == ["Dr Cole", "Dr Eve"]


def test_units_stand_in_order_of_size_never_of_result() -> None:
    found = RESPONSE_FUNNEL.show(page_of(APART, asked=BY_OPERATOR))

    assert [row[1] for row in found.tables[0].rows] == ["40", "30", "26", "20", "18"]
    assert found.tables[0].notes[0] == "In order of size, which says nothing of the result."
    assert [record["n"] for record in found.records] == [40, 30, 26, 20, 18]


def test_overdispersion_is_told_only_when_asked_for() -> None:
    asked = Asked(unit="operator", overdispersion=True)
    plain = RESPONSE_FUNNEL.show(page_of(APART, asked=BY_OPERATOR)).answer
    wide = RESPONSE_FUNNEL.show(page_of(APART, asked=asked)).answer
    calm = RESPONSE_FUNNEL.show(page_of(ALIKE, asked=asked)).answer

    assert "phi" not in plain
    assert "more than chance gives; the limits are widened by its square root." in wide
    assert "no more than chance gives, so the limits stay as they are." in calm


def test_one_unit_has_no_funnel_and_few_carry_a_warning() -> None:
    one = RESPONSE_FUNNEL.show(page_of(team(Able=(20, 40)), asked=BY_OPERATOR))
    two = RESPONSE_FUNNEL.show(page_of(team(Able=(20, 40), Baker=(1, 1)), asked=BY_OPERATOR))

    assert one.answer == "There is one operator only: a funnel needs others to hold it against."
    assert one.tables[0].rows[0][-1] == "no funnel"
    assert not one.figures[0].plot.data
    assert "With 2 operators each makes up much" in two.warnings[0]


@pytest.mark.parametrize("k", [0, 30])
def test_where_nobody_or_everybody_is_counted_no_unit_stands_out(k: int) -> None:
    found = RESPONSE_FUNNEL.show(
        page_of(team(Able=(k, 30), Baker=(k, 30), Cole=(k // 30, 1)), asked=BY_OPERATOR)
    )

    assert "no operator of 3 lies beyond" in found.answer


@pytest.mark.parametrize("definition", [d.slug for d in DEFINITIONS])
def test_response_follows_every_definition(definition: str) -> None:
    found = RESPONSE_FUNNEL.show(page_of(APART, asked=Asked(definition=definition)))
    label = next(d.label for d in DEFINITIONS if d.slug == definition)

    assert label in found.figures[0].subtitle
    assert found.answer.endswith(".")


def test_sites_go_by_their_names() -> None:
    found = RESPONSE_FUNNEL.show(page_of(APART))

    assert found.tables[0].rows[0][0] == "North"


def test_operators_have_letters_where_records_are_closed() -> None:
    found = RESPONSE_FUNNEL.show(page_of(ALIKE, 5, BY_OPERATOR))

    assert [row[0] for row in found.tables[0].rows][:2] == ["Operator A", "Operator B"]
    assert "Dr" not in found.answer + found.figures[0].json() + str(found.records)
    assert any("Operators have letters" in note for note in found.tables[0].notes)


def test_when_all_are_small_the_page_says_so() -> None:
    found = RESPONSE_FUNNEL.show(page_of(team(Able=(3, 40), Baker=(5, 30)), 11, BY_OPERATOR))

    assert found.answer == "Too few operators have numbers large enough to be shown here."
    assert found.tables[0].rows == ()
    assert found.records == ()


def test_follow_up_and_harm_have_funnels_of_their_own() -> None:
    rows = frame(
        {**what, "operator": who}
        for who, missed in (("Dr Able", 2), ("Dr Baker", 25), ("Dr Cole", 4))
        for i in range(30)
        for what in [UNSEEN if i < missed else assessed(8, 2)]
    )
    recorded = events({"procedure_id": str(i), "grade": 3} for i in range(12))
    page = page_of(rows, asked=BY_OPERATOR, events=recorded)

    assert "Dr Baker 5 of 30 (17 %), below" in FOLLOW_UP_FUNNEL.show(page).answer
    assert "Dr Able 12 of 30 (40 %), above" in HARM_FUNNEL.show(page).answer


def test_names_written_in_several_ways_are_told() -> None:
    rows = frame({**assessed(8, 2), "operator": name} for name in ("Dr Able", "dr able", "Dr Bo"))
    found = RESPONSE_FUNNEL.show(page_of(rows, asked=BY_OPERATOR))

    assert "Written in several ways and counted as one: Dr Able." in found.tables[0].notes


def test_hundreds_of_units_stay_a_small_figure() -> None:
    rows = [UnitRow(f"dr {i}", f"Dr {i}", 1, 40 + i, 20 + i // 3, 40 + i) for i in range(900)]
    words: dict[str, Any] = {"title": "Why?", "share": "responders", "whole": "judged"}
    released = release_units(
        Units(tuple(rows), 0), "operator", Policy(None), {}, overdispersion=True
    )

    assert len(funnel_figure(released, FunnelWords(**words), SCOPE).json()) < 100_000


def test_every_funnel_says_that_it_is_not_adjusted_and_no_ranking() -> None:
    for block in UNITS.blocks:
        assert any("Not adjusted" in caveat for caveat in block.caveats)
        assert any("no ranking" in caveat for caveat in block.caveats)
