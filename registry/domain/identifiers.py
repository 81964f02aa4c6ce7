"""What points to a person: the fields that whoever may not read records never sees.

Direct identifiers of 45 CFR 164.514(b)(2) that are recorded here, and what is written freely about
a patient, for a name may stand in it. Staff and dates of care are not among them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

DIRECT = frozenset({"hospital_number", "name", "birth_date", "phone"})
"""What identifies a patient by itself."""

SEALED = DIRECT | {"merged_into", "holds_also", "file_sha256"}
"""What the trail keeps sealed: those, the hospital numbers of records that were merged, and the
hash of a logbook: whoever guesses what stands in a short one could confirm it.
"""

FREE_TEXT = frozenset(
    {
        "diagnosis",
        "technique_text",
        "pain_site",
        "baseline_missing_reason",
        "complication_text",
        "sequelae",
        "regimen_text",
        "note",
        "merged_into",
        "holds_also",
        "confirmed",
        "device_serial",
    }
)
"""What is written about a patient in words, or names another record of theirs."""

WITHHELD = "withheld"
"""Stands for a value that is there and not shown."""


def withhold(changes: Mapping[str, Any]) -> dict[str, Any]:
    """Give `{field: [old, new]}` without what points to a person; that it changed still shows."""
    return {
        name: [None if value is None else WITHHELD for value in both]
        if name in SEALED | FREE_TEXT
        else both
        for name, both in changes.items()
    }
