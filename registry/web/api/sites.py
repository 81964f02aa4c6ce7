"""Which site a request means."""

from __future__ import annotations

from uuid import UUID

from sqlmodel import Session

from registry.domain.access import Actor, Permission
from registry.domain.errors import NotPermitted, RuleViolation
from registry.services.outcomes import sites_of

NO_RECORDS = "Your role doesn't include patient records. Ask the site's administrator."


def choose_site(session: Session, actor: Actor, code: str | None, permission: Permission) -> UUID:
    """Find the site named by its code; the actor's only one when none is named."""
    mine = sites_of(session, actor)
    if code is not None:
        for site in mine.values():
            if site.code == code:
                return site.id
        raise RuleViolation.at("site", "You work at no site of this code. Check the code.")
    permitted = actor.sites(permission)
    if not permitted:
        raise NotPermitted(NO_RECORDS)
    if len(permitted) > 1:
        codes = ", ".join(sorted(mine[i].code for i in permitted))
        raise RuleViolation.at("site", f"Say at which of your sites: {codes}.")
    return next(iter(permitted))
