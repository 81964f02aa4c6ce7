"""How a logbook stands, and what was found in it, in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any
from uuid import UUID

from registry.db.tables import LogbookImport
from registry.domain.imports import ImportState
from registry.exchange.importer import Finding, FindingKind

_WORDS = {
    ImportState.MATCHING: ("Columns to match", "neutral"),
    ImportState.CHECKING: ("Being looked at", "info"),
    ImportState.CHECKED: ("Ready to come in", "info"),
    ImportState.IMPORTING: ("Coming in", "info"),
    ImportState.STOPPING: ("Being stopped", "info"),
    ImportState.STOPPED: ("Stopped before its end", "warning"),
    ImportState.IMPORTED: ("In the registry", "ok"),
    ImportState.UNDOING: ("Being undone", "info"),
    ImportState.UNDONE: ("Undone", "neutral"),
    ImportState.FAILED: ("Failed", "danger"),
    ImportState.DISCARDED: ("Discarded", "neutral"),
}
_TITLES = {
    FindingKind.REFUSED: "Refused: these rows stay out",
    FindingKind.REPEATED: "Repeated in the file",
    FindingKind.ALREADY_THERE: "In the registry already",
    FindingKind.WARNING: "Left out of rows that come in, or taken otherwise",
    FindingKind.UNUSUAL: "Unusual, taken as it stands: look whether it is right",
}
_LINES = 8
"""How many lines and values a reason names before it says how many more there are."""


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing that was found, how often, in which lines and with which values."""

    column: str
    reason: str
    count: int
    lines: str
    values: str


@dataclass(frozen=True, slots=True)
class ImportView:
    """A logbook for a page."""

    job: LogbookImport
    site: str
    state: str
    kind: str
    is_working: bool
    percent: int | None
    found: tuple[tuple[str, int, tuple[Reason, ...]], ...]
    left: tuple[tuple[str, str], ...]

    def is_in(self, *states: str) -> bool:
        """Say whether it stands at one of these."""
        return self.job.state in states

    @property
    def may_stop(self) -> bool:
        """Say whether the work can be left half done."""
        return ImportState(self.job.state).may_stop

    @property
    def next_page(self) -> str:
        """Give the page on which it is gone on with."""
        step = "/columns" if self.job.state == ImportState.MATCHING else ""
        return f"/imports/{self.job.id}{step}"

    @property
    def counts(self) -> list[dict[str, Any]]:
        """Give what became of the rows, in the order in which one asks."""
        told, future = self.job.counts, not self.is_in("imported", "stopped")
        named = [
            ("Rows in the file", told["rows_read"]),
            ("Would come in" if future else "Came in", told["imported"]),
            ("Refused", told["refused"]),
            ("Repeated", told["repeated"]),
            ("In the registry already", told["already_there"]),
        ]
        return [{"label": label, "value": value} for label, value in named]

    @property
    def opioids(self) -> str | None:
        """Say how many of the opioid entries were understood."""
        told = self.job.counts
        given = told.get("opioids_given", 0)
        if not given:
            return None
        share = 100 * told["opioids_understood"] / given
        return f"{told['opioids_understood']} of {given} opioid entries understood ({share:.0f} %)"


def show_import(
    job: LogbookImport, site_names: Mapping[UUID, str], findings: Sequence[Finding] = ()
) -> ImportView:
    """Put a logbook into words."""
    state = ImportState(job.state)
    text, kind = _WORDS[state]
    undone = state is ImportState.UNDONE
    percent = 100 * job.patients_done // job.patients_total if job.patients_total else None
    return ImportView(
        job,
        site_names.get(job.site_id, ""),
        text,
        kind,
        state.is_working,
        percent if state.is_working else None,
        () if undone else tuple(_grouped(findings)),
        tuple((f.column, f.reason) for f in findings) if undone else (),
    )


def _grouped(findings: Sequence[Finding]) -> Iterator[tuple[str, int, tuple[Reason, ...]]]:
    for kind, title in _TITLES.items():
        of_kind = [f for f in findings if f.kind is kind]
        if of_kind:
            reasons = sorted(_reasons(of_kind), key=lambda r: -r.count)
            yield title, len({f.line for f in of_kind}), tuple(reasons)


def _reasons(findings: Sequence[Finding]) -> Iterator[Reason]:
    def same(finding: Finding) -> tuple[str, str]:
        return finding.column, finding.reason

    for (column, reason), group in groupby(sorted(findings, key=same), same):
        those = list(group)
        values = dict.fromkeys(f.value for f in those if f.value)
        lines = [str(line) for line in sorted({f.line for f in those})]
        yield Reason(column, reason, len(those), _some(lines), _some(list(values)))


def _some(texts: Sequence[str]) -> str:
    more = len(texts) - _LINES
    shown = ", ".join(texts[:_LINES])
    return f"{shown} and {more} more" if more > 0 else shown
