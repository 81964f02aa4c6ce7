from __future__ import annotations

from datetime import date, timedelta

from reports.figures.course import Course, DosePoint, Mark, Relief, ScorePoint
from reports.figures.timeline import EVENT_ROW, timeline_figure

START = date(2026, 1, 5)


def day(n: int) -> date:
    return START + timedelta(days=n)


COURSE = Course(
    scores=[
        ScorePoint(day(7), "average 24 h", 3),
        ScorePoint(day(-2), "average 24 h", 8),
        ScorePoint(day(-2), "worst 24 h", 10),
    ],
    doses=[DosePoint(day(7), 60.0, complete=False), DosePoint(day(-2), 120.0, complete=True)],
    procedures=[Mark(day(0), "Coeliac plexus, alcohol"), Mark(day(1), "Epidural catheter")],
    adverse_events=[Mark(day(1), "hypotension, grade 2")],
    died_on=day(40),
)


def test_kinds_of_scores_are_drawn_apart_and_in_order_of_time() -> None:
    found = {t.name: t for t in timeline_figure(COURSE).plot.data}

    assert list(found["average 24 h"].x) == [day(-2), day(7)]
    assert list(found["average 24 h"].y) == [8, 3]
    assert list(found["worst 24 h"].y) == [10]
    assert found["average 24 h"].yaxis == "y"


def test_doses_lie_in_their_own_panel_and_incomplete_ones_are_open() -> None:
    figure = timeline_figure(COURSE)
    (doses,) = [t for t in figure.plot.data if t.name == "systemic MEDD"]

    assert list(doses.y) == [120, 60]
    assert doses.yaxis == "y2"
    assert doses.marker.color[0] != doses.marker.color[1]
    assert "at least 60 mg/24 h" in doses.hovertext[1]
    assert "open dots" in figure.subtitle
    assert figure.plot.layout.xaxis.matches == "x2"


def test_pain_always_stands_on_the_whole_scale() -> None:
    low, high = timeline_figure(COURSE).plot.layout.yaxis.range

    assert low < EVENT_ROW < 0
    assert 10 < high < 11


def test_procedures_are_labelled_lines_and_death_is_the_end() -> None:
    figure = timeline_figure(COURSE)
    lines = [(shape.x0, shape.line.width) for shape in figure.plot.layout.shapes]
    labels = [note.text for note in figure.plot.layout.annotations]

    assert [when for when, _ in lines] == [day(0), day(1), day(40)]
    assert lines[-1][1] > lines[0][1]
    assert any("Coeliac plexus, alcohol" in label for label in labels)
    assert any("Died 14 Feb 2026" in label for label in labels)
    assert figure.aria.endswith("died on 14 Feb 2026.")


def test_labels_of_procedures_close_together_stand_at_different_heights() -> None:
    notes = timeline_figure(COURSE).plot.layout.annotations
    heights = {n.text: n.yshift for n in notes if "Coeliac" in n.text or "Epidural" in n.text}

    assert len(set(heights.values())) == 2


def test_a_panel_without_values_says_so() -> None:
    figure = timeline_figure(Course(procedures=[Mark(START, "Trigger point injection")]))

    assert [n.text for n in figure.plot.layout.annotations].count("none recorded") == 2


def test_an_empty_course_says_what_to_do() -> None:
    figure = timeline_figure(Course())

    assert "Log a procedure" in figure.plot.layout.annotations[0].text


def test_a_procedure_on_the_day_of_death_is_not_the_end() -> None:
    figure = timeline_figure(Course(procedures=[Mark(START, "Cordotomy")], died_on=START))
    widths = [shape.line.width for shape in figure.plot.layout.shapes]

    assert widths[0] < widths[1]


def test_procedures_that_continue_each_other_share_a_colour_and_are_tied_together() -> None:
    course = Course(
        procedures=[
            Mark(day(0), "Prognostic block: Ganglion impar", thread=0),
            Mark(day(9), "Cordotomy"),
            Mark(day(4), "Neurolysis: Ganglion impar", thread=0),
            Mark(day(5), "Trial: Spinal cord stimulation", thread=1),
            Mark(day(20), "Implant: Spinal cord stimulation", thread=1),
        ]
    )
    figure = timeline_figure(course)
    colours = {shape.x0: shape.line.color for shape in figure.plot.layout.shapes}
    ties = [trace for trace in figure.plot.data if trace.name == "course"]

    assert colours[day(0)] == colours[day(4)] != colours[day(5)] == colours[day(20)]
    assert colours[day(9)] not in {colours[day(0)], colours[day(5)]}
    assert [list(tie.x) for tie in ties] == [[day(0), day(4)], [day(5), day(20)]]
    assert ties[0].line.color == colours[day(0)]
    assert ties[0].y[0] != ties[1].y[0]
    assert "joined by a line: procedures that continue each other" in figure.subtitle


def test_relief_is_a_band_from_its_first_day_to_its_end() -> None:
    figure = timeline_figure(Course(scores=COURSE.scores, reliefs=[Relief(day(2), day(7))]))
    (band,) = [shape for shape in figure.plot.layout.shapes if shape.type == "rect"]

    assert (band.x0, band.x1, band.y0, band.y1) == (day(2), day(7), 0, 10)
    assert band.layer == "below"
    assert "shaded: relief" in figure.subtitle
    assert "shaded" not in timeline_figure(COURSE).subtitle
