"""A site's settings as typed, as they stood when the page was opened, and as they were shown."""

from __future__ import annotations

from registry.services.sites import SiteSettings, mark
from registry.web.forms.form import Form

SEEN, PREVIEWED = "seen", "previewed"


def settings_values(settings: SiteSettings) -> dict[str, object]:
    """Give settings as the form's fields hold them, and the mark of what stands."""
    return {
        "eligibility_floor": settings.eligibility_floor,
        "opioid_table": settings.opioid_table,
        "disclosure_threshold": settings.disclosure_threshold,
        SEEN: mark(settings),
    }


def read_settings(form: Form) -> SiteSettings:
    """Read what was typed; what can't be read has a stand-in that the rules refuse."""
    floor = form.whole("eligibility_floor", "The floor is a whole pain score from 0 to 10.")
    threshold = form.whole("disclosure_threshold", "Choose 5, 8 or 11.")
    return SiteSettings(
        eligibility_floor=-1 if floor is None else floor,
        opioid_table=form.value("opioid_table"),
        disclosure_threshold=-1 if threshold is None else threshold,
    )
