"""What a technique can't have: the rules between a procedure's technique and its other axes."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from decimal import Decimal
from math import isfinite
from typing import Protocol

from registry.domain.axes import MEASURES, Axes, AxisValue, axes
from registry.domain.errors import Problem
from registry.domain.techniques.levels import read_levels
from registry.domain.techniques.tree import Technique

Number = int | float | Decimal

_MEASURE_NAMES = {"concentration": "concentration", "volume_ml": "volume", "dose": "dose"}


class AgentGiven(Protocol):
    """One agent of a procedure; each measure in the unit that its class takes, or None."""

    @property
    def agent_class(self) -> str: ...  # noqa: D102 - the names say it
    @property
    def concentration(self) -> Number | None: ...  # noqa: D102
    @property
    def volume_ml(self) -> Number | None: ...  # noqa: D102
    @property
    def dose(self) -> Number | None: ...  # noqa: D102


def check_axes(
    technique: Technique,
    *,
    intent: str | None,
    agents: Sequence[AgentGiven] = (),
    guidance: Sequence[str] = (),
    approach: str | None = None,
    laterality: str | None = None,
    levels: str | Sequence[str] | None = (),
    technique_text: str | None = None,
    vocabulary: Axes | None = None,
    **plain: str | None,
) -> list[Problem]:
    """Everything recorded that this technique can't have, each at its own field.

    Only the intent, and the text where a technique needs one, must be there; what is left empty is
    no problem. Values are slugs; levels may also be as written ("C1-C2"). `plain` are values of
    the `PLAIN_AXES` by name (`sedation="none"`). `vocabulary` is the packaged one unless told.
    """
    words = vocabulary or axes()
    check = _Check(technique, words)
    return [
        *check.technique(technique_text),
        *check.intent(intent),
        *check.agents(agents),
        *check.values("guidance", "guidance", guidance, technique.guidance),
        *check.values("approach", "approach", _listed(approach), technique.approaches),
        *check.values("laterality", "laterality", _listed(laterality), technique.laterality),
        *check.levels(levels or ()),
        *check.plain(plain),
    ]


def _listed(value: str | None) -> Sequence[str]:
    return [value] if value else []


class _Check:
    def __init__(self, technique: Technique, vocabulary: Axes) -> None:
        self._technique = technique
        self._vocabulary = vocabulary

    def technique(self, text: str | None) -> Iterator[Problem]:
        if self._technique.retired:
            yield Problem("technique", "This technique is no longer in use: choose another.")
        if self._technique.needs_text and not (text or "").strip():
            yield Problem("technique_text", "Say in words which technique it was.")

    def intent(self, intent: str | None) -> Iterator[Problem]:
        if not intent:
            yield Problem("intent", self._may_be("intent", self._technique.intents))
        yield from self.values("intent", "intent", _listed(intent), self._technique.intents)

    def values(
        self, field: str, axis: str, given: Sequence[str], allowed: Sequence[str]
    ) -> Iterator[Problem]:
        """At most one problem a field: all that is wrong with its values has the same remedy."""
        if not given:
            return
        if not allowed:
            yield Problem(
                field, f"{self._label(axis)} is not recorded for {self._technique.label}."
            )
        elif not set(given) <= set(allowed):
            yield Problem(field, self._may_be(axis, allowed))
        elif len(set(given)) < len(given):
            yield Problem(field, "The same value stands here twice: keep one.")

    def plain(self, given: Mapping[str, str | None]) -> Iterator[Problem]:
        for axis, slug in given.items():
            allowed = self._vocabulary[axis].slugs if axis in self._technique.axes else ()
            yield from self.values(axis, axis, _listed(slug), allowed)

    def levels(self, given: str | Sequence[str]) -> Iterator[Problem]:
        read = read_levels(given, self._vocabulary["level"]) if isinstance(given, str) else given
        if read is None:
            yield Problem("levels", "Write levels as C1-C2, T8 or L2, L3.")
        else:
            yield from self.values("levels", "level", read, self._technique.levels)

    def agents(self, agents: Sequence[AgentGiven]) -> Iterator[Problem]:
        words = self._vocabulary["agent_class"]
        in_order = [slug for slug in words.slugs if slug in self._technique.agent_classes]
        for number, agent in enumerate(agents):
            at = f"agents.{number}"
            yield from self.values(
                f"{at}.agent_class", "agent_class", [agent.agent_class], in_order
            )
            if known := words.get(agent.agent_class):
                for measure in MEASURES:
                    yield from _check_measure(at, measure, getattr(agent, measure), known)

    def _label(self, axis: str) -> str:
        return self._vocabulary[axis].label

    def _may_be(self, axis: str, allowed: Collection[str]) -> str:
        labels = [self._vocabulary[axis].label_of(slug) for slug in allowed]
        shown = f"{labels[0]} to {labels[-1]}" if axis == "level" else ", ".join(labels)
        return f"{self._label(axis)} of {self._technique.label} is one of: {shown}."


def _check_measure(
    at: str, measure: str, value: Number | None, agent: AxisValue
) -> Iterator[Problem]:
    if value is None:
        return
    field, name = f"{at}.{measure}", _MEASURE_NAMES[measure]
    unit = agent.takes.get(measure)
    if unit is None:
        yield Problem(field, f"{agent.label} is recorded without a {name}: leave it empty.")
    elif not (isfinite(value) and value > 0):
        yield Problem(field, f"The {name} must be more than 0 {unit}, or left empty.")
    elif unit == "%" and value > 100:
        yield Problem(field, f"A {name} can't be over 100 %: enter the percentage itself.")
