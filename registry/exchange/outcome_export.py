"""The outcome rows as a file: streamed in bounded memory from a transaction of its own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any

from sqlalchemy import Engine

from registry.db.engine import transaction
from registry.db.queries.outcomes import CHUNK, read_outcome_rows
from registry.exchange.codebook import CODEBOOK, codebook_lines
from registry.exchange.columns import procedure_outcomes
from registry.exchange.csv_files import stream_csv
from registry.services.exports import ExportTicket
from registry.services.outcome_frames import to_frame
from reports.filters import Filters, narrow


def stream_outcomes_csv(engine: Engine, ticket: ExportTicket) -> Iterator[str]:
    """Stream the outcome rows of an authorised export as CSV."""
    with transaction(engine, write=False) as session:
        rows = read_outcome_rows(session, ticket.sites, ticket.as_of)
        yield from stream_csv(_narrowed(rows, ticket.filters), procedure_outcomes())


def _narrowed(rows: Iterator[Mapping[str, Any]], filters: Filters) -> Iterable[Mapping[str, Any]]:
    """Keep what a comparison with these filters would count, by the comparison's own filter."""
    while chunk := list(islice(rows, CHUNK)):
        kept = set(narrow(to_frame(chunk), filters)["procedure_id"])
        yield from (row for row in chunk if str(row["procedure_id"]) in kept)


def codebook_csv() -> str:
    """Write the codebook of the outcome rows as CSV."""
    lines = codebook_lines("procedure_outcomes", procedure_outcomes())
    return "".join(stream_csv(lines, CODEBOOK))
