"""Who may ask what: the table that the application is checked against. It is written by hand.

`NEEDS` gives every address and what it needs, `MAY` what each role has. Neither is computed from
the code that decides.
"""

from __future__ import annotations

MAY: dict[str, set[str]] = {
    "clinician": {"read_records", "write_records", "read_outcomes", "export", "export_outcomes"},
    "coordinator": {"read_records", "write_records", "read_outcomes"},
    "quality": {"read_outcomes", "export"},
    "auditor": {"read_outcomes", "export", "export_outcomes", "read_trail"},
    "admin": {"read_outcomes", "export", "manage_site", "read_trail"},
}

_TABLE = """
anybody         GET HEAD   /api/openapi.json
anybody         GET HEAD   /static/{path:path}
anybody         GET HEAD   /healthz
anybody         GET HEAD   /readyz
anybody         GET HEAD POST  /login
signed_in       POST       /logout
anybody         GET        /login/done
anybody         GET POST   /login/code
anybody         GET POST   /login/second-factor
anybody         GET        /login/provider
anybody         GET        /login/provider/back
anybody         GET POST   /welcome/{secret}
signed_in       GET POST   /step-up
signed_in       GET POST   /unsent
signed_in       POST       /unsent/drop
signed_in       GET        /account
signed_in       POST       /account/sessions/{session_id}/end
signed_in       POST       /account/sessions/end
signed_in       POST       /account/password
signed_in       GET POST   /account/second-factor
signed_in       POST       /account/recovery-codes
signed_in       POST       /account/second-factor/remove
signed_in       POST       /account/tokens
signed_in       POST       /account/tokens/{token_id}/revoke
manage_accounts GET POST   /people
manage_accounts POST       /people/sites
manage_accounts GET        /people/{user_id}
manage_accounts POST       /people/{user_id}/role
manage_accounts POST       /people/{user_id}/system-admin
manage_accounts POST       /people/{user_id}/link
manage_accounts POST       /people/{user_id}/sessions/end
manage_accounts POST       /people/{user_id}/second-factor/reset
manage_accounts POST       /people/{user_id}/active
signed_in       GET        /
write_records   GET        /worklist
write_records   GET POST   /worklist/call
write_records   POST       /worklist/call/undo
write_records   GET POST   /patients/{patient_id}/missed-follow-ups/new
write_records   GET POST   /procedures/new
write_records   POST GET   /procedures/new/step
write_records   POST       /procedures/new/sentence
write_records   GET        /procedures/techniques
signed_in       GET        /opioids/drugs
signed_in       POST       /opioids/medd
read_records    GET        /patients
read_records    POST       /patients/search
read_records    GET        /patients/{patient_id}
write_records   GET POST   /patients/{patient_id}/assessments/new
write_records   POST       /patients/{patient_id}/assessments/day
write_records   GET POST   /procedures/{procedure_id}/adverse-events/new
write_records   GET POST   /procedures/{procedure_id}/device-checks/new
write_records   GET POST   /patients/{patient_id}/death/new
write_records   GET POST   /patients/{patient_id}/links
write_records   POST       /links/{link_id}/withdraw
anybody         GET        /a/thank-you
anybody         GET POST   /a/{secret}
write_records   GET POST   /patients/{patient_id}/edit
write_records   GET POST   /deaths/{record_id}/edit
write_records   GET POST   /assessments/{record_id}/edit
write_records   GET POST   /procedures/{record_id}/edit
write_records   GET POST   /adverse-events/{record_id}/edit
write_records   GET POST   /device-checks/{record_id}/edit
write_records   GET POST   /{kind}/{record_id}/void
write_records   GET POST   /{kind}/{record_id}/undo-void
write_records   GET POST   /patients/{patient_id}/merge
write_records   GET POST   /patients/{patient_id}/undo-merge
read_records    GET        /patients/{patient_id}/history
read_records    GET        /patients/{patient_id}/records/{record_id}/history
write_records   GET POST   /imports
write_records   GET        /imports/{import_id}
write_records   GET POST   /imports/{import_id}/columns
write_records   GET POST   /imports/{import_id}/words
write_records   POST       /imports/{import_id}/bring-in
write_records   POST       /imports/{import_id}/stop
write_records   POST       /imports/{import_id}/undo
write_records   POST       /imports/{import_id}/discard
write_records   POST       /imports/{import_id}/findings.csv
read_outcomes   GET        /reports/file
read_outcomes   GET        /reports
read_outcomes   GET        /outcomes
read_outcomes   GET        /reports/{slug}
read_outcomes   GET        /reports/{slug}/{block}.{kind}
read_outcomes   POST       /reports/{slug}/saved
read_outcomes   POST       /reports/saved/{saved_id}/remove
export          GET POST   /exports
export          POST       /exports/check
export          GET        /exports/{export_id}
export          POST       /exports/{export_id}/cancel
export          POST       /exports/{export_id}/file
export_outcomes POST       /exports/procedure_outcomes.csv
export_outcomes GET        /exports/procedure_outcomes_codebook.csv
read_trail      GET        /trail
read_trail      GET        /trail/{code}/check
manage_site     GET        /sites
manage_site     GET POST   /sites/{code}/settings
write_records   POST       /api/v1/patients
read_records    GET        /api/v1/patients
read_records    POST       /api/v1/patients/lookup
read_records    GET        /api/v1/patients/{patient_id}
write_records   POST       /api/v1/patients/{patient_id}/assessments
write_records   POST       /api/v1/patients/{patient_id}/links
write_records   POST       /api/v1/patients/{patient_id}/death
signed_in       GET        /api/v1/techniques
signed_in       GET        /api/v1/techniques/{slug}
write_records   POST       /api/v1/procedures
read_records    GET        /api/v1/procedures/{procedure_id}
read_records    GET        /api/v1/procedures/{procedure_id}/outcome
write_records   POST       /api/v1/procedures/{procedure_id}/adverse-events
read_records    GET        /api/v1/adverse-events/{event_id}
write_records   POST       /api/v1/procedures/{procedure_id}/device-checks
read_records    GET        /api/v1/procedures/{procedure_id}/device-checks
read_records    GET        /api/v1/device-checks/{check_id}
write_records   POST       /api/v1/procedures/{procedure_id}/missed-follow-ups
read_outcomes   GET        /api/v1/outcomes
read_outcomes   GET        /api/v1/reports
read_outcomes   GET        /api/v1/reports/{slug}
signed_in       POST       /api/v1/medd
signed_in       POST       /api/v1/regimens/parse
export_outcomes GET        /api/v1/exports/procedure_outcomes.csv
export_outcomes GET        /api/v1/exports/procedure_outcomes_codebook.csv
export          GET POST   /api/v1/exports
export          GET        /api/v1/exports/risk
export          GET        /api/v1/exports/data-sets
export          GET DELETE /api/v1/exports/{export_id}
export          GET        /api/v1/exports/{export_id}/file
"""

Route = tuple[str, str]
"""A method and an address."""

NEEDS: dict[Route, str] = {
    (method, line.split()[-1]): line.split()[0]
    for line in _TABLE.strip().splitlines()
    for method in line.split()[1:-1]
}
