"""The routes of version 1, gathered."""

from __future__ import annotations

from fastapi import APIRouter, Security
from fastapi.routing import APIRoute
from fastapi.security import HTTPBearer

from registry.web.api import (
    adverse_events,
    assessments,
    deaths,
    device_checks,
    export_jobs,
    exports,
    medd,
    outcomes,
    patient_links,
    patients,
    procedure_outcome,
    procedures,
    regimens,
    reports,
    techniques,
    timelines,
    worklist,
)
from registry.web.api.models import refusal

LARGEST_BODY = 1_000_000

_SCHEME = HTTPBearer(
    scheme_name="token",
    auto_error=False,  # `deps.Bearer` refuses, in the house's words; this only documents it
    description="A token made on your account's page, or with `assuage token add EMAIL`: it acts "
    "with that person's rights, within its scopes.",
)

_REFUSALS = (
    refusal(401, "No token, or one that is unknown, was revoked or has expired.")
    | refusal(403, "Your role, or the token's scopes, don't include this.")
    | refusal(404, "There is no such record, or it belongs to a site that isn't yours.")
    | refusal(422, "Something can't be read or breaks a rule: each problem with its field.")
)


def _operation_id(route: APIRoute) -> str:
    """Name an operation as its function is named: clients generated from this read well."""
    return route.name


router = APIRouter(
    prefix="/api/v1",
    dependencies=[Security(_SCHEME)],
    responses=_REFUSALS,
    generate_unique_id_function=_operation_id,
    max_body_size=LARGEST_BODY,
)
for resource in (
    patients,
    timelines,
    assessments,
    patient_links,
    deaths,
    techniques,
    procedures,
    procedure_outcome,
    adverse_events,
    device_checks,
    worklist,
    outcomes,
    reports,
    medd,
    regimens,
    exports,
    export_jobs,
):
    router.include_router(resource.router)
