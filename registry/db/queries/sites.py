"""Reading a site as a whole."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import func
from sqlmodel import Session, col, select

from registry.db.tables import ProcedureOutcomeRow, Site


def lock_site(session: Session, site_id: UUID) -> Site:
    """Read a site as it stands now; who else would change it waits."""
    query = (
        select(Site)
        .where(Site.id == site_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return session.exec(query).one()


def count_baselines(session: Session, site_id: UUID) -> dict[int | None, int]:
    """Count a site's procedures by their average pain before; None where there is no baseline."""
    query = (
        select(ProcedureOutcomeRow.nrs_baseline, func.count())
        .where(col(ProcedureOutcomeRow.site_id) == site_id)
        .group_by(col(ProcedureOutcomeRow.nrs_baseline))
    )
    return dict(session.exec(query).all())
