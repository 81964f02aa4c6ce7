"""Whose doses could be compared: released counts that make up the treated."""

from __future__ import annotations

from dataclasses import dataclass

from reports.disclosure.covered import Cover
from reports.disclosure.held import HELD, Count
from reports.disclosure.released import Line, MeddLine, Released
from reports.stats.medd_change import MeddChange, MeddRow


@dataclass(frozen=True, slots=True)
class PairsLine(Line):
    """The treated of a group at a window by what is known of their doses.

    `no_regimen` is the rest: no regimen at baseline or in the window, because the patient died, the
    window isn't due, or nobody recorded one. It is held back where any other part is.
    """

    treated: Count
    complete: Count
    incomplete: Count
    neuraxial: Count
    no_regimen: Count


def release_pairs(
    change: MeddChange, told: Released[MeddLine], cover: Cover
) -> Released[PairsLine]:
    """Put released counts of pairs beside the treated, with the rest where all are shown."""
    lines = tuple(_line(*both, cover) for both in zip(change.rows, told.lines, strict=True))
    return Released(lines, told.note, told.pooled)


def _line(row: MeddRow, line: MeddLine, cover: Cover) -> PairsLine:
    base = cover.row(row.group, row.window)
    rest = base.treated - row.complete - row.incomplete - row.neuraxial
    hidden = HELD in (line.complete, line.incomplete, line.neuraxial)
    return PairsLine(
        row.group,
        row.window,
        treated=cover.treated(base),
        complete=line.complete,
        incomplete=line.incomplete,
        neuraxial=line.neuraxial,
        no_regimen=HELD if hidden else cover.alone(rest),
    )
