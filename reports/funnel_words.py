"""The words of a funnel: the same in figure, table and answer."""

from __future__ import annotations

from dataclasses import dataclass

from reports import wording
from reports.stats.funnel import Beyond

BEYOND: dict[Beyond, str] = {
    Beyond.NOTHING: "within the limits: what chance gives",
    Beyond.LIMITS_95: "beyond the 95 % limits",
    Beyond.LIMITS_99_8: "beyond the 99.8 % limits",
}


@dataclass(frozen=True, slots=True)
class FunnelWords:
    """What a funnel counts: its title, `share` of `whole`, and the words of its subtitle."""

    title: str
    share: str
    whole: str
    facts: tuple[str, ...] = ()


def limits_in_words(low: float | None, high: float | None) -> str:
    """Say "45 to 70 %"; none where there is no funnel."""
    if low is None or high is None:
        return wording.NONE
    return f"{wording.rare_percent(low).removesuffix(' %')} to {wording.rare_percent(high)}"
