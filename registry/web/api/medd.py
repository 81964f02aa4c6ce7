"""Converting a regimen to its MEDD. Nothing is stored."""

from __future__ import annotations

from fastapi import APIRouter
from pydantic import ConfigDict, Field

from registry.domain.errors import Problem, RuleViolation
from registry.domain.opioids import ConversionTable, Regimen, conversion_table, convert
from registry.domain.opioids.tables import TABLE_IDS
from registry.web.api.models import Sent
from registry.web.api.opioids import MeddOut, RegimenIn, read_regimen, show_medd
from registry.web.deps import Bearer
from registry.web.needs import SIGNED_IN, api_needs

router = APIRouter(tags=["opioids"], dependencies=[api_needs(SIGNED_IN)])


class MeddIn(Sent):
    """A regimen, and the conversion table to read it under."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "table": "cdc-2022",
                    "items": [
                        {
                            "drug": "morphine",
                            "route": "oral",
                            "dose": 30,
                            "unit": "mg",
                            "per_day": 2,
                        },
                        {"drug": "fentanyl", "route": "transdermal", "dose": 75, "unit": "mcg/h"},
                    ],
                }
            ]
        }
    )

    table: str = Field(json_schema_extra={"enum": [*TABLE_IDS]})
    items: RegimenIn


@router.post("/medd", summary="Convert a regimen to its MEDD")
def convert_regimen(body: MeddIn, actor: Bearer) -> MeddOut:
    """Convert opioids as taken in 24 h to oral morphine, mg/24 h, under a named table.

    Stores nothing. An empty regimen is a true, complete zero. A drug for which the table has no
    factor is listed with the reason and makes the total incomplete; it is never counted as 0.
    """
    table, regimen = _read(body)
    return show_medd(convert(regimen, table))


def _read(body: MeddIn) -> tuple[ConversionTable, Regimen]:
    """Read table and items, telling the problems of both together."""
    problems: list[Problem] = []
    table, regimen = None, None
    try:
        table = conversion_table(body.table)
    except RuleViolation as unknown:
        problems.extend(unknown.problems)
    try:
        regimen = read_regimen(body.items, "items", recorded=False)
    except RuleViolation as refused:
        problems.extend(refused.problems)
    if table is None or regimen is None:
        raise RuleViolation(problems)
    return table, regimen
