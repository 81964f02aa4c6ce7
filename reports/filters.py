"""Which procedures a comparison speaks of. Filters live in the URL: the URL is the comparison."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from datetime import date

import polars as pl

from reports.frames import OutcomeFrame

TREATMENTS = ("therapeutic", "repeat", "implant")
"""The intents that are compared unless others are asked for: a test block or a trial is a question,
not a treatment, and the upkeep of a device is neither; none of them is pooled with treatments."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """Which procedures. Of each tuple any value may match; an empty one lets all through. `since`
    and `until` are days of the procedure, both included.
    """

    since: date | None = None
    until: date | None = None
    site: tuple[str, ...] = ()
    region: tuple[str, ...] = ()
    category: tuple[str, ...] = ()
    technique: tuple[str, ...] = ()
    agent_class: tuple[str, ...] = ()
    intent: tuple[str, ...] = ()
    diagnosis_group: tuple[str, ...] = ()
    mechanism: tuple[str, ...] = ()

    def for_comparison(self) -> Filters:
        """Give the filters of a comparison: treatments, unless other intents are asked for."""
        return replace(self, intent=self.intent or TREATMENTS)

    @property
    def is_default(self) -> bool:
        """Say whether nothing was narrowed."""
        return self == Filters()


_CHOICES = tuple(f.name for f in fields(Filters) if f.name not in {"since", "until", "agent_class"})


def narrow(frame: OutcomeFrame, filters: Filters) -> OutcomeFrame:
    """Keep the rows that the filters ask for."""
    wanted = [pl.col(name).is_in(values) for name in _CHOICES if (values := getattr(filters, name))]
    if filters.since is not None:
        wanted.append(pl.col("performed_on") >= filters.since)
    if filters.until is not None:
        wanted.append(pl.col("performed_on") <= filters.until)
    if filters.agent_class:
        asked = pl.lit(list(filters.agent_class))
        wanted.append(pl.col("agent_classes").list.set_intersection(asked).list.len() > 0)
    return OutcomeFrame(frame.filter(wanted)) if wanted else frame
