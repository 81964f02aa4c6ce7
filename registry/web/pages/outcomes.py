"""Comparing technique categories."""

from __future__ import annotations

import json
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from registry.domain.windows import WINDOWS
from registry.services.comparison import compare_outcomes, readable_sites
from registry.web.deps import CurrentActor, ReadSession, Today
from registry.web.forms.question import Question, filter_options, read_question
from registry.web.render import render
from reports.report import ReportOutput

router = APIRouter()


@router.get("/outcomes")
def show_outcomes(
    request: Request, session: ReadSession, actor: CurrentActor, today: Today
) -> Response:
    """Show every report over the procedures that the address asks for."""
    options = filter_options(readable_sites(session, actor))
    form, question = read_question(request.query_params, options, today)
    comparison = compare_outcomes(
        session,
        actor=actor,
        filters=question.filters,
        by=question.by,
        windows=(question.window,),
        today=today,
    )
    context = {
        "form": form,
        "options": options,
        "question": question,
        "comparison": comparison,
        "reports": [_shown(output) for output in comparison.outputs],
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


def _shown(output: ReportOutput) -> dict[str, Any]:
    report = output.report
    return {
        "slug": report.slug,
        "question": report.question,
        "definition": report.definition,
        "how_to_read": report.how_to_read,
        "caveats": report.caveats,
        "warnings": output.warnings,
        "table": output.table,
        "figures": [
            {
                "title": f.title,
                "subtitle": f.subtitle,
                "aria": f.aria,
                "spec": json.loads(f.json()),
            }
            for f in output.figures
        ],
    }


def _one_level_down(question: Question) -> str:
    by = "technique" if question.by == "category" else "category"
    return question.url(by=by)
