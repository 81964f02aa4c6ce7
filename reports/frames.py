"""The outcome frame: one row a procedure. Its columns are the contract of every statistic."""

from __future__ import annotations

from typing import NewType

import polars as pl

from registry.domain.outcomes import State
from registry.domain.outcomes.relief import ReliefEnd
from registry.domain.outcomes.responders import DEFINITIONS, Icpre2012
from registry.domain.windows import WINDOWS, Window

OutcomeFrame = NewType("OutcomeFrame", pl.DataFrame)
"""A data frame that `check` has let through."""

STATES: tuple[State, ...] = tuple(State)
_STATE = [s.value for s in STATES]
_FLAGS = tuple(d.slug for d in DEFINITIONS if d.slug != "icpre2012")
_ASSESSED = [State.RESPONDER.value, State.NON_RESPONDER.value]


class FrameError(ValueError):
    """An outcome frame breaks the contract; `column` says where. Never holds a value."""

    def __init__(self, column: str, message: str) -> None:
        self.column = column
        super().__init__(f"outcome frame, column {column}: {message}")


def score(window: Window) -> str:
    """Name the column of the NRS (average, 24 h, self; 0-10) at a window."""
    return f"nrs_{window.slug}"


def state(window: Window) -> str:
    """Name the column of the state by `nrs30` at a window, settled for the cut-off date."""
    return f"state_{window.slug}"


def worst(window: Window) -> str:
    """Name the column of the NRS (worst, 24 h, self; 0-10) at a window."""
    return f"worst_{window.slug}"


def pgic(window: Window) -> str:
    """Name the column of the patient's global impression of change (1 best, 7 worst)."""
    return f"pgic_{window.slug}"


def missed(window: Window) -> str:
    """Name the column that says why there is no score at a window, as a slug; null: not said."""
    return f"missed_{window.slug}"


def response(slug: str, window: Window) -> str:
    """Name the column of a responder definition at a window; null: it can't judge.

    A flag but for `icpre2012`, which holds one of its four classes.
    """
    return f"{slug}_{window.slug}"


def medd(window: Window) -> str:
    """Name the column of systemic MEDD (mg/24 h oral morphine) at a window; null: no regimen."""
    return f"medd_{window.slug}"


def medd_complete(window: Window) -> str:
    """Name the column that says whether every systemic opioid at a window was converted."""
    return f"medd_complete_{window.slug}"


_TEXT = pl.String()
_WHOLE = pl.Int32()
_DOSE = pl.Float64()
_FLAG = pl.Boolean()

SCHEMA: dict[str, pl.DataType] = {
    "procedure_id": _TEXT,
    "patient_id": _TEXT,
    "course_id": _TEXT,
    "follows_id": _TEXT,
    "site": _TEXT,
    "performed_on": pl.Date(),
    "region": _TEXT,
    "category": _TEXT,
    "technique": _TEXT,
    "intent": _TEXT,
    "operator": _TEXT,
    "agent_classes": pl.List(pl.String()),
    "guidance": pl.List(pl.String()),
    "mechanism": _TEXT,
    "referral_days": _WHOLE,
    "diagnosis_group": _TEXT,
    "age_years": _WHOLE,
    "sex": _TEXT,
    "akps": _WHOLE,
    "ecog": _WHOLE,
    "nrs_baseline": _WHOLE,
    **{score(w): _WHOLE for w in WINDOWS},
    "worst_baseline": _WHOLE,
    **{worst(w): _WHOLE for w in WINDOWS},
    **{pgic(w): _WHOLE for w in WINDOWS},
    **{state(w): _TEXT for w in WINDOWS},
    **{missed(w): _TEXT for w in WINDOWS},
    "medd_baseline": _DOSE,
    **{medd(w): _DOSE for w in WINDOWS},
    "medd_complete_baseline": _FLAG,
    **{medd_complete(w): _FLAG for w in WINDOWS},
    **{response(slug, w): _FLAG for slug in _FLAGS for w in WINDOWS},
    **{response("icpre2012", w): _TEXT for w in WINDOWS},
    "methadone": _FLAG,
    "neuraxial": _FLAG,
    "first_window": _TEXT,
    "further_days": _WHOLE,
    "relief_from": _WHOLE,
    "relief_days": _WHOLE,
    "relief_end": _TEXT,
    "days_to_death": _WHOLE,
    "last_seen_days": _WHOLE,
}
"""Column name -> type. Scores are 0-10, doses mg/24 h oral morphine, ages and times whole."""

_REQUIRED = (
    "procedure_id",
    "patient_id",
    "site",
    "performed_on",
    "category",
    "technique",
    *(state(w) for w in WINDOWS),
    "methadone",
    "neuraxial",
)


def empty_frame() -> OutcomeFrame:
    """Make an outcome frame without a row."""
    return OutcomeFrame(pl.DataFrame(schema=SCHEMA))


def check(frame: pl.DataFrame) -> OutcomeFrame:
    """Hold a frame against the contract; give it back with exactly its columns and types.

    Wider or narrower numbers, and columns that are wholly null, are cast; other columns are
    dropped. Raises `FrameError` naming the first column that breaks the contract.
    """
    for column, wanted in SCHEMA.items():
        if column not in frame.columns:
            raise FrameError(column, "is missing")
        if not _fits(frame.schema[column], wanted):
            raise FrameError(column, f"is {frame.schema[column]}, must be {wanted}")
    cast = frame.select(pl.col(column).cast(wanted) for column, wanted in SCHEMA.items())
    _refuse_broken(cast)
    return OutcomeFrame(cast)


def _fits(actual: pl.DataType, wanted: pl.DataType) -> bool:
    if actual == wanted or actual == pl.Null:
        return True
    if isinstance(wanted, pl.Int32):
        return actual.is_integer()
    if isinstance(wanted, pl.Float64):
        return actual.is_numeric()
    if isinstance(wanted, pl.String):
        return isinstance(actual, pl.Categorical | pl.Enum)
    return isinstance(wanted, pl.List) and isinstance(actual, pl.List) and actual.inner == pl.Null


_Rule = tuple[str, str, pl.Expr]
"""A column, what is wrong where the expression holds, and the expression."""


def _refuse_broken(frame: pl.DataFrame) -> None:
    """Evaluate every rule on the values in one pass; raise for the first that is broken."""
    rules = [
        *((c, "has empty values", pl.col(c).is_null()) for c in _REQUIRED),
        ("procedure_id", "has a procedure twice", pl.col("procedure_id").is_duplicated()),
        *_scale_rules(),
        *_word_rules(),
        *_pairing_rules(),
    ]
    found = frame.select(expr.any().alias(str(i)) for i, (_, _, expr) in enumerate(rules))
    for broken, (column, message, _) in zip(found.row(0), rules, strict=True):
        if broken:
            raise FrameError(column, message)


def _scale_rules() -> list[_Rule]:
    whens = ("baseline", *(w.slug for w in WINDOWS))
    scales = {
        **{f"{measure}_{when}": (0, 10) for measure in ("nrs", "worst") for when in whens},
        **{pgic(w): (1, 7) for w in WINDOWS},
        "ecog": (0, 4),
    }
    counted = (*(f"medd_{when}" for when in whens), "further_days", "relief_from", "relief_days")
    return [
        *(
            (c, f"has values outside {low} to {high}", ~pl.col(c).is_between(low, high))
            for c, (low, high) in scales.items()
        ),
        *((c, "has values below 0", pl.col(c) < 0) for c in counted),
    ]


def _word_rules() -> list[_Rule]:
    words = {
        **{state(w): _STATE for w in WINDOWS},
        **{response("icpre2012", w): [c.value for c in Icpre2012] for w in WINDOWS},
        "first_window": [w.slug for w in WINDOWS],
        "relief_end": [end.value for end in ReliefEnd],
    }
    return [(c, "has an unknown word", ~pl.col(c).is_in(known)) for c, known in words.items()]


def _pairing_rules() -> list[_Rule]:
    relief = [pl.col(f"relief_{part}").is_null() for part in ("from", "days", "end")]
    return [
        *((state(w), "is assessed without both scores", _unpaired(w)) for w in WINDOWS),
        *((response("nrs30", w), "contradicts the state", _contradicts(w)) for w in WINDOWS),
        *((medd_complete(w), "is true without a dose", _undosed(w.slug)) for w in WINDOWS),
        ("medd_complete_baseline", "is true without a dose", _undosed("baseline")),
        ("relief_end", "tells a relief in part", relief[0] != relief[1]),
        ("relief_end", "tells a relief in part", relief[1] != relief[2]),
    ]


def _unpaired(window: Window) -> pl.Expr:
    missing = pl.col("nrs_baseline").is_null() | pl.col(score(window)).is_null()
    return assessed(window) & missing


def _contradicts(window: Window) -> pl.Expr:
    """The state is by `nrs30`: both say who responds, and both are silent about the rest."""
    said = pl.when(assessed(window)).then(pl.col(state(window)) == State.RESPONDER.value)
    return pl.col(response("nrs30", window)).ne_missing(said)


def _undosed(slug: str) -> pl.Expr:
    complete = pl.col(f"medd_complete_{slug}").fill_null(value=False)
    return complete & pl.col(f"medd_{slug}").is_null()


def assessed(window: Window) -> pl.Expr:
    """Select procedures that were eligible and have a score in the window."""
    return pl.col(state(window)).is_in(_ASSESSED)
