"""Released numbers in words: the same in labels, hovers, tables and sentences."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from registry.domain.outcomes import State
from registry.domain.outcomes.relief import ReliefEnd
from registry.domain.windows import Window
from reports.disclosure import HELD, Count, Held
from reports.stats.intervals import Proportion, Quartiles
from reports.stats.medd_change import NEURAXIAL_REASON

HELD_BACK = "held back"
NONE = "none"
MEDD_NOTE = "MEDD describes a dose; it is not for switching opioids."
NEURAXIAL = f"Neuraxial opioid is left out: {NEURAXIAL_REASON}."

STATE_LABELS: dict[State, str] = {
    State.RESPONDER: "Responder",
    State.NON_RESPONDER: "Non-responder",
    State.DIED_BEFORE: "Died before",
    State.ALIVE_NOT_ASSESSED: "Alive, not assessed",
    State.NOT_DUE: "Not due yet",
    State.INELIGIBLE: "Ineligible",
}
RELIEF_LABELS: dict[ReliefEnd, str] = {
    ReliefEnd.RELAPSE: "Relapse",
    ReliefEnd.DEATH: "Death",
    ReliefEnd.FURTHER_PROCEDURE: "Further procedure",
    ReliefEnd.STILL_RESPONDING: "In relief",
}


def count(value: Count) -> str:
    """Say a count."""
    return HELD_BACK if value is HELD else f"{value:,}"


def total(counts: Iterable[Count]) -> str:
    """Say the sum of counts; held back as a whole when one is."""
    known = list(counts)
    return HELD_BACK if HELD in known else count(sum(n for n in known if n is not HELD))


def of(part: Count, whole: Count) -> str:
    """Say "24 of 40"; held back as a whole when either is."""
    return HELD_BACK if part is HELD or whole is HELD else f"{part:,} of {whole:,}"


def number(value: float) -> str:
    """Say a score or a dose: at most one decimal, a true minus sign."""
    told = f"{abs(value):,.1f}".removesuffix(".0")
    return f"−{told}" if value < 0 and told != "0" else told


def signed(value: float) -> str:
    """Say a change, its direction always before it."""
    return f"+{number(value)}" if value > 0 else number(value)


def percent(value: float | Held | None) -> str:
    """Say a proportion (0 to 1) in whole percent."""
    if value is HELD:
        return HELD_BACK
    return NONE if value is None else f"{100 * value:.0f} %"


def quartiles(values: Quartiles | Held | None, *, change: bool = False, unit: str = "") -> str:
    """Say "8 (7 to 9)": the median, and the quartiles where there are enough observations."""
    if values is HELD:
        return HELD_BACK
    if values is None:
        return NONE
    say = signed if change else number
    told = f"{say(values.median)}{unit}"
    if values.low is None or values.high is None:
        return told
    return f"{told} ({say(values.low)} to {say(values.high)})"


def responders(value: Proportion | Held) -> str:
    """Say how many respond, of how many."""
    return HELD_BACK if value is HELD else of(value.k, value.n)


def response(value: Proportion | Held) -> str:
    """Say "60 % (45 to 74 %)": a proportion with its interval where there is one."""
    if value is HELD:
        return HELD_BACK
    if value.interval is None:
        return percent(value.value)
    low, high = 100 * value.interval.low, 100 * value.interval.high
    return f"{percent(value.value)} ({low:.0f} to {high:.0f} %)"


def share(value: float | Held | None, low: float | Held | None, high: float | Held | None) -> str:
    """Say "60 % (45 to 74 %)": a share (0 to 1) with its interval where there is one."""
    if isinstance(value, float) and isinstance(low, float) and isinstance(high, float):
        return f"{percent(value)} ({100 * low:.0f} to {100 * high:.0f} %)"
    return "not known" if value is None else percent(value)


def days(value: float, low: float | None, high: float | None) -> str:
    """Say "34 days (28 to 45)": a time with its interval, open where its end isn't reached."""
    told = "1 day" if value == 1 else f"{number(value)} days"
    if low is None:
        return told
    return f"{told} ({number(low)} to {'open' if high is None else number(high)})"


def short(window: Window) -> str:
    """Name a window where there is little room: "28 d"."""
    return f"{window.slug[:-1]} {window.slug[-1]}"


def month(day: date) -> str:
    """Name a month: "Mar 2026"."""
    return f"{day:%b %Y}"


def months(first: date, last: date) -> str:
    """Name months that stand together: "Mar 2026", or "Mar to May 2026"."""
    if first == last:
        return month(first)
    return (
        f"{first:%b} to {month(last)}"
        if first.year == last.year
        else (f"{month(first)} to {month(last)}")
    )


def rare_percent(value: float | Held | None) -> str:
    """Say a proportion of rare events in percent: one decimal below 10 %, where it matters."""
    if value is HELD or value is None or value == 0 or value >= 0.0995:
        return percent(value)
    return f"{100 * value:.1f} %" if value >= 0.0005 else "under 0.1 %"


def rate(value: Proportion | Held, what: str = "") -> str:
    """Say "3 of 40: 7.5 % (1.6 to 20 %)", an exact interval; the bound alone at none or all.

    `what` names the things counted: "3 of 40 procedures: ...".
    """
    if value is HELD:
        return HELD_BACK
    told = f"{of(value.k, value.n)} {what}".rstrip()
    if value.interval is None:
        return f"{told}: too few for an interval" if value.n else NONE
    low, high = rare_percent(value.interval.low), rare_percent(value.interval.high)
    if value.k == 0:
        return f"{told}: up to {high}"
    if value.k == value.n:
        return f"{told}: at least {low}"
    return f"{told}: {rare_percent(value.value)} ({low.removesuffix(' %')} to {high})"
