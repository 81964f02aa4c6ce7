"""The key under which identifiers are sealed: is it the right one, and changing it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import Engine
from sqlalchemy.orm.attributes import flag_modified
from sqlmodel import Session

from registry.db.engine import transaction
from registry.db.queries.imports import list_sealed_imports
from registry.db.queries.patients import any_patient, list_patients_after
from registry.db.sealed import vault
from registry.db.vault import Unreadable
from registry.domain.access import Actor
from registry.domain.errors import RegistryError
from registry.services.audit import record_event
from registry.services.second_factor import reseal_factors

_CHUNK = 500
_SEALED = ("hospital_number", "name", "birth_date", "phone")


class KeysAreWrong(RegistryError):
    """What this registry sealed can't be read with the keys at hand."""


@dataclass(frozen=True, slots=True)
class Rotated:
    """What was sealed under the new key."""

    patients: int
    second_factors: int


def check_keys(session: Session) -> None:
    """Make sure, by one patient, that the key opens this registry; else `KeysAreWrong`."""
    try:
        any_patient(session)
    except Unreadable:
        raise KeysAreWrong(
            "This registry's patients were sealed under another key than ASSUAGE_SECRET_KEY, or "
            "those in ASSUAGE_PREVIOUS_SECRET_KEYS. Find that key: without it nobody can read them."
        ) from None


def _reseal_logbooks(session: Session) -> int:
    """Seal what is kept of logbooks anew; gives how many there were."""
    found = list_sealed_imports(session)
    for logbook in found:
        flag_modified(logbook, "content")
        flag_modified(logbook, "findings")
    return len(found)


def rotate_keys(
    engine: Engine, *, actor: Actor, progress: Callable[[int], None] = lambda done: None
) -> Rotated:
    """Seal every patient and second factor under the first key, some hundred in a transaction.

    It can be broken off and run again. The trail can't be changed: what it sealed under an earlier
    key is read with that one, for as long as the trail is kept.
    """
    done, last = 0, None
    while True:
        with transaction(engine) as session:
            patients = list_patients_after(session, last, limit=_CHUNK)
            for patient in patients:
                for name in _SEALED:
                    flag_modified(patient, name)
        if not patients:
            break
        last = (patients[-1].site_id, patients[-1].id)
        done += len(patients)
        progress(done)
    with transaction(engine) as session:
        factors = reseal_factors(session, vault())
        logbooks = _reseal_logbooks(session)
        told = {
            "patients": [None, done],
            "second_factors": [None, factors],
            "logbooks": [None, logbooks],
        }
        record_event(session, actor, "rotate_keys", changes=told)
    return Rotated(done, factors)
