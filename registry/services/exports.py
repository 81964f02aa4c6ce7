"""Letting data leave: who may, for what; said in the trail before the first byte goes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlmodel import Session

from registry.domain.access import Actor, Permission
from registry.domain.errors import NotPermitted, RuleViolation
from registry.services.audit import record_event
from registry.services.outcomes import sites_of
from reports.filters import Filters

LONGEST_PURPOSE = 500


@dataclass(frozen=True, slots=True)
class ExportTicket:
    """An authorised export: of which sites, filtered how, as things stand on which day."""

    dataset: str
    sites: frozenset[UUID]
    filters: Filters
    as_of: date


def authorise_export(
    session: Session, *, actor: Actor, dataset: str, filters: Filters, purpose: str, as_of: date
) -> ExportTicket:
    """Allow an export and write it into the trail of each site that is asked for.

    The caller commits before streaming. `RuleViolation` at `purpose` when it is too long to keep.
    """
    if len(purpose.strip()) > LONGEST_PURPOSE:
        raise RuleViolation.at("purpose", f"Shorten this to {LONGEST_PURPOSE} characters.")
    sites = _asked_for(session, actor, filters)
    if not sites:
        raise NotPermitted(
            "Your role doesn't include taking data away. Ask an auditor of the site."
        )
    for site_id in sorted(sites):
        record_event(
            session,
            actor,
            "export",
            site_id=site_id,
            changes={"dataset": [None, dataset], "filters": [None, plain_filters(filters)]},
            reason=purpose.strip() or None,
        )
    session.flush()
    return ExportTicket(dataset, sites, filters, as_of)


def _asked_for(session: Session, actor: Actor, filters: Filters) -> frozenset[UUID]:
    """Choose the sites that the filters speak of among those that may be exported."""
    asked = {
        site_id
        for site_id, site in sites_of(session, actor).items()
        if not filters.site or site.code in filters.site
    }
    return frozenset(actor.sites(Permission.EXPORT_OUTCOMES) & asked)


def plain_filters(filters: Filters) -> Mapping[str, Any]:
    """Give the filters that narrow anything, as plain JSON for the trail."""
    return {
        name: value.isoformat() if isinstance(value, date) else list(value)
        for name, value in asdict(filters).items()
        if value
    }
