"""What stops an import before its first row."""

from __future__ import annotations

from registry.domain.errors import RegistryError


class MappingError(RegistryError):
    """The mapping can't be used: it is missing, misspelt or contradicts itself."""


class LogbookError(RegistryError):
    """The file can't be read as its mapping says: nothing of it came in."""
