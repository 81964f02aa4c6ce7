"""Which passwords are refused: too short, made of nothing, or about the person who chooses them."""

from __future__ import annotations

import re
from collections.abc import Iterable

SHORTEST = 10
LONGEST = 1_000
_FEWEST_KINDS = 4
_SEQUENCES = (
    "abcdefghijklmnopqrstuvwxyz",
    "0123456789012345678901234567890",
    "qwertyuiopasdfghjklzxcvbnm",
    "azertyuiopqsdfghjklmwxcvbn",
    "qwertzuiopasdfghjklyxcvbnm",
)
_OUR_WORDS = ("assuage", "palliative", "registry", "password", "passwort", "hospital", "hospice")


def find_weakness(password: str, *, about: Iterable[str] = ()) -> str | None:
    """Say what is wrong with a password, in a sentence that ends with what to do; None when fine.

    `about` are words that stand for the person or the service, such as the e-mail address and the
    name: what is left of a password without them must still be long enough to be one.
    """
    if len(password) < SHORTEST:
        return f"Choose a password of at least {SHORTEST} characters."
    if len(password) > LONGEST:
        return f"Choose a password of at most {LONGEST} characters."
    plain = password.casefold()
    if len(set(plain)) < _FEWEST_KINDS or _repeats(plain):
        return "This repeats the same few characters. Choose four or more unrelated words."
    if _is_sequence(plain):
        return "This is a row of keys or of the alphabet. Choose four or more unrelated words."
    left = _without(plain, about)
    if left is not None and len(left) < SHORTEST // 2:
        return (
            "This is hardly more than your name, your address or a word that anybody would try "
            "here. Choose four or more unrelated words."
        )
    return None


def _repeats(text: str) -> bool:
    """Say whether it is one short piece over and over."""
    return re.fullmatch(r"(.{1,5}?)\1+.{0,4}", text, flags=re.DOTALL) is not None


def _is_sequence(text: str) -> bool:
    letters = re.sub(r"[^a-z0-9]", "", text)
    rows = [row for keys in _SEQUENCES for row in (keys, keys[::-1])]
    pieces = re.findall(r"[a-z]+|[0-9]+", letters)
    if len(letters) < 3 * len(pieces) or not pieces:
        return False  # letters and digits by turns are no row of keys
    return all(any(piece in row for row in rows) for piece in pieces)


def _without(text: str, about: Iterable[str]) -> str | None:
    """Give the letters that are left without such words; None when it holds none of them."""
    words = {w for a in about for w in re.split(r"[\W_]+", a.casefold()) if len(w) > 2}
    rest = text
    for word in sorted(words | set(_OUR_WORDS), key=len, reverse=True):
        rest = rest.replace(word, "")
    return None if rest == text else re.sub(r"[^\w]|[0-9_]", "", rest)
