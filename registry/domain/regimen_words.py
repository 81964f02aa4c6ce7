"""The words of a written regimen, and a text cut into them: times a day, routes, forms, amounts.

Drug and product names come from `content/drugs.toml`; here stand only the words of prescribing. A
text is cut from left to right into the longest phrases known; what is none becomes `UNKNOWN`, and
whoever reads the words must not read past it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum, auto
from functools import cache

from registry.domain.drugs import DoseUnit, DrugName, Route, drug_names


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
    MULTIPLIER = auto()  # 2 x, before an amount
    SCHEDULE = auto()  # bd, q4h: times a day
    TIME_OF_DAY = auto()  # mane, nocte: once a day, each
    COUNTED = auto()  # x3/24h: times in the last day
    TAKEN = auto()  # x3, used 3: times, of an as-needed dose
    WEAR = auto()  # q72h, 7-day: hours until a patch is changed
    AS_NEEDED = auto()  # prn
    ROUTE = auto()
    FORM = auto()
    FILLER = auto()  # says nothing
    UNKNOWN = auto()


@dataclass(frozen=True, slots=True)
class Word:
    """One phrase of a text, from `start` to `end`; which of the other fields matter is its kind's.

    `number` counts milligrams, tablets, times a day or hours; `other` is a pair's second number or
    the millilitres of a strength; `meaning` is a route, form or time of day.
    """

    kind: Kind
    start: int
    end: int
    meaning: str = ""
    number: Decimal = Decimal(0)
    other: Decimal = Decimal(0)
    unit: DoseUnit | None = None
    name: DrugName | None = None


_SCHEDULES = {
    1: "od|qd|daily|once daily|once a day|a day|every day|each day|q24h|every 24 hours",
    2: "bd|bid|bds|twice daily|twice a day|2 x daily",
    3: "tds|tid|three times daily|thrice daily",
    4: "qds|qid",
}
_TIMES_OF_DAY = {
    "morning": "mane|om|qam|every morning|in the morning|morning|mornings|am",
    "midday": "midday|noon|lunchtime|at lunch",
    "evening": "evening|in the evening|every evening|pm|teatime|at teatime",
    "night": "nocte|on|qhs|hs|at night|nightly|every night|at bedtime|bedtime|qpm",
}
_ROUTES = {
    Route.ORAL: "po|oral|orally|by mouth|via peg|via ng|via rig|per peg|per ng",
    Route.SUBLINGUAL: "sl|s/l|sublingual|sublingually|under the tongue",
    Route.BUCCAL: "buccal|buccally",
    Route.INTRANASAL: "intranasal|intranasally|nasal|nasally",
    Route.RECTAL: "rectal|rectally|per rectum",
    Route.TRANSDERMAL: "td|transdermal|transdermally",
    Route.SUBCUTANEOUS: "sc|s/c|subcut|subcutaneous|subcutaneously|subq|sq|csci|syringe driver"
    "|syringe pump|via driver",
    Route.INTRAVENOUS: "iv|i/v|intravenous|intravenously",
    Route.INTRAMUSCULAR: "im|i/m|intramuscular|intramuscularly",
    Route.INTRATHECAL: "it|i/t|intrathecal|intrathecally|itdd|idds|intrathecal pump",
    Route.EPIDURAL: "epidural|epidurally",
}
_FORMS = {
    "MR": "mr|m/r|sr|xl|er|xr|cr|la|modified release|slow release|sustained release"
    "|prolonged release|controlled release|extended release|long acting|retard",
    "IR": "ir|immediate release|short acting|fast acting|quick release",
    "tablet": "tab|tabs|tablet|tablets",
    "capsule": "cap|caps|capsule|capsules",
    "solution": "solution|oral solution|soln|liquid|oral liquid|elixir|syrup|mixture|linctus",
    "patch": "patch|patches|transdermal patch",
    "injection": "inj|injection|injections|ampoule|ampoules",
    "infusion": "infusion",
    "suppository": "supp|supps|suppository|suppositories",
    "spray": "spray|sprays|nasal spray",
    "lozenge": "lozenge|lozenges|lollipop",
    "film": "film|films",
    "wafer": "wafer|wafers",
}
_AS_NEEDED = (
    "prn|as needed|as required|when required|when needed|if needed|if required"
    "|breakthrough|for breakthrough|for breakthrough pain|breakthrough pain|btp|rescue"
)
_NONE_TAKEN = (
    "nil used|none used|not used|nil taken|none taken|not taken|not needed|nil needed"
    "|no doses|not required"
)
_FILLERS = (
    "of|the|by|via|per dose|each|regular|regularly|background|for pain|pain|dose|currently|current"
    "|at present|pump|continuous|regular:|background:|current:|prn:|breakthrough:|opioids:"
)
_NUMBER_WORDS = {
    word: Decimal(number)
    for number, word in enumerate("one two three four five six seven eight nine ten".split(), 1)
}
_UNITS = {
    "mg": (DoseUnit.MG, DoseUnit.MG_PER_H, DoseUnit.MG_PER_24H),
    "mcg": (DoseUnit.MCG, DoseUnit.MCG_PER_H, DoseUnit.MCG_PER_24H),
}

_N = rf"(?:\d{{1,3}}(?:,\d{{3}})+(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+|{'|'.join(_NUMBER_WORDS)})"
_END = r"(?![a-z\d])(?![.,]\d)(?!\s*(?:-|to)\s*\d)"  # a whole number, not half of a range
_U = r"(?P<u>mgs?|milligrams?|mcgs?|micrograms?|ug|g|grams?)"
_H = r"(?:hours?|hrs?|h)"
_DAY = rf"(?:24\s*{_H}|days?|d)\b"
_IN_24H = rf"(?:in|over)\s*(?:the\s+)?(?:last\s+|past\s+)?24\s*{_H}\b"
_ = r"\s*"

_NUMBERED = (
    (Kind.WEAR, rf"(?:changed?{_})?(?:q|every){_}(?P<n>{_N}){_}-?{_}{_H}(?:ou)?(?:rly|ly)?\b"),
    (Kind.WEAR, rf"(?P<n>{_N})[\s-]*(?:hourly|hrly)\b"),
    (Kind.WEAR, rf"/{_}(?P<n>{_N}){_}{_H}\b"),
    (Kind.WEAR, rf"(?:changed?{_})?(?:q|every){_}(?P<days>{_N}){_}d(?:ays?)?\b"),
    (Kind.WEAR, rf"(?P<days>{_N})[\s-]*days?\b"),
    (Kind.COUNTED, rf"x{_}(?P<n>{_N}){_}(?:doses?{_})?(?:/|per|in|a)?{_}{_DAY}"),
    (Kind.COUNTED, rf"x{_}(?P<n>{_N}){_}(?:doses?{_})?(?:daily\b|{_IN_24H})"),
    (Kind.COUNTED, rf"(?P<n>{_N}){_}(?:doses?|times|x)?{_}{_IN_24H}"),
    (Kind.COUNTED, rf"(?P<n>{_N}){_}doses?{_}(?:/|per|a){_}{_DAY}"),
    (Kind.SCHEDULE, rf"(?P<n>{_N}){_}(?:x|times){_}(?:a|per|/)?{_}(?:day|daily)\b"),
    (Kind.SCHEDULE, rf"(?P<n>{_N}){_}(?:/|per|a){_}day\b"),
    (Kind.PER_VOLUME, rf"(?P<n>{_N}){_}{_U}{_}(?:/|per|in){_}(?P<m>{_N})?{_}mls?\b"),
    (Kind.AMOUNT, rf"(?P<n>{_N}){_}-?{_U}{_}(?:/|per|over|in){_}(?:the\s+)?(?P<rate>{_DAY}|{_H}\b)"),
    (Kind.AMOUNT, rf"(?P<n>{_N}){_}-?{_U}(?![a-z\d/])(?!{_}[/-]{_}\d)"),
    (Kind.VOLUME, rf"(?P<n>{_N}){_}mls?\b"),
    (Kind.MULTIPLIER, rf"(?P<n>{_N}){_}x{_}(?={_N}{_}(?:{_U}\b|/{_}\d+(?!\d*{_}{_H})))"),
    (
        Kind.UNITS,
        rf"(?P<n>[1-8]|one|two|three|four|five|six){_}(?:x{_})?(?P<f>tab(?:let)?s?|cap(?:sule)?s?"
        rf"|patches|sprays?|puffs?|lozenges?|films?|wafers?|supp(?:ositor(?:y|ies))?s?)\b",
    ),
    (Kind.UNITS, rf"(?P<n>1|one){_}(?:x{_})?(?P<f>patch)\b"),
    (
        Kind.TAKEN,
        rf"(?:used|took|taken|needed|given){_}x?{_}(?P<n>{_N}){_END}(?:{_}(?:doses?|times)\b)?"
        rf"(?:{_}{_IN_24H})?",
    ),
    (Kind.TAKEN, rf"(?P<n>{_N}){_}doses?\b(?:{_}(?:used|taken|given|needed)\b)?"),
    (Kind.TAKEN, rf"x{_}(?P<n>{_N}){_END}(?!{_}(?:{_U}|mls?|weeks?|w|months?|%)\b)(?!{_}[/%])"),
    (Kind.PAIR, rf"(?P<n>{_N}){_}(?:mg)?{_}[/-]{_}(?P<m>{_N}){_}(?:mg)?(?![a-z\d/-])(?!\.\d)"),
    (Kind.NUMBER, rf"(?P<n>{_N}){_END}(?!{_}[/%-]{_}\d|%)"),
)
_RULES = tuple((kind, re.compile(pattern)) for kind, pattern in _NUMBERED)
_SEPARATOR = re.compile(r"[,;\n\r+&•|]+|(?:and|plus)\b|\.(?=\s|$)|(?:(?<=\s)|^)[-/*](?=\s)")
_BRACKET = re.compile(r"[()\[\]]")
_UNKNOWN = re.compile(r"[^\s,;]+")
_HOURS_OF_WEAR = frozenset({48, 72, 84, 96, 168})
_MOST_TIMES = 48


def words(text: str) -> Iterator[Word]:
    """Cut a text into words; blanks between them are passed over."""
    folded = _fold(text)
    at, before = 0, Kind.SEPARATOR
    while at < len(folded):
        if folded[at].isspace() and folded[at] not in "\r\n":
            at += 1
            continue
        word = _word(text, folded, at, before)
        yield word
        at, before = word.end, word.kind


def _word(text: str, folded: str, at: int, before: Kind) -> Word:
    if found := _name_pattern().match(folded, at):
        return Word(Kind.NAME, at, found.end(), name=_names()[_key(found[0])])
    if found := _SEPARATOR.match(folded, at):
        return Word(Kind.SEPARATOR, at, found.end())
    if found := _phrase_pattern().match(folded, at):
        kind, meaning, number = _phrases()[_key(found[0])]
        if meaning == Route.INTRATHECAL and found[0] == "it" and text[at : found.end()] != "IT":
            kind = Kind.UNKNOWN  # "it" is a word of its own
        if found[0] == "on" and before is Kind.SEPARATOR:
            kind = Kind.FILLER  # "on MST 30 bd", not "omni nocte"
        return Word(kind, at, found.end(), meaning, number)
    for kind, pattern in _RULES:
        if (found := pattern.match(folded, at)) and (word := _numbered(kind, found)):
            return word
    if found := _BRACKET.match(folded, at):
        return Word(Kind.FILLER, at, found.end())
    rest = _UNKNOWN.match(folded, at)
    return Word(Kind.UNKNOWN, at, rest.end() if rest else at + 1)


def _numbered(kind: Kind, found: re.Match[str]) -> Word | None:
    groups = found.groupdict()
    number = _number(groups.get("n") or groups["days"])
    if kind is Kind.WEAR:
        return _wear_or_schedule(number * 24 if groups.get("days") else number, found)
    if kind in (Kind.SCHEDULE, Kind.COUNTED, Kind.TAKEN) and not _whole(number, _MOST_TIMES):
        return None
    unit = None
    if written := groups.get("u"):
        micro = written.startswith(("mc", "mic", "u"))
        plain, hourly, daily = _UNITS["mcg" if micro else "mg"]
        rate = groups.get("rate")
        unit = plain if not rate else hourly if rate[0] == "h" else daily
        number = number * 1000 if written.startswith("g") else number
    other = _number(groups["m"]) if groups.get("m") else Decimal(1)
    return Word(kind, found.start(), found.end(), groups.get("f") or "", number, other, unit)


def _wear_or_schedule(hours: Decimal, found: re.Match[str]) -> Word | None:
    if hours in _HOURS_OF_WEAR:
        return Word(Kind.WEAR, found.start(), found.end(), number=hours)
    if _whole(hours, 24) and hours and 24 % hours == 0:
        return Word(Kind.SCHEDULE, found.start(), found.end(), number=24 / hours)
    return None


def _whole(number: Decimal, most: int) -> bool:
    return number == number.to_integral_value() and number <= most


def _number(written: str) -> Decimal:
    return _NUMBER_WORDS.get(written) or Decimal(written.replace(",", ""))


def _fold(text: str) -> str:
    """Lower case, one sort of dash, cross and micro sign; every character keeps its place."""
    lower = "".join(c.lower() if len(c.lower()) == 1 else c for c in text)
    return lower.translate(str.maketrans("µμ×–—−’\u00a0", "uux---' "))


def _key(phrase: str) -> str:
    return re.sub(r"\b(?:and|with)\b|[\s./+&-]", "", phrase)


def _phrase_source(phrase: str) -> str:
    if phrase.isalpha() and len(phrase) <= 3:
        return rf"(?:{phrase}|" + r"\.".join(phrase) + r"\.?)"
    return r"[\s-]+".join(map(re.escape, phrase.split()))


@cache
def _phrases() -> dict[str, tuple[Kind, str, Decimal]]:
    tables: list[tuple[Kind, str, Decimal, str]] = [
        *((Kind.SCHEDULE, "", Decimal(n), row) for n, row in _SCHEDULES.items()),
        *((Kind.TIME_OF_DAY, time, Decimal(1), row) for time, row in _TIMES_OF_DAY.items()),
        *((Kind.ROUTE, route, Decimal(0), row) for route, row in _ROUTES.items()),
        *((Kind.FORM, form, Decimal(0), row) for form, row in _FORMS.items()),
        (Kind.AS_NEEDED, "", Decimal(0), _AS_NEEDED),
        (Kind.TAKEN, "", Decimal(0), _NONE_TAKEN),
        (Kind.TAKEN, "", Decimal(1), "once|used once|taken once"),
        (Kind.TAKEN, "", Decimal(2), "twice|used twice|taken twice"),
        (Kind.WEAR, "", Decimal(168), "weekly|once weekly|once a week|every week"),
        (Kind.WEAR, "", Decimal(84), "twice weekly|twice a week"),
        (Kind.FILLER, "", Decimal(0), _FILLERS),
    ]
    return {
        _key(phrase): (kind, meaning, number)
        for kind, meaning, number, row in tables
        for phrase in row.split("|")
    }


@cache
def _phrase_pattern() -> re.Pattern[str]:
    rows = [*_SCHEDULES.values(), *_TIMES_OF_DAY.values(), *_ROUTES.values(), *_FORMS.values()]
    rows += [_AS_NEEDED, _NONE_TAKEN, _FILLERS]
    rows += ["once|used once|taken once|twice|used twice|taken twice"]
    rows += ["weekly|once weekly|once a week|every week|twice weekly|twice a week"]
    phrases = sorted({p for row in rows for p in row.split("|")}, key=len, reverse=True)
    return re.compile(rf"(?:{'|'.join(map(_phrase_source, phrases))})(?![a-z\d])")


@cache
def _names() -> dict[str, DrugName]:
    return {_key(_fold(name.written)): name for name in reversed(drug_names())}


@cache
def _name_pattern() -> re.Pattern[str]:
    folded = sorted({_fold(name.written) for name in drug_names()}, key=len, reverse=True)
    return re.compile("|".join(map(_name_source, folded)))


def _name_source(name: str) -> str:
    parts = (r"[\s-]*".join(map(re.escape, re.split(r"[\s-]+", part))) for part in name.split("/"))
    joined = r"(?:\s*(?:[/+&-]|and\b|with\b)\s*|\s+)".join(parts)
    return joined + (r"(?![a-z\d])(?!\.\d)" if name[-1].isdigit() else "(?![a-z])")
