"""Secrets that let somebody in: made here, shown once, kept only as hashes."""

from __future__ import annotations

import hashlib
import secrets
from functools import cache

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

_PASSWORDS = PasswordHash((Argon2Hasher(),))


def new_secret() -> str:
    """Make a secret that can't be guessed."""
    return secrets.token_urlsafe(32)


def digest(secret: str) -> str:
    """Hash a random secret for keeping and looking up."""
    return hashlib.sha256(secret.encode()).hexdigest()


def hash_password(password: str) -> str:
    """Hash a password with argon2id."""
    return _PASSWORDS.hash(password)


@cache
def _nobodys_hash() -> str:
    """Give a hash that no password answers, to be checked where there is no account."""
    return _PASSWORDS.hash(secrets.token_urlsafe(16))


def verify_password(password: str, kept: str | None) -> bool:
    """Check a password. Without an account it takes as long, so nobody learns who has one."""
    return _PASSWORDS.verify(password, kept or _nobodys_hash()) and kept is not None
