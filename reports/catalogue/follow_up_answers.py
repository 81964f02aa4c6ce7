"""Follow-up by site and month, and why it is missing, in words."""

from __future__ import annotations

from registry.domain.windows import Window
from reports import wording
from reports.disclosure import HELD, CompletenessLine, Released
from reports.disclosure.follow_up import ReleasedMonths, ReleasedReasons
from reports.groups import ALL
from reports.stats.missing import NO_REASON


def say_sites(released: Released[CompletenessLine], window: Window) -> str:
    """Say each site's follow-up in the order of their names; only the span where there are many."""
    sites = [line for line in released.at(window) if line.group != ALL]
    if not sites:
        return "No procedure answers to these filters."
    known = [line.of_alive_and_due for line in sites]
    shares = [share for share in known if isinstance(share, float)]
    if not shares:
        nobody = all(share is None for share in known)
        return (
            f"Nobody was alive and due at {window.label} yet, at any site."
            if nobody
            else "Too few procedures to say how complete follow-up is at each site."
        )
    if len(sites) <= 4:
        told = "; ".join(
            f"{line.group.label} {wording.percent(line.of_alive_and_due)}" for line in sites
        )
        return f"Assessed of those alive and due at {window.label}: {told}."
    low, high = wording.percent(min(shares)), wording.percent(max(shares))
    return (
        f"Of those alive and due at {window.label} the {len(shares)} sites that can be shown "
        f"assessed {low} to {high}."
    )


def say_months(released: ReleasedMonths) -> str:
    """Say how complete follow-up was at first and is at last."""
    at = released.window.label
    if not released.lines:
        return f"Nobody was alive and due at {at} yet."
    known = [line for line in released.lines if isinstance(line.of_alive_and_due, float)]
    if not known:
        return f"Too few procedures to say how complete follow-up at {at} was, month by month."
    first, last = known[0], known[-1]
    told = (
        f"Of the procedures of {wording.months(last.first, last.last)} "
        f"{wording.of(last.assessed, last.alive_and_due)} alive and due at {at} were assessed "
        f"({wording.percent(last.of_alive_and_due)})"
    )
    if first is last:
        return f"{told}."
    return (
        f"{told}; of those of {wording.months(first.first, first.last)} "
        f"{wording.of(first.assessed, first.alive_and_due)} "
        f"({wording.percent(first.of_alive_and_due)})."
    )


def say_reasons(released: ReleasedReasons, window: Window) -> str:
    """Say how many are missing, how often nobody said why, and the commonest reason given."""
    lines = released.at(window)
    if not lines:
        return "No procedure answers to these filters."
    whole = lines[0].unassessed
    if whole is HELD:
        return f"Too few are missing at {window.label} to say why."
    if whole == 0:
        return f"Nobody who was alive and due at {window.label} is missing."
    missing = f"{wording.count(whole)} alive and due at {window.label} were not assessed"
    silent = lines[-1].count
    said = f"{missing}; for {wording.count(silent)} of them no reason is given"
    if silent is HELD:
        said = f"{missing}; how many of them have no reason given is held back"
    given = [(line.count, line) for line in lines[:-1] if line.reason != NO_REASON]
    known = [(count, line) for count, line in given if count is not HELD and count]
    if not known:
        return f"{said}."
    most, line = max(known, key=lambda pair: pair[0])
    return f"{said}. The reason given most is “{line.label.lower()}” ({wording.count(most)})."
