"""What the columns of a logbook are."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response

from registry.db.engine import transaction
from registry.db.tables import LogbookImport
from registry.domain.access import Permission
from registry.exchange.importer import MappingError
from registry.exchange.importer.files import Logbook
from registry.exchange.importer.targets import choices_of
from registry.exchange.imports import match_columns, open_logbook, read_import
from registry.web.deps import AppEngine, CurrentActor, Guarded, ReadSession, Typed
from registry.web.forms.form import Form
from registry.web.forms.import_columns import (
    DECISIONS,
    column_options,
    convention_options,
    read_columns,
    start_columns,
)
from registry.web.needs import page_needs
from registry.web.render import redirect, render

router = APIRouter(dependencies=[page_needs(Permission.WRITE_RECORDS)])
_EXAMPLES = 3


@router.get("/imports/{import_id}/columns")
def show_columns(
    request: Request, session: ReadSession, actor: CurrentActor, import_id: UUID
) -> Response:
    """Show what each column is taken for."""
    job = read_import(session, actor=actor, import_id=import_id)
    if job.content is None:
        return redirect(request, f"/imports/{import_id}")
    logbook = open_logbook(job)
    return _page(request, job, logbook, start_columns(job.mapping, logbook))


@router.post("/imports/{import_id}/columns", dependencies=[Guarded])
def save_columns(
    request: Request, engine: AppEngine, actor: CurrentActor, typed: Typed, import_id: UUID
) -> Response:
    """Take what the columns are, and go on to the words in them."""
    form = Form(typed)
    with transaction(engine, sites=lambda: actor.roles) as session:
        job = read_import(session, actor=actor, import_id=import_id)
        if job.content is None:
            return redirect(request, f"/imports/{import_id}")
        logbook = open_logbook(job)
        raw = read_columns(form, job.mapping, logbook)
        if not form.problems:
            try:
                match_columns(session, actor=actor, import_id=import_id, raw=raw)
                return redirect(request, f"/imports/{import_id}/words")
            except MappingError as refused:
                form.refuse("", str(refused))
    return _page(request, job, logbook, form)


def _page(request: Request, job: LogbookImport, logbook: Logbook, form: Form) -> Response:
    context = {
        "job": job,
        "form": form,
        "columns": [(i, name, _examples(logbook, name)) for i, name in enumerate(logbook.columns)],
        "rows": len(logbook.lines),
        "suggested": len(choices_of(job.mapping)),
        "options": column_options(),
        "convention": convention_options(),
        "decisions": DECISIONS,
    }
    return render(request, "pages/import_columns.html", context, status=form.status)


def _examples(logbook: Logbook, column: str) -> list[str]:
    """Give some of the texts of a column, each once."""
    cells = (line.cells.get(column, "") for line in logbook.lines)
    return list(dict.fromkeys(cell for cell in cells if cell))[:_EXAMPLES]
