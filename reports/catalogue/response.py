"""Who responds: by every definition, and along the whole curve."""

from __future__ import annotations

from registry.domain.outcomes.responders import DEFINITIONS
from reports.catalogue.answers import say_curve, say_responders
from reports.catalogue.common import ASSESSED_ONLY, AT_WINDOW, AVERAGE_PAIN, UNLIKE
from reports.catalogue.completeness import drawn_of
from reports.disclosure import release
from reports.disclosure.curve import release_curves
from reports.disclosure.judged import release_judged
from reports.figures.curve import curve_figure
from reports.figures.responders import responder_figure
from reports.page import Page
from reports.records import curve_records, records
from reports.report import Block, Definition, Shown
from reports.stats.curve import responder_curves
from reports.stats.judged import judged_responders
from reports.stats.responders import responders
from reports.tables.responders import curve_table, responder_table


def _show_responders(page: Page) -> Shown:
    asked = page.frame, page.grouping, page.asked.windows, page.floors
    released = release(responders(*asked), page.cover)
    judged = release_judged(judged_responders(*asked), page.cover)
    drawn = drawn_of(page)
    return Shown(
        answer=say_responders(released, judged, page.asked.window),
        figures=tuple(
            responder_figure(drawn.of(released), drawn.of(judged), drawn.scope, window)
            for window in page.asked.windows
        ),
        tables=(responder_table(released, judged, page.scope),),
        records=(*records(released.lines), *records(judged.lines)),
    )


def _show_curve(page: Page) -> Shown:
    asked = page.frame, page.grouping, page.asked.windows
    found = responder_curves(*asked)
    released = release_curves(found, responders(*asked, page.floors), page.cover)
    drawn = drawn_of(page)
    return Shown(
        answer=say_curve(released, page.asked.window),
        figures=tuple(
            curve_figure(drawn.of(released), drawn.scope, window) for window in page.asked.windows
        ),
        tables=(curve_table(released, page.scope),),
        records=tuple(curve_records(released)),
    )


RESPONDERS: Block = Block(
    slug="responders",
    question="How many respond?",
    definition=Definition(
        numerator="procedures that respond. "
        + " ".join(f"{d.label[0].upper()}{d.label[1:]}: {d.meaning}" for d in DEFINITIONS),
        denominator="those whom a definition can judge, for each its own. "
        + " ".join(dict.fromkeys(d.judged for d in DEFINITIONS)),
        window=AT_WINDOW,
        exclusions="procedures that a definition can't judge: nobody without a score or a dose is "
        "taken for a non-responder",
        source="; ".join(dict.fromkeys(d.source for d in DEFINITIONS)),
    ),
    how_to_read="A dot is the share of those whom the definition can judge, its line the 95 % "
    "Wilson interval. The pale bar reaches from nobody to everybody of the unassessed having "
    "responded; definitions that need doses have none, as nobody knows whom of the unassessed they "
    "could judge.",
    caveats=(
        ASSESSED_ONLY,
        UNLIKE,
        "The definition changes the answer, and so does whom it can judge: read all of them.",
    ),
    show=_show_responders,
)

CURVE: Block = Block(
    slug="curve",
    question="How many improve by how much?",
    definition=Definition(
        numerator=f"procedures after which {AVERAGE_PAIN}, fell by at least x % of baseline, x "
        "from 0 to 100 in steps of 5, decided in whole numbers",
        denominator="those assessed; dotted: those assessed and those alive, due and not assessed, "
        "who can't have responded",
        window=AT_WINDOW,
        exclusions="procedures without both scores, or with a baseline below the floor; of a "
        "baseline of 0 no percentage is defined",
        source="Farrar JT et al. J Pain Symptom Manage 2006;31:369-377",
    ),
    how_to_read="Read upwards from a percentage: the curve's height is the share that improved by "
    "at least so much. It starts at 0 % with all who did not get worse and ends with those without "
    "pain. A curve that stays high to the right is better.",
    caveats=(
        ASSESSED_ONLY,
        UNLIKE,
        "Where small numbers are held back only points that lie many people apart are told: "
        "between them the line is straight or missing, the truth has steps.",
    ),
    show=_show_curve,
)
