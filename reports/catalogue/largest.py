"""Which groups a figure draws: the largest, where there are more than a page can hold.

A figure of sixty rows is read by nobody and heavy to send. The table, the answer and the download
always hold every group.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from reports.disclosure import HELD, CompletenessLine, Released
from reports.disclosure.released import LineT
from reports.groups import ALL, Group
from reports.scope import Scope

MOST_DRAWN = 22


@dataclass(frozen=True, slots=True)
class Drawn:
    """The groups that are drawn, and the scope that says so."""

    groups: frozenset[Group]
    scope: Scope

    def of(self, released: Released[LineT]) -> Released[LineT]:
        """Keep the lines of the groups that are drawn, and those of all together."""
        told = {*self.groups, ALL}
        return replace(released, lines=tuple(ln for ln in released.lines if ln.group in told))


def largest(released: Released[CompletenessLine], scope: Scope, what: str = "groups") -> Drawn:
    """Choose the groups with most treated, as they are released; ties go by the page's order."""
    sizes: dict[Group, int] = {}
    for line in released.lines:
        if line.group != ALL:
            sizes.setdefault(line.group, 0 if line.treated is HELD else line.treated)
    order = sorted(sizes, key=lambda group: -sizes[group])
    if len(order) <= MOST_DRAWN:
        return Drawn(frozenset(order), scope)
    said = f"{scope.population}; drawn: the {MOST_DRAWN} largest of {len(order)} {what}"
    return Drawn(frozenset(order[:MOST_DRAWN]), replace(scope, population=said))
