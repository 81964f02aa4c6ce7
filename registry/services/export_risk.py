"""How easily somebody could be found in an export: what is looked at before it is released.

Who knows a few things of a person, a sex and an age, a diagnosis, where and when they were treated
with what, looks for the rows that fit. `k` is the number of patients who share such a combination:
the fewer, the likelier it is the one. It says nothing of what else such a reader may know.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from operator import itemgetter
from typing import Any

from sqlmodel import Session

from registry.db.queries.export_risk import stream_quasi_identifiers
from registry.db.queries.people import list_sites
from registry.domain.access import Profile
from registry.domain.techniques import taxonomy
from registry.services.export_plans import ExportPlan

OLDEST, BAND = 90, 10
MOST_RARE = 50
QUASI = ("sex", "age_band", "diagnosis_group", "site", "technique", "when")
_WORDS = {
    "sex": "sex",
    "age_band": "age in tens",
    "diagnosis_group": "diagnosis",
    "site": "site",
    "technique": "technique",
    "month": "month",
    "first_procedure_year": "year of the first procedure",
}
SETS = tuple(QUASI[:n] for n in range(2, len(QUASI) + 1))
Combination = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class RiskLine:
    """What a reader who knows `known` of a person could find.

    `smallest` is the least k of any combination that occurs, `alone` the patients who are the only
    one of some combination of theirs, `few` those who share one with less than the threshold.
    """

    known: tuple[str, ...]
    combinations: int
    smallest: int
    alone: int
    few: int

    @property
    def words(self) -> str:
        """Say what the reader knows."""
        return ", ".join(_WORDS[name] for name in self.known)


@dataclass(frozen=True, slots=True)
class RareTechnique:
    """A technique that few patients had at a site."""

    technique: str
    label: str
    site: str
    patients: int


@dataclass(frozen=True, slots=True)
class Risk:
    """The residual risk of an export; no lines where no record leaves.

    `rare` lists the fewest first, at most `MOST_RARE` of `rare_count`.
    """

    profile: Profile
    threshold: int
    patients: int
    procedures: int
    lines: tuple[RiskLine, ...]
    rare: tuple[RareTechnique, ...]
    rare_count: int

    @property
    def answer(self) -> str:
        """Say it in a sentence."""
        if not self.lines:
            return "No record leaves: small numbers are held back as in the reports."
        most = self.lines[-1]
        share = f"{most.alone} of {self.patients} patients"
        return (
            f"Who knows a person's {most.words} finds {share} as the only one of their kind; "
            f"{most.few} share what is known with fewer than {self.threshold}."
        )


def residual_risk(session: Session, *, plan: ExportPlan) -> Risk:
    """Count how many share what could be known of a person, under the export's own profile."""
    profile = plan.asked.profile
    limits = [s.disclosure_threshold for s in list_sites(session) if s.id in plan.sites]
    rows = stream_quasi_identifiers(session, plan.scope)
    people, procedures = _Counts(), 0
    for known in _known(rows, profile):
        procedures += len(known)
        people.add(known)
    threshold = max(limits, default=0)
    rare = sorted(people.rare(threshold), key=lambda r: (r.patients, r.technique, r.site))
    record = profile is not Profile.AGGREGATE
    lines = tuple(people.line(names, profile, threshold) for names in SETS)
    return Risk(
        profile,
        threshold,
        people.count,
        procedures,
        lines if record and people.count else (),
        tuple(rare[:MOST_RARE]) if record else (),
        len(rare) if record else 0,
    )


def _known(rows: Iterator[tuple[Any, ...]], profile: Profile) -> Iterator[list[Combination]]:
    """Give of each person what is told of each procedure, in the order of `QUASI`."""
    for _, own in groupby(rows, itemgetter(0)):
        told = list(own)
        first = min(row[6] for row in told)
        yield [_combination(row, first, profile) for row in told]


def _combination(row: tuple[Any, ...], first: date, profile: Profile) -> Combination:
    _, site, technique, sex, age, diagnosis, on = row
    month = f"{on:%Y-%m}"
    when = first.year if profile is Profile.SAFE_HARBOR else month
    return sex, min(age, OLDEST) // BAND, diagnosis, site, technique, when


class _Counts:
    """How many patients share each combination, for every set that a reader may know."""

    def __init__(self) -> None:
        self.count = 0
        self._sharing: list[dict[Combination, int]] = [defaultdict(int) for _ in SETS]
        self._own: dict[frozenset[Combination], int] = defaultdict(int)
        self._cells: dict[tuple[str, str], int] = defaultdict(int)

    def add(self, known: Iterable[Combination]) -> None:
        whole = frozenset(known)
        self.count += 1
        self._own[whole] += 1
        for sharing, names in zip(self._sharing, SETS, strict=True):
            for combination in {c[: len(names)] for c in whole}:
                sharing[combination] += 1
        for cell in {(c[4], c[3]) for c in whole}:
            self._cells[cell] += 1

    def line(self, names: tuple[str, ...], profile: Profile, threshold: int) -> RiskLine:
        sharing = self._sharing[SETS.index(names)]
        fewest = [
            (min(sharing[c[: len(names)]] for c in whole), people)
            for whole, people in self._own.items()
        ]
        when = "first_procedure_year" if profile is Profile.SAFE_HARBOR else "month"
        return RiskLine(
            tuple(when if name == "when" else name for name in names),
            len(sharing),
            min(sharing.values(), default=0),
            sum(people for k, people in fewest if k == 1),
            sum(people for k, people in fewest if k < threshold),
        )

    def rare(self, threshold: int) -> Iterator[RareTechnique]:
        labels = taxonomy().techniques
        for (technique, site), patients in self._cells.items():
            if patients < threshold:
                yield RareTechnique(technique, labels[technique].label, site, patients)
