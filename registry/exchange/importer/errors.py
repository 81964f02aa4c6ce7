"""What stops an import before its first row, and the two ways in which a cell fails to be read."""

from __future__ import annotations

from registry.domain.errors import RegistryError


class MappingError(RegistryError):
    """The mapping can't be used: it is missing, misspelt or contradicts itself."""


class LogbookError(RegistryError):
    """The file can't be read as its mapping says: nothing of it came in."""


class CellError(Exception):
    """A cell can't be taken. `reason` says what is wrong with it and what to do next."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


class WrongCell(CellError):
    """What it says can't be true, or is missing: the whole row can't be trusted."""


class UnclearCell(CellError):
    """It may be true but isn't understood: it is left out, and listed."""
