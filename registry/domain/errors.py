"""What can go wrong, in the clinic's words. Only `registry.web.errors` knows status codes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong, at one field.

    `field` is the dotted path a client would use (`agents.0.volume_ml`), empty for the record as a
    whole. `message` says what is wrong and what to do next, never a patient's value.
    """

    field: str
    message: str


class RegistryError(Exception):
    """The root of everything Assuage raises on purpose."""


class RuleViolation(RegistryError):
    """A record breaks rules of the clinic; all its problems are told at once."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(f"{p.field}: {p.message}" for p in self.problems))

    @classmethod
    def at(cls, field: str, message: str) -> RuleViolation:
        """Make the violation of a single rule."""
        return cls([Problem(field, message)])


@dataclass(frozen=True, slots=True)
class Doubt:
    """Something that is possible but unlikely, at one field; asked once and remembered.

    `code` names the doubt together with the value it is about: another value is asked anew.
    """

    code: str
    field: str
    message: str


class Doubtful(RuleViolation):
    """Nothing is wrong for certain, but somebody must say that it is right before it is kept."""

    def __init__(self, doubts: Iterable[Doubt]) -> None:
        self.doubts = tuple(doubts)
        super().__init__(Problem(d.field, d.message) for d in self.doubts)


class NotFound(RegistryError):
    """There is no such record, or none that this actor may know of."""


class NotPermitted(RegistryError):
    """The actor may know of the record but may not do this to it; `site_id` is where, if known."""

    def __init__(self, message: str, site_id: UUID | None = None) -> None:
        self.site_id = site_id
        super().__init__(message)


class NotAuthenticated(RegistryError):
    """Nobody is signed in, or the credentials were wrong."""


class TooManyTries(RegistryError):
    """Somebody failed too often and has to wait before the next try."""

    def __init__(self, wait: timedelta) -> None:
        self.seconds = max(1, round(wait.total_seconds()))
        long = f"{-(-self.seconds // 60)} minutes" if self.seconds > 90 else "a minute"
        told = f"{self.seconds} seconds" if self.seconds < 60 else long
        super().__init__(f"Too many tries that failed. Wait {told}, then try again.")


class StepUpNeeded(RegistryError):
    """This asks for the password or a code once more, for the last time was too long ago."""


class Conflict(RegistryError):
    """The record changed since it was read, or it exists already."""


def refuse(problems: Iterable[Problem]) -> None:
    """Raise `RuleViolation` when there is at least one problem."""
    found = tuple(problems)
    if found:
        raise RuleViolation(found)
