"""Safety: rates of harm, harms by grade, what is counted apart, rare harms in time, the list."""

from __future__ import annotations

from reports import wording
from reports.catalogue.safety_records import HARM_LIST, RARE_EVENTS
from reports.disclosure import HELD
from reports.disclosure.safety import (
    HarmLine,
    ReleasedApart,
    release_apart,
    release_harms,
)
from reports.disclosure.safety_events import (
    GradeLine,
    ReleasedGrades,
    ScaleHarms,
    release_grades,
)
from reports.figures.safety import apart_figure, harm_figure
from reports.figures.safety_grades import grade_figures
from reports.groups import ALL
from reports.names import apart_name
from reports.page import Page
from reports.records import records
from reports.report import Block, Definition, Record, Report, Shown
from reports.stats.safety import apart, harm_rates
from reports.stats.safety_grades import grades
from reports.tables.safety import (
    apart_table,
    grade_tables,
    harm_table,
    schemes_of,
)

_NONE = "No procedure answers to these filters."


def _show_rates(page: Page) -> Shown:
    found = harm_rates(page.frame, page.grouping, page.data.events)
    released = release_harms(found, page.cover, page.floors)
    return Shown(
        answer=_say_rates(released.lines),
        figures=(harm_figure(released, page.scope),),
        tables=(harm_table(released, page.scope),),
        records=tuple(records(released.lines)),
    )


def _say_rates(lines: tuple[HarmLine, ...]) -> str:
    if not lines:
        return _NONE
    line = next((x for x in lines if x.group == ALL), lines[0])
    if line.harmed is HELD and line.severe is HELD:
        return "The numbers of procedures with harm are too small to be told here."
    ungraded = (
        f" In {line.ungraded:,} the harm has no grade and can't count among these."
        if line.ungraded not in (HELD, 0)
        else ""
    )
    return (
        f"With any harm: {wording.rate(line.harmed, 'procedures')}. With harm of grade 3 or "
        f"more: {wording.rate(line.severe, 'procedures')}.{ungraded}"
    )


def _show_grades(page: Page) -> Shown:
    found = grades(page.frame, page.grouping, page.data.events)
    released = release_grades(found, page.policy, blind=page.cover.blind)
    return Shown(
        answer=_say_grades(released, page.frame.height),
        figures=grade_figures(released, page.scope),
        tables=grade_tables(released, page.scope),
        records=tuple(
            _grade_record(line, scale)
            for scale in released.scales
            for line in scale.by_group or scale.lines
        ),
    )


def _grade_record(line: GradeLine, found: ScaleHarms) -> Record:
    """Make a flat record: one field a grade of its scheme."""
    graded = found.scale.is_graded
    names = [f"grade_{i}" for i in range(1, 6)] if graded else ["not_graded"]
    counts = dict(zip(names, line.counts, strict=True)) | {"harms": line.events}
    return {
        "group": line.group.slug,
        "label": line.group.label,
        "scheme": line.scheme,
        "complication": line.complication,
        **{name: None if n is HELD else n for name, n in counts.items()},
        "held_back": [name for name, n in counts.items() if n is HELD],
    }


def _say_grades(released: ReleasedGrades, procedures: int) -> str:
    if not procedures:
        return _NONE
    if not released.scales:
        return "No harm was recorded after these procedures."
    told = "; ".join(f"{x.scale.label}: {wording.count(x.events)}" for x in released.scales)
    schemes = schemes_of(released.scales)
    apart_told = " Each scheme has a table of its own." if "," in schemes else ""
    return f"Harms recorded, by the scheme that graded them: {told}.{apart_told}"


def _show_apart(page: Page) -> Shown:
    found = apart(page.frame, page.grouping, page.data.events)
    released = release_apart(found, page.cover, page.floors)
    lines = (*released.effects, *released.course)
    return Shown(
        answer=_say_apart(released),
        figures=(apart_figure(released, page.scope),),
        tables=(apart_table(released, page.scope),),
        records=tuple(records(lines)),
    )


def _say_apart(released: ReleasedApart) -> str:
    if not released.course:
        return _NONE
    known = [x for x in released.effects if x.share is not HELD]
    largest = sorted(known, key=lambda x: -(0 if x.share is HELD else x.share.k))[:3]
    effects = "; ".join(
        f"{apart_name(x.what)} ({x.group.label}) {wording.rate(x.share)}" for x in largest
    )
    course = "; ".join(f"{apart_name(x.what)}, {wording.rate(x.share)}" for x in released.course)
    none = "none was recorded" if not released.effects else "too few to be told"
    return f"Expected effects of a technique: {effects or none}. The disease's course: {course}."


_RECORDED = "procedures of the page; an event counts for the procedure that it was recorded for"
_UNLIKE = "The groups treat different patients. This is no league table."
_REPORTED = (
    "What nobody recorded is not in it: a unit that looks harder finds more harm. Zero events mean "
    "that none was recorded."
)

HARM_RATES: Block = Block(
    slug="harm-rates",
    question="How many procedures were followed by harm?",
    definition=Definition(
        numerator="procedures with at least one adverse event that is a harm, and with at least "
        "one of grade 3 or more (Clavien-Dindo III or more) by the scheme it was graded by",
        denominator="all procedures of the page, assessed or not, dead or alive",
        window="any time after the procedure, up to the cut-off",
        exclusions="expected effects of the technique, disease progression and unrelated death are "
        "counted apart; a harm without a grade can't count among those of grade 3 or more; how "
        "likely the procedure brought it about doesn't enter",
        source="CTCAE, SIR 2017, Clavien-Dindo; exact intervals: Clopper and Pearson 1934",
    ),
    how_to_read="A dot is the share of procedures, its line the 95 % exact interval. Where nobody "
    "was harmed the upper end is the finding: so much harm could still have gone unseen.",
    caveats=(_UNLIKE, _REPORTED, "Later procedures had less time in which harm could show."),
    show=_show_rates,
)

GRADES: Block = Block(
    slug="grades",
    question="Which harms, and how grave?",
    definition=Definition(
        numerator="adverse events that are a harm, by complication and by grade 1 to 5",
        denominator="none: these are counts of events, and two harms of one procedure are two",
        window="any time after the procedure, up to the cut-off",
        exclusions="expected effects, disease progression and unrelated death",
        source="CTCAE 5.0 and 6.0, SIR 2017, Clavien-Dindo 2004, each as it was recorded",
    ),
    how_to_read="Each bar runs from the mildest grade at its left to the gravest at its right. "
    "Grades of one scheme say nothing of another's: each has a figure and a table of its own.",
    caveats=("Grades of different schemes or versions are never added up.", _REPORTED),
    show=_show_grades,
)

APART: Block = Block(
    slug="expected-effects",
    question="What was recorded that is no harm?",
    definition=Definition(
        numerator="procedures with an effect that belongs to the technique (such as Horner "
        "syndrome after a stellate ganglion block), with disease progression, with unrelated death",
        denominator=f"all {_RECORDED}",
        window="any time after the procedure, up to the cut-off",
        exclusions="harms",
        source="the picklist of each technique, as it was marked at the time",
    ),
    how_to_read="A dot is the share of procedures after which the effect was recorded, its line "
    "the 95 % exact interval.",
    caveats=(
        "An expected effect can still trouble the patient: tell of it before the procedure.",
        "Deaths are counted here only where somebody recorded one as an event; how many died is "
        "told with the states.",
    ),
    show=_show_apart,
)

SAFETY = Report(
    slug="safety",
    question="What harm follows?",
    audience="clinicians, quality teams, safety boards",
    summary="Procedures with harm by group and grade, effects that are expected of a technique, "
    "and whether severe harms come closer together.",
    blocks=(HARM_RATES, GRADES, APART, RARE_EVENTS, HARM_LIST),
    choices=("by",),
    needs=frozenset({"events"}),
)
