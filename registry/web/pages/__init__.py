"""The screens, one router each, under the names of their templates."""

from fastapi import APIRouter

from registry.web.pages import (
    add_adverse_event,
    add_follow_up,
    amend_assessment,
    amend_procedure,
    exports,
    history,
    home,
    log_procedure,
    opioids,
    outcomes,
    patient,
    patients,
    record_death,
    sign_in,
    void_record,
)

router = APIRouter(include_in_schema=False)
for screen in (
    sign_in,
    home,
    log_procedure,
    opioids,
    patients,
    patient,
    add_follow_up,
    add_adverse_event,
    record_death,
    amend_assessment,
    amend_procedure,
    void_record,
    history,
    outcomes,
    exports,
):
    router.include_router(screen.router)
