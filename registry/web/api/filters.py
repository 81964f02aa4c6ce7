"""Which procedures a comparison or an export speaks of, as query parameters."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields
from typing import Annotated

from pydantic import Field
from sqlmodel import Session

from registry.domain.access import Actor
from registry.domain.errors import Problem, refuse
from registry.services.reports import readable_sites
from registry.web.api.models import Day, Sent, Slug
from registry.web.forms.asked import Options
from registry.web.forms.question import LISTS, filter_options
from reports.filters import TREATMENTS, Filters

Choices = Annotated[tuple[Slug, ...], Field(max_length=100)]


class FilterQuery(Sent):
    """Repeat a parameter to let several values through; the export's codebook lists the values."""

    since: Day | None = Field(default=None, description="First day of procedures.")
    until: Day | None = Field(default=None, description="Last day of procedures.")
    site: Choices = Field(default=(), description="Site codes.")
    region: Choices = ()
    category: Choices = ()
    technique: Choices = ()
    agent_class: Choices = ()
    intent: Choices = Field(
        default=(),
        description="Unless given, a comparison speaks of the treatments "
        f"({', '.join(TREATMENTS)}), and an export of all procedures.",
    )
    diagnosis_group: Choices = ()
    mechanism: Choices = ()

    def read(self, session: Session, actor: Actor) -> Filters:
        """Give the filters; a value that doesn't exist is refused, not silently without effect."""
        filters = Filters(**self.model_dump(include={f.name for f in fields(Filters)}))
        refuse(_check(filters, filter_options(readable_sites(session, actor))))
        return filters


def _check(filters: Filters, options: Mapping[str, Options]) -> Iterator[Problem]:
    for name in LISTS:
        if not {slug for slug, _ in options[name]}.issuperset(getattr(filters, name)):
            yield Problem(
                name, "There is no such value. The export's codebook lists what there is."
            )
    if filters.since and filters.until and filters.since > filters.until:
        yield Problem("until", "The last day lies before the first. Check both.")
