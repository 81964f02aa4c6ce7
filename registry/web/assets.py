"""Static files: our own, and those that PyPI packages carry for us."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from fastapi import APIRouter, Request
from fastapi.responses import FileResponse, Response
from starlette.exceptions import HTTPException

from registry.paths import STATIC

router = APIRouter(include_in_schema=False)

FOR_EVER = "public, max-age=31536000, immutable"


def _inside(package: str, path: str) -> Path:
    """Find a file in an installed package without importing it."""
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError(f"{package} is not installed, so its files can't be served")
    return Path(spec.submodule_search_locations[0]) / path


@cache
def _assets() -> dict[str, Path]:
    """List every file that is served, by its path; nothing else is ever looked for on the disk."""
    own = {file.relative_to(STATIC).as_posix(): file for file in STATIC.rglob("*")}
    return {
        **{path: file for path, file in own.items() if file.is_file()},
        "vendor/htmx.min.js": _inside("js_lib_htmx", "static/htmx/htmx.min.js"),
        "vendor/plotly.min.js": _inside("plotly", "package_data/plotly.min.js"),
    }


def find_asset(path: str) -> Path | None:
    """Find the file behind a static path; nothing outside the two homes is ever served."""
    return _assets().get(path)


@cache
def _version(path: str) -> str:
    file = find_asset(path)
    if file is None:
        raise FileNotFoundError(f"no static file {path}")
    return hashlib.sha256(file.read_bytes()).hexdigest()[:12]


def static_url(path: str) -> str:
    """Give a static file's address. It changes with the content, so it can be kept for ever."""
    return f"/static/{path}?v={_version(path)}"


@router.head("/static/{path:path}")
@router.get("/static/{path:path}")
def get_asset(request: Request, path: str) -> Response:
    """Serve a static file; under its versioned address it is cached for ever.

    A browser that asks again with what it kept is told so (304) instead of being sent it again.
    """
    file = find_asset(path)
    if file is None:
        raise HTTPException(404)
    version = _version(path)
    named = request.query_params.get("v") == version
    headers = {"Cache-Control": FOR_EVER if named else "no-cache", "ETag": f'"{version}"'}
    if headers["ETag"] in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    return FileResponse(file, headers=headers)
