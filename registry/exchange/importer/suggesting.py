"""What the columns of a file probably are, by their names: as this site said before, else by words.

A suggestion is shown to whoever brings the file in and decides nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from registry.domain.windows import WINDOWS
from registry.exchange.importer.dates import date_pattern, read_date
from registry.exchange.importer.errors import WrongCell
from registry.exchange.importer.readers.words import fold
from registry.exchange.importer.targets import IGNORED, targets

STYLES = ("dd/mm/yyyy", "mm/dd/yyyy", "yyyy-mm-dd", "dd mon yyyy", "dd-mon-yyyy", "dd.mm.yyyy")
"""How dates are often written. Day before month comes first: it is the rule outside of the US."""

_WORDS: Mapping[str, str] = {
    "hospital_number": r"mrn|mr no|nhs.*|(hosp\w*|patient|unit|case|record|pas) ?(no|num\w*|id|#)",
    "birth_date": r"d ?o ?b|(date of )?birth\w*( date)?|born",
    "name": r"(patient|full|sur)?\s*name",
    "sex": r"sex|gender",
    "diagnosis": r"(primary )?(diagnos[ie]s|dx|tumou?r|cancer|malignancy|primary)",
    "died_on": r"rip.*|death|dod|died.*|date of death|deceased.*",
    "performed_on": r"(proc\w*|block|op\w*|treatment)? ?date|date of (procedure|block|op\w*)",
    "technique": r"procedure|technique|block|intervention|treatment|proc",
    "intent": r"intent|purpose|indication",
    "operator": r"operator|done by|performed by|(dr|doctor|consultant|clinician)",
    "supervisor": r"supervis\w+",
    "trainee": r"trainee|registrar|assistant",
    "setting": r"setting|location|place",
    "referred_on": r"referr?(al|ed)( date| on)?|date of referral",
    "mechanism": r"(pain )?(type|mechanism)",
    "pain_site": r"(pain )?(site|area)|site of pain|where",
    "pain_region": r"(pain )?region",
    "prognosis": r"prognosis",
    "anticoagulation": r"anticoag\w*",
    "approach": r"approach",
    "laterality": r"side|laterality|l/r",
    "levels": r"levels?",
    "guidance": r"guidance|imaging|modality",
    "agents": r"inject\w*|agents?|drugs?|solution",
    "sedation": r"sedation|anaesth\w*|anesth\w*",
    "technical_success": r"(technical(ly)? )?success\w*",
    "complications": r"complications?|adverse.*|side effects?|aes?",
    "note": r"comments?|notes?|remarks?",
}
_ASKED: Mapping[str, str] = {
    "opioids": r"opioids?|analgesi\w*|meds|medication",
    "akps": r"akps|karnofsky|kps",
    "ecog": r"ecog|performance status|who ps",
    "pgic": r"pgic|impression.*",
    "pain-worst": r"worst( pain)?|(pain|nrs|score) worst",
    "pain-least": r"least( pain)?|(pain|nrs|score) least",
    "pain-average": r"(average|mean|avg)( pain)?|(pain|nrs|score) (average|mean|avg)",
    "pain": r"pain( score)?|nrs|vas|score|bpi",
    "breakthrough": r"breakthrough.*|btcp|episodes",
    "date": r"date|on|fu date|follow.?up date",
}
_TIMES: Sequence[tuple[str, str]] = (
    ("baseline", r"pre\w*|before|baseline|day 0|d0|t0|initial"),
    ("48h", r"48\s*h\w*|2\s*d(ays?)?|day 2|d2|2/7"),
    ("7d", r"7\s*d(ays?)?|day 7|d7|1/52|1\s*w\w*|week 1|w1|7/7"),
    ("28d", r"28\s*d(ays?)?|day 28|d28|4/52|4\s*w\w*|week 4|w4|1/12|1\s*m\w*|month 1|m1|30\s*d\w*"),
    ("90d", r"90\s*d(ays?)?|day 90|d90|3/12|12/52|3\s*m\w*|month 3|m3|12\s*w\w*"),
    ("180d", r"180\s*d(ays?)?|day 180|d180|6/12|6\s*m\w*|month 6|m6|26/52"),
)


def suggest_columns(
    columns: Sequence[str], said_before: Iterable[Mapping[str, str]] = ()
) -> dict[str, str]:
    """Suggest what each column is; what can't be told is left away.

    `said_before` are earlier answers, the latest first: they go before any guess. Nothing is
    suggested twice.
    """
    found: dict[str, str] = {}
    known = {t.slug for t in targets()}
    for answers in said_before:
        folded = {fold(column): what for column, what in answers.items()}
        _add(found, ((c, folded.get(fold(c), "")) for c in columns), known)
    _add(found, ((c, _guess(c)) for c in columns), known)
    return found


def _add(found: dict[str, str], said: Iterable[tuple[str, str]], known: set[str]) -> None:
    for column, what in said:
        taken = what != IGNORED and what in found.values()
        if column not in found and not taken and (what in known or what == IGNORED):
            found[column] = what


def _guess(column: str) -> str:
    """Guess by the words of a column's name: `Pain 4/52` is pain after 28 days."""
    name = " ".join(re.sub(r"[_\-.:()]+", " ", column).split()).casefold()
    for time, written in _TIMES:
        if at := re.search(rf"(?<![\w/])(?:{written})(?![\w/])", name):
            rest = " ".join((name[: at.start()] + " " + name[at.end() :]).split())
            asked = _first(_ASKED, rest)
            return f"{time}.{asked}" if asked else ""
    what = _first(_WORDS, name)
    if what:
        return what
    instrument = _first({k: v for k, v in _ASKED.items() if k in {"akps", "ecog"}}, name)
    return f"baseline.{instrument}" if instrument else ""


def _first(words: Mapping[str, str], name: str) -> str:
    return next((what for what, written in words.items() if re.fullmatch(written, name)), "")


def suggest_styles(cells: Sequence[str]) -> tuple[str, ...]:
    """Suggest in which styles dates are written: as few as read the most of these cells.

    Between two that read the same cells the earlier of `STYLES` is taken.
    """
    left, chosen = [c for c in dict.fromkeys(cells) if c], list[str]()
    while left:
        reads = {style: [c for c in left if _reads(c, style)] for style in STYLES}
        best = max(STYLES, key=lambda style: len(reads[style]))
        if not reads[best]:
            break
        chosen.append(best)
        left = [c for c in left if c not in reads[best]]
    return tuple(chosen) or STYLES[:1]


def _reads(cell: str, style: str) -> bool:
    if not date_pattern(style).fullmatch(cell):
        return False
    try:
        read_date(cell, [style])
    except WrongCell:
        return False
    return True


def unsaid_words(cells: Iterable[str]) -> Iterator[str]:
    """Find the words for "not recorded" that a file uses: `-`, `n/a` and the like."""
    usual = ("-", "--", "n/a", "na", "nr", "not recorded", "unknown", "?", "nk")
    held = {fold(cell) for cell in cells}
    yield from (word for word in usual if word in held)


assert {slug for slug, _ in _TIMES} == {"baseline", *(w.slug for w in WINDOWS)}  # noqa: S101
