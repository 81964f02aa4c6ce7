"""What the words of a logbook mean."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response

from registry.db.engine import transaction
from registry.db.tables import LogbookImport
from registry.domain.access import Permission
from registry.exchange.importer import MappingError
from registry.exchange.importer.meanings import FieldWords, list_words
from registry.exchange.imports import mapping_of, match_words, open_logbook, read_import
from registry.web.deps import AppEngine, CurrentActor, Guarded, ReadSession, Today, Typed
from registry.web.forms.form import Form
from registry.web.forms.import_words import read_words, start_words
from registry.web.importing import start_import_work
from registry.web.needs import page_needs
from registry.web.render import redirect, render
from registry.web.views.import_words import show_words_of

router = APIRouter(dependencies=[page_needs(Permission.WRITE_RECORDS)])


@router.get("/imports/{import_id}/words")
def show_words(
    request: Request, session: ReadSession, actor: CurrentActor, import_id: UUID
) -> Response:
    """Show which words are understood, and ask about the others."""
    job = read_import(session, actor=actor, import_id=import_id)
    if job.content is None:
        return redirect(request, f"/imports/{import_id}")
    try:
        fields = _words_of(job)
    except MappingError:
        return redirect(request, f"/imports/{import_id}/columns")
    return _page(request, job, fields, start_words(fields))


@router.post("/imports/{import_id}/words", dependencies=[Guarded])
def save_words(
    request: Request,
    engine: AppEngine,
    actor: CurrentActor,
    today: Today,
    typed: Typed,
    import_id: UUID,
) -> Response:
    """Take what the words mean, and look at the file as a whole."""
    form = Form(typed)
    with transaction(engine, sites=lambda: actor.roles) as session:
        job = read_import(session, actor=actor, import_id=import_id)
        if job.content is None:
            return redirect(request, f"/imports/{import_id}")
        fields = _words_of(job)
        values = read_words(form, fields)
        if not form.problems:
            match_words(session, actor=actor, import_id=import_id, values=values)
    if form.problems:
        return _page(request, job, fields, form)
    start_import_work(request, job.site_id, job.id, today)
    return redirect(request, f"/imports/{import_id}")


def _words_of(job: LogbookImport) -> list[FieldWords]:
    return list_words(open_logbook(job), mapping_of(job))


def _page(request: Request, job: LogbookImport, fields: list[FieldWords], form: Form) -> Response:
    open_ones = sum(word.is_open for of in fields for word in of.words)
    context = {
        "job": job,
        "form": form,
        "fields": [show_words_of(of) for of in fields],
        "open_ones": open_ones,
    }
    return render(request, "pages/import_words.html", context, status=form.status)
