"""Activity and equity: what is done to whom, how soon after referral, how near to death."""

from __future__ import annotations

from reports.catalogue.activity_blocks import (
    show_access,
    show_distance,
    show_waiting,
    show_what,
    show_who,
)
from reports.report import Block, Definition, Report

_SOURCE = "the procedure's record and the patient's, as registered"
_ALL = "all procedures that the filters let through"
_WHEN = "the day of the procedure"
_NO_DENOMINATOR = (
    "The registry knows who was treated, not who needed it: a share of the treated is no rate, "
    "and says nothing of fairness by itself."
)
_MISSING = "none: what isn't recorded is a part of its own"

WHAT = Block(
    slug="what",
    question="What is done?",
    definition=Definition(
        numerator="procedures and the different patients who had them, by group; which agents and "
        "with what intent",
        denominator=_ALL,
        window=_WHEN,
        exclusions="none; a test, a trial or a refill is counted only where the filters ask for it",
        source=_SOURCE,
    ),
    how_to_read="A bar is a number of procedures. Patients are fewer where some come again.",
    caveats=("A patient treated in two groups is counted in both, and once in all groups.",),
    show=show_what,
)

TREATED = Block(
    slug="who",
    question="To whom?",
    definition=Definition(
        numerator="procedures by age at the procedure, sex, performance (AKPS) and diagnosis group",
        denominator=_ALL,
        window=f"{_WHEN}; AKPS as at baseline",
        exclusions=_MISSING,
        source=_SOURCE,
    ),
    how_to_read="A bar is a share of all procedures; the table has each group by itself.",
    caveats=(_NO_DENOMINATOR, "Somebody treated twice counts twice."),
    show=show_who,
)

WAITING = Block(
    slug="waiting",
    question="How long from referral to procedure?",
    definition=Definition(
        numerator="days from referral to procedure: median, quartiles and 90th percentile (type 7)",
        denominator="procedures with a referral date; those without are counted beside them",
        window="from the day of the referral to that of the procedure",
        exclusions="procedures without a referral date; the 90th percentile where fewer than 30 "
        "have one",
        source=_SOURCE,
    ),
    how_to_read="The dot is the median, the line reaches from quartile to quartile, and nine of "
    "ten waited no longer than the tick.",
    caveats=(
        "Who was referred and died, or grew too ill, before the procedure isn't in it: the true "
        "wait is longer.",
        "Where many dates are missing, those recorded may not stand for the rest.",
        "A treatment after a test block waits from the same referral.",
    ),
    show=show_waiting,
)

DISTANCE = Block(
    slug="distance-from-death",
    question="How near to death are people reached?",
    definition=Definition(
        numerator="procedures by days to the patient's death: 0-7, 8-28, 29-90, 91-180, more, or "
        "not known to have died",
        denominator="procedures done at least 90 days before the cut-off",
        window="from the procedure to the cut-off",
        exclusions="procedures of the last 90 days, for whom a death by day 90 can't be known; "
        "they are counted in the answer",
        source="the date of death in the patient's record",
    ),
    how_to_read="The fuller a bar, the nearer to death. Compare the first three: to day 90 "
    "everybody was followed; the pale ones still change.",
    caveats=(
        "Who isn't known to have died may be alive, or have died unrecorded.",
        "More than 90 days is an open end: procedures of the last half-year had no time for more.",
        "A late procedure isn't a wrong one: relief in the last week is relief.",
    ),
    show=show_distance,
)

ACCESS = Block(
    slug="access",
    question="Who reaches us, and is that changing?",
    definition=Definition(
        numerator="procedures of each age, sex and diagnosis group",
        denominator="procedures of the same calendar half-year (year, where there are many)",
        window=f"{_WHEN}; periods with few procedures are joined, and the last isn't over",
        exclusions=_MISSING,
        source=_SOURCE,
    ),
    how_to_read="A full bar would be everybody treated in that period.",
    caveats=(_NO_DENOMINATOR, "With few procedures a share moves by chance: read n above it."),
    show=show_access,
)

ACTIVITY = Report(
    slug="activity",
    question="What is done, to whom, and how soon?",
    audience="clinical leads, quality teams, commissioners",
    summary="Procedures and patients, their age, sex, diagnosis and performance, days from "
    "referral, and how near to death people are reached.",
    blocks=(WHAT, TREATED, WAITING, DISTANCE, ACCESS),
    choices=("by",),
)
