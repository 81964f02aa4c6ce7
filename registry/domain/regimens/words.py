"""A written regimen cut into words, from left to right, the longest known phrase at each place.

What is no known phrase becomes `UNKNOWN`: whoever reads the words must not read past it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from registry.domain.drugs import DoseUnit, DrugName, Route
from registry.domain.regimens.vocabulary import (
    Kind,
    key,
    name_pattern,
    names,
    phrase_pattern,
    phrases,
)


@dataclass(frozen=True, slots=True)
class Word:
    """One phrase of a text, from `start` to `end`; which of the other fields matter is its kind's.

    `number` counts milligrams, tablets, times a day or hours; `other` is a pair's second number or
    the millilitres of a strength; `word` is a route, form or time of day.
    """

    kind: Kind
    start: int
    end: int
    word: str = ""
    number: Decimal = Decimal(0)
    other: Decimal = Decimal(1)
    unit: DoseUnit | None = None
    name: DrugName | None = None


_COUNTING = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_NUMBER_WORDS = {word: Decimal(number) for number, word in enumerate(_COUNTING, 1)}
_ROMAN = {"ii": Decimal(2), "iii": Decimal(3)}
_UNITS = {  # given at a time, an hour, a day
    "mg": (DoseUnit.MG, DoseUnit.MG_PER_H, DoseUnit.MG_PER_24H),
    "mcg": (DoseUnit.MCG, DoseUnit.MCG_PER_H, DoseUnit.MCG_PER_24H),
}

# The patterns' parts; a blank in a pattern stands for any blanks, or none, and gives none back.
_N = rf"(?:\d+(?:\.\d+)?|\.\d+|{'|'.join(_NUMBER_WORDS)})"
_END = r"(?![a-z\d])(?![.,]\d)(?! (?:-|to) \d)"  # a whole number, not half of a range
_UNIT = r"(?:mgs?|milligrams?|mcgs?|micrograms?|ug|gms?|g|grams?)"
_H = r"(?:hours?|hrs?|h)"
_24H = rf"24 {_H}\b"
_A_DAY = rf"(?:{_24H}|day\b|d\b)"
_IN_24H = rf"(?:in|over) (?:the )?(?:last |past )?{_24H}"
_USED = "(?:used|took|taken|needed|given|had|required)"
_TABLETS = (
    r"(?:tab(?:let)?s?|cap(?:sule)?s?|patches|sprays?|puffs?|lozenges?|films?|wafers?"
    r"|supp(?:ositor(?:y|ies))?s?)"
)
_NO_DOSES = rf"(?! (?:{_TABLETS}|-? {_H}(?:ly)?)\b)"  # "x8 tablets", "x4 hourly": not so many
_NUMBERED = (
    (Kind.WEAR, rf"(?:changed? )?(?:q|every) (?P<n>{_N}) -? {_H}(?:ly)?\b"),
    (Kind.WEAR, rf"(?:changed? )?(?:q|every) (?P<days>{_N}) d(?:ays?)?\b"),
    (Kind.WEAR, rf"(?:changed? )?(?P<n>{_N}) -? (?:hourly|hrly)\b"),
    (Kind.WEAR, rf"(?P<days>{_N}) -? days?\b"),
    (Kind.WEAR, rf"/ (?P<n>{_N}) {_H}\b"),
    (Kind.COUNTED, rf"x (?P<n>{_N}) (?:doses?)? (?:daily\b|{_24H}|(?:/|per|in|a) {_A_DAY})"),
    (Kind.COUNTED, rf"(?:{_USED} )?(?:x )?(?P<n>{_N}) (?:doses?|times|x)? (?:{_USED} )?{_IN_24H}"),
    (Kind.COUNTED, rf"(?P<n>{_N}) doses? (?:/|per|a) {_A_DAY}"),
    (Kind.SCHEDULE, rf"(?P<n>{_N}) (?:x|times) (?:a|per|/)? (?:day|daily)\b"),
    (Kind.SCHEDULE, rf"(?P<n>{_N}) (?:/|per|a) day\b"),
    (Kind.PER_VOLUME, rf"(?P<n>{_N}) (?P<u>{_UNIT}) (?:/|per|in) (?P<m>{_N})? mls?\b"),
    (
        Kind.AMOUNT,
        rf"(?P<n>{_N}) -? (?P<u>{_UNIT}) (?:/|per|(?:used |given )?(?:over|in))"
        rf" (?:the )?(?P<rate>{_A_DAY}|{_H}\b)",
    ),
    (Kind.AMOUNT, rf"(?P<n>{_N}) -? (?P<u>{_UNIT})(?![a-z\d/])(?! [/-] \d)"),
    (Kind.VOLUME, rf"(?P<n>{_N}) mls?\b"),
    (Kind.MULTIPLIER, rf"(?P<n>{_N}) x (?={_N} {_UNIT}\b|{_N} / {_N}(?![\d.]| {_H})|[a-z]{{2}})"),
    (Kind.UNITS, rf"(?P<n>[1-8]|one|two|three|four|five|six) (?:x )?(?P<f>{_TABLETS})\b"),
    (Kind.UNITS, r"(?P<n>1|one) (?P<f>patch)\b"),
    (Kind.UNITS, rf"(?P<n>iii?) (?P<f>{_TABLETS})?\b(?! [/-])"),
    (Kind.ASIDE, rf"\( (?P<n>{_N}) (?:x )?(?P<f>{_TABLETS}) \)"),
    (Kind.TAKEN, rf"{_USED} x? (?P<n>{_N})(?: (?:doses?|times)\b)?{_END}{_NO_DOSES}"),
    (Kind.TAKEN, rf"(?P<n>{_N}) doses?\b(?: {_USED}\b)?"),
    (Kind.TAKEN, rf"(?P<n>{_N}) {_USED}\b(?! (?:x )?(?:{_N}|once|twice)\b)"),
    (
        Kind.TAKEN,
        rf"x (?P<n>{_N})(?: doses?\b)?{_END}(?! (?:{_UNIT}|mls?|days?|d|weeks?|w|months?)\b)"
        rf"(?! [/%]){_NO_DOSES}",
    ),
    (Kind.PAIR, rf"(?P<n>{_N})(?: mg)? [/-] (?P<m>{_N})(?: mg)?(?![a-z\d/-]|\.\d)"),
    (Kind.NUMBER, rf"(?P<n>{_N}){_END}(?! [/%-] \d| %)"),
)
_RULES = tuple((kind, re.compile(pattern.replace(" ", r"\s*+"))) for kind, pattern in _NUMBERED)
_SEPARATOR = re.compile(r"[,;\n\r+&•|]+|(?:and|plus|with)\b|\.(?=\s|$)|(?:(?<=\s)|^)[-/*](?=\s)")
_SAID_APART = (
    (Kind.OVER_A_DAY, re.compile(rf"over (?:the )?{_24H}".replace(" ", r"\s*+"))),
    (Kind.FILLER, re.compile(rf"(?:in|over) (?:the )?(?:last|past) {_24H}".replace(" ", r"\s*+"))),
)
# A comma between digits parts thousands for some, decimals for others: it is never a separator.
_UNKNOWN = re.compile(r"(?:\d+,(?=\d)|[^\s,;])+")
_GROUPED = re.compile(r"[1-9]\d{0,2}\.\d{3}")  # 1.000: a thousand for some, one for others
_HEADS = frozenset({Kind.NAME, Kind.ROUTE, Kind.FORM, Kind.AS_NEEDED})
_HOURS_OF_WEAR = frozenset({48, 72, 84, 96, 168})
_MOST_TIMES_A_DAY = 48


def cut(text: str) -> Iterator[Word]:
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
    if found := name_pattern().match(folded, at):
        return Word(Kind.NAME, at, found.end(), name=names()[key(found[0])])
    if found := _SEPARATOR.match(folded, at):
        return Word(Kind.SEPARATOR, at, found.end(), found[0])
    if found := phrase_pattern().match(folded, at):
        return _phrase(text, found, before)
    for kind, pattern in _RULES:
        if (found := pattern.match(folded, at)) and (word := _numbered(kind, found)):
            return word
    for kind, pattern in _SAID_APART:
        if found := pattern.match(folded, at):
            return Word(kind, at, found.end())
    if folded[at] == ":" and before in _HEADS:
        return Word(Kind.FILLER if before is Kind.NAME else Kind.HEADING, at, at + 1)
    if folded[at] in "()[]":
        return Word(Kind.FILLER, at, at + 1)
    rest = _UNKNOWN.match(folded, at)
    return Word(Kind.UNKNOWN, at, rest.end() if rest else at + 1)


def _phrase(text: str, found: re.Match[str], before: Kind) -> Word:
    kind, word, number = phrases()[key(found[0])]
    if word == Route.INTRATHECAL and text[found.start() : found.end()].islower():
        kind = Kind.UNKNOWN if found[0] == "it" else kind  # "IT" is a route, "it" is not
    if found[0] == "on" and before is Kind.SEPARATOR:
        kind = Kind.FILLER  # "on MST 30 bd", not "omni nocte"
    return Word(kind, found.start(), found.end(), word, Decimal(number))


def _numbered(kind: Kind, found: re.Match[str]) -> Word | None:
    groups = found.groupdict()
    if any(_GROUPED.fullmatch(groups.get(part) or "") for part in ("n", "m", "days")):
        return None
    number = _number(groups.get("n") or groups["days"])
    if kind is Kind.WEAR:
        return _interval(number * 24 if groups.get("days") else number, found)
    if kind in (Kind.SCHEDULE, Kind.COUNTED, Kind.TAKEN) and not _is_count(number):
        return None
    unit = None
    if written := groups.get("u"):
        number = number * 1000 if written.startswith("g") else number
        unit = _unit(written, groups.get("rate"))
    other = _number(groups["m"]) if groups.get("m") else Decimal(1)
    form = phrases().get(key(groups.get("f") or ""))
    word = form.word if form else ""
    return Word(kind, found.start(), found.end(), word, number, other, unit)


def _interval(hours: Decimal, found: re.Match[str]) -> Word | None:
    """Every so many hours: how long a patch is worn, or how often in a day; None for neither."""
    if hours in _HOURS_OF_WEAR:
        return Word(Kind.WEAR, found.start(), found.end(), number=hours)
    if 1 <= hours <= 24 and 24 % hours == 0:
        return Word(Kind.SCHEDULE, found.start(), found.end(), number=24 / hours)
    return None


def _unit(written: str, rate: str | None) -> DoseUnit:
    given, hourly, daily = _UNITS["mcg" if written.startswith(("mc", "mic", "u")) else "mg"]
    return given if not rate else hourly if rate.startswith("h") else daily


def _is_count(number: Decimal) -> bool:
    return number == number.to_integral_value() and number <= _MOST_TIMES_A_DAY


def _number(written: str) -> Decimal:
    return _NUMBER_WORDS.get(written) or _ROMAN.get(written) or Decimal(written)


def _fold(text: str) -> str:
    """Lower case, one sort of dash, cross and micro sign; every character keeps its place."""
    lower = "".join(c.lower() if len(c.lower()) == 1 else c for c in text)
    return lower.translate(str.maketrans("µμ×–—−’\u00a0", "uux---' "))
