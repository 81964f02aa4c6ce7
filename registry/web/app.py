"""The application: wiring only."""

from __future__ import annotations

from datetime import date

from fastapi import FastAPI
from sqlalchemy import Engine
from starlette.middleware.gzip import GZipMiddleware

from registry import __version__
from registry.db.engine import create_engine
from registry.settings import Settings, get_settings
from registry.web import api, assets, errors, health, pages
from registry.web.headers import Headers
from registry.web.limits import BodyLimit


def create_app(
    settings: Settings | None = None, *, engine: Engine | None = None, today: date | None = None
) -> FastAPI:
    """Make the application. `today` makes it live on that day, for tests and demonstrations."""
    settings = settings or get_settings()
    settings.require_safe()
    app = FastAPI(
        title="Assuage",
        version=__version__,
        description="A registry of interventional pain procedures in palliative care.",
        openapi_url="/api/openapi.json",
        docs_url=None,
        redoc_url=None,
    )
    app.state.settings = settings
    app.state.engine = engine or create_engine(settings)
    app.state.today = today
    app.include_router(assets.router)
    app.include_router(health.router)
    app.include_router(pages.router)
    app.include_router(api.router)
    app.add_middleware(GZipMiddleware, minimum_size=1000)
    app.add_middleware(BodyLimit)
    app.add_middleware(Headers)
    errors.install(app)
    return app
