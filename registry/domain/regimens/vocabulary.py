"""The words of prescribing, and what each says. Drugs and products are content, not words."""

from __future__ import annotations

import re
from enum import Enum, auto
from functools import cache
from typing import NamedTuple

from registry.domain.drugs import DrugName, Route, drug_names


class Kind(Enum):
    """What a word of a regimen says."""

    SEPARATOR = auto()  # , ; + and
    NAME = auto()  # a drug or a product
    AMOUNT = auto()  # 30 mg, 75 mcg/h, 30 mg/24h
    NUMBER = auto()  # 30, its unit unsaid
    PAIR = auto()  # 30/500, a combination's strengths
    PER_VOLUME = auto()  # 10 mg/5 ml
    VOLUME = auto()  # 5 ml
    UNITS = auto()  # two tablets
    ASIDE = auto()  # (two tablets): so many of this dose, or what makes it up
    MULTIPLIER = auto()  # 2 x, before an amount
    SCHEDULE = auto()  # bd, q4h: times a day
    TIME_OF_DAY = auto()  # mane, nocte: once a day, each
    COUNTED = auto()  # x3/24h: times in the last day
    TAKEN = auto()  # x3, used 3: times, of an as-needed dose
    OVER_A_DAY = auto()  # over 24 hours, apart from its amount
    PCA = auto()  # patient-controlled: only what was used says what was taken
    HEADING = auto()  # the colon after a route, form or "prn"
    WEAR = auto()  # q72h, 7-day: hours until a patch is changed
    AS_NEEDED = auto()  # prn
    ROUTE = auto()
    FORM = auto()
    FILLER = auto()  # says nothing
    DENIAL = auto()  # stopped, not, instead: what stands around it may not be taken
    UNKNOWN = auto()


AMOUNTS = frozenset({Kind.AMOUNT, Kind.NUMBER, Kind.PAIR, Kind.PER_VOLUME, Kind.MULTIPLIER})
TIMES = frozenset({Kind.SCHEDULE, Kind.TIME_OF_DAY, Kind.COUNTED, Kind.TAKEN})


class Meaning(NamedTuple):
    """What a phrase says: a route, form or time of day, or a number of times or hours."""

    kind: Kind
    word: str = ""
    number: int = 0


_PHRASES = {
    Meaning(Kind.SCHEDULE, number=1): "od|qd|daily|qday|once daily|once a day|a day|every day"
    "|each day",
    Meaning(Kind.SCHEDULE, number=2): "bd|bid|bds|twice daily|twice a day",
    Meaning(Kind.SCHEDULE, number=3): "tds|tid|thrice daily",
    Meaning(Kind.SCHEDULE, number=4): "qds|qid",
    Meaning(Kind.SCHEDULE, number=24): "hourly|every hour",
    Meaning(Kind.TIME_OF_DAY, "morning"): "mane|om|qam|am|morning|every morning|in the morning",
    Meaning(Kind.TIME_OF_DAY, "midday"): "midday|noon|lunchtime|at lunchtime|at midday",
    Meaning(Kind.TIME_OF_DAY, "evening"): "pm|qpm|evening|in the evening|every evening|teatime",
    Meaning(Kind.TIME_OF_DAY, "night"): "nocte|on|qhs|hs|night|at night|nightly|every night|bedtime"
    "|at bedtime",
    Meaning(Kind.TAKEN, number=0): "nil used|none used|not used|nil taken|none taken|not taken"
    "|nil needed|none needed|not needed|no doses|not required",
    Meaning(Kind.TAKEN, number=1): "once|used once|taken once",
    Meaning(Kind.TAKEN, number=2): "twice|used twice|taken twice",
    Meaning(
        Kind.WEAR, number=84
    ): "twice weekly|twice a week|changed twice weekly|change twice weekly",
    Meaning(Kind.WEAR, number=168): "weekly|once weekly|once a week|every week"
    "|changed weekly|change weekly|changed once a week|changed every week",
    Meaning(Kind.AS_NEEDED): "prn|as needed|as required|when required|when needed|if needed"
    "|if required|breakthrough|for breakthrough|breakthrough pain|for breakthrough pain|rescue",
    Meaning(Kind.ROUTE, Route.ORAL): "po|oral|orally|by mouth|via peg|via ng|via rig"
    "|via peg tube|via ng tube|via rig tube",
    Meaning(Kind.ROUTE, Route.SUBLINGUAL): "sl|s/l|sublingual|sublingually|under the tongue",
    Meaning(Kind.ROUTE, Route.BUCCAL): "buccal|buccally",
    Meaning(Kind.ROUTE, Route.INTRANASAL): "intranasal|intranasally|nasal|nasally",
    Meaning(Kind.ROUTE, Route.RECTAL): "rectal|rectally|per rectum",
    Meaning(Kind.ROUTE, Route.TRANSDERMAL): "td|transdermal|transdermally",
    Meaning(Kind.ROUTE, Route.SUBCUTANEOUS): "sc|s/c|subcut|subcutaneous|subcutaneously|subq|sq"
    "|csci|syringe driver|syringe pump|t34",
    Meaning(Kind.ROUTE, Route.INTRAVENOUS): "iv|i/v|intravenous|intravenously",
    Meaning(Kind.ROUTE, Route.INTRAMUSCULAR): "im|i/m|intramuscular|intramuscularly",
    Meaning(Kind.ROUTE, Route.INTRATHECAL): "it|i/t|intrathecal|intrathecally|itdd|idds",
    Meaning(Kind.ROUTE, Route.EPIDURAL): "epidural|epidurally",
    Meaning(Kind.FORM, "MR"): "mr|m/r|sr|xl|er|xr|cr|la|modified release|slow release|retard"
    "|sustained release|prolonged release|controlled release|extended release|long acting",
    Meaning(Kind.FORM, "IR"): "ir|immediate release|short acting|fast acting|quick release",
    Meaning(Kind.FORM, "tablet"): "tab|tabs|tablet|tablets",
    Meaning(Kind.FORM, "capsule"): "cap|caps|capsule|capsules",
    Meaning(Kind.FORM, "solution"): "solution|soln|liquid|elixir|syrup|mixture|linctus"
    "|oral solution|oral liquid|concentrate|oral concentrate",
    Meaning(Kind.FORM, "patch"): "patch|patches",
    Meaning(Kind.FORM, "injection"): "inj|injection|injections|ampoule|ampoules",
    Meaning(Kind.FORM, "infusion"): "infusion",
    Meaning(Kind.FORM, "suppository"): "supp|supps|suppository|suppositories",
    Meaning(Kind.FORM, "spray"): "spray|sprays",
    Meaning(Kind.FORM, "lozenge"): "lozenge|lozenges|lollipop",
    Meaning(Kind.FORM, "film"): "film|films",
    Meaning(Kind.FORM, "wafer"): "wafer|wafers",
    Meaning(Kind.PCA): "pca|nca|via pca|by pca|on pca",
    Meaning(Kind.FILLER): "of|the|by|via|per dose|each|regular|regularly|background|for pain|pain"
    "|dose|currently|current|at present|pump|continuous|regular:|background:|current:|opioids:"
    "|take|takes|taking|apply|applied",
    Meaning(Kind.DENIAL): "no|not|never|without|off|stop|stopped|stopping|ceased|discontinued|d/c"
    "|hold|on hold|held|withheld|paused|previous|previously|prior|was|were|switched|converted"
    "|rotated|from|instead|allergic|allergy|allergies|intolerant|declined|refused|plan|planned"
    "|start|starting|commence|consider|suggest|tomorrow|yesterday|if|unless|or|either|until"
    "|now|then|later|alternatively|replaced|replaced by|equivalent|equiv|eq",
}

_INJECTED = {Route.SUBCUTANEOUS, Route.INTRAVENOUS}
_NEURAXIAL = {Route.INTRATHECAL, Route.EPIDURAL}
FORM_ROUTES: dict[str, set[Route]] = {
    "MR": {Route.ORAL},
    "IR": {Route.ORAL},
    "tablet": {Route.ORAL, Route.SUBLINGUAL, Route.BUCCAL},
    "capsule": {Route.ORAL},
    "solution": {Route.ORAL, Route.SUBLINGUAL, Route.BUCCAL},
    "patch": {Route.TRANSDERMAL},
    "injection": _INJECTED | _NEURAXIAL | {Route.INTRAMUSCULAR},
    "infusion": _INJECTED | _NEURAXIAL,
    "depot": {Route.SUBCUTANEOUS, Route.INTRAMUSCULAR},
    "suppository": {Route.RECTAL},
    "spray": {Route.INTRANASAL, Route.SUBLINGUAL},
    "lozenge": {Route.BUCCAL},
    "film": {Route.BUCCAL, Route.SUBLINGUAL},
    "wafer": {Route.ORAL, Route.SUBLINGUAL},
}
"""The routes that a form can be given by."""

RELEASES = frozenset({"MR", "IR"})


def key(phrase: str) -> str:
    """What is left of a phrase or name once its free spaces, dots, dashes and slashes are gone."""
    return re.sub(r"\b(?:and|with)\b|[\s./+&-]", "", phrase)


@cache
def phrases() -> dict[str, Meaning]:
    """Every phrase's meaning, by `key`."""
    return {key(p): meaning for meaning, row in _PHRASES.items() for p in row.split("|")}


@cache
def phrase_pattern() -> re.Pattern[str]:
    """Matches the longest phrase at a place, in folded text."""
    known = sorted((p for row in _PHRASES.values() for p in row.split("|")), key=len, reverse=True)
    return re.compile(rf"(?:{'|'.join(map(_phrase_source, known))})(?![a-z\d])")


@cache
def names() -> dict[str, DrugName]:
    """Every name of a drug or product, by `key`."""
    return {key(name.written.lower()): name for name in reversed(drug_names())}


@cache
def name_pattern() -> re.Pattern[str]:
    """Matches the longest drug or product name at a place, in folded text."""
    known = sorted({name.written.lower() for name in drug_names()}, key=len, reverse=True)
    return re.compile("|".join(map(_name_source, known)))


def _phrase_source(phrase: str) -> str:
    if phrase.isalpha() and len(phrase) <= 3:  # bd, b.d.
        return rf"(?:{phrase}|" + r"\.".join(phrase) + r"\.?)"
    return r"[\s-]+".join(map(re.escape, phrase.split()))


def _name_source(name: str) -> str:
    parts = (r"[\s-]*".join(map(re.escape, re.split(r"[\s-]+", part))) for part in name.split("/"))
    joined = r"(?:\s*(?:[/+&-]|and\b|with\b)\s*|\s+)".join(parts)
    return joined + (r"(?![a-z\d])(?!\.\d)" if name[-1].isdigit() else "(?![a-z])")
