"""Logbooks to import: the sample beside the repository, and small ones made to order."""

from __future__ import annotations

import csv
from pathlib import Path

from registry.exchange.importer import ImportReport

_SAMPLE = Path(__file__).parents[3] / "shared" / "data" / "logbook_2024.csv"

PLAIN = {
    "Hosp No": "N100",
    "DOB": "17/05/1950",
    "Sex": "F",
    "Diagnosis": "Lung ca (NSCLC)",
    "Pain site": "upper abdomen",
    "Type": "visceral",
    "Date": "05/01/2025",
    "Procedure": "CPN",
    "Side": "bilat",
    "Guidance": "XR",
    "Injectate": "alcohol 50% 20ml",
    "Operator": "Dr A",
    "AKPS": "50",
    "Pain pre": "8 (worst 9)",
    "Opioids pre": "MST 30 bd",
    "Pain 48h": "",
    "Opioids 48h": "",
    "Pain 1/52": "4/10",
    "Opioids 1/52": "MST 20 bd",
    "Pain 4/52": "-",
    "Opioids 4/52": "",
    "Pain 3/12": "n/a",
    "Opioids 3/12": "",
    "Complications": "",
    "RIP date": "",
    "Comments": "",
}
"""A row of the sample's columns with nothing wrong in it."""


def sample_logbook() -> Path:
    """Find the sample; it lies in the folder `shared` beside the repository's."""
    if not _SAMPLE.is_file():
        raise FileNotFoundError("The sample logbook is not at ../shared/data/logbook_2024.csv.")
    return _SAMPLE


def row(**changes: str) -> dict[str, str]:
    """Make a plain row with changes; `Pain_1_52` and the like stand for the columns' own names."""
    by_name = {name.replace(" ", "_").replace("/", "_"): name for name in PLAIN}
    return {**PLAIN, **{by_name[name]: value for name, value in changes.items()}}


def write_logbook(
    path: Path, *rows: dict[str, str], encoding: str = "utf-8-sig", separator: str = ","
) -> Path:
    """Write rows, the columns being the first one's; line 2 is the first row."""
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), delimiter=separator)
        writer.writeheader()
        writer.writerows(rows)
    return path


def told(report: ImportReport, kind: str) -> list[tuple[int, str, str]]:
    """List line, column and value of the findings of a kind."""
    return [(f.line, f.column, f.value) for f in report.findings if f.kind == kind]
