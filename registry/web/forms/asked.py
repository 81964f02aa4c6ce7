"""What a report may be asked besides the filters: choices that live in the address, too."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from registry.domain.opioids import conversion_tables
from registry.domain.outcomes.responders import DEFINITIONS
from registry.domain.techniques import taxonomy
from registry.domain.windows import WINDOWS
from registry.web.forms.form import Form
from reports.page import Asked

Options = Sequence[tuple[str, str]]
FIRST_WINDOW = "28d"
WIDENED = "yes"


def choice_options() -> dict[str, Options]:
    """Give the answers to each choice, in the order of the content."""
    tree = taxonomy()
    return {
        "by": [("category", "technique category"), ("technique", "technique")],
        "window": [(w.slug, w.label) for w in WINDOWS],
        "reference": [
            *((c.slug, c.label) for c in tree.categories),
            *((t.slug, t.label) for t in tree.techniques.values()),
        ],
        "definition": [(d.slug, d.label) for d in DEFINITIONS],
        "unit": [("site", "site"), ("operator", "operator")],
        "overdispersion": [(WIDENED, "limits widened for overdispersion")],
        "tables": [(table.id, table.title) for table in conversion_tables().values()],
    }


def read_asked(form: Form, options: Mapping[str, Options]) -> Asked:
    """Read the choices of an address; what can't be read is a problem at its field."""
    chosen = {name: choose(form, name, options) for name in choice_options()}
    slugs = chosen["window"][:1] or (FIRST_WINDOW,)
    plain = Asked()
    return Asked(
        by="technique" if chosen["by"] == ("technique",) else "category",
        windows=tuple(w for w in WINDOWS if w.slug in slugs),
        reference=chosen["reference"][0] if chosen["reference"] else None,
        definition=chosen["definition"][0] if chosen["definition"] else plain.definition,
        unit="operator" if chosen["unit"] == ("operator",) else "site",
        overdispersion=chosen["overdispersion"] == (WIDENED,),
        tables=chosen["tables"],
    )


def choose(form: Form, name: str, options: Mapping[str, Options]) -> tuple[str, ...]:
    """Read which of the known values were chosen; an unknown one is refused and left out."""
    known = {value for value, _ in options[name]}
    wanted = tuple(dict.fromkeys(form.values(name)))
    if not known.issuperset(wanted):
        form.refuse(name, "There is no such value; it was left out. Choose one from the list.")
    return tuple(value for value in wanted if value in known)


def address_pairs(asked: Asked) -> Iterator[tuple[str, str]]:
    """Give the choices as an address holds them; what is as usual needs no words."""
    plain = Asked()
    yield "by", asked.by
    yield "window", asked.window.slug
    if asked.reference:
        yield "reference", asked.reference
    if asked.definition != plain.definition:
        yield "definition", asked.definition
    if asked.unit != plain.unit:
        yield "unit", asked.unit
    if asked.overdispersion:
        yield "overdispersion", WIDENED
    yield from (("tables", table) for table in asked.tables)
