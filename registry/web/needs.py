"""What a route needs of whoever asks, said where the route is made.

A route's need is the least: somebody without the permission at any site is refused before anything
is read. At which site it is held is decided by the verb, record by record (`domain.access`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fastapi import Depends

from registry.domain.access import Permission, require_somewhere
from registry.web.deps import Bearer, CurrentActor

SIGNED_IN = None
"""The need of a route that whoever is signed in may ask."""

_NEEDS: dict[Callable[..., Any], Permission | None] = {}


def page_needs(permission: Permission | None) -> Any:
    """State what a page needs; `SIGNED_IN` for no more than that."""

    def check(actor: CurrentActor) -> None:
        require_somewhere(actor, permission)

    _NEEDS[check] = permission
    return Depends(check)


def api_needs(permission: Permission | None) -> Any:
    """State what an address of the API needs."""

    def check(actor: Bearer) -> None:
        require_somewhere(actor, permission)

    _NEEDS[check] = permission
    return Depends(check)


def is_need(dependency: Callable[..., Any]) -> bool:
    """Say whether a route's dependency is the statement of its need."""
    return dependency in _NEEDS


def need_of(dependency: Callable[..., Any]) -> Permission | None:
    """Give the need that a route's dependency states."""
    return _NEEDS[dependency]
