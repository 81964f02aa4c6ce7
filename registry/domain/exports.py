"""How much of a person an export shows, and how it stands."""

from __future__ import annotations

from enum import StrEnum


class ExportState(StrEnum):
    """From being asked for to its end."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def is_over(self) -> bool:
        """Say whether nothing more will happen to it."""
        return self not in {ExportState.QUEUED, ExportState.RUNNING}


class Profile(StrEnum):
    """How much of a person an export shows; `registry.exchange.profiles` says what each leaves out.

    `identified` holds everything that is recorded. `limited` has no direct identifier and no free
    text about a patient, and keeps dates. `safe_harbor` follows 45 CFR 164.514(b)(2). `aggregate`
    holds released numbers alone, no record.
    """

    IDENTIFIED = "identified"
    LIMITED = "limited"
    SAFE_HARBOR = "safe_harbor"
    AGGREGATE = "aggregate"
