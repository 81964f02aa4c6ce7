"""Choosing a password: what anybody would guess, or has read in a stolen list, is refused."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from registry.domain.errors import RuleViolation
from registry.domain.passwords import find_weakness
from registry.services.passwords import BREACHED, require_good_password

ABOUT = ("alice.moss@example.org", "Alice Moss")


@pytest.mark.parametrize(
    ("password", "says"),
    [
        ("short", "at least 10"),
        ("x" * 1_001, "at most"),
        ("aaaaaaaaaaaa", "repeats"),
        ("abcabcabcabc", "repeats"),
        ("abcdefghijkl", "row of keys"),
        ("1234567890", "row of keys"),
        ("qwertyuiop", "row of keys"),
        ("poiuytrewq123", "row of keys"),
        ("alice-moss-1", "your name"),
        ("MOSS2026!!alice", "your name"),
        ("Palliative2026!", "your name"),
    ],
)
def test_a_trivial_one_is_refused_and_told_why(password: str, says: str) -> None:
    weakness = find_weakness(password, about=ABOUT)
    assert weakness
    assert says in weakness


@pytest.mark.parametrize(
    "password", ["correct horse battery", "x7k2m9q4z1", "8203947561820", "späte Ähren im März"]
)
def test_one_that_tells_nothing_is_taken(password: str) -> None:
    require_good_password(password, about=ABOUT)


@pytest.mark.parametrize("password", ["password123", "demonstration", "iloveyou123"])
def test_one_from_the_stolen_lists_is_refused(password: str) -> None:
    with pytest.raises(RuleViolation, match=r"thieves|anybody"):
        require_good_password(password)


@pytest.fixture
def breached(tmp_path: Path) -> Path:
    """Give a list as published: sorted hashes with counts, of the words `stolen word 0` and on."""
    hashes = sorted(
        hashlib.sha1(f"stolen word {n}".encode()).hexdigest().upper()  # noqa: S324
        for n in range(1_000)
    )
    path = tmp_path / "breached.txt"
    path.write_text("".join(f"{found}:{n}\n" for n, found in enumerate(hashes)))
    return path


def test_every_word_of_an_installations_own_list_is_found_and_no_other(breached: Path) -> None:
    for n in range(1_000):
        with pytest.raises(RuleViolation, match="lists that thieves try"):
            require_good_password(f"stolen word {n}", breached=breached)
    for n in range(200):
        require_good_password(f"stolen word of {n} others", breached=breached)


def test_an_empty_list_refuses_nothing(tmp_path: Path) -> None:
    empty = tmp_path / "empty.txt"
    empty.touch()
    require_good_password("correct horse battery", breached=empty)


def test_what_is_said_never_repeats_the_password() -> None:
    with pytest.raises(RuleViolation) as refused:
        require_good_password("password123")
    assert "password123" not in str(refused.value)
    assert BREACHED.endswith("words.")
