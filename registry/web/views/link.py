"""What a procedure continues, in words: for the form that asks and the course that shows it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from registry.db.queries.patients import Course
from registry.db.tables import Procedure
from registry.domain.axes import axis
from registry.domain.links import ASKING, BLOCKS
from registry.domain.techniques import taxonomy
from registry.web.filters import day
from registry.web.forms.form import Form
from registry.web.forms.link import FOLLOWS, intent_of, linked_for, links_for


@dataclass(frozen=True, slots=True)
class LinkView:
    """What the form asks about a procedure's place in a course.

    `asks` are the fields of the result to be told: of this procedure when it is a block or a trial
    itself, else of the one that it continues, as `about` says.
    """

    options: tuple[tuple[str, str], ...]
    linked_for: str
    own_result: bool
    about: str | None
    asks: tuple[str, ...]
    results: list[tuple[str, str]]


def link_view(
    form: Form, course: Course | None, today: date, own_id: UUID | None = None
) -> LinkView:
    """Prepare the choice of what is continued, and whose result is asked for."""
    links = links_for(form, course, today, own_id)
    chosen = _chosen(form, course)
    rows = list(links.options) if links else []
    if chosen is not None and chosen not in rows:
        rows.append(chosen)
    own = intent_of(form) in ASKING
    told = None if own or own_id or chosen is None or chosen.intent not in ASKING else chosen
    return LinkView(
        options=tuple((str(row.id), f"{day(row.performed_on)}: {in_words(row)}") for row in rows),
        linked_for=linked_for(form, course) if course and links else "",
        own_result=own or bool(own_id and form.has("block_result")),
        about=f"{noun_of(told).lower()} of {day(told.performed_on)}" if told else None,
        asks=tuple(n for n in _RESULT if getattr(told, n) is None) if told else (),
        results=[(value.slug, value.label) for value in axis("block_result").current],
    )


_RESULT = ("block_result", "block_relief_percent")


def _chosen(form: Form, course: Course | None) -> Procedure | None:
    procedures = course.procedures if course else ()
    return next((row for row in procedures if str(row.id) == form.value(FOLLOWS)), None)


def in_words(row: Procedure) -> str:
    """Name a procedure by what it was for, its technique and what it told."""
    told = f" ({result_of(row)})" if result_of(row) else ""
    return f"{noun_of(row)}, {taxonomy().techniques[row.technique].label}{told}"


def noun_of(row: Procedure) -> str:
    """Name the part that a procedure has in a course: prognostic block, neurolysis, implant."""
    label = axis("intent").label_of(row.intent)
    if row.intent in BLOCKS:
        return f"{label} block"
    if row.intent != "therapeutic":
        return label
    neurolytic = axis("agent_class").in_group("neurolytic")
    return "Neurolysis" if any(a.agent_class in neurolytic for a in row.agents) else "Treatment"


def result_of(row: Procedure) -> str:
    """Say what a block or a trial told: `positive, 80 % relief`; empty where it isn't recorded."""
    result = axis("block_result").label_of(row.block_result).lower() if row.block_result else None
    relief = row.block_relief_percent
    parts = (result, None if relief is None else f"{relief} % relief")
    return ", ".join(part for part in parts if part)
