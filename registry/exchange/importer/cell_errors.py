"""The two ways in which a cell fails to be read."""

from __future__ import annotations


class CellError(Exception):
    """A cell can't be taken. `reason` says what is wrong with it and what to do next."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


class WrongCell(CellError):
    """What it says can't be true, or is missing: the whole row can't be trusted."""


class UnclearCell(CellError):
    """It may be true but isn't understood: it is left out, and listed."""
