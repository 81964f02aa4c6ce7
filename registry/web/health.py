"""Whether the process lives, and whether it can serve."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse
from sqlalchemy.exc import SQLAlchemyError

from registry.db.engine import transaction
from registry.db.migrate import is_current, is_newer
from registry.services.keys import KeysAreWrong, check_keys
from registry.web.deps import get_engine

router = APIRouter(tags=["health"])


@router.head("/healthz", include_in_schema=False)
@router.get("/healthz")
def get_health() -> dict[str, str]:
    """Say that the process lives."""
    return {"status": "ok"}


@router.head("/readyz", include_in_schema=False)
@router.get("/readyz")
def get_readiness(request: Request) -> JSONResponse:
    """Say whether the database answers and has this version's schema."""
    try:
        engine = get_engine(request)
        current, newer = is_current(engine), is_newer(engine)
    except SQLAlchemyError:
        return JSONResponse({"status": "database does not answer"}, status_code=503)
    if newer:
        return JSONResponse({"status": "install the newer version"}, status_code=503)
    if not current:
        return JSONResponse({"status": "run: assuage migrate"}, status_code=503)
    try:
        with transaction(engine, write=False) as session:
            check_keys(session)
    except KeysAreWrong:
        return JSONResponse({"status": "another key sealed this registry"}, status_code=503)
    return JSONResponse({"status": "ready"})
