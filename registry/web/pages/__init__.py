"""The screens, one router each."""

from fastapi import APIRouter

from registry.web.pages import (
    exports,
    home,
    log_procedure,
    outcomes,
    patient,
    patients,
    records,
    sign_in,
)

router = APIRouter(include_in_schema=False)
for screen in (sign_in, home, log_procedure, patients, patient, records, outcomes, exports):
    router.include_router(screen.router)
