"""The API, version 1: thin JSON over the same services."""

from fastapi import APIRouter

from registry.web.api import v1

router = APIRouter()
router.include_router(v1.router)
