"""The people of the registry as rows of a list."""

from __future__ import annotations

from collections.abc import Sequence

from fastapi import Request

from registry.services.accounts import Person
from registry.settings import Settings
from registry.web.filters import moment


def rows_of(people: Sequence[Person]) -> list[list[object]]:
    """Say of each person who they are, what they are where, and whether they are well guarded."""
    return [
        [
            {"text": person.user.name, "href": f"/people/{person.user.id}"},
            person.user.email,
            roles_of(person) or None,
            "yes" if person.second_factor else "no",
            moment(person.seen_at) if person.seen_at else None,
            state_of(person),
        ]
        for person in people
    ]


def roles_of(person: Person) -> str:
    """Name somebody's roles: `clinician at Harbour Hospital, system administrator`."""
    named = [f"{role.value} at {site.name}" for site, role in person.roles]
    return ", ".join([*named, *(["system administrator"] if person.user.system_admin else [])])


def state_of(person: Person) -> str:
    """Say whether somebody can log in."""
    if not person.user.active:
        return "closed"
    known = person.user.password_hash or person.user.oidc_subject
    return "can log in" if known else "invited"


def address_of(request: Request, secret: str) -> str:
    """Give the address of a link that works once, as this request came."""
    settings: Settings = request.app.state.settings
    base = settings.public_url or str(request.base_url)
    return f"{base.rstrip('/')}/welcome/{secret}"
