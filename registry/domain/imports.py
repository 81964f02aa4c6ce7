"""How a logbook that is being brought in through the pages stands."""

from __future__ import annotations

from enum import StrEnum


class ImportState(StrEnum):
    """From the upload to the end: looked at as often as one likes, brought in once."""

    MATCHING = "matching"
    CHECKING = "checking"
    CHECKED = "checked"
    IMPORTING = "importing"
    STOPPING = "stopping"
    STOPPED = "stopped"
    IMPORTED = "imported"
    UNDOING = "undoing"
    UNDONE = "undone"
    FAILED = "failed"
    DISCARDED = "discarded"

    @property
    def is_working(self) -> bool:
        """Say whether the registry is at work on it, so that everybody else waits."""
        return self in _WORKING

    @property
    def is_open(self) -> bool:
        """Say whether its file is still there to be matched anew."""
        return self in _OPEN

    @property
    def may_stop(self) -> bool:
        """Say whether the registry is at work that can be left half done."""
        return self in _STOPPABLE


_STOPPABLE = {ImportState.CHECKING, ImportState.IMPORTING}
_WORKING = {*_STOPPABLE, ImportState.STOPPING, ImportState.UNDOING}
_OPEN = {ImportState.MATCHING, ImportState.CHECKED, ImportState.STOPPED, ImportState.FAILED}
