"""Comparing technique categories."""

from __future__ import annotations

import json
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from registry.domain.windows import WINDOWS
from registry.services.reports import readable_sites, run_report
from registry.web.deps import CurrentActor, ReadSession, Today
from registry.web.forms.question import Question, filter_options, read_question
from registry.web.render import render
from reports.catalogue import COMPARE
from reports.page import Asked
from reports.report import Block, Shown

router = APIRouter()


@router.get("/outcomes")
def show_outcomes(
    request: Request, session: ReadSession, actor: CurrentActor, today: Today
) -> Response:
    """Show every report over the procedures that the address asks for."""
    options = filter_options(readable_sites(session, actor))
    form, question = read_question(request.query_params, options, today)
    answer = run_report(
        session,
        actor=actor,
        report=COMPARE,
        filters=question.filters,
        asked=Asked(by=question.by, windows=(question.window,)),
        today=today,
    )
    context = {
        "form": form,
        "options": options,
        "question": question,
        "is_empty": answer.is_empty,
        "warnings": answer.output.warnings,
        "reports": [_shown(block, shown) for block, shown in answer.output.blocks],
        "windows": [
            {
                "label": w.label,
                "href": question.url(window=w.slug),
                "current": w is question.window,
            }
            for w in WINDOWS
        ],
        "deeper": _one_level_down(question),
    }
    return render(request, "pages/outcomes.html", context, block="comparison", status=form.status)


def _shown(block: Block, shown: Shown) -> dict[str, Any]:
    return {
        "slug": block.slug,
        "question": block.question,
        "definition": block.definition,
        "how_to_read": block.how_to_read,
        "caveats": block.caveats,
        "answer": shown.answer,
        "table": shown.tables[0],
        "figures": [
            {
                "title": f.title,
                "subtitle": f.subtitle,
                "aria": f.aria,
                "spec": json.loads(f.json()),
            }
            for f in shown.figures
        ],
    }


def _one_level_down(question: Question) -> str:
    by = "technique" if question.by == "category" else "category"
    return question.url(by=by)
