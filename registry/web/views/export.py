"""How an export stands, in words."""

from __future__ import annotations

from dataclasses import dataclass

from registry.db.tables import ExportJob
from registry.domain.exports import ExportState
from registry.web.views.sizes import size_words

_WORDS = {
    ExportState.QUEUED: ("Waiting", "neutral"),
    ExportState.RUNNING: ("Being made", "info"),
    ExportState.DONE: ("Ready", "ok"),
    ExportState.FAILED: ("Failed", "danger"),
    ExportState.CANCELLED: ("Cancelled", "neutral"),
}


@dataclass(frozen=True, slots=True)
class ExportView:
    """An export for a page."""

    job: ExportJob
    state: str
    kind: str
    is_over: bool
    is_ready: bool
    percent: int | None
    size: str

    @property
    def facts(self) -> list[tuple[str, object]]:
        """Give what was asked for."""
        job = self.job
        filters = "; ".join(f"{name}: {_plain(v)}" for name, v in job.filters.items())
        return [
            ("Profile", job.profile.replace("_", " ")),
            ("Purpose", job.purpose),
            ("Data sets", ", ".join(job.data_sets) if job.data_sets else "released numbers"),
            ("Formats", ", ".join(job.formats)),
            ("Filters", filters or "none"),
            ("Sites", ", ".join(sorted(job.sites.values()))),
        ]


def show_export(job: ExportJob) -> ExportView:
    """Put an export into words."""
    state = ExportState(job.state)
    text, kind = _WORDS[state]
    ready = state is ExportState.DONE and job.removed_at is None
    if state is ExportState.DONE and not ready:
        text, kind = "Expired", "neutral"
    done = 100 * job.rows_done // job.rows_total if job.rows_total else None
    percent = min(done, 99) if done is not None and not state.is_over else None
    return ExportView(job, text, kind, state.is_over, ready, percent, size_words(job.size))


def _plain(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
