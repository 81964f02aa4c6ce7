"""How an export stands."""

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
