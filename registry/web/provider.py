"""The OpenID Connect provider: what is asked of it, and what of its answer is believed."""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import cache
from typing import Any

import httpx2
from authlib.common.security import generate_token
from authlib.integrations.base_client import OAuthError
from authlib.integrations.httpx_client import OAuth2Client
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry

from registry.domain.errors import NotAuthenticated
from registry.settings import Settings

SECONDS = 10
LEEWAY = 120
KEPT_FOR = 3_600
_SCOPE = "openid email profile"
_SIGNED_BY = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "EdDSA")
"""What an answer may be signed with: never with a shared secret, never with nothing."""
_AWAY = "The provider doesn't answer as it should. Try again, or log in with your password."


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked, to be matched with the answer."""

    address: str
    state: str
    nonce: str
    verifier: str


@dataclass(frozen=True, slots=True)
class Known:
    """Whom the provider vouches for; the e-mail address only when it says that it is verified."""

    subject: str
    email: str | None


def ask(settings: Settings, back: str) -> Asked:
    """Prepare sending somebody to the provider, who comes back at `back`."""
    nonce, verifier = generate_token(32), generate_token(64)
    try:
        endpoint = _metadata(settings)["authorization_endpoint"]
    except (httpx2.HTTPError, ValueError, KeyError):
        raise NotAuthenticated(_AWAY) from None
    with _client(settings, back) as client:
        address, state = client.create_authorization_url(
            endpoint, nonce=nonce, code_verifier=verifier
        )
    return Asked(address, state, nonce, verifier)


def answer(settings: Settings, back: str, asked: Asked, *, state: str, code: str) -> Known:
    """Read the provider's answer; `NotAuthenticated` unless all of it is as it should be."""
    if not code or state != asked.state:
        raise NotAuthenticated("This answer belongs to no sign-in that was begun here. Try again.")
    try:
        metadata = _metadata(settings)
        with _client(settings, back) as client:
            token = client.fetch_token(
                metadata["token_endpoint"], code=code, code_verifier=asked.verifier
            )
        claims = _claims(settings, metadata, token, asked.nonce)
    except (httpx2.HTTPError, OAuthError, JoseError, ValueError, KeyError):
        raise NotAuthenticated(_AWAY) from None
    email = claims.get("email") if claims.get("email_verified") is True else None
    return Known(f"{metadata['issuer']} {claims['sub']}", email)


def _claims(
    settings: Settings, metadata: dict[str, Any], token: dict[str, Any], nonce: str
) -> dict[str, Any]:
    """Check who signed the answer, for whom, when and for which question."""
    offered = metadata.get("id_token_signing_alg_values_supported", ["RS256"])
    allowed = [name for name in offered if name in _SIGNED_BY]
    found: Any = _fetch(metadata["jwks_uri"])
    keys = KeySet.import_key_set(found)
    read = jwt.decode(
        token["id_token"], keys, registry=JWSRegistry(algorithms=allowed, strict_check_header=False)
    )
    claims = CodeIDToken(
        read.claims,
        read.header,
        {
            "iss": {"essential": True, "values": [metadata["issuer"]]},
            "aud": {"essential": True, "value": settings.oidc_client_id},
            "nonce": {"essential": True, "value": nonce},
            "sub": {"essential": True},
            "exp": {"essential": True},
        },
        {"nonce": nonce, "client_id": settings.oidc_client_id, **_hashed(token)},
    )
    claims.validate(leeway=LEEWAY)
    return dict(claims)


def _hashed(token: dict[str, Any]) -> dict[str, Any]:
    return {"access_token": token["access_token"]} if "access_token" in token else {}


def _client(settings: Settings, back: str) -> OAuth2Client:
    secret = settings.oidc_client_secret
    return OAuth2Client(
        settings.oidc_client_id,
        secret.get_secret_value() if secret else None,
        scope=_SCOPE,
        redirect_uri=back,
        code_challenge_method="S256",
        timeout=SECONDS,
    )


def _metadata(settings: Settings) -> dict[str, Any]:
    """Read what the provider says of itself; it must be the one that is meant."""
    issuer = (settings.oidc_issuer or "").rstrip("/")
    found = _kept(issuer, int(time.monotonic() / KEPT_FOR))
    if str(found["issuer"]).rstrip("/") != issuer:
        raise ValueError("another issuer")
    return found


@cache
def _kept(issuer: str, _hour: int) -> dict[str, Any]:
    return _fetch(f"{issuer}/.well-known/openid-configuration")


def _fetch(address: str) -> dict[str, Any]:
    response = httpx2.get(address, timeout=SECONDS)
    response.raise_for_status()
    found: dict[str, Any] = response.json()
    return found
