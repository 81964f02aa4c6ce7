"""Are severe harms coming closer together? Procedures and days between them, in order of time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import polars as pl

from reports.events import EventFrame
from reports.frames import OutcomeFrame
from reports.stats.charts import FEWEST, Chart, g_chart, t_chart
from reports.stats.safety import by_procedure


@dataclass(frozen=True, slots=True)
class RareEvents:
    """The procedures after which a harm of grade 3 or more was recorded, in order of time.

    `on` are their days; `between` the procedures without severe harm from each to the next, `days`
    the days from each to the next: both one shorter than `on`. The stretch before the first and
    `since` (procedures after the last) are unfinished and in no chart.
    """

    procedures: int
    on: tuple[date, ...]
    between: tuple[int, ...]
    days: tuple[int, ...]
    since: int
    g: Chart
    t: Chart


def rare_events(frame: OutcomeFrame, events: EventFrame, *, fewest: int = FEWEST) -> RareEvents:
    """Chart severe harms of all procedures of a frame, whatever the order of its rows.

    A harm counts on the day of its procedure, and each procedure once. Procedures of one day come
    in the order of their ids, which is that of their entry: how many lie between two severe harms
    of one day rests on it, the days between do not.
    """
    ordered = frame.select("procedure_id", "performed_on").sort("performed_on", "procedure_id")
    severe = by_procedure(events).filter("severe").select("procedure_id")
    at = ordered.with_row_index("at").join(severe, on="procedure_id", how="semi").sort("at")
    between = (at["at"].cast(pl.Int64).diff().drop_nulls() - 1).to_list()
    days = at["performed_on"].diff().drop_nulls().dt.total_days().to_list()
    return RareEvents(
        procedures=ordered.height,
        on=tuple(at["performed_on"]),
        between=tuple(between),
        days=tuple(days),
        since=ordered.height - 1 - at["at"][-1] if at.height else ordered.height,
        g=g_chart(between, fewest=fewest),
        t=t_chart(days, fewest=fewest),
    )
