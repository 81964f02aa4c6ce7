"""How long somebody who failed to sign in has to wait before the next try.

The first tries are free, for a person mistypes. Then the wait doubles with each failure, up to a
bound: nobody is shut out of their account for good by somebody else's guesses.
"""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum


class Door(StrEnum):
    """What failures are counted by."""

    ACCOUNT = "account"
    """The e-mail address that was typed, whether it has an account or not."""
    ADDRESS = "address"
    """The network address: many people of one hospital share it, so it has more free tries."""
    CODE = "code"
    """The second factor, or a password asked for again, of one account."""


FREE_TRIES = {Door.ACCOUNT: 5, Door.ADDRESS: 50, Door.CODE: 5}
LONGEST_WAIT = timedelta(minutes=15)
FORGOTTEN_AFTER = timedelta(hours=24)
"""Failures are forgotten when none was added for so long."""


def wait_after(door: Door, failures: int) -> timedelta:
    """Give the wait after so many failures in a row."""
    over = failures - FREE_TRIES[door]
    if over < 0:
        return timedelta(0)
    return min(timedelta(seconds=2 ** min(over, 20)), LONGEST_WAIT)
