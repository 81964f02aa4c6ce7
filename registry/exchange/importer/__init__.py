"""Bringing logbooks in: a mapping says what a file's columns mean, a report what became of them.

`logbooks` runs it. `files` reads a file to lines of text, `rows` each line to a `Row` by the
mapping (`cells`, with one of the `readers` for each sort of cell), `lives` and `plans` hold a
patient's rows against each other and the registry, `writing` carries the plans out through the
services, `report` tells it all. `template` is the logbook that Assuage hands out itself.
"""

from registry.exchange.importer.errors import LogbookError, MappingError
from registry.exchange.importer.logbooks import import_logbook
from registry.exchange.importer.mapping import LogbookMapping
from registry.exchange.importer.mapping_files import load_mapping
from registry.exchange.importer.report import (
    Finding,
    FindingKind,
    ImportReport,
    report_csv,
    report_lines,
    summary,
)
from registry.exchange.importer.template import template_mapping
from registry.exchange.importer.template_files import write_template

__all__ = [
    "Finding",
    "FindingKind",
    "ImportReport",
    "LogbookError",
    "LogbookMapping",
    "MappingError",
    "import_logbook",
    "load_mapping",
    "report_csv",
    "report_lines",
    "summary",
    "template_mapping",
    "write_template",
]
