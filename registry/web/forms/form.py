"""A submitted form: what was typed, what is wrong with it, and the typed values read one by one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from http import HTTPStatus
from typing import TYPE_CHECKING

from registry.domain.dates import HINT, read_day
from registry.domain.errors import Doubt, Doubtful, Problem, RuleViolation

if TYPE_CHECKING:
    from collections.abc import Iterator

CONFIRMED = "confirmed"
"""The boxes that say yes to a doubt."""

NAME, LINE, NOTE = 120, 200, 2000
"""How many characters the record holds of a name, of a line and of a note."""

MOST_ROWS = 100
GROUPED = "Write this without a thousands separator: 1000. A decimal has a point: 1.5."
_TOO_MANY_ROWS = f"No more than {MOST_ROWS} rows of a kind can be sent: the rest were left out."
_ROW = re.compile(r"0|[1-9][0-9]{0,3}")
_WHOLE = re.compile(r"-?[0-9]{1,6}")
_DECIMAL = re.compile(r"-?(?:[0-9]{1,9}(?:\.[0-9]{1,9})?|\.[0-9]{1,9})")
_GROUPED = re.compile(r"[1-9][0-9]{0,2}(?:[.,][0-9]{3})+")


@dataclass(slots=True)
class Form:
    """What was typed into a form, or what it starts with. Nothing typed is ever lost.

    A domain field `agents.0.volume_ml` is the form's field `agents-0-volume_ml`.
    """

    typed: Mapping[str, list[str]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    doubts: list[Doubt] = field(default_factory=list)
    stale: bool = False
    """Somebody else changed the record since this form was opened."""

    @classmethod
    def starting(cls, **values: object) -> Form:
        """Make a form with initial values; None leaves a field empty."""
        return cls({name: _texts(value) for name, value in values.items() if value is not None})

    def holding(self, typed: Mapping[str, list[str]]) -> Form:
        """Give this form with other values in it; what is wrong with it or doubted stays said."""
        return replace(self, typed=typed)

    def value(self, name: str) -> str:
        """Give what was typed into a field, empty when nothing was."""
        return self.typed.get(name, [""])[0]

    def values(self, name: str) -> list[str]:
        """Give all that was chosen in a field of several."""
        return [v for v in self.typed.get(name, []) if v]

    def has(self, name: str) -> bool:
        """Say whether a field was sent with something in it."""
        return bool(self.value(name).strip())

    def error(self, name: str) -> str | None:
        """Give what is wrong with a field."""
        return next((p.message for p in self.problems if _control(p.field) == name), None)

    @property
    def errors(self) -> list[dict[str, str]]:
        """List what is wrong, one problem a field, for the summary that links to the fields."""
        first: dict[str, str] = {}
        for problem in self.problems:
            first.setdefault(_control(problem.field), problem.message)
        return [{"field": f, "message": message, "id": f"f-{f}"} for f, message in first.items()]

    @property
    def status(self) -> HTTPStatus:
        """Give the status of a page that shows this form: 422 to put right, 409 when stale."""
        if self.stale:
            return HTTPStatus.CONFLICT
        return HTTPStatus.UNPROCESSABLE_ENTITY if self.problems or self.doubts else HTTPStatus.OK

    def refuse(self, name: str, message: str) -> None:
        """Say that a field can't be read."""
        self.problems.append(Problem(name.replace("-", "."), message))

    def add(self, problems: Iterable[Problem]) -> None:
        """Add what the rules found."""
        self.problems.extend(problems)

    def text(self, name: str, longest: int | None = None) -> str | None:
        """Read a text; blank is none. One that is too long is refused, its beginning stands in."""
        text = self.value(name).strip() or None
        if text is None or longest is None or len(text) <= longest:
            return text
        self.refuse(name, f"Shorten this to {longest} characters: it has {len(text)}.")
        return text[:longest]

    def required(self, name: str, message: str) -> str:
        """Read a text that must be there."""
        text = self.text(name)
        if text is None:
            self.refuse(name, message)
        return text or ""

    def day(self, name: str, today: date, *, missing: str | None = None) -> date | None:
        """Read a day; `missing` is what to say when it must be there and isn't."""
        text = self.text(name)
        if text is None:
            if missing:
                self.refuse(name, missing)
            return None
        found = read_day(text, today)
        if found is None:
            self.refuse(name, f"This is not a day that can be read. {HINT}")
        return found

    def whole(self, name: str, message: str) -> int | None:
        """Read a whole number; what isn't one is refused with `message`."""
        text = self.text(name)
        if text is None:
            return None
        if _WHOLE.fullmatch(text):
            return int(text)
        self.refuse(name, message)
        return None

    def decimal(self, name: str, message: str) -> float | None:
        """Read a number; a decimal comma is understood, a thousands separator refused."""
        text = self.text(name)
        if text is None:
            return None
        number = with_point(text)
        if number is not None and _DECIMAL.fullmatch(number):
            return float(number)
        self.refuse(name, GROUPED if number is None else message)
        return None

    def rows(self, prefix: str) -> list[int]:
        """List the row numbers of a repeated group that were sent, in order, at most `MOST_ROWS`.

        More than a person types are refused, lest reading them keep others waiting.
        """
        numbers = {
            int(parts[1])
            for name in self.typed
            if (parts := name.split("-", 2))[0] == prefix
            and len(parts) == 3
            and _ROW.fullmatch(parts[1])
        }
        if len(numbers) > MOST_ROWS and self.error("") is None:
            self.refuse("", _TOO_MANY_ROWS)
        return sorted(numbers)[:MOST_ROWS]

    @contextmanager
    def collecting(self) -> Iterator[None]:
        """Take what the rules refuse as problems of this form instead of an error."""
        try:
            yield
        except Doubtful as unsure:
            self.doubts.extend(unsure.doubts)
        except RuleViolation as refused:
            self.add(refused.problems)

    @property
    def confirmed(self) -> frozenset[str]:
        """Give the codes of the doubts that were answered with yes."""
        return frozenset(self.values(CONFIRMED))

    @property
    def answered(self) -> list[str]:
        """List the answers given before that aren't asked for again on this page."""
        asked = {doubt.code for doubt in self.doubts}
        return [code for code in dict.fromkeys(self.values(CONFIRMED)) if code not in asked]


def with_point(text: str) -> str | None:
    """Write a decimal comma as a point; None for `1,000`, which may be a thousand or one."""
    return None if "," in text and _GROUPED.fullmatch(text) else text.replace(",", ".")


def _texts(value: object) -> list[str]:
    if isinstance(value, (list, tuple)):
        return [str(v) for v in value]
    return [str(value)]


def _control(field_name: str) -> str:
    return field_name.replace(".", "-")
