"""Today's work: follow-ups due and the last procedures."""

from __future__ import annotations

from fastapi import APIRouter

router = APIRouter()
