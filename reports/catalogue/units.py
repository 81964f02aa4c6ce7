"""Sites and operators: three funnels, never a ranking."""

from __future__ import annotations

from registry.domain.outcomes.responders import DEFINITIONS
from reports import wording
from reports.disclosure.units import ReleasedFunnel, UnitLine, release_units
from reports.figures.funnel import funnel_figure
from reports.funnel_words import BEYOND, FunnelWords
from reports.page import Page
from reports.records import records
from reports.report import Block, Definition, Report, Shown
from reports.stats.funnel import Beyond
from reports.stats.units import Units, followed_up, responding, severely_harmed
from reports.tables.units import funnel_table

_FEW = 5
"""Fewer units than this make up much of the target that each is held against."""


def _show(page: Page, found: Units, words: FunnelWords) -> Shown:
    released = release_units(
        found,
        page.asked.unit,
        page.policy,
        page.site_names,
        overdispersion=page.asked.overdispersion,
        blind=page.cover.blind,
    )
    return Shown(
        answer=_say(released, words),
        figures=(funnel_figure(released, words, page.scope),),
        tables=(funnel_table(released, words, page.scope),),
        records=tuple(records(released.lines)),
        warnings=_warnings(released),
    )


def _show_response(page: Page) -> Shown:
    asked, window = page.asked.definition, page.asked.window
    label = next((d.label for d in DEFINITIONS if d.slug == asked), asked)
    words = FunnelWords(
        title=f"Does response at {window.label} differ by more than chance?",
        share="responders",
        whole="judged at the window",
        facts=(f"at {window.label}", f"responder: {label}"),
    )
    return _show(page, responding(page.data.outcomes, page.asked.unit, asked, window), words)


def _show_follow_up(page: Page) -> Shown:
    window = page.asked.window
    words = FunnelWords(
        title=f"Does follow-up at {window.label} differ by more than chance?",
        share="assessed",
        whole="alive and due",
        facts=(f"at {window.label}",),
    )
    return _show(page, followed_up(page.data.outcomes, page.asked.unit, window), words)


def _show_harm(page: Page) -> Shown:
    words = FunnelWords(
        title="Does severe harm differ by more than chance?",
        share="with harm of grade 3 or more",
        whole="procedures",
    )
    found = severely_harmed(page.data.outcomes, page.asked.unit, page.data.events)
    return _show(page, found, words)


def _say(released: ReleasedFunnel, words: FunnelWords) -> str:
    unit = released.unit
    if released.target is None:
        return _say_why_not(released)
    n, k = sum(x.n for x in released.lines), sum(x.k for x in released.lines)
    outside = [x for x in released.lines if x.beyond is not Beyond.NOTHING]
    target = f"{wording.rare_percent(released.target)} in all together ({wording.of(k, n)})"
    found = (
        f"no {unit} of {len(released.lines)} lies beyond the limits: they differ by no more than "
        "chance gives"
        if not outside
        else f"of {len(released.lines)} {unit}s {len(outside)} {_lies(outside)} beyond the limits: "
        + "; ".join(map(_say_unit, outside))
    )
    return f"{words.share.capitalize()}: {target}; {found}.{_say_dispersion(released)}"


def _lies(outside: list[UnitLine]) -> str:
    return "lies" if len(outside) == 1 else "lie"


def _say_unit(line: UnitLine) -> str:
    side = "above" if line.target is not None and line.value > line.target else "below"
    return (
        f"{line.unit} {wording.of(line.k, line.n)} ({wording.rare_percent(line.value)}), "
        f"{side}, {BEYOND[line.beyond]}"
    )


def _say_why_not(released: ReleasedFunnel) -> str:
    if released.left_out:
        return f"Too few {released.unit}s have numbers large enough to be shown here."
    if not released.lines:
        return f"No {released.unit} has anything to count yet."
    return f"There is one {released.unit} only: a funnel needs others to hold it against."


def _say_dispersion(released: ReleasedFunnel) -> str:
    if released.dispersion is None:
        return ""
    phi = f" Overdispersion: phi {released.dispersion:.2f}"
    if released.widened:
        return f"{phi}, more than chance gives; the limits are widened by its square root."
    return f"{phi}, no more than chance gives, so the limits stay as they are."


def _warnings(released: ReleasedFunnel) -> tuple[str, ...]:
    if released.target is None or len(released.lines) >= _FEW:
        return ()
    return (
        f"With {len(released.lines)} {released.unit}s each makes up much of what it is held "
        "against: they stand out less than they would among many.",
    )


_TARGET = "the proportion of all units of the page together"
_CASE_MIX = (
    "Not adjusted for which patients a unit treats: one that takes the hardest cases may lie "
    "outside for that alone."
)
_NO_RANKING = (
    "Units within the limits differ by no more than chance gives: their order means nothing, and "
    "this is no ranking."
)
_BY_CHANCE = "Of 20 units alike, one lies beyond the 95 % limits by chance alone."
_NAMES = (
    "An operator is known by name, whatever its capitals and spaces; of two people of one name it "
    "makes one."
)
_SOURCE = (
    "funnel plots: Spiegelhalter 2005; exact binomial limits of 95 and 99.8 %; overdispersion on "
    "request, of z-scores winsorised at 10 %"
)
_CAVEATS = (_CASE_MIX, _NO_RANKING)
_READ = (
    "The larger a unit, the further to the right, and the closer the limits. Beyond the dashed "
    "lines (95 %) is a reason to look, beyond the solid ones (99.8 %) a reason to look now: at "
    "the data first, then at the patients, then at the work."
)

RESPONSE_FUNNEL: Block = Block(
    slug="response-funnel",
    question="Does response differ by more than chance?",
    definition=Definition(
        numerator="procedures that respond by the definition asked for",
        denominator="procedures that the definition can judge at the window: with the scores and "
        "doses that it needs at both ends",
        window="the follow-up window asked for; the assessment nearest to its target counts",
        exclusions="those whom the definition can't judge; units with nobody to count",
        source=_SOURCE,
    ),
    how_to_read=_READ,
    caveats=(
        *_CAVEATS,
        _BY_CHANCE,
        _NAMES,
        "Only those judged are in it: read the follow-up beside it.",
    ),
    show=_show_response,
)

FOLLOW_UP_FUNNEL: Block = Block(
    slug="follow-up-funnel",
    question="Does follow-up differ by more than chance?",
    definition=Definition(
        numerator="procedures with an eligible baseline and a score in the window",
        denominator="those alive and due",
        window="the follow-up window asked for",
        exclusions="ineligible, not yet due, died before; units with nobody to count",
        source=_SOURCE,
    ),
    how_to_read=_READ,
    caveats=(*_CAVEATS, "Whoever sees frailer patients finds fewer of them able to answer."),
    show=_show_follow_up,
)

HARM_FUNNEL: Block = Block(
    slug="harm-funnel",
    question="Does severe harm differ by more than chance?",
    definition=Definition(
        numerator="procedures with at least one harm of grade 3 or more, by any scheme",
        denominator="all procedures of the page",
        window="any time after the procedure, up to the cut-off",
        exclusions="expected effects, disease progression, unrelated death; harms without a grade",
        source=_SOURCE,
    ),
    how_to_read=_READ,
    caveats=(*_CAVEATS, "A unit that records more finds more harm; so may one that grades higher."),
    show=_show_harm,
)

UNITS = Report(
    slug="units",
    question="Do sites or operators differ by more than chance?",
    audience="quality teams, heads of service",
    summary="Funnel plots of response, follow-up and severe harm by site or operator, with exact "
    "limits. Never a ranking.",
    blocks=(RESPONSE_FUNNEL, FOLLOW_UP_FUNNEL, HARM_FUNNEL),
    choices=("unit", "window", "definition", "overdispersion"),
    needs=frozenset({"events"}),
)
