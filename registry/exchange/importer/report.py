"""What an import has to say: each finding at a cell, and the whole for screen and file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from enum import StrEnum

from registry.exchange.columns import ColumnSpec
from registry.exchange.csv_files import stream_csv

_SHOWN_REFUSALS = 60
_SHOWN_WARNINGS = 20


class FindingKind(StrEnum):
    """What became of the row, or of the cell alone."""

    REFUSED = "refused"
    REPEATED = "repeated"
    ALREADY_THERE = "already there"
    WARNING = "warning"
    UNUSUAL = "unusual, accepted"


@dataclass(frozen=True, slots=True)
class Finding:
    """Something found at a cell of a line. A warning's row came in: only the cell was left out, or
    taken otherwise than it stands, as `reason` says; what is unusual was taken as it stands.
    `column` and `value` are empty for a finding about the whole line.
    """

    line: int
    kind: FindingKind
    column: str
    value: str
    reason: str

    @property
    def keeps_out(self) -> bool:
        """Say whether it keeps the row out."""
        return self.kind not in {FindingKind.WARNING, FindingKind.UNUSUAL}


_COLUMNS = (
    ColumnSpec("line", "integer", "The line of the file; its header is line 1."),
    ColumnSpec("kind", "text", "What became of it.", values=tuple(FindingKind)),
    ColumnSpec("column", "text", "The column. Empty: the whole line."),
    ColumnSpec("value", "text", "The cell as it stands in the file."),
    ColumnSpec("reason", "text", "What is wrong, and what was done or is to be done."),
)


@dataclass(frozen=True, slots=True)
class ImportReport:
    """Rows by what became of them, which always sum to `rows_read`, and every finding.

    Warnings and what is unusual speak of rows that came in. Of these rows' opioid entries
    `opioids_given` were read
    and `opioids_understood` taken.
    """

    file_name: str
    mapping: str
    dry_run: bool
    rows_read: int
    imported: int
    refused: int
    repeated: int
    already_there: int
    opioids_given: int
    opioids_understood: int
    findings: tuple[Finding, ...]

    def of(self, kind: FindingKind) -> tuple[Finding, ...]:
        """Give the findings of one kind, in the order of the file."""
        return tuple(finding for finding in self.findings if finding.kind is kind)


def report_csv(report: ImportReport) -> str:
    """Write every finding as CSV: line, kind, column, value, reason."""
    return "".join(report_lines(report.findings))


def report_lines(findings: Iterable[Finding]) -> Iterator[str]:
    """Write findings as the lines of a CSV file."""
    return stream_csv(map(asdict, findings), _COLUMNS)


def summary(report: ImportReport) -> str:
    """Say on the screen what came in, what didn't and why, and what was left out of it."""
    return "\n".join(_summary(report)) + "\n"


def _summary(report: ImportReport) -> Iterator[str]:
    came = "would come in (nothing was written)" if report.dry_run else "came in"
    yield f"{report.rows_read} rows read from {report.file_name} through {report.mapping}."
    yield f"  {report.imported:6} {came}"
    yield f"  {report.refused:6} refused: they can't be trusted"
    yield f"  {report.repeated:6} repeated in the file"
    yield f"  {report.already_there:6} in the registry already"
    if report.opioids_given:
        share = 100 * report.opioids_understood / report.opioids_given
        yield (
            f"Opioid entries understood: {report.opioids_understood} of {report.opioids_given} "
            f"({share:.1f} %)."
        )
    for title, kind in (("Refused", FindingKind.REFUSED), ("Repeated", FindingKind.REPEATED)):
        yield from _one_by_one(title, report.of(kind))
    yield from _by_reason(
        "Left out of rows that came in, or taken otherwise", report.of(FindingKind.WARNING)
    )
    yield from _by_reason(
        "Unusual, accepted as it stands; look whether it is right", report.of(FindingKind.UNUSUAL)
    )


def _one_by_one(title: str, findings: tuple[Finding, ...]) -> Iterator[str]:
    if findings:
        yield f"{title}:"
    for f in findings[:_SHOWN_REFUSALS]:
        where = f"line {f.line}" + (f", {f.column}: {f.value or '(empty)'}" if f.column else "")
        yield f"  {where}. {f.reason}"
    yield from _more(len(findings) - _SHOWN_REFUSALS)


def _by_reason(title: str, findings: tuple[Finding, ...]) -> Iterator[str]:
    if findings:
        yield f"{title} ({len(findings)} cells):"
    counted = Counter((f.column, f.reason) for f in findings).most_common()
    for (column, reason), count in counted[:_SHOWN_WARNINGS]:
        yield f"  {count:4} x {column}. {reason}"
    yield from _more(len(counted) - _SHOWN_WARNINGS)


def _more(count: int) -> Iterator[str]:
    if count > 0:
        yield f"  ... and {count} more in the report."
