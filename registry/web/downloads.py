"""Handing a file over: as it is written, line by line, to be kept under its name."""

from __future__ import annotations

from collections.abc import Iterable

from fastapi.responses import StreamingResponse


def download_csv(lines: Iterable[str], name: str) -> StreamingResponse:
    """Stream a CSV file as `name`.csv."""
    headers = {"Content-Disposition": f'attachment; filename="{name}.csv"'}
    return StreamingResponse(lines, media_type="text/csv", headers=headers)
