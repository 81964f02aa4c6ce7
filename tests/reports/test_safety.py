from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reports.catalogue.safety import APART, GRADES, HARM_RATES, SAFETY
from reports.catalogue.safety_records import HARM_LIST, RARE_EVENTS
from reports.disclosure import HELD, Policy, release_parts
from reports.disclosure.safety import release_harms, release_sum
from reports.disclosure.safety_events import LESS_COMMON, release_grades
from reports.events import EventFrame
from reports.frames import OutcomeFrame
from reports.groups import ALL
from reports.stats.intervals import Floors
from reports.stats.safety import HarmRow, apart, exact_share, harm_rates
from reports.stats.safety_grades import grades, list_events
from reports.stats.safety_rare import rare_events
from reports.stats.signals import Rule
from tests.reports.cases import CATEGORIES, assessed, events, frame, page_of

FLOORS = Floors()


def procedures(**sizes: int) -> OutcomeFrame:
    """Make so many procedures of each category, numbered through, all assessed."""
    return frame(
        {"category": category, **assessed(8, 2)}
        for category, size in sizes.items()
        for _ in range(size)
    )


def harms(*ids: int, **what: Any) -> list[dict[str, Any]]:
    return [{"procedure_id": str(i), **what} for i in ids]


def rates(rows: OutcomeFrame, recorded: EventFrame) -> dict[str, HarmRow]:
    page = page_of(rows, events=recorded)
    return {r.group.slug: r for r in harm_rates(page.frame, page.grouping, recorded).rows}


def test_a_procedure_counts_once_however_many_harms_followed_it() -> None:
    recorded = events(
        [
            *harms(0, grade=1),
            *harms(0, grade=3),
            *harms(0, grade=4),
            *harms(1, grade=2),
            *harms(2, grade=None, scheme=None, scheme_version=None),
            *harms(3, kind="expected", grade=3),
            *harms(4, kind="progression", grade=None),
            *harms(5, kind="unrelated-death", grade=None),
            *harms(99, grade=5),
        ]
    )
    found = rates(procedures(celiac=20, cordotomy=10), recorded)

    assert found["celiac"] == HarmRow(CATEGORIES[0], 20, harmed=3, severe=1, ungraded=1)
    assert (found["cordotomy"].harmed, found["cordotomy"].severe) == (0, 0)
    assert found[ALL.slug].harmed == 3


def test_exact_intervals_are_those_of_r() -> None:
    """Clopper-Pearson in base R 4.2.2.

    options(digits = 12)
    binom.test(0, 40)$conf.int   # 0.0000000000000 0.0880973028788
    binom.test(40, 40)$conf.int  # 0.911902697121 1.000000000000
    binom.test(3, 40)$conf.int   # 0.015742179851 0.203864748733
    binom.test(1, 10)$conf.int   # 0.00252857854446 0.44501611702820
    """
    for k, n, low, high in (
        (0, 40, 0, 0.0880973028788),
        (40, 40, 0.911902697121, 1),
        (3, 40, 0.015742179851, 0.203864748733),
        (1, 10, 0.00252857854446, 0.44501611702820),
    ):
        interval = exact_share(k, n, FLOORS).interval
        assert interval is not None
        assert (interval.low, interval.high) == pytest.approx((low, high), abs=1e-9)
    assert exact_share(0, 9, FLOORS).interval is None
    assert exact_share(0, 0, FLOORS).value is None


def test_where_nobody_was_harmed_the_bound_is_the_finding() -> None:
    found = HARM_RATES.show(page_of(procedures(celiac=40)))

    assert found.answer == (
        "With any harm: 0 of 40 procedures: up to 8.8 %. "
        "With harm of grade 3 or more: 0 of 40 procedures: up to 8.8 %."
    )
    assert found.tables[0].rows[0][2] == "0 of 40: up to 8.8 %"
    assert "up to 8.8 %" in found.figures[0].json()


def test_where_everybody_was_harmed_the_lower_bound_is_the_finding() -> None:
    found = HARM_RATES.show(page_of(procedures(celiac=40), events=events(harms(*range(40)))))

    assert found.tables[0].rows[0][2] == "40 of 40: at least 91 %"


def test_fewer_than_ten_procedures_carry_no_interval() -> None:
    found = HARM_RATES.show(page_of(procedures(celiac=6), events=events(harms(0))))

    assert found.tables[0].rows[0][2] == "1 of 6: too few for an interval"


CASES = st.lists(
    st.fixed_dictionaries(
        {
            "procedure_id": st.integers(0, 49).map(str),
            "grade": st.sampled_from([None, 1, 2, 3, 4, 5]),
            "kind": st.sampled_from(["harm", "harm", "expected", "progression"]),
            "complication": st.sampled_from(["hypotension", "haematoma", "neuritis"]),
            "scheme": st.sampled_from(["ctcae", "sir"]),
        }
    ).map(lambda e: {**e, "scheme_version": "5.0" if e["scheme"] == "ctcae" else "2017"}),
    max_size=40,
)
FIFTY = procedures(celiac=20, cordotomy=18, plane=12)


@settings(deadline=None, max_examples=60)
@given(CASES, st.randoms())
def test_parts_sum_to_the_whole_and_no_order_matters(
    rows: list[dict[str, Any]], chance: Any
) -> None:
    page = page_of(FIFTY)
    recorded = events(rows)
    found = harm_rates(page.frame, page.grouping, recorded)
    *parts, whole = found.rows
    for name in ("procedures", "harmed", "severe", "ungraded"):
        assert sum(getattr(row, name) for row in parts) == getattr(whole, name)
    for row in found.rows:
        assert row.severe + row.ungraded <= row.harmed <= row.procedures

    by_grade = grades(page.frame, page.grouping, recorded)
    told = sum(row["kind"] == "harm" for row in rows)
    assert sum(row.events for row in by_grade.rows) == told
    assert sum(row.events for row in by_grade.whole) == told
    severe = sum(sum(row.counts[2:]) for row in by_grade.whole)
    assert (severe == 0) == (whole.severe == 0)

    shuffled = recorded.sample(fraction=1, shuffle=True, seed=chance.randint(0, 99))
    other = page.frame.sample(fraction=1, shuffle=True, seed=chance.randint(0, 99))
    frame_again, events_again = OutcomeFrame(other), EventFrame(shuffled)
    assert harm_rates(frame_again, page.grouping, events_again) == found
    assert grades(frame_again, page.grouping, events_again) == by_grade
    assert apart(frame_again, page.grouping, events_again) == apart(
        page.frame, page.grouping, recorded
    )
    assert rare_events(frame_again, events_again) == rare_events(page.frame, recorded)
    assert list_events(frame_again, events_again) == list_events(page.frame, recorded)


def test_schemes_are_never_mixed() -> None:
    recorded = events(
        [
            *harms(0, 1, grade=3),
            *harms(2, grade=3, scheme_version="6.0"),
            *harms(3, grade=3, scheme="sir", scheme_version="2017"),
            *harms(4, grade=3, scheme="clavien-dindo", scheme_version="2004"),
            *harms(5, grade=None, scheme=None, scheme_version=None),
        ]
    )
    found = GRADES.show(page_of(procedures(celiac=20), events=recorded))

    captions = [table.caption.split(", ")[1].split(".")[0] for table in found.tables]
    assert captions == ["CTCAE 5", "CTCAE 6", "SIR 2017", "Clavien-Dindo 2004", "Not graded"]
    assert len(found.figures) == 5
    assert found.tables[0].rows == ((CATEGORIES[0].label, "Hypotension", *"00200", "2"),)
    assert found.tables[3].columns[4] == "III (intervention)"
    assert found.answer.startswith("Harms recorded, by the scheme that graded them: CTCAE 5.0: 2;")
    assert {record["scheme"] for record in found.records} == {
        *("CTCAE 5.0", "CTCAE 6.0", "SIR 2017", "Clavien-Dindo 2004", "Not graded")
    }


def test_a_scheme_that_is_no_longer_known_keeps_its_name() -> None:
    recorded = events(harms(0, scheme="who", scheme_version="1979", grade=2))
    found = GRADES.show(page_of(procedures(celiac=20), events=recorded))

    assert "who 1979" in found.tables[0].caption


def test_what_is_expected_and_what_the_disease_did_stand_apart() -> None:
    recorded = events(
        [
            *harms(0, 0, 1, kind="expected", complication="horner", grade=1),
            *harms(2, kind="progression", complication="disease-progression", grade=None),
        ]
    )
    found = APART.show(page_of(procedures(celiac=20), events=recorded))

    assert [row[1:3] for row in found.tables[0].rows] == [
        ("Horner syndrome", "Expected effect"),
        ("Disease progression", "Course of the disease"),
        ("Death unrelated to the procedure", "Unrelated death"),
    ]
    assert found.tables[0].rows[0][3].startswith("2 of 20: 10 %")
    assert "Horner syndrome" in found.answer
    assert "Death unrelated to the procedure, 0 of 20: up to 17 %" in found.answer
    assert HARM_RATES.show(page_of(procedures(celiac=20), events=recorded)).answer.startswith(
        "With any harm: 0 of 20"
    )


def series(
    gaps: Sequence[int], days_apart: Sequence[int] | None = None
) -> tuple[OutcomeFrame, EventFrame]:
    """Make procedures with a severe harm after each gap, a day apart or as `days_apart` says."""
    severe = [0]
    for gap in gaps:
        severe.append(severe[-1] + gap + 1)
    size = severe[-1] + 1
    steps = days_apart if days_apart is not None else [1] * (size - 1)
    days = [date(2025, 1, 1) + timedelta(days=sum(steps[:i])) for i in range(size)]
    rows = frame({"procedure_id": f"{i:04}", "performed_on": day} for i, day in enumerate(days))
    return rows, events({"procedure_id": f"{i:04}", "grade": 3} for i in severe)


def test_the_g_chart_of_severe_harms_is_that_of_r() -> None:
    """By hand in R 4.2.2, severe harms one after the other among the gaps.

    g <- c(0, 0, 2, 1, 0, 5, 0, 1, 3, 0, 40)
    c(.693 * mean(g), mean(g) + 3 * sqrt(mean(g) * (mean(g) + 1)))  # 3.2760000000 20.3371869323
    """
    gaps = [0, 0, 2, 1, 0, 5, 0, 1, 3, 0, 40]
    found = rare_events(*series(gaps))

    assert found.between == tuple(gaps)
    assert found.since == 0
    point = found.g.points[-1]
    assert (point.centre, point.high) == pytest.approx((3.276, 20.3371869323))
    assert [p.rules for p in found.g.points] == [()] * 10 + [(Rule.BEYOND_LIMITS,)]
    assert found.days == tuple(gap + 1 for gap in gaps)


def test_the_t_chart_of_severe_harms_with_ties_in_time_is_that_of_r() -> None:
    """By hand in R 4.2.2, several severe harms on one day; a limit under 0 is none.

    d <- c(0, 1, 2, 0, 9, 3, 0, 4, 2, 1, 120); z <- d^(1 / 3.6)
    l <- mean(z) + c(-1, 0, 1) * 2.66 * mean(abs(diff(z))); sign(l) * abs(l)^3.6
    # -6.89404583169   1.76120686861 153.78133685875
    """
    days = [0, 1, 2, 0, 9, 3, 0, 4, 2, 1, 120]
    found = rare_events(*series([0] * 11, days))

    assert found.days == tuple(days)
    point = found.t.points[0]
    assert (point.low, point.centre, point.high) == (
        None,
        pytest.approx(1.76120686861),
        pytest.approx(153.78133685875),
    )


def test_too_few_severe_harms_stand_alone_and_say_so() -> None:
    rows, recorded = series([3] * 9)
    found = RARE_EVENTS.show(page_of(rows, events=recorded))

    assert "Fewer than 11 are too few for limits: the series stands alone." in found.answer
    assert "too few for limits" in found.figures[0].subtitle
    assert {record["centre"] for record in found.records} == {None}
    assert found.tables[0].rows[0][2] == "too few for limits"


@pytest.mark.parametrize(
    ("gaps", "says"),
    [
        ([], "One procedure of 1 had a harm of grade 3 or more. Since the last"),
        ([4], "2 procedures of 6 had"),
    ],
)
def test_one_severe_harm_or_two_are_told(gaps: list[int], says: str) -> None:
    rows, recorded = series(gaps)
    found = RARE_EVENTS.show(page_of(rows, events=recorded))

    assert found.answer.startswith(says)


def test_no_severe_harm_is_told() -> None:
    found = RARE_EVENTS.show(page_of(procedures(celiac=20)))

    assert found.answer == "No harm of grade 3 or more was recorded in 20 procedures."


def test_the_rule_that_fired_is_named_with_when_and_whether_it_is_good_news() -> None:
    rows, recorded = series([0, 0, 2, 1, 0, 5, 0, 1, 3, 0, 40])
    found = RARE_EVENTS.show(page_of(rows, events=recorded))

    assert (
        "Procedures between (g chart): outside the control limits (in Mar 2025, longer than usual)."
    ) in found.answer
    assert found.tables[0].rows[-1][2] == "outside the control limits"
    assert "outside limits" in found.figures[0].json()


def test_marks_and_lists_of_single_harms_need_the_right_to_read_records() -> None:
    rows, recorded = series([3] * 14)
    page = page_of(rows, 11, events=recorded)
    for block in (RARE_EVENTS, HARM_LIST):
        found = block.show(page)
        assert "shown to those who may read records" in found.answer
        assert (found.tables, found.records, found.detail) == ((), (), None)
        for figure in found.figures:
            assert not figure.plot.data
            assert "0001" not in figure.json()


def test_the_list_names_each_event_and_leads_to_its_patient() -> None:
    recorded = events(
        [
            *harms(0, grade=3, scheme="sir", scheme_version="2017", resolution="ongoing"),
            *harms(1, kind="expected", complication="horner", onset_on=date(2026, 2, 1)),
        ]
    )
    found = HARM_LIST.show(page_of(procedures(celiac=20), events=recorded))

    assert found.detail is not None
    assert found.detail.rows[0][:2] == ("1 Feb 2026", "Celiac retrocrural")
    assert found.detail.rows[1] == (
        "6 Jan 2026",
        "Celiac retrocrural",
        "Hypotension",
        "Harm",
        "grade 3 (severe), SIR 2017",
        "Possible",
        "Ongoing",
        "1",
        "p",
    )
    assert found.answer.startswith("1 harm, of which 1 is recorded as ongoing, and 1 event")


def test_a_lone_small_number_takes_another_group_along() -> None:
    rows = procedures(celiac=60, cordotomy=60, plane=60)
    recorded = events(harms(*range(20), *range(60, 65), *range(120, 145)))
    page = page_of(rows, 11, events=recorded)
    found = release_harms(harm_rates(page.frame, page.grouping, recorded), page.cover, FLOORS)
    told = {line.group.slug: line.harmed for line in found.lines}

    assert told["cordotomy"] is HELD
    assert told["celiac"] is HELD
    assert told["plane"] is not HELD
    assert (told["plane"].k, told["plane"].n) == (25, 60)
    whole = told[ALL.slug]
    assert whole is not HELD
    assert whole.k == 50


def test_nobody_harmed_may_be_told_and_nearly_everybody_not() -> None:
    rows = procedures(celiac=60, cordotomy=60, plane=60)
    page = page_of(rows, 11, events=events(harms(*range(57), *range(60, 90))))
    found = release_harms(
        harm_rates(page.frame, page.grouping, page.data.events), page.cover, FLOORS
    )
    told = {line.group.slug: line.harmed for line in found.lines}

    assert told["celiac"] is HELD
    assert told["plane"] is not HELD
    assert told["plane"].k == 0


@settings(deadline=None, max_examples=100)
@given(st.lists(st.integers(0, 60), min_size=1, max_size=8), st.sampled_from([5, 8, 11]))
def test_a_sum_is_that_of_what_is_told_or_leaves_what_is_held_in_doubt(
    counts: list[int], threshold: int
) -> None:
    policy = Policy(threshold)
    told = release_parts(policy, counts)
    whole = release_sum(policy, counts, told)
    shown = [n for n in told if n is not HELD]
    assert all(n % 5 == 0 for n in shown)
    if HELD not in told:
        assert whole == sum(shown)
    elif whole is not HELD:
        hidden = [n for n, t in zip(counts, told, strict=True) if t is HELD]
        assert len(hidden) > 1
        assert sum(hidden) >= len(hidden) + policy.doubt


def test_rare_complications_stand_as_one_where_small_numbers_are_held() -> None:
    recorded = events(
        [
            *harms(*range(30), grade=2),
            *harms(*range(15), grade=3),
            *harms(*range(30, 38), complication="haematoma", grade=1),
            *harms(*range(38, 45), complication="paraplegia", grade=4),
        ]
    )
    page = page_of(procedures(celiac=60), 11, events=recorded)
    found = release_grades(grades(page.frame, page.grouping, recorded), page.policy)
    (scale,) = found.scales

    assert [line.complication for line in scale.lines] == ["Hypotension", LESS_COMMON]
    assert scale.lines[0].counts == (0, 30, 15, 0, 0)
    assert scale.lines[0].events == 45
    assert scale.lines[1].counts == (HELD, 0, 0, HELD, 0)
    assert scale.lines[1].events == 15
    assert scale.by_group == ()
    assert "araplegia" not in json.dumps(GRADES.show(page).records)


def test_a_page_too_small_to_show_tells_no_harm() -> None:
    page = page_of(procedures(celiac=6), 11, events=events(harms(0, 1, 2, grade=3)))
    for block in SAFETY.blocks:
        found = block.show(page)
        for record in found.records:
            numbers: Mapping[str, Any] = {
                k: v for k, v in record.items() if isinstance(v, int | float | dict)
            }
            assert not any(numbers.values())


def test_a_long_list_shows_the_latest_and_counts_all() -> None:
    page = page_of(procedures(celiac=20), events=events(harms(*[0] * 700)))
    found = HARM_LIST.show(page)

    assert found.detail is not None
    assert len(found.detail.rows) == 500
    assert found.detail.notes == ("The latest 500 of 700 events.",)
    assert found.answer.startswith("700 harms")
