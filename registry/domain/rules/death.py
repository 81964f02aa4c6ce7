"""The rules of a death: nothing can have happened after it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from registry.domain.errors import Problem


def check_death(
    died_on: date, born_on: date, alive_on: Iterable[date], today: date
) -> list[Problem]:
    """Find what is wrong with a date of death; `alive_on` are the days of all that is recorded."""
    problems = []
    if died_on > today:
        problems.append(Problem("died_on", "The death lies in the future. Check the date."))
    if died_on < born_on:
        problems.append(Problem("died_on", "The death lies before the birth. Check both dates."))
    if any(day > died_on for day in alive_on):
        problems.append(
            Problem(
                "died_on",
                "The record has procedures, assessments or events after this day. Check the date, "
                "or correct what is dated later first.",
            )
        )
    return problems
