"""Amending and voiding what was recorded, and its history."""

from __future__ import annotations

from fastapi import APIRouter

router = APIRouter()
