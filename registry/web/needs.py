"""What a route needs of whoever asks, said where the route is made.

A route's need is the least: somebody without the permission at any site is refused before anything
is read. At which site it is held is decided by the verb, record by record (`domain.access`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, Literal

from fastapi import Depends

from registry.domain.access import Actor, Permission, require_account_manager, require_somewhere
from registry.web.deps import Bearer, CurrentActor

SIGNED_IN: Final = "signed_in"
"""The need of a route that whoever is signed in may ask."""
ACCOUNTS: Final = "manage_accounts"
"""The need of a route that manages sites and accounts, which is no role at a site."""

Need = Permission | Literal["signed_in", "manage_accounts"]

_NEEDS: dict[Callable[..., Any], Need] = {}


def page_needs(need: Need) -> Any:
    """State what a page needs."""

    def check(actor: CurrentActor) -> None:
        _require(actor, need)

    _NEEDS[check] = need
    return Depends(check)


def api_needs(need: Need) -> Any:
    """State what an address of the API needs."""

    def check(actor: Bearer) -> None:
        _require(actor, need)

    _NEEDS[check] = need
    return Depends(check)


def _require(actor: Actor, need: Need) -> None:
    if need == ACCOUNTS:
        require_account_manager(actor)
    elif need != SIGNED_IN:
        require_somewhere(actor, Permission(need))


def is_need(dependency: Callable[..., Any]) -> bool:
    """Say whether a route's dependency is the statement of its need."""
    return dependency in _NEEDS


def need_of(dependency: Callable[..., Any]) -> Need:
    """Give the need that a route's dependency states."""
    return _NEEDS[dependency]
