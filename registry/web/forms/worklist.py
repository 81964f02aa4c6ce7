"""What is asked of the worklist, as it stands in the URL: grouped by what, narrowed to whom."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar
from urllib.parse import urlencode

from registry.domain.windows import WINDOWS
from registry.services.worklist import Narrow
from registry.web.forms.form import LINE, Form

T = TypeVar("T")


class By(StrEnum):
    """What the list is grouped by."""

    WINDOW = "window"
    PATIENT = "patient"
    CLINICIAN = "clinician"


@dataclass(frozen=True, slots=True)
class WorklistQuestion:
    """Which follow-ups are asked for, and how they are grouped."""

    by: By
    narrow: Narrow

    @property
    def filters(self) -> list[tuple[str, str]]:
        """Give the filters as they stand in an address, for links and hidden fields."""
        window, clinician = self.narrow.window, self.narrow.clinician
        pairs = (("window", window.slug if window else None), ("clinician", clinician))
        return [(name, value) for name, value in pairs if value]

    def url(self, path: str = "/worklist", **changes: str) -> str:
        """Give the address that asks this of a page, with further answers."""
        pairs = [*self.filters, *changes.items()]
        return f"{path}?{urlencode(pairs)}" if pairs else path

    def grouped_by(self, by: By) -> str:
        """Give the address of the same follow-ups grouped otherwise."""
        return self.url(by=by)


def read_worklist_question(asked: Mapping[str, Sequence[str]]) -> tuple[Form, WorklistQuestion]:
    """Read what an address or a form asks; what can't be read is refused and left out."""
    form = Form({name: list(values) for name, values in asked.items()})
    narrow = Narrow(
        window=_choose(form, "window", {w.slug: w for w in WINDOWS}),
        clinician=form.text("clinician", LINE),
    )
    return form, WorklistQuestion(
        _choose(form, "by", {b.value: b for b in By}) or By.WINDOW, narrow
    )


def _choose(form: Form, name: str, known: Mapping[str, T]) -> T | None:
    given = form.value(name)
    if given and given not in known:
        form.refuse(name, "There is no such value; it was left out. Choose one from the list.")
    return known.get(given)
