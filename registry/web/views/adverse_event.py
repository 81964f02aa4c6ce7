"""What the form of an adverse event offers: the picklist under its headings, grades in words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from registry.db.tables import AdverseEvent
from registry.domain.complications import (
    Complication,
    complication,
    complications,
    complications_for,
)
from registry.domain.grading import GRADINGS, Grading, Relatedness, Resolution
from registry.web.forms.adverse_event import chosen_grading
from registry.web.forms.form import Form

Options = tuple[tuple[str, str], ...]
Group = tuple[str, Options]

_RELATEDNESS = (("", "Not judged"), *((r.value, r.value.capitalize()) for r in Relatedness))
_RESOLUTIONS = (
    ("", "Not recorded"),
    (Resolution.ONGOING.value, "Ongoing"),
    (Resolution.RESOLVED.value, "Resolved"),
    (Resolution.RESOLVED_WITH_SEQUELAE.value, "Resolved, something stayed"),
    (Resolution.FATAL.value, "Fatal"),
    (Resolution.UNKNOWN.value, "Not known"),
)


@dataclass(frozen=True, slots=True)
class AdverseEventView:
    """What may be chosen: events in groups, schemes, and the grades of the chosen scheme."""

    complications: tuple[Group, ...]
    schemes: Options
    scheme: Grading
    grades: tuple[dict[str, str], ...]
    relatedness: Options = _RELATEDNESS
    resolutions: Options = _RESOLUTIONS


def adverse_event_view(form: Form, technique: str) -> AdverseEventView:
    """Prepare the form of an event after a technique for drawing."""
    scheme = chosen_grading(form)
    return AdverseEventView(
        complications=tuple(_groups(technique, form.value("complication"))),
        schemes=tuple((g.key, g.label) for g in GRADINGS),
        scheme=scheme,
        grades=(
            {"value": "", "label": "Not graded"},
            *(
                {"value": str(number), "label": label, "hint": words}
                for number, (label, words) in enumerate(
                    zip(scheme.labels, scheme.grades, strict=True), start=1
                )
            ),
        ),
    )


def event_title(row: AdverseEvent) -> str:
    """Name an event; what is no harm of the procedure says so."""
    known = complication(row.complication)
    return f"{known.label} (not counted as harm)" if known.is_apart else known.label


def _groups(technique: str, chosen: str) -> Iterable[Group]:
    """Put the technique's own first, then what is expected, then the course of the disease.

    An event that was recorded and is not on the list is listed all the same.
    """
    offered = complications_for(technique)
    harms = [c for c in offered if c.counts_as_harm]
    known = complications().by_slug.get(chosen)
    if known is not None and chosen not in {c.slug for c in offered}:
        harms.append(known)
    yield "Complications", _options(harms)
    yield "Expected effects, counted apart", _options(c for c in offered if c.expected)
    yield "No harm of the procedure: no grade", _options(c for c in offered if c.is_apart)


def _options(offered: Iterable[Complication]) -> Options:
    return tuple(
        (c.slug, f"{c.label} (expected effect)" if c.expected else c.label) for c in offered
    )
