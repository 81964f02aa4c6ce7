"""Letting data leave: who may, for what; said in the trail before the first byte goes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlmodel import Session

from registry.domain.access import Actor, Permission
from registry.domain.errors import NotPermitted
from registry.services.audit import record_event
from reports.filters import Filters


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
    """Allow an export and write it into each site's trail; the caller commits before streaming."""
    sites = actor.sites(Permission.EXPORT_OUTCOMES)
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
            changes={"dataset": [None, dataset], "filters": [None, _plain(filters)]},
            reason=purpose.strip() or None,
        )
    session.flush()
    return ExportTicket(dataset, sites, filters, as_of)


def _plain(filters: Filters) -> Mapping[str, Any]:
    return {
        name: value.isoformat() if isinstance(value, date) else list(value)
        for name, value in asdict(filters).items()
        if value
    }
