"""Safety, for those who may read records: severe harms in order of time, and every event."""

from __future__ import annotations

from collections.abc import Iterator

from reports.disclosure import HELD
from reports.disclosure.safety_events import (
    RareLine,
    ReleasedEvents,
    ReleasedRare,
    release_events,
    release_rare,
)
from reports.figures.rare import rare_figures
from reports.figures.safety_list import list_figure
from reports.page import Page
from reports.report import Block, Definition, Record, Shown
from reports.stats.charts import FEWEST
from reports.stats.safety_grades import list_events
from reports.stats.safety_rare import rare_events
from reports.tables.safety import event_table, rare_table

_NEEDS_RECORDS = "has a mark for each event, and is shown to those who may read records."
_NONE = "No procedure answers to these filters."


def _show_rare(page: Page) -> Shown:
    released = release_rare(rare_events(page.data.outcomes, page.data.events), page.policy)
    if released is HELD:
        figures = rare_figures(HELD, page.scope)
        return Shown(f"The series of severe harms {_NEEDS_RECORDS}", figures=figures)
    return Shown(
        answer=" ".join(_say_rare(released, page)),
        figures=rare_figures(released, page.scope),
        tables=(rare_table(released, page.scope),),
        records=tuple(_rare_records(released)),
    )


def _rare_records(released: ReleasedRare) -> Iterator[Record]:
    for chart, lines in (("g", released.between), ("t", released.days)):
        for line in lines:
            yield {
                "chart": chart,
                "performed_on": line.on.isoformat(),
                "since_the_one_before": line.value,
                "centre": line.centre,
                "low": line.low,
                "high": line.high,
                "rules": [rule.value for rule in line.rules],
                "held_back": [],
            }


def _say_rare(released: ReleasedRare, page: Page) -> Iterator[str]:
    if not released.procedures:
        yield _NONE
        return
    if not released.on:
        yield f"No harm of grade 3 or more was recorded in {released.procedures:,} procedures."
        return
    last = released.on[-1]
    harms = "One procedure" if len(released.on) == 1 else f"{len(released.on):,} procedures"
    yield (
        f"{harms} of {released.procedures:,} had a harm of grade 3 or more. Since the last, of "
        f"{last.day} {last:%b %Y}: {_many(released.since, 'procedure')}, "
        f"{_many((page.scope.cut_off - last).days, 'day')}."
    )
    if len(released.between) < FEWEST:
        yield f"Fewer than {FEWEST + 1} are too few for limits: the series stands alone."
        return
    yield _fired("Procedures between (g chart)", released.between)
    yield _fired("Days between (t chart)", released.days)


def _many(n: int, what: str) -> str:
    return f"{n:,} {what}{'' if n == 1 else 's'}"


def _fired(chart: str, lines: tuple[RareLine, ...]) -> str:
    rules = dict.fromkeys(rule for line in lines for rule in line.rules)
    if not rules:
        return f"{chart}: no rule fired, so it is what chance gives."
    return f"{chart}: {', and '.join(_where(rule.words, rule, lines) for rule in rules)}."


def _where(words: str, rule: object, lines: tuple[RareLine, ...]) -> str:
    """Say by which points a rule fired, and whether they are good news: longer is better."""
    at = [line for line in lines if rule in line.rules]
    longer = sum(line.value > (line.centre or 0.0) for line in at)
    news = "longer" if longer == len(at) else "shorter" if not longer else "longer and shorter"
    days = f"{at[0].on:%b %Y}"
    until = f"{at[-1].on:%b %Y}"
    span = f"in {days}" if days == until else f"{days} to {until}"
    return f"{words} ({span}, {news} than usual)"


def _show_list(page: Page) -> Shown:
    found = list_events(page.data.outcomes, page.data.events)
    released = release_events(found, page.policy)
    figure = list_figure(released, page.scope)
    if released is HELD:
        return Shown(f"The list {_NEEDS_RECORDS}", figures=(figure,))
    return Shown(
        answer=_say_list(released, page),
        figures=(figure,),
        detail=event_table(released, page.scope),
        records=(),
    )


def _say_list(released: ReleasedEvents, page: Page) -> str:
    if page.data.outcomes.is_empty():
        return _NONE
    told = released.told
    if not told.events:
        return "No adverse event was recorded after these procedures."
    return (
        f"{_many(told.harms, 'harm')}, of which {told.ongoing:,} "
        f"{'is' if told.ongoing == 1 else 'are'} recorded as ongoing, and "
        f"{_many(told.apart, 'event')} counted apart. The latest come first."
    )


RARE_EVENTS: Block = Block(
    slug="rare-events",
    question="Are severe harms coming closer together?",
    definition=Definition(
        numerator="procedures without severe harm (g chart), and days (t chart), from one "
        "procedure with a harm of grade 3 or more to the next",
        denominator="procedures with a harm of grade 3 or more, in order of their days; those of "
        "one day in the order in which they were entered",
        window="from the first such procedure of the page to the last",
        exclusions="the unfinished stretches before the first and after the last; harms without "
        "a grade",
        source="g chart: Benneyan 2001; t chart: Nelson 1994; rules: Provost and Murray 2011",
    ),
    how_to_read="Higher is better: more procedures, or days, without severe harm. A large mark is "
    "one at which a rule fired; its words say which.",
    caveats=(
        "A harm that is recorded late moves earlier marks.",
        "All techniques are in one series: a change of what is done changes it too.",
        f"Limits need {FEWEST} stretches between harms.",
    ),
    show=_show_rare,
)

HARM_LIST: Block = Block(
    slug="harm-list",
    question="What were they, one by one?",
    definition=Definition(
        numerator="adverse events as they were recorded, harms and what is counted apart",
        denominator="none: a list",
        window="any time after the procedure, up to the cut-off",
        exclusions="events that were voided",
        source="the record of each procedure",
    ),
    how_to_read="A mark is one harm on the day of its onset, the graver the higher. The table "
    "lists every event, the latest first.",
    caveats=("Grades of different schemes share the axis here, and mean different things.",),
    show=_show_list,
)
