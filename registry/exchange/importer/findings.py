"""What an import has to say about single cells: for its report, never in silence."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class FindingKind(StrEnum):
    """What became of the row, or of the cell alone."""

    REFUSED = "refused"
    REPEATED = "repeated"
    ALREADY_THERE = "already there"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Finding:
    """Something found at a cell of a line. A warning's row came in: only the cell was left out, or
    taken otherwise than it stands, as `reason` says. `column` and `value` are empty for a finding
    about the whole line.
    """

    line: int
    kind: FindingKind
    column: str
    value: str
    reason: str

    @property
    def keeps_out(self) -> bool:
        """Say whether it keeps the row out."""
        return self.kind is not FindingKind.WARNING
