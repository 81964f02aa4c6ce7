"""Handing a file over: as it is written, line by line, to be kept under its name."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from fastapi.responses import FileResponse, StreamingResponse
from sqlalchemy import Engine

from registry.db.engine import transaction
from registry.domain.access import Actor
from registry.domain.errors import NotFound
from registry.services.export_jobs import fetch_export, file_of
from registry.settings import Settings


def download_csv(lines: Iterable[str], name: str) -> StreamingResponse:
    """Stream a CSV file as `name`.csv."""
    headers = {"Content-Disposition": f'attachment; filename="{name}.csv"'}
    return StreamingResponse(lines, media_type="text/csv", headers=headers)


def send_export(engine: Engine, settings: Settings, actor: Actor, export_id: UUID) -> FileResponse:
    """Send an export's file once that is on record."""
    path = file_of(settings.export_folder, export_id)
    with transaction(engine) as session:
        job = fetch_export(session, actor=actor, export_id=export_id)
        if not path.is_file():
            raise NotFound("The export's file is gone. Make the export again.")
        name, sha256 = _file_name(job.created_at, job.profile), job.sha256 or ""
    headers = {"X-Content-SHA256": sha256}
    return FileResponse(path, media_type="application/zip", filename=name, headers=headers)


def _file_name(made: datetime, profile: str) -> str:
    return f"assuage-{profile.replace('_', '-')}-{made:%Y-%m-%d}.zip"
