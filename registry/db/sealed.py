"""Columns that are sealed on their way into the database and read on their way out.

Whoever holds a copy of the database alone, a backup or a stolen disk, finds no patient in it. The
key is the process's (`use_keys`): the tables know no settings.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import Dialect, Text
from sqlalchemy.types import TypeDecorator

from registry.db.vault import Vault

_vaults: list[Vault] = []


def use_keys(keys: tuple[str, ...]) -> None:
    """Say with which keys this process seals and reads: the first seals, any of them reads."""
    _vaults[:] = [Vault(keys)]


def vault() -> Vault:
    """Give what seals and reads identifiers in this process."""
    return _vaults[0]


class SealedText(TypeDecorator[str]):
    """A text that is sealed in the database. It can't be compared there: look marks up instead.

    Nor can the database measure it: of more than `longest` characters none is sealed.
    """

    impl = Text
    cache_ok = True

    def __init__(self, purpose: str, longest: int) -> None:
        super().__init__()
        self.purpose, self.longest = purpose, longest

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Seal a value; `ValueError` when it is too long."""
        if value is not None and len(value) > self.longest:
            raise ValueError(f"{self.purpose} is longer than {self.longest} characters")
        return None if value is None else vault().seal(self.purpose, value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        """Read a value."""
        return None if value is None else vault().unseal(self.purpose, value)


class SealedDate(TypeDecorator[date]):
    """A day that is sealed in the database."""

    impl = Text
    cache_ok = True

    def __init__(self, purpose: str) -> None:
        super().__init__()
        self.purpose = purpose

    def process_bind_param(self, value: date | None, dialect: Dialect) -> str | None:
        """Seal a day."""
        return None if value is None else vault().seal(self.purpose, value.isoformat())

    def process_result_value(self, value: str | None, dialect: Dialect) -> date | None:
        """Read a day."""
        return None if value is None else date.fromisoformat(vault().unseal(self.purpose, value))
