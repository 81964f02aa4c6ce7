"""Sealing what must be read again, under a key that is kept outside of the database."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_NONCE = 12


class Unreadable(Exception):
    """It was sealed under another key, for another purpose, or changed since."""


@dataclass(frozen=True, slots=True)
class Vault:
    """Seals with the first of its keys (AES-256-GCM) and reads what any of them sealed.

    Each `purpose` has a key of its own, so what was sealed for one is never read for another.
    """

    keys: tuple[str, ...]

    def seal(self, purpose: str, plain: str) -> str:
        """Seal a text."""
        nonce = secrets.token_bytes(_NONCE)
        sealed = AESGCM(_derive(self.keys[0], purpose)).encrypt(nonce, plain.encode(), None)
        return urlsafe_b64encode(nonce + sealed).decode()

    def unseal(self, purpose: str, sealed: str) -> str:
        """Read a sealed text; `Unreadable` when it isn't one for this purpose."""
        for key in self.keys:
            try:
                raw = urlsafe_b64decode(sealed)
                aead = AESGCM(_derive(key, purpose))
                return aead.decrypt(raw[:_NONCE], raw[_NONCE:], None).decode()
            except (InvalidTag, ValueError):
                continue
        raise Unreadable(purpose)

    def mark(self, purpose: str, plain: str) -> str:
        """Give a mark that is the same for the same text, and from which nobody can guess it."""
        return hmac.new(_derive(self.keys[0], purpose), plain.encode(), hashlib.sha256).hexdigest()


def _derive(key: str, purpose: str) -> bytes:
    return HKDF(SHA256(), 32, salt=None, info=f"assuage {purpose}".encode()).derive(key.encode())
