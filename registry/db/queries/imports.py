"""Which lines of logbooks a site has brought in before."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from sqlmodel import Session, col, select

from registry.db.tables import ImportedRow

_CHUNK = 500


def list_imported(session: Session, site_id: UUID, fingerprints: Collection[str]) -> set[str]:
    """Give those of the fingerprints that a site has rows of."""
    wanted, found = sorted(fingerprints), set[str]()
    for start in range(0, len(wanted), _CHUNK):
        found.update(
            session.exec(
                select(ImportedRow.fingerprint).where(
                    ImportedRow.site_id == site_id,
                    col(ImportedRow.fingerprint).in_(wanted[start : start + _CHUNK]),
                )
            )
        )
    return found
