"""Turning a template and its context into a response, whole or one block of it."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from http import HTTPStatus
from typing import Any

from fastapi import Request
from fastapi.responses import RedirectResponse, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from jinja2_fragments import render_block
from sqlalchemy.exc import SQLAlchemyError

from registry import __version__
from registry.db.engine import transaction
from registry.db.queries.people import has_synthetic_site
from registry.domain.errors import NotAuthenticated
from registry.paths import TEMPLATES
from registry.web import filters
from registry.web.assets import static_url
from registry.web.deps import get_now, get_signed_in
from registry.web.flash import Flash, put_flash, take_flash


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["static_url"] = static_url
    environment.globals["version"] = __version__
    environment.filters.update(filters.FILTERS)
    return environment


environment = _environment()


def is_htmx(request: Request) -> bool:
    """Say whether htmx asks for a piece of a page; a boosted link asks for a whole one."""
    return "hx-request" in request.headers and "hx-boosted" not in request.headers


def render(
    request: Request,
    template: str,
    context: Mapping[str, Any],
    *,
    block: str | None = None,
    status: HTTPStatus = HTTPStatus.OK,
) -> Response:
    """Render a page, or only `block` of it when htmx asks for that."""
    flash = take_flash(request) if block is None or not is_htmx(request) else Flash(())
    full = {**_common(request), "flash": flash.messages, **context}
    if block is not None and is_htmx(request):
        html = render_block(environment, template, block, **full)
    else:
        html = environment.get_template(template).render(full)
    response = Response(html, status_code=status, media_type="text/html")
    response.headers["Vary"] = "HX-Request"
    flash.clear(response)
    return response


def _common(request: Request) -> dict[str, Any]:
    signed_in = getattr(request.state, "signed_in", None)
    return {
        "request": request,
        "actor": signed_in.actor if signed_in else None,
        "csrf_token": signed_in.csrf_token if signed_in else "",
        "synthetic": signed_in.synthetic if signed_in else _any_synthetic(request),
    }


def _any_synthetic(request: Request) -> bool:
    try:
        with transaction(request.app.state.engine, write=False) as session:
            return has_synthetic_site(session)
    except SQLAlchemyError:  # the page that says so must still come up
        return False


def render_error(request: Request, status: HTTPStatus, message: str) -> Response:
    """Render an error as a page, or as a notice where htmx would put the answer."""
    _recognise(request)
    context = {"status": status, "message": message}
    return render(request, "error.html", context, block="notice", status=status)


def _recognise(request: Request) -> None:
    """Find who is signed in where no route asked for it, so that they keep their navigation."""
    if getattr(request.state, "signed_in", None) is None:
        with suppress(NotAuthenticated, SQLAlchemyError):
            get_signed_in(request, get_now())


def redirect(request: Request, to: str, *, flash: str | None = None) -> Response:
    """Go on to a page after a write: 303, or htmx's own header for it."""
    if "hx-request" in request.headers:
        response = Response(status_code=HTTPStatus.NO_CONTENT, headers={"HX-Redirect": to})
    else:
        response = RedirectResponse(to, status_code=HTTPStatus.SEE_OTHER)
    if flash:
        put_flash(request, response, flash)
    return response
