"""The filters of a report as a form whose answers live in the URL."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, fields
from datetime import date
from urllib.parse import urlencode

from starlette.datastructures import QueryParams

from registry.db.tables import Site
from registry.domain.axes import axis
from registry.domain.diagnoses import diagnosis_groups
from registry.domain.techniques import taxonomy
from registry.web.forms.asked import (
    Options,
    address_pairs,
    choice_options,
    choose,
    read_asked,
)
from registry.web.forms.form import Form
from reports.filters import Filters
from reports.page import Asked

LISTS = tuple(f.name for f in fields(Filters) if f.name not in {"since", "until"})


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of the outcomes: of whom, and what."""

    filters: Filters
    asked: Asked

    def url(self, path: str = "/outcomes", **changes: str) -> str:
        """Give the address that asks this question, or this one with some answers changed."""
        kept = [(k, v) for k, v in self._pairs() if k not in changes]
        changed = [(k, v) for k, v in changes.items() if v]
        return f"{path}?{urlencode([*kept, *changed])}"

    @property
    def query(self) -> str:
        """Give the address's query: the question, whatever page it is asked of."""
        return urlencode(list(self._pairs()))

    def _pairs(self) -> Iterator[tuple[str, str]]:
        for f in fields(Filters):
            value = getattr(self.filters, f.name)
            if isinstance(value, date):
                yield f.name, value.isoformat()
            elif value:
                yield from ((f.name, v) for v in value)
        yield from address_pairs(self.asked)


def filter_options(sites: Collection[Site]) -> dict[str, Options]:
    """Give the choices of each filter, in the order of the content."""
    tree = taxonomy()
    return {
        "site": [(s.code, s.name) for s in sites],
        "region": [(r.slug, r.label) for r in tree.regions],
        "category": [(c.slug, c.label) for c in tree.categories],
        "technique": [(t.slug, t.label) for t in tree.techniques.values()],
        "agent_class": [(v.slug, v.label) for v in axis("agent_class").values],
        "intent": [(v.slug, f"{v.label} procedures") for v in axis("intent").values],
        "diagnosis_group": [(g.slug, g.label) for g in diagnosis_groups()],
        "mechanism": [(v.slug, f"{v.label} pain") for v in axis("mechanism").values],
        **choice_options(),
    }


def read_question(
    query: QueryParams, options: dict[str, Options], today: date
) -> tuple[Form, Question]:
    """Read the question that an address asks. What can't be read is a problem at its field and is
    left out, so that the rest is still answered.
    """
    form = Form({name: query.getlist(name) for name in query})
    since, until = form.day("since", today), form.day("until", today)
    if since and until and since > until:
        form.refuse("until", "The last day lies before the first. Check both.")
        until = None
    chosen = {name: choose(form, name, options) for name in LISTS}
    asked = read_asked(form, options)
    question = Question(Filters(since=since, until=until, **chosen), asked)
    return _shown(form, question), question


def _shown(form: Form, question: Question) -> Form:
    """Let the form show the usual choice where none was made."""
    asked = question.asked
    usual = {
        "by": asked.by,
        "window": asked.window.slug,
        "definition": asked.definition,
        "unit": asked.unit,
    }
    return form.holding({**form.typed, **{name: [str(value)] for name, value in usual.items()}})
