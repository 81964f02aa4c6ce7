"""Taking the outcome rows away as CSV."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from fastapi.responses import Response
from pydantic import Field
from sqlalchemy import Engine

from registry.domain.access import Permission
from registry.exchange.outcome_export import codebook_csv, stream_outcomes_csv
from registry.services.exports import authorise_export
from registry.web.api.filters import FilterQuery
from registry.web.api.models import Text
from registry.web.deps import Bearer, Today, WriteSession, get_engine
from registry.web.downloads import download_csv
from registry.web.needs import api_needs

DATASET = "procedure_outcomes"

router = APIRouter(
    prefix=f"/exports/{DATASET}",
    tags=["exports"],
    dependencies=[api_needs(Permission.EXPORT_OUTCOMES)],
)


CSV: dict[int | str, dict[str, Any]] = {
    200: {"description": "The file.", "content": {"text/csv": {"schema": {"type": "string"}}}}
}


class ExportQuery(FilterQuery):
    """What to take away, and for what."""

    purpose: Annotated[Text, Field(max_length=500)] = Field(
        default="", description="What the data are for; kept in the audit trail. No patient data."
    )


@router.get(
    ".csv", response_class=Response, responses=CSV, summary="Export the outcome rows as CSV"
)
def export_outcomes(
    query: Annotated[ExportQuery, Query()],
    actor: Bearer,
    session: WriteSession,
    engine: Annotated[Engine, Depends(get_engine)],
    today: Today,
) -> Response:
    """Stream one row a procedure, as things stand today, of all sites that you may export.

    That it was taken is in the audit trail before the first byte leaves: the session is committed
    before the response begins, and the rows are read in a transaction of their own.
    """
    ticket = authorise_export(
        session,
        actor=actor,
        dataset=DATASET,
        filters=query.read(session, actor),
        purpose=query.purpose,
        as_of=today,
    )
    return download_csv(stream_outcomes_csv(engine, ticket), DATASET)


@router.get(
    "_codebook.csv", response_class=Response, responses=CSV, summary="Export the codebook as CSV"
)
def export_codebook(actor: Bearer) -> Response:
    """Give what each column of the outcome rows means: type, unit, values. It holds no data."""
    return download_csv([codebook_csv()], f"{DATASET}_codebook")
