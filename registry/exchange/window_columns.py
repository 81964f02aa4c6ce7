"""The columns that stand once for the baseline and each follow-up window."""

from __future__ import annotations

from collections.abc import Callable

from registry.domain.outcomes.responders import DEFINITIONS, Definition, Icpre2012
from registry.domain.windows import BASELINE, WINDOWS, Window
from registry.exchange.column_specs import ColumnSpec
from registry.exchange.vocabulary import of_axis, of_states


def window_columns() -> tuple[ColumnSpec, ...]:
    """Give the columns of pain, state, dose and response, measure by measure."""
    whens = (BASELINE, *WINDOWS)
    return (
        *_each(whens, _score),
        *_each(whens, _worst),
        *_each(WINDOWS, _pgic),
        *_each(WINDOWS, _state),
        *_each(WINDOWS, _missed),
        *_each(whens, _medd),
        *_each(whens, _complete),
        *(_response(d, w) for d in DEFINITIONS for w in WINDOWS),
    )


def _each(
    windows: tuple[Window, ...], column: Callable[[Window], ColumnSpec]
) -> tuple[ColumnSpec, ...]:
    return tuple(column(w) for w in windows)


def _days(window: Window) -> str:
    return f"days {window.opens} to {window.closes} after the procedure"


def _nearest(window: Window) -> str:
    if window == BASELINE:
        return f"of the last assessment before the procedure, from day {window.opens} on"
    return f"of the assessment nearest to day {window.target} within {_days(window)}"


def _score(window: Window) -> ColumnSpec:
    return ColumnSpec(
        f"nrs_{window.slug}",
        "integer",
        "Pain intensity, 0-10 NRS, average over 24 h, self-reported, "
        f"{_nearest(window)}. Empty: not assessed.",
        unit="0-10 NRS",
    )


def _worst(window: Window) -> ColumnSpec:
    return ColumnSpec(
        f"worst_{window.slug}",
        "integer",
        "Pain intensity, 0-10 NRS, worst over 24 h, self-reported, "
        f"{_nearest(window)}. Never to be compared with average pain. Empty: not asked.",
        unit="0-10 NRS",
    )


def _pgic(window: Window) -> ColumnSpec:
    return ColumnSpec(
        f"pgic_{window.slug}",
        "integer",
        "Patient global impression of change, self-reported: 1 very much better, 4 no change, "
        f"7 very much worse; {_nearest(window)}. Empty: not asked.",
        unit="1-7",
    )


def _state(window: Window) -> ColumnSpec:
    return ColumnSpec(
        f"state_{window.slug}",
        "text",
        f"Where the patient stands at {window.label} ({_days(window)}) by nrs30, a fall of at "
        "least 30 % of baseline. Every procedure is in exactly one state; ineligible: no baseline "
        "score, or one below the site's eligibility floor.",
        **of_states(f"state_{window.slug}"),
    )


def _missed(window: Window) -> ColumnSpec:
    return ColumnSpec(
        f"missed_{window.slug}",
        "text",
        f"Why there is no score at {window.label} ({_days(window)}), where somebody said so.",
        **of_axis("missed_reason"),
    )


def _medd(window: Window) -> ColumnSpec:
    return ColumnSpec(
        f"medd_{window.slug}",
        "decimal",
        "Systemic opioid as actually taken in the last 24 h, converted to oral morphine under the "
        f"site's table, {_nearest(window)}. "
        "A sum of what could be converted: compare only where it is complete. Describes a dose; "
        "not for switching opioids. Empty: opioids not asked about.",
        unit="mg/24 h oral morphine",
    )


def _complete(window: Window) -> ColumnSpec:
    return ColumnSpec(
        f"medd_complete_{window.slug}",
        "boolean",
        f"Whether every systemic opioid in medd_{window.slug} could be converted.",
    )


def _response(definition: Definition, window: Window) -> ColumnSpec:
    graded = definition.slug == "icpre2012"
    return ColumnSpec(
        f"{definition.slug}_{window.slug}",
        "text" if graded else "boolean",
        f"Response at {window.label} by {definition.name}: {definition.meaning} "
        f"Empty: can't be judged. Who can: {definition.judged}",
        values=tuple(Icpre2012) if graded else (),
    )
