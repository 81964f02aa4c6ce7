"""The filters of a comparison as a form whose answers live in the URL."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, fields
from datetime import date
from urllib.parse import urlencode

from starlette.datastructures import QueryParams

from registry.db.tables import Site
from registry.domain.axes import axis
from registry.domain.diagnoses import diagnosis_groups
from registry.domain.techniques import taxonomy
from registry.domain.windows import WINDOWS, Window
from registry.web.forms.form import Form
from reports.filters import Filters
from reports.groups import By

Options = Sequence[tuple[str, str]]

LISTS = tuple(f.name for f in fields(Filters) if f.name not in {"since", "until"})
FIRST_WINDOW = "28d"


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of the outcomes: of whom, compared by what, at which window."""

    filters: Filters
    by: By
    window: Window

    def url(self, path: str = "/outcomes", **changes: str) -> str:
        """Give the address that asks this question, or this one with some answers changed."""
        pairs: list[tuple[str, str]] = []
        for f in fields(Filters):
            value = getattr(self.filters, f.name)
            if isinstance(value, date):
                pairs.append((f.name, value.isoformat()))
            elif value:
                pairs += [(f.name, v) for v in value]
        asked = {"by": self.by, "window": self.window.slug, **changes}
        kept = [(k, v) for k, v in pairs if k not in changes]
        return f"{path}?{urlencode([*kept, *((k, v) for k, v in asked.items() if v)])}"


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
        "by": [("category", "technique category"), ("technique", "technique")],
        "window": [(w.slug, w.label) for w in WINDOWS],
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
    chosen = {name: _chosen(form, name, options) for name in LISTS}
    by = _chosen(form, "by", options)
    window = _chosen(form, "window", options) or (FIRST_WINDOW,)
    question = Question(
        filters=Filters(since=since, until=until, **chosen),
        by="technique" if by == ("technique",) else "category",
        window=next(w for w in WINDOWS if w.slug == window[0]),
    )
    return _shown(form, question), question


def _chosen(form: Form, name: str, options: dict[str, Options]) -> tuple[str, ...]:
    known = {value for value, _ in options[name]}
    asked = tuple(dict.fromkeys(form.values(name)))
    if not known.issuperset(asked):
        form.refuse(name, "There is no such value; it was left out. Choose one from the list.")
    return tuple(value for value in asked if value in known)


def _shown(form: Form, question: Question) -> Form:
    typed = {**form.typed, "by": [str(question.by)], "window": [question.window.slug]}
    return form.holding(typed)
