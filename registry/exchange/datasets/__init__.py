"""The data sets that can be taken away: what a row of each is, its columns, its key."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from registry.domain.errors import RuleViolation
from registry.exchange.columns import procedure_outcomes
from registry.exchange.datasets import assessments, devices, events, people, procedures
from registry.exchange.datasets.dataset import DataSet

__all__ = ["DataSet", "choose_data_sets", "data_sets"]


@cache
def data_sets() -> Mapping[str, DataSet]:
    """Give every data set of records by name, in the order in which they are read."""
    outcomes = DataSet(
        "procedure_outcomes",
        "Outcomes of procedures",
        "one flat row a procedure with what it achieved",
        "procedure_outcomes",
        ("procedure_id",),
        # By these a row can be brought in again: the importer knows no patient without them.
        (people.hospital_number(), people.birth_date(), *procedure_outcomes()),
    )
    listed = (
        people.patients(),
        procedures.procedures(),
        procedures.procedure_agents(),
        procedures.procedure_guidance(),
        procedures.procedure_levels(),
        assessments.assessments(),
        assessments.pain_scores(),
        assessments.measures(),
        assessments.opioid_items(),
        events.adverse_events(),
        devices.device_checks(),
        devices.infusates(),
        people.deaths(),
        procedures.follow_up_status(),
        outcomes,
        events.audit_trail(),
    )
    return MappingProxyType({d.name: d for d in listed})


def choose_data_sets(names: tuple[str, ...]) -> tuple[DataSet, ...]:
    """Choose data sets by name, in their own order; all of them where none is named."""
    known = data_sets()
    if unknown := [name for name in names if name not in known]:
        message = f"There is no data set {' or '.join(unknown)}. There are: {', '.join(known)}."
        raise RuleViolation.at("data_sets", message)
    return tuple(d for d in known.values() if not names or d.name in names)
