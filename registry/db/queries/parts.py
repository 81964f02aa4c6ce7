"""Which parts come along with a record. Relationships are never loaded by surprise."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy.orm import InstrumentedAttribute, selectinload
from sqlalchemy.orm.interfaces import ORMOption

from registry.db.base import KeptRow
from registry.db.tables import Assessment, DeviceCheck, Procedure

_PARTS: dict[type[KeptRow], tuple[str, ...]] = {
    Assessment: ("scores", "measures", "opioids"),
    DeviceCheck: ("infusate",),
    Procedure: ("agents", "guidance"),
}


def with_parts(table: type[KeptRow]) -> Sequence[ORMOption]:
    """Give the options that load a record's parts, one query each."""

    def attribute(name: str) -> InstrumentedAttribute[Any]:
        found: InstrumentedAttribute[Any] = getattr(table, name)
        return found

    return [selectinload(attribute(name)) for name in _PARTS.get(table, ())]
