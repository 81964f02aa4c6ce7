"""Which records an export speaks of, and its filters in SQL."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, exists, literal, or_
from sqlmodel import col

from registry.db.tables import ProcedureOutcomeRow


@dataclass(frozen=True, slots=True)
class ExportScope:
    """Which records an export speaks of: of these sites, of procedures that pass the filters.

    `choices` are allowed values by the outcome row's column; records of a person come along when
    one of the person's procedures passes. `trail` holds the last number of each chain of the trail
    that is told.
    """

    sites: frozenset[UUID]
    as_of: date
    since: date | None = None
    until: date | None = None
    choices: Mapping[str, tuple[str, ...]] = field(default_factory=dict, hash=False)
    trail: Mapping[str, int] = field(default_factory=dict, hash=False)

    def everything(self) -> ExportScope:
        """Give the scope of the same sites without any filter."""
        return ExportScope(self.sites, self.as_of, trail=self.trail)


def conditions(scope: ExportScope) -> Iterator[ColumnElement[bool]]:
    """Put the filters of a comparison into SQL, as `reports.filters.narrow` has them."""
    row = ProcedureOutcomeRow
    if scope.since is not None:
        yield col(row.performed_on) >= scope.since
    if scope.until is not None:
        yield col(row.performed_on) <= scope.until
    for name, values in scope.choices.items():
        if name == "agent_class":
            listed = literal(";") + col(row.agent_classes) + literal(";")
            yield or_(*(listed.contains(f";{v};", autoescape=True) for v in values))
        else:
            yield col(getattr(row, name)).in_(values)


def passes(scope: ExportScope, *of: ColumnElement[bool]) -> list[ColumnElement[bool]]:
    """Ask for an outcome row that passes the filters, where there are any."""
    wanted = list(conditions(scope))
    if not wanted:
        return []
    return [exists().select_from(ProcedureOutcomeRow).where(*of, *wanted)]
