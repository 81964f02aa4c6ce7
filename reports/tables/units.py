"""The table of a funnel: units by size, never by result."""

from __future__ import annotations

from reports import wording
from reports.disclosure.units import ReleasedFunnel, UnitLine
from reports.funnel_words import BEYOND, FunnelWords, limits_in_words
from reports.scope import Scope
from reports.stats.funnel import Beyond
from reports.tables.table import Table


def funnel_table(released: ReleasedFunnel, words: FunnelWords, scope: Scope) -> Table:
    """Tabulate every unit with its limits, the largest first."""
    return Table(
        caption=f"{words.share.capitalize()} by {released.unit}. {scope.sentence(*words.facts)}",
        columns=(
            released.unit.capitalize(),
            words.whole.capitalize(),
            words.share.capitalize(),
            "Share",
            "95 % limits",
            "99.8 % limits",
            "Against the limits",
        ),
        rows=tuple(_row(line) for line in released.lines),
        notes=tuple(funnel_notes(released)),
    )


def _row(line: UnitLine) -> tuple[str, ...]:
    outer = limits_in_words(line.low_99_8, line.high_99_8)
    beyond = "no funnel" if line.target is None else BEYOND[line.beyond]
    if line.beyond is not Beyond.NOTHING and line.target is not None:
        beyond = f"{'above' if line.value > line.target else 'below'}: {beyond}"
    return (
        line.unit,
        wording.count(line.n),
        wording.count(line.k),
        wording.rare_percent(line.value),
        limits_in_words(line.low_95, line.high_95),
        outer,
        beyond,
    )


def funnel_notes(released: ReleasedFunnel) -> list[str]:
    """Say in what order units stand, who is left out, and how names were read."""
    unit, notes = released.unit, ["In order of size, which says nothing of the result."]
    if released.left_out:
        few = f"{released.left_out} {unit}{'s' if released.left_out > 1 else ''}"
        notes.append(f"Left out: {few} with few procedures, or that would give those away.")
    if released.nobody:
        notes.append(
            f"{released.nobody} {unit}{'s' if released.nobody > 1 else ''} had none to count."
        )
    if released.unnamed:
        notes.append(f"Procedures that name no {unit}: {released.unnamed:,}; they are left out.")
    if not released.are_named:
        notes.append(
            "Operators have letters, A the one with most procedures: names need the right "
            "to read records."
        )
    several = [line.unit for line in released.lines if line.several_spellings]
    if several:
        notes.append(f"Written in several ways and counted as one: {', '.join(several)}.")
    return [*notes, *((released.note,) if released.note else ())]
