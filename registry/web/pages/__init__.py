"""The screens, one router each."""

from fastapi import APIRouter

from registry.web.pages import (
    adverse_event,
    amend_assessment,
    amend_procedure,
    death,
    exports,
    follow_up,
    home,
    log_procedure,
    outcomes,
    patient,
    patients,
    records,
    sign_in,
)

router = APIRouter(include_in_schema=False)
for screen in (
    sign_in,
    home,
    log_procedure,
    patients,
    patient,
    follow_up,
    adverse_event,
    death,
    amend_assessment,
    amend_procedure,
    records,
    outcomes,
    exports,
):
    router.include_router(screen.router)
