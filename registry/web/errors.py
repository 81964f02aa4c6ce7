"""From the clinic's errors to HTTP. The only module that knows status codes."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import asdict
from http import HTTPStatus
from typing import Any
from uuid import UUID

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, PlainTextResponse, Response
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as NoFreeConnection
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from registry.domain.errors import (
    Conflict,
    Doubt,
    Doubtful,
    NotAuthenticated,
    NotFound,
    NotPermitted,
    Problem,
    RegistryError,
    RuleViolation,
    StepUpNeeded,
    TooManyTries,
)
from registry.services.readings import write_refusal
from registry.web.again import ask_again
from registry.web.deps import page_of
from registry.web.headers import dress, is_over_tls
from registry.web.render import render_error

log = logging.getLogger(__name__)

STATUS: dict[type[RegistryError], HTTPStatus] = {
    RuleViolation: HTTPStatus.UNPROCESSABLE_ENTITY,
    Doubtful: HTTPStatus.UNPROCESSABLE_ENTITY,
    NotFound: HTTPStatus.NOT_FOUND,
    NotPermitted: HTTPStatus.FORBIDDEN,
    NotAuthenticated: HTTPStatus.UNAUTHORIZED,
    Conflict: HTTPStatus.CONFLICT,
    TooManyTries: HTTPStatus.TOO_MANY_REQUESTS,
    StepUpNeeded: HTTPStatus.FORBIDDEN,
}


def status_of(error: RegistryError) -> HTTPStatus:
    """Give the status of an error."""
    return STATUS.get(type(error), HTTPStatus.INTERNAL_SERVER_ERROR)


def install(app: FastAPI) -> None:
    """Teach an application to answer the house's errors.

    What may look into the database waits in a thread.
    """
    app.add_exception_handler(RegistryError, _on_registry_error)
    app.add_exception_handler(RequestValidationError, _on_invalid_request)
    app.add_exception_handler(HTTPException, _on_http_error)
    app.add_exception_handler(OperationalError, _on_busy)
    app.add_exception_handler(NoFreeConnection, _on_busy)
    app.add_exception_handler(Exception, _on_surprise)


def _is_api(request: Request) -> bool:
    return request.url.path.startswith("/api/")


async def _on_registry_error(request: Request, error: Exception) -> Response:
    """Answer an error of the house. Who has to sign in or prove themselves again is asked to, and
    what they sent is held, which asks for reading it.
    """
    if isinstance(error, NotAuthenticated | StepUpNeeded) and not _is_api(request):
        return await ask_again(request, error)
    return await run_in_threadpool(_answer, request, error)


def _answer(request: Request, error: Exception) -> Response:
    assert isinstance(error, RegistryError)  # noqa: S101  (registered for this class alone)
    status = status_of(error)
    if isinstance(error, (NotFound, NotPermitted)):
        _note_refusal(request, error)
    if _is_api(request):
        problems = error.problems if isinstance(error, RuleViolation) else ()
        doubts = error.doubts if isinstance(error, Doubtful) else ()
        return problem_response(status, _detail(error), problems, doubts)
    return render_error(request, status, _detail(error))


def _note_refusal(request: Request, error: NotFound | NotPermitted) -> None:
    """Leave a line about who was refused what; a mistyped address that names no record is none."""
    actor = getattr(request.state, "actor", None)
    asked_for = next((v for v in map(str, request.path_params.values()) if _is_id(v)), None)
    if actor is None or (isinstance(error, NotFound) and asked_for is None):
        return
    write_refusal(
        request.app.state.engine,
        actor,
        page=page_of(request),
        why="role" if isinstance(error, NotPermitted) else "no such record for them",
        site_id=getattr(error, "site_id", None),
        told=asked_for,
    )


def _is_id(text: str) -> bool:
    with suppress(ValueError):
        return bool(UUID(text))
    return False


def _detail(error: RegistryError) -> str:
    if isinstance(error, Doubtful):
        return "Some of what was sent is unlikely. Send it again with the codes in `confirmed`."
    if isinstance(error, RuleViolation):
        return "Some of what was sent can't be recorded; see the problems."
    return str(error)


def _on_invalid_request(request: Request, error: Exception) -> Response:
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


_UNREADABLE = "This is not JSON that can be read."
_WORDS = {
    "missing": "This is missing, and must be given.",
    "extra_forbidden": "There is no such field here. Check its spelling, or leave it out.",
    "json_invalid": _UNREADABLE,
    "model_attributes_type": "Give an object here, in JSON (Content-Type: application/json).",
    "tuple_type": "Give a list here.",
    "uuid_parsing": "Give the record's id: a UUID.",
    "too_long": "This is too long: shorten it to {max_length} {unit} at most.",
    "string_too_long": "This is too long: shorten it to {max_length} {unit} at most.",
}


def _problem(error: Mapping[str, Any]) -> Problem:
    """Name the field as the client wrote it: the first part says where it stood, not which."""
    path = () if error["type"] == "json_invalid" else error["loc"][1:]
    message = _WORDS.get(error["type"]) or error["msg"].removeprefix("Value error, ")
    if "too_long" in error["type"]:
        unit = "characters" if isinstance(error["input"], str) else "items"
        message = message.format(max_length=error["ctx"]["max_length"], unit=unit)
    return Problem(".".join(map(str, path)), message if message.endswith(".") else f"{message}.")


def problem_response(
    status: HTTPStatus,
    detail: str,
    problems: Iterable[Problem] = (),
    doubts: Iterable[Doubt] = (),
) -> JSONResponse:
    """Answer a program: what is wrong in a sentence, and each problem with its field.

    `doubts` name what is only unlikely, by the codes with which it can be confirmed.
    """
    body: dict[str, object] = {
        "detail": detail,
        "problems": [{"field": p.field, "message": p.message} for p in problems],
    }
    if asked := [asdict(doubt) for doubt in doubts]:
        body["doubts"] = asked
    headers = {"WWW-Authenticate": "Bearer"} if status is HTTPStatus.UNAUTHORIZED else None
    return JSONResponse(body, status_code=status, headers=headers)


def _on_http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101
    if error.status_code == HTTPStatus.BAD_REQUEST and _is_api(request):
        # JSON that Python won't read: a number of thousands of digits, a text not in UTF-8.
        return problem_response(
            HTTPStatus.UNPROCESSABLE_ENTITY,
            "Some of what was sent can't be read; see the problems.",
            [Problem("", _UNREADABLE)],
        )
    status = HTTPStatus(error.status_code)
    detail = "There is no such page." if status is HTTPStatus.NOT_FOUND else error.detail
    return _plain_error(request, status, detail)


def _on_busy(request: Request, error: Exception) -> Response:
    """Answer that the database can't be had: another writes for too long, or it is away."""
    log.error("The database can't be had (%s)", request.state.request_id, exc_info=error)
    detail = "The registry is busy; nothing was saved. Try again in a few seconds."
    response = _plain_error(request, HTTPStatus.SERVICE_UNAVAILABLE, detail)
    response.headers["Retry-After"] = "5"
    return response


def _on_surprise(request: Request, _error: Exception) -> Response:
    status = HTTPStatus.INTERNAL_SERVER_ERROR
    detail = (
        "Something went wrong on our side and nothing was saved. Try again; if it stays so, tell "
        f"whoever runs Assuage this number: {request.state.request_id}."
    )
    try:
        response = _plain_error(request, status, detail)
    except Exception:  # the first error must still reach the log, and its number the person
        log.exception("The page that tells of an error failed (%s)", request.state.request_id)
        response = PlainTextResponse(detail, status_code=status)
    # An unforeseen error is answered outside the middleware that dresses all other responses.
    over_tls = is_over_tls(request.scope)
    dress(response.headers, request.state.request_id, over_tls=over_tls)
    return response


def _plain_error(request: Request, status: HTTPStatus, detail: str) -> Response:
    if _is_api(request):
        return problem_response(status, detail)
    return render_error(request, status, detail)
