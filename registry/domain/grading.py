"""How an adverse event is graded, how it relates to the procedure and how it ended."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Scheme(StrEnum):
    """A scheme by which harm is graded from 1 to 5."""

    CTCAE = "ctcae"
    SIR = "sir"
    CLAVIEN_DINDO = "clavien-dindo"


class Relatedness(StrEnum):
    """How likely it is that the procedure brought an event about."""

    UNRELATED = "unrelated"
    UNLIKELY = "unlikely"
    POSSIBLE = "possible"
    PROBABLE = "probable"
    DEFINITE = "definite"


class Resolution(StrEnum):
    """How an event ended."""

    RESOLVED = "resolved"
    RESOLVED_WITH_SEQUELAE = "with_sequelae"
    ONGOING = "ongoing"
    FATAL = "fatal"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Grading:
    """One version of a scheme: how its grades 1 to 5 are written, and what they mean in words."""

    scheme: Scheme
    version: str
    label: str
    source: str
    labels: tuple[str, str, str, str, str]
    grades: tuple[str, str, str, str, str]

    @property
    def key(self) -> str:
        """Name the scheme and its version in one word, as a form sends it."""
        return f"{self.scheme} {self.version}"

    def show(self, grade: int) -> str:
        """Write a grade as the scheme does, with its words: `2 (moderate), CTCAE 5.0`."""
        return f"{self.labels[grade - 1]} ({self.grades[grade - 1]}), {self.label}"


_ARABIC = ("1", "2", "3", "4", "5")

GRADINGS: tuple[Grading, ...] = (
    Grading(
        Scheme.CTCAE,
        "5.0",
        "CTCAE 5.0",
        "Common Terminology Criteria for Adverse Events, US National Cancer Institute, 2017",
        _ARABIC,
        ("mild", "moderate", "severe", "life-threatening", "death"),
    ),
    Grading(
        Scheme.CTCAE,
        "6.0",
        "CTCAE 6.0",
        "Common Terminology Criteria for Adverse Events, US National Cancer Institute, 2025",
        _ARABIC,
        ("mild", "moderate", "severe", "life-threatening", "death"),
    ),
    Grading(
        Scheme.SIR,
        "2017",
        "SIR 2017",
        "Society of Interventional Radiology, adverse event classification, 2017",
        _ARABIC,
        ("mild", "moderate", "severe", "life-threatening or disabling", "death"),
    ),
    Grading(
        Scheme.CLAVIEN_DINDO,
        "2004",
        "Clavien-Dindo 2004",
        "Dindo, Demartines, Clavien, Ann Surg 2004",
        ("I", "II", "III", "IV", "V"),
        (
            "deviation without treatment",
            "drug treatment or transfusion",
            "intervention",
            "life-threatening, intensive care",
            "death",
        ),
    ),
)
DEFAULT_GRADING = GRADINGS[0]
DEATH = 5
"""The grade of death, in every scheme."""


def grading(scheme: str | None, version: str | None) -> Grading | None:
    """Find a scheme in a version; None when there is no such."""
    return next((g for g in GRADINGS if (g.scheme, g.version) == (scheme, version)), None)
