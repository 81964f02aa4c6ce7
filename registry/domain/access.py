"""Who may do and see what. The one place that decides."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID

from registry.domain.errors import NotFound, NotPermitted
from registry.domain.exports import Profile as Profile


class Role(StrEnum):
    """What somebody is to a site."""

    CLINICIAN = "clinician"
    COORDINATOR = "coordinator"
    QUALITY = "quality"
    AUDITOR = "auditor"
    ADMIN = "admin"


class Permission(StrEnum):
    """What can be done to a site's data."""

    READ_RECORDS = "read_records"
    WRITE_RECORDS = "write_records"
    READ_OUTCOMES = "read_outcomes"
    EXPORT = "export"
    EXPORT_OUTCOMES = "export_outcomes"
    MANAGE_SITE = "manage_site"
    READ_TRAIL = "read_trail"


_WORDS: Mapping[Permission, str] = {
    Permission.READ_RECORDS: "patients' records",
    Permission.WRITE_RECORDS: "logging or correcting records, nor following patients up",
    Permission.READ_OUTCOMES: "outcomes",
    Permission.EXPORT: "taking data away",
    Permission.EXPORT_OUTCOMES: "taking records away",
    Permission.MANAGE_SITE: "the settings of a site",
    Permission.READ_TRAIL: "the audit trail",
}


class Scope(StrEnum):
    """What an API token may be used for: never more than its person may do."""

    READ = "read"
    WRITE = "write"
    OUTCOMES = "outcomes"
    EXPORT = "export"


SCOPE_OF: Mapping[Permission, Scope | None] = {
    Permission.READ_RECORDS: Scope.READ,
    Permission.WRITE_RECORDS: Scope.WRITE,
    Permission.READ_OUTCOMES: Scope.OUTCOMES,
    Permission.EXPORT: Scope.EXPORT,
    Permission.EXPORT_OUTCOMES: Scope.EXPORT,
    Permission.MANAGE_SITE: None,
    Permission.READ_TRAIL: None,
}
"""Which scope a token must have for a permission; None, or no entry: no token has it."""

EVERY_SCOPE = frozenset(Scope)

SECOND_FACTOR_ROLES = frozenset({Role.ADMIN, Role.AUDITOR})
"""Who sees or takes away a whole site's data signs in with a second factor."""

GRANTS: Mapping[Role, frozenset[Permission]] = {
    Role.CLINICIAN: frozenset(
        {
            Permission.READ_RECORDS,
            Permission.WRITE_RECORDS,
            Permission.READ_OUTCOMES,
            Permission.EXPORT,
            Permission.EXPORT_OUTCOMES,
        }
    ),
    Role.COORDINATOR: frozenset(
        {Permission.READ_RECORDS, Permission.WRITE_RECORDS, Permission.READ_OUTCOMES}
    ),
    Role.QUALITY: frozenset({Permission.READ_OUTCOMES, Permission.EXPORT}),
    Role.AUDITOR: frozenset(
        {
            Permission.READ_OUTCOMES,
            Permission.EXPORT,
            Permission.EXPORT_OUTCOMES,
            Permission.READ_TRAIL,
        }
    ),
    Role.ADMIN: frozenset(
        {
            Permission.READ_OUTCOMES,
            Permission.EXPORT,
            Permission.MANAGE_SITE,
            Permission.READ_TRAIL,
        }
    ),
}


PROFILES: Mapping[Role, tuple[Profile, ...]] = {
    Role.CLINICIAN: tuple(Profile),
    Role.COORDINATOR: (),
    Role.QUALITY: (Profile.AGGREGATE,),
    Role.AUDITOR: (Profile.LIMITED, Profile.SAFE_HARBOR, Profile.AGGREGATE),
    Role.ADMIN: (Profile.AGGREGATE,),
}
"""What each role may take away of a site."""
_NEEDED_TO_TAKE = {
    Profile.IDENTIFIED: Permission.READ_RECORDS,
    Profile.LIMITED: Permission.EXPORT_OUTCOMES,
    Profile.SAFE_HARBOR: Permission.EXPORT_OUTCOMES,
}
"""What is needed besides, of a token too: who may not read records takes no identified ones."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: a signed-in person, a token's holder, or the command line of the machine.

    `user_id` is None for the command line, which acts with the rights of whoever can read the
    database file, and is named so in the audit trail. `scopes` narrow what a token may be used for;
    None is a person at the pages. A `system_admin` manages sites and accounts; that alone opens no
    patient's record.
    """

    name: str
    roles: Mapping[UUID, Role] = field(default_factory=dict)
    user_id: UUID | None = None
    email: str | None = None
    site_names: tuple[str, ...] = ()
    local: bool = False
    request_id: str | None = None
    scopes: frozenset[Scope] | None = None
    system_admin: bool = False

    def may(self, permission: Permission, site_id: UUID) -> bool:
        """Say whether the actor holds a permission at a site."""
        if self.local:
            return True
        role = self.roles.get(site_id)
        return role is not None and permission in GRANTS[role] and self.within_scopes(permission)

    def within_scopes(self, permission: Permission) -> bool:
        """Say whether the token by which the actor came, if it was one, is meant for this."""
        return self.scopes is None or SCOPE_OF.get(permission) in self.scopes

    def sites(self, permission: Permission) -> frozenset[UUID]:
        """Give the sites at which the actor holds a permission: lists are narrowed by it."""
        return frozenset(s for s in self.roles if self.may(permission, s))

    def may_take(self, profile: Profile, site_id: UUID) -> bool:
        """Say whether the actor may take a site's data away under a profile.

        No program takes identified data: nobody is there to prove once more who they are.
        """
        role, by_token = self.roles.get(site_id), self.scopes is not None
        if self.local or role is None or profile not in PROFILES[role]:
            return self.local
        if by_token and profile is Profile.IDENTIFIED:
            return False
        needs = (Permission.EXPORT, _NEEDED_TO_TAKE.get(profile, Permission.READ_OUTCOMES))
        return all(self.may(permission, site_id) for permission in needs)

    def sites_to_take(self, profile: Profile) -> frozenset[UUID]:
        """Give the sites whose data the actor may take away under a profile."""
        return frozenset(s for s in self.roles if self.may_take(profile, s))

    @property
    def profiles(self) -> tuple[Profile, ...]:
        """List the profiles under which there is a site whose data the actor may take away."""
        return tuple(p for p in Profile if self.local or self.sites_to_take(p))

    @property
    def may_read_records(self) -> bool:
        """Say whether there is a site whose patients the actor may see."""
        return self._may_somewhere(Permission.READ_RECORDS)

    @property
    def may_write_records(self) -> bool:
        """Say whether there is a site at which the actor may log and correct."""
        return self._may_somewhere(Permission.WRITE_RECORDS)

    @property
    def may_read_outcomes(self) -> bool:
        """Say whether there is a site whose outcomes the actor may compare."""
        return self._may_somewhere(Permission.READ_OUTCOMES)

    @property
    def may_export(self) -> bool:
        """Say whether there is a site of which the actor may take anything away."""
        return bool(self.profiles)

    @property
    def may_read_trail(self) -> bool:
        """Say whether there is a site whose audit trail the actor may search."""
        return self._may_somewhere(Permission.READ_TRAIL)

    @property
    def may_manage_a_site(self) -> bool:
        """Say whether there is a site whose settings the actor may change."""
        return bool(self.sites(Permission.MANAGE_SITE))

    @property
    def may_manage_accounts(self) -> bool:
        """Say whether the actor may open sites, add people and give them roles."""
        return self.local or (self.system_admin and self.scopes is None)

    def _may_somewhere(self, permission: Permission) -> bool:
        return self.local or bool(self.sites(permission))

    def role_at(self, site_id: UUID | None) -> str:
        """Name the role under which the actor acts, for the audit trail."""
        if self.local:
            return "local"
        role = self.roles.get(site_id) if site_id else None
        return role.value if role else "none"


def require_somewhere(actor: Actor, permission: Permission) -> None:
    """Refuse who holds a permission at no site."""
    if actor.local or actor.sites(permission):
        return
    raise NotPermitted(
        f"Your role doesn't include {_WORDS[permission]}. Ask the site's administrator."
    )


def require(actor: Actor, permission: Permission, site_id: UUID) -> None:
    """Refuse what the actor may not do; a site that is not theirs does not exist for them."""
    if actor.may(permission, site_id):
        return
    role, what = actor.roles.get(site_id), permission.value
    if role and permission in GRANTS[role]:
        message = f"This token is not meant for: {what}. Make one with the scope for it."
        raise NotPermitted(message, site_id)
    if role:
        raise NotPermitted(f"Your role at this site does not include: {what}.", site_id)
    raise NotFound("There is no such record.")


def require_account_manager(actor: Actor) -> None:
    """Refuse who may not manage sites and accounts."""
    if not actor.may_manage_accounts:
        raise NotPermitted("Only a system administrator manages sites and accounts.")
