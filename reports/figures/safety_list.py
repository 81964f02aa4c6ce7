"""When harms set in, and how grave they were: one mark an event, for record readers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import plotly.graph_objects as go

from reports.disclosure import HELD, Held
from reports.disclosure.safety_events import ReleasedEvents
from reports.figures import theme
from reports.figures.figure import Figure, empty, hover
from reports.names import complication_name, technique_name
from reports.scope import Scope
from reports.stats.safety import HARM
from reports.stats.safety_grades import EventRow

TITLE = "When did harm set in, and how grave was it?"
NEEDS_RECORDS = "This lists single events: it needs\nthe right to read records."
MOST_DRAWN = 300
_ROWS = ("not graded", "grade 1", "grade 2", "grade 3", "grade 4", "grade 5")


def list_figure(released: ReleasedEvents | Held, scope: Scope) -> Figure:
    """Draw a mark for each harm on the day of its onset, the graver the higher."""
    if released is HELD:
        return empty(TITLE, scope.sentence("single events"), NEEDS_RECORDS)
    told = released.told
    harms = [row for row in told.rows if row.kind == HARM][:MOST_DRAWN]
    latest = (f"the latest {len(harms)}",) if told.harms > len(harms) else ()
    subtitle = scope.sentence(f"n {told.harms:,} harms, whatever the scheme", *latest)
    if not told.harms:
        return empty(TITLE, subtitle, "No harm was recorded after these procedures.")
    figure = go.Figure(_marks(harms))
    figure.update_layout(
        template=theme.TEMPLATE, height=300, margin={"t": 10, "r": 14, "b": 40, "l": 78}
    )
    figure.update_yaxes(
        range=[-0.6, 5.8], tickvals=list(range(6)), ticktext=[w.capitalize() for w in _ROWS]
    )
    figure.update_xaxes(showgrid=False, nticks=5, tickformat="%b %Y")
    return Figure(figure, TITLE, subtitle, _aria(harms))


def _marks(harms: Sequence[EventRow]) -> go.Scatter:
    """Place each mark; those of one day and grade stand one over the other."""
    seen = Counter[tuple[object, int]]()
    heights = []
    for row in harms:
        place = (row.onset_on, row.grade or 0)
        heights.append(place[1] + 0.16 * min(seen[place], 4))
        seen[place] += 1
    severe = [(row.grade or 0) >= 3 for row in harms]
    return go.Scatter(
        name="harms",
        mode="markers",
        x=[row.onset_on for row in harms],
        y=heights,
        marker={
            "color": ["var(--danger)" if s else theme.SOFT for s in severe],
            "symbol": ["diamond" if s else "circle" for s in severe],
            "size": [11 if s else 9 for s in severe],
            "line": {"width": 1.5, "color": theme.SURFACE},
        },
        hovertext=[_hover(row) for row in harms],
        hoverinfo="text",
        cliponaxis=False,
    )


def _hover(row: EventRow) -> str:
    return hover(
        f"{complication_name(row.complication)}: {row.graded}",
        technique_name(row.technique),
        f"{row.onset_on.day} {row.onset_on:%b %Y}",
    )


def _aria(harms: Sequence[EventRow]) -> str:
    counts = Counter(row.grade or 0 for row in harms)
    told = ", ".join(f"{_ROWS[grade]}: {counts[grade]}" for grade in sorted(counts))
    return f"{len(harms)} harms by the day of their onset. {told}."
