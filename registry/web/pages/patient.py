"""A patient's course, and adding to it."""

from __future__ import annotations

from fastapi import APIRouter

router = APIRouter()
