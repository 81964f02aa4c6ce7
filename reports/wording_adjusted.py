"""Adjusted comparisons in words: the same in labels, hovers, tables and sentences."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from reports import wording
from reports.disclosure import HELD, Held
from reports.disclosure.adjusted import Basis, ReleasedCourse, ReleasedEstimate
from reports.stats.refusal import Reason, Refusal


@dataclass(frozen=True, slots=True)
class Variable:
    """A baseline variable in words: in full, in a figure, and its unit."""

    name: str
    short: str
    unit: str = ""


VARIABLES: dict[str, Variable] = {
    "age_years": Variable("Age", "Age", "years"),
    "sex": Variable("Sex", "Sex"),
    "akps": Variable("AKPS", "AKPS", "0-100"),
    "nrs_baseline": Variable("Average pain over 24 h", "Average pain", "NRS 0-10"),
    "worst_baseline": Variable("Worst pain over 24 h", "Worst pain", "NRS 0-10"),
    "medd_baseline": Variable(
        "Systemic MEDD, wholly converted", "Systemic MEDD", "mg/24 h oral morphine"
    ),
    "diagnosis_group": Variable("Diagnosis group", "Diagnosis group"),
    "mechanism": Variable("Pain mechanism", "Pain mechanism"),
    "methadone": Variable("Takes methadone", "Methadone"),
    "medd_complete_baseline": Variable("Opioids wholly converted", "Opioids complete"),
}
TERMS = {"akps": "AKPS", "site": "site"}
REFERENCE = "reference"


def estimate(found: ReleasedEstimate | Held | None, *, change: bool = False) -> str:
    """Say "4.2 (3.5 to 4.9)": a value with its 95 % interval; a change with its direction."""
    if found is HELD:
        return wording.HELD_BACK
    if found is None:
        return wording.NONE
    say = wording.signed if change else wording.number
    return f"{say(found.value)} ({say(found.low)} to {say(found.high)})"


def bounds(lowest: float | Held | None, highest: float | Held | None) -> str:
    """Say "−3.1 to +0.5"."""
    if lowest is HELD or highest is HELD:
        return wording.HELD_BACK
    if lowest is None or highest is None:
        return wording.NONE
    return f"{wording.signed(lowest)} to {wording.signed(highest)}"


def smd(value: float | Held | None) -> str:
    """Say a standardised mean difference: at most two decimals, without the sign of categories."""
    if value is HELD:
        return wording.HELD_BACK
    if value is None:
        return wording.NONE
    told = f"{abs(value):.2f}".rstrip("0").rstrip(".")
    return f"−{told}" if value < 0 and float(told) else told


def within(name: str) -> str:
    """Write a variable's name inside a sentence: "AKPS" stays as it is."""
    return name if name[:2].isupper() else name[:1].lower() + name[1:]


def adjusted_for(basis: Basis) -> str:
    """Say what was adjusted for: "baseline pain, AKPS and site"."""
    return listed(["baseline pain", *(TERMS.get(name, name) for name in basis.terms)])


def listed(parts: Sequence[str]) -> str:
    """Join words with commas and a last "and"."""
    *first, last = parts
    return f"{', '.join(first)} and {last}" if first else last


def refused(refusal: Refusal) -> str:
    """Say why there is no comparison, and what could be done about it."""
    if refusal.reason == Reason.COLLINEAR:
        return (
            "Baseline pain doesn't vary within the groups, so they can't be compared as if it "
            "were the same."
        )
    advice = {
        Reason.ONE_GROUP: " Compare by technique, or take a filter away.",
        Reason.FEW_PATIENTS: " Widen the dates or take a filter away.",
        Reason.SMALL_GROUP: " Widen the dates or take a filter away.",
    }
    return refusal.words + advice.get(refusal.reason, "")


def notes(basis: Basis, asked: str | None, fewest: int) -> list[str]:
    """Say who was left out of a comparison, and what could not be adjusted for."""
    told = [_left_out(basis, fewest), _reference(basis, asked), _akps(basis)]
    dropped = [TERMS.get(name, name) for name in basis.dropped]
    if dropped and not basis.refusal:
        told.append(
            f"Not adjusted for {listed(dropped)}: it can't be told apart from the groups and the "
            "other terms, so its part of the differences is still in them."
        )
    return [f"{basis.indication.label}: {text}" for text in told if text]


def _left_out(basis: Basis, fewest: int) -> str:
    if not basis.left_out or (basis.refusal and basis.refusal.reason == Reason.SMALL_GROUP):
        return ""
    names = ", ".join(group.label for group in basis.left_out)
    return f"left out, with fewer than {fewest} patients to compare: {names}."


def _reference(basis: Basis, asked: str | None) -> str:
    if basis.refusal or basis.reference is None or asked in (None, basis.reference.slug):
        return ""
    return (
        f"the reference asked for has too few patients here; {basis.reference.label} stands in "
        "for it, the largest group."
    )


def _akps(basis: Basis) -> str:
    if basis.refusal or not basis.without_akps:
        return ""
    if not basis.with_akps:
        return "not adjusted for AKPS: too few procedures have one."
    return f"left out for want of AKPS: {wording.count(basis.without_akps)} procedures."


def spread(course: ReleasedCourse) -> list[str]:
    """Say how far patients, and one patient's scores, lie apart."""
    if course.sd_between is None or course.sd_within is None:
        return []
    return [
        f"{course.basis.indication.label}: standard deviation between patients "
        f"{wording.number(course.sd_between)}, within a patient {wording.number(course.sd_within)} "
        "NRS points."
    ]
