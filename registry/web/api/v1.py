"""The routes of version 1, gathered."""

from __future__ import annotations

from fastapi import APIRouter

router = APIRouter(prefix="/api/v1")
