"""From the clinic's errors to HTTP. The only module that knows status codes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, RedirectResponse, Response
from starlette.exceptions import HTTPException

from registry.domain.errors import (
    Conflict,
    NotAuthenticated,
    NotFound,
    NotPermitted,
    Problem,
    RegistryError,
    RuleViolation,
)
from registry.web.headers import dress
from registry.web.render import render_error

STATUS: dict[type[RegistryError], HTTPStatus] = {
    RuleViolation: HTTPStatus.UNPROCESSABLE_ENTITY,
    NotFound: HTTPStatus.NOT_FOUND,
    NotPermitted: HTTPStatus.FORBIDDEN,
    NotAuthenticated: HTTPStatus.UNAUTHORIZED,
    Conflict: HTTPStatus.CONFLICT,
}


def status_of(error: RegistryError) -> HTTPStatus:
    """Give the status of an error."""
    return STATUS.get(type(error), HTTPStatus.INTERNAL_SERVER_ERROR)


def install(app: FastAPI) -> None:
    """Teach an application to answer the house's errors."""
    app.add_exception_handler(RegistryError, _on_registry_error)
    app.add_exception_handler(RequestValidationError, _on_invalid_request)
    app.add_exception_handler(HTTPException, _on_http_error)
    app.add_exception_handler(Exception, _on_surprise)


def _is_api(request: Request) -> bool:
    return request.url.path.startswith("/api/")


async def _on_registry_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, RegistryError)  # noqa: S101  (registered for this class alone)
    status = status_of(error)
    if _is_api(request):
        problems = error.problems if isinstance(error, RuleViolation) else ()
        return problem_response(status, _detail(error), problems)
    if isinstance(error, NotAuthenticated):
        return _to_sign_in(request)
    return render_error(request, status, _detail(error))


def _detail(error: RegistryError) -> str:
    if isinstance(error, RuleViolation):
        return "Some of what was sent can't be recorded; see the problems."
    return str(error)


def _to_sign_in(request: Request) -> Response:
    here = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    target = f"/login?next={quote(here)}" if request.method == "GET" else "/login"
    if "hx-request" in request.headers:
        return Response(status_code=HTTPStatus.UNAUTHORIZED, headers={"HX-Redirect": "/login"})
    return RedirectResponse(target, status_code=HTTPStatus.SEE_OTHER)


async def _on_invalid_request(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101
    if not _is_api(request):
        return render_error(request, HTTPStatus.NOT_FOUND, "There is no such page.")
    if any(e["loc"][0] == "path" for e in error.errors()):
        return problem_response(HTTPStatus.NOT_FOUND, "There is no such record.")
    return problem_response(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "Some of what was sent can't be read; see the problems.",
        [_problem(e) for e in error.errors()],
    )


_WORDS = {
    "missing": "This is missing, and must be given.",
    "extra_forbidden": "There is no such field here. Check its spelling, or leave it out.",
    "json_invalid": "This is not JSON that can be read.",
    "model_attributes_type": "Give an object here, in JSON (Content-Type: application/json).",
    "tuple_type": "Give a list here.",
    "uuid_parsing": "Give the record's id: a UUID.",
}


def _problem(error: Mapping[str, Any]) -> Problem:
    """Name the field as the client wrote it: the first part says where it stood, not which."""
    path = () if error["type"] == "json_invalid" else error["loc"][1:]
    message = _WORDS.get(error["type"]) or error["msg"].removeprefix("Value error, ")
    return Problem(".".join(map(str, path)), message if message.endswith(".") else f"{message}.")


def problem_response(
    status: HTTPStatus, detail: str, problems: Iterable[Problem] = ()
) -> JSONResponse:
    """Answer a program: what is wrong in a sentence, and each problem with its field."""
    body = {
        "detail": detail,
        "problems": [{"field": p.field, "message": p.message} for p in problems],
    }
    headers = {"WWW-Authenticate": "Bearer"} if status is HTTPStatus.UNAUTHORIZED else None
    return JSONResponse(body, status_code=status, headers=headers)


async def _on_http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101
    status = HTTPStatus(error.status_code)
    detail = "There is no such page." if status is HTTPStatus.NOT_FOUND else status.phrase
    return _plain_error(request, status, detail)


async def _on_surprise(request: Request, _error: Exception) -> Response:
    status = HTTPStatus.INTERNAL_SERVER_ERROR
    detail = (
        "Something went wrong on our side and nothing was saved. Try again; if it stays so, tell "
        f"whoever runs Assuage this number: {request.state.request_id}."
    )
    response = _plain_error(request, status, detail)
    # An unforeseen error is answered outside the middleware that dresses all other responses.
    dress(response.headers, request.state.request_id)
    return response


def _plain_error(request: Request, status: HTTPStatus, detail: str) -> Response:
    if _is_api(request):
        return problem_response(status, detail)
    return render_error(request, status, detail)
