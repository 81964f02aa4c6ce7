"""Which harms, and how grave? By complication and grade, no two schemes mixed; and one by one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

import polars as pl

from registry.domain.grading import GRADINGS, Resolution
from reports.events import EventFrame
from reports.frames import OutcomeFrame
from reports.groups import ALL, Group, Grouping
from reports.stats.safety import HARM


@dataclass(frozen=True, slots=True)
class Scale:
    """One version of a scheme, how it writes its grades, and what it calls them.

    Harms without a grade stand on a scale of their own, of one step.
    """

    key: str
    label: str
    grades: tuple[str, ...]
    words: tuple[str, ...]

    @property
    def is_graded(self) -> bool:
        """Say whether this is a scheme, not the lack of a grade."""
        return len(self.grades) > 1


UNGRADED = Scale("ungraded", "Not graded", ("Not graded",), ("not graded",))
SCALES: Mapping[str, Scale] = {
    g.key: Scale(g.key, g.label, g.labels, g.grades) for g in GRADINGS
} | {UNGRADED.key: UNGRADED}


@dataclass(frozen=True, slots=True)
class GradeRow:
    """How often one complication followed the procedures of a group, by the grades of a scale.

    Counted are events, not procedures: two harms of one procedure are two.
    """

    group: Group
    scale: Scale
    complication: str
    counts: tuple[int, ...]

    @property
    def events(self) -> int:
        """Count the harms of all grades."""
        return sum(self.counts)


@dataclass(frozen=True, slots=True)
class Grades:
    """Harms scale by scale, never mixed, the commonest complication first.

    `whole` speaks of all groups together, `rows` of each group; both sum to the same.
    """

    whole: tuple[GradeRow, ...]
    rows: tuple[GradeRow, ...]


def grades(frame: OutcomeFrame, grouping: Grouping, events: EventFrame) -> Grades:
    """Count the harms of these procedures by complication and grade, one scale at a time."""
    harms = events.filter(pl.col("kind") == HARM).join(
        frame.select("procedure_id", group=grouping.by), on="procedure_id"
    )
    scheme = pl.concat_str("scheme", "scheme_version", separator=" ")
    counted = (
        harms.with_columns(scale=pl.when(pl.col("grade").is_not_null()).then(scheme))
        .group_by("scale", "group", "complication", "grade")
        .len()
        .to_dicts()
    )
    groups = {group.slug: group for group in grouping.groups}
    whole = [{**row, "group": ALL.slug} for row in counted]
    return Grades(tuple(_rows(whole, {ALL.slug: ALL})), tuple(_rows(counted, groups)))


def _rows(counted: Iterable[Mapping[str, Any]], groups: Mapping[str, Group]) -> list[GradeRow]:
    """Gather counts to rows; a scheme that nobody knows any more keeps its name."""
    found: dict[tuple[str, str, str], list[int]] = {}
    for row in counted:
        key = UNGRADED.key if row["grade"] is None else row["scale"] or "no scheme"
        counts = found.setdefault(
            (key, row["group"], row["complication"]), [0] * len(_scale(key).grades)
        )
        counts[0 if row["grade"] is None else row["grade"] - 1] += row["len"]
    order, scales = list(groups), [*SCALES, *sorted({key for key, _, _ in found} - SCALES.keys())]
    rows = [GradeRow(groups[g], _scale(s), c, tuple(n)) for (s, g, c), n in found.items()]
    return sorted(
        rows,
        key=lambda row: (
            scales.index(row.scale.key),
            order.index(row.group.slug),
            -row.events,
            row.complication,
        ),
    )


def _scale(key: str) -> Scale:
    plain = ("1", "2", "3", "4", "5")
    return SCALES.get(key) or Scale(key, key, plain, ("of an unknown scheme",) * 5)


@dataclass(frozen=True, slots=True)
class EventRow:
    """One adverse event as it was recorded, with the day and the technique of its procedure."""

    onset_on: date
    performed_on: date
    technique: str
    complication: str
    kind: str
    scale: Scale
    grade: int | None
    relatedness: str | None
    resolution: str | None
    procedure_id: str
    patient_id: str

    @property
    def graded(self) -> str:
        """Say the grade as its scheme writes it: `III (intervention), Clavien-Dindo 2004`."""
        if self.grade is None:
            return "not graded"
        at, scale = self.grade - 1, self.scale
        return f"grade {scale.grades[at]} ({scale.words[at]}), {scale.label}"


@dataclass(frozen=True, slots=True)
class EventList:
    """Single events, the latest onset first, and how many there are in all.

    `harms` are those that are a harm, `ongoing` those of them recorded as such; `apart` the rest.
    """

    rows: tuple[EventRow, ...]
    harms: int
    ongoing: int
    apart: int

    @property
    def events(self) -> int:
        """Count all events, listed or not."""
        return self.harms + self.apart


MOST_LISTED = 500


def list_events(frame: OutcomeFrame, events: EventFrame, *, most: int = MOST_LISTED) -> EventList:
    """List the latest events of these procedures, `most` of them, and count all."""
    of_procedure = frame.select("procedure_id", "patient_id", "performed_on", "technique")
    known = (
        events.drop("patient_id")
        .join(of_procedure, on="procedure_id")
        .sort("onset_on", "event_id", descending=[True, False])
    )
    harm = pl.col("kind") == HARM
    ongoing = pl.col("resolution") == Resolution.ONGOING.value
    counted = known.select(harms=harm.sum(), ongoing=(harm & ongoing).sum(), apart=(~harm).sum())
    rows = tuple(_event(row) for row in known.head(most).to_dicts())
    return EventList(rows, **counted.row(0, named=True))


def _event(row: Mapping[str, Any]) -> EventRow:
    scheme = f"{row['scheme']} {row['scheme_version']}" if row["scheme"] else "no scheme"
    told = {f.name: row[f.name] for f in fields(EventRow) if f.name != "scale"}
    return EventRow(**told, scale=UNGRADED if row["grade"] is None else _scale(scheme))
