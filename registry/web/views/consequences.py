"""What a void takes along, in sentences."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from registry.db.queries.patients import Event
from registry.db.tables import Death
from registry.domain.techniques import taxonomy
from registry.services.consequences import Loss
from registry.web.filters import day

_ALIVE_AGAIN = (
    "The patient counts as alive: follow-ups that counted as died before are due, or missed."
)


def tell_consequences(row: Event, losses: Sequence[Loss]) -> list[str]:
    """Tell what goes with a record that is voided: what each procedure would lose, and of a death
    that it never was.
    """
    told = [f"{_named(loss)} {' and '.join(_parts(loss))}." for loss in losses]
    return [_ALIVE_AGAIN, *told] if isinstance(row, Death) else told


def _named(loss: Loss) -> str:
    title = taxonomy().techniques[loss.procedure.technique].label
    return f"{title} of {day(loss.procedure.performed_on)}"


def _parts(loss: Loss) -> Iterator[str]:
    if loss.baseline is not None:
        before, after = loss.baseline
        if after is None:
            yield f"loses its baseline ({before}/10), so that nothing of it can be judged"
        else:
            yield f"takes another baseline ({after}/10 for {before}/10)"
    gone = [label for label, _, after in loss.windows if after is None]
    if gone:
        yield f"loses its score at {_listed(gone)}"
    for label, before, after in loss.windows:
        if after is not None:
            yield f"takes another score at {label} ({after}/10 for {before}/10)"


def _listed(labels: Sequence[str]) -> str:
    return " and ".join([", ".join(labels[:-1]), labels[-1]] if labels[1:] else labels)
