"""What a page of reports stands on: the procedures, what was asked of them, what is held back."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal, TypeVar

from registry.domain.windows import WINDOWS, Window, window
from reports.disclosure import Cover, Policy, cover, too_few
from reports.doses import Conversion, DoseFrame, empty_doses
from reports.events import EventFrame, empty_events
from reports.frames import OutcomeFrame
from reports.groups import By, Group, Grouping, grouping, pool
from reports.scope import Scope
from reports.stats.intervals import Floors
from reports.stats.states import States, states

Unit = Literal["site", "operator"]
_Found = TypeVar("_Found")
_UNNAMED: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of the procedures. Like the filters it lives in the URL.

    Compared `by` category or technique; looked at closely at `windows`. `reference` is the slug of
    the group that others are held against (none: the largest), `definition` the responder
    definition where a report follows one, `unit` who is compared in a funnel, `overdispersion`
    whether its limits are widened, and `tables` which conversion tables are looked at side by side
    (none: all).
    """

    by: By = "category"
    windows: tuple[Window, ...] = (window("28d"),)
    reference: str | None = None
    definition: str = "nrs30"
    unit: Unit = "site"
    overdispersion: bool = False
    tables: tuple[str, ...] = ()

    @property
    def window(self) -> Window:
        """Give the one window of a report that looks at one: the first that was asked for."""
        return self.windows[0]


@dataclass(frozen=True, slots=True)
class Data:
    """The rows that reports read: outcomes always, the others where a report needs them.

    All speak of the same procedures; an event or a dose of any other is left out of its frame.
    `conversion` is the table by which the doses of `outcomes` were converted, all of them.
    """

    outcomes: OutcomeFrame
    events: EventFrame = field(default_factory=empty_events)
    doses: DoseFrame = field(default_factory=empty_doses)
    conversion: Conversion = Conversion()  # noqa: RUF009 - frozen


@dataclass(frozen=True, slots=True)
class Page:
    """Procedures ready for their reports: small groups pooled, what to hold back decided.

    `frame` has the small groups pooled, as `grouping` says; `data` is as it was read. `site_names`
    holds each site's name by its code.
    """

    data: Data
    asked: Asked
    scope: Scope
    frame: OutcomeFrame
    grouping: Grouping
    base: States
    cover: Cover
    floors: Floors = Floors()  # noqa: RUF009 - frozen
    site_names: Mapping[str, str] = field(default_factory=dict)
    _found: dict[Any, Any] = field(default_factory=dict, compare=False, repr=False)

    def once(self, find: Callable[[Page], _Found]) -> _Found:
        """Ask a statistic of the page that several of its blocks show: it is worked out once."""
        if find not in self._found:
            self._found[find] = find(self)
        found: _Found = self._found[find]
        return found

    @property
    def policy(self) -> Policy:
        """Give the policy on small numbers: what is held back beyond the base counts follows it."""
        return self.cover.policy

    @property
    def sees_records(self) -> bool:
        """Say whether marks of single records may be shown."""
        return self.policy.threshold is None


def prepare(
    data: Data,
    asked: Asked,
    order: Iterable[Group],
    policy: Policy,
    scope: Scope,
    site_names: Mapping[str, str] = _UNNAMED,
) -> Page:
    """Prepare a page; `order` names all groups that may occur, in the order of the tree.

    What is held back is decided over all windows, so it is the same whichever is looked at.
    """
    whole = grouping(data.outcomes, asked.by, order)
    small = too_few(states(data.outcomes, whole, WINDOWS[:1]), WINDOWS[0], policy)
    pooled, groups = pool(data.outcomes, whole, small.groups)
    base = states(pooled, groups, WINDOWS)
    held = cover(base, policy, small)
    return Page(data, asked, scope, pooled, groups, base, held, site_names=site_names)
