"""All that the page of the log form draws."""

from __future__ import annotations

from datetime import date
from typing import Any

from registry.domain.dates import read_day
from registry.domain.diagnoses import diagnosis_groups
from registry.web.forms.follow_up import last_regimen
from registry.web.forms.form import Form
from registry.web.forms.patient import Who
from registry.web.forms.procedure import NO_BASELINE_REASONS
from registry.web.forms.technique import named_technique
from registry.web.views.assessment import assessment_view
from registry.web.views.link import link_view
from registry.web.views.patient import name_of, particulars
from registry.web.views.sentence import write_sentence
from registry.web.views.technique import choices, details, plain_context

STEPS = "/procedures/new/step"


def log_context(form: Form, who: Who, today: date) -> dict[str, Any]:
    """Gather what the page draws."""
    technique = named_technique(form)
    performed_on = read_day(form.value("performed_on"), today) or today
    may_repeat = who.course is not None and last_regimen(who.course) is not None
    assessment = assessment_view(form, who.site.opioid_table, may_repeat=may_repeat)
    return {
        "form": form,
        "who": who,
        "patient_name": name_of(who.patient) if who.patient else None,
        "particulars": particulars(who.course, today) if who.course else [],
        "technique": technique,
        "details": details(form, technique) if technique else None,
        "link": link_view(form, who.course, today),
        "step_at": STEPS,
        **plain_context(form, technique),
        "assessment_view": assessment,
        "known_baseline": who.baseline(performed_on),
        "sentence": write_sentence(form, who, assessment.opioids, today),
        "sexes": choices("sex"),
        "diagnosis_groups": [(g.slug, g.label) for g in diagnosis_groups()],
        "no_baseline_reasons": _reasons(form),
    }


def _reasons(form: Form) -> list[str]:
    return list(dict.fromkeys([*NO_BASELINE_REASONS, *form.values("baseline_missing_reason")]))
