"""Outcome, event and dose frames of any size, drawn column by column: a stand-in for a registry.

The shape follows the demonstration (survival first, then visits missed, then scores), the numbers
mean nothing. It is fast enough for a million procedures and always the same for the same seed.
"""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray

from registry.domain.opioids import conversion_tables
from registry.domain.outcomes import State
from registry.domain.outcomes.relief import ReliefEnd
from registry.domain.techniques import taxonomy
from registry.domain.windows import WINDOWS, Window
from reports.doses import DOSE_SCHEMA, DoseFrame
from reports.events import EVENT_SCHEMA, EventFrame
from reports.frames import SCHEMA, OutcomeFrame, check
from reports.page import Data

CUT_OFF = date(2026, 11, 3)
_EPOCH = date(1970, 1, 1).toordinal()
_DAYS = 5 * 365

Flags = NDArray[np.bool_]
Whole = NDArray[np.int64]
Real = NDArray[np.float64]


class _Draw:
    """What has been drawn of `n` procedures so far, and the generator that draws the rest."""

    def __init__(self, n: int, seed: int) -> None:
        self.n, self.random = n, np.random.default_rng(seed)
        self.columns: dict[str, pl.Series] = {}
        self.ago = np.sort(self.random.integers(1, _DAYS, n))[::-1]
        self.baseline = self.random.integers(3, 11, n)
        self.known = self.random.random(n) < 0.95
        self.eligible = self.known & (self.baseline >= 4)
        self.worst = np.minimum(self.baseline + self.random.integers(0, 3, n), 10)
        self.dose = 5.0 * np.round(self.random.lognormal(4.4, 0.7, n) / 5)
        self.lives = self.random.exponential(90, n).astype(np.int64)
        self.died = self.lives < self.ago
        self.relief = self.random.normal(0.35, 0.3, n)

    def put(self, name: str, values: object, known: Flags | None = None) -> None:
        """Keep a column, empty where it is not known."""
        series = pl.Series(name, values)
        if known is not None:
            series = pl.select(pl.when(pl.Series(known)).then(series).alias(name))[name]
        self.columns[name] = series

    def words(self, name: str, choices: list[str], missing: float = 0.0) -> None:
        """Draw a column of words, some of them missing."""
        picked = pl.Series(self.random.integers(0, len(choices), self.n))
        told = pl.Series(choices).gather(picked)
        self.put(name, told, self.random.random(self.n) >= missing)


def make_data(n: int, seed: int = 20_210_713) -> Data:
    """Draw `n` procedures with their adverse events and doses."""
    draw = _Draw(n, seed)
    _who(draw)
    _before(draw)
    for window in WINDOWS:
        _at(draw, window)
    _course(draw)
    return Data(_outcomes(draw), _events(draw), _doses(draw))


def _who(draw: _Draw) -> None:
    n, random = draw.n, draw.random
    techniques = [t for t in taxonomy().techniques.values() if t.category]
    picked = random.integers(0, len(techniques), n)
    for name in ("slug", "category", "region"):
        told = pl.Series([getattr(t, name) for t in techniques]).gather(pl.Series(picked))
        draw.put("technique" if name == "slug" else name, told)
    draw.put("procedure_id", pl.Series(np.arange(n)).cast(pl.String))
    draw.put("course_id", draw.columns["procedure_id"])
    draw.put("patient_id", pl.Series(random.integers(0, max(4 * n // 5, 1), n)).cast(pl.String))
    draw.put("performed_on", pl.Series(CUT_OFF.toordinal() - _EPOCH - draw.ago).cast(pl.Date))
    draw.words("site", ["harbour", "hill", "north", "south"])
    draw.words("operator", [f"Dr {letter}" for letter in "ABCDEFGHIJKL"])
    draw.words("intent", ["therapeutic", "repeat", "implant"])
    draw.words("mechanism", ["somatic", "visceral", "neuropathic", "mixed"], missing=0.1)
    draw.words("diagnosis_group", ["lung", "pancreas", "breast", "prostate", "colorectal"])
    draw.words("sex", ["female", "male"])
    draw.put("agent_classes", pl.Series([["alcohol"]] * n))
    draw.put("guidance", pl.Series([["ct"]] * n))
    draw.put("age_years", random.integers(30, 95, n))
    draw.put("akps", 10 * random.integers(3, 9, n), random.random(n) < 0.9)
    waited = random.lognormal(1.8, 0.8, n).astype(np.int64)
    draw.put("referral_days", waited, random.random(n) < 0.8)


def _before(draw: _Draw) -> None:
    n, random = draw.n, draw.random
    draw.put("nrs_baseline", draw.baseline, draw.known)
    draw.put("worst_baseline", draw.worst, draw.known)
    draw.put("medd_baseline", draw.dose)
    draw.put("medd_complete_baseline", random.random(n) < 0.95)
    draw.put("methadone", random.random(n) < 0.1)
    draw.put("neuraxial", random.random(n) < 0.05)


def _at(draw: _Draw, window: Window) -> None:
    n, random, slug = draw.n, draw.random, window.slug
    seen = (draw.lives > window.target) & (draw.ago >= window.target) & (random.random(n) < 0.75)
    spread = random.normal(0, 0.2, n)
    score = np.clip(np.round(draw.baseline * (1 - draw.relief + spread)), 0, 10).astype(np.int64)
    worst = np.minimum(score + 1, 10)
    after = np.maximum(0.0, draw.dose * (1 - draw.relief / 2) // 5 * 5)
    draw.put(f"nrs_{slug}", score, seen)
    draw.put(f"worst_{slug}", worst, seen)
    draw.put(f"pgic_{slug}", random.integers(1, 8, n), seen)
    draw.put(f"medd_{slug}", after, seen)
    draw.put(f"medd_complete_{slug}", random.random(n) < 0.95, seen)
    judged = seen & draw.eligible
    responds = 10 * score <= 7 * draw.baseline
    draw.put(f"nrs30_{slug}", responds, judged)
    draw.put(f"nrs50_{slug}", 2 * score <= draw.baseline, judged)
    draw.put(f"nrs2_{slug}", draw.baseline - score >= 2, judged)
    draw.put(f"composite_{slug}", draw.worst - worst >= 2, judged)
    draw.put(f"icpre2012_{slug}", np.where(responds, "partial", "indeterminate"), judged)
    for share in (30, 50):
        fell = 100 * after <= (100 - share) * draw.dose
        draw.put(f"medd{share}_{slug}", fell, seen & (draw.dose > 0))
    draw.put(f"state_{slug}", _state(draw, window, judged, responds))
    draw.words(f"missed_{slug}", ["too-unwell", "not-reached"], missing=0.8)


def _state(draw: _Draw, window: Window, judged: Flags, responds: Flags) -> NDArray[np.str_]:
    return np.select(
        [
            ~draw.eligible,
            judged & responds,
            judged,
            draw.died & (draw.lives <= window.closes),
            draw.ago <= window.closes,
        ],
        [
            State.INELIGIBLE.value,
            State.RESPONDER.value,
            State.NON_RESPONDER.value,
            State.DIED_BEFORE.value,
            State.NOT_DUE.value,
        ],
        State.ALIVE_NOT_ASSESSED.value,
    )


def _course(draw: _Draw) -> None:
    n, random = draw.n, draw.random
    draw.put("days_to_death", draw.lives, draw.died)
    draw.put("last_seen_days", np.minimum(draw.lives, draw.ago))
    relieved = draw.eligible & (draw.relief > 0.2)
    draw.put("relief_from", random.integers(1, 10, n), relieved)
    draw.put("relief_days", random.integers(0, 180, n), relieved)
    picked = pl.Series(random.integers(0, len(ReliefEnd), n))
    draw.put("relief_end", pl.Series([e.value for e in ReliefEnd]).gather(picked), relieved)
    draw.put("further_days", random.integers(1, 200, n), random.random(n) < 0.1)


def _outcomes(draw: _Draw) -> OutcomeFrame:
    nothing = pl.Series([None], dtype=pl.Null).new_from_index(0, draw.n)
    return check(pl.DataFrame({name: draw.columns.get(name, nothing) for name in SCHEMA}))


def _events(draw: _Draw) -> EventFrame:
    random, some = draw.random, np.flatnonzero(draw.random.random(draw.n) < 0.08)
    m = len(some)
    graded = random.integers(1, 6, m)
    told = {
        "event_id": pl.Series(np.arange(m)).cast(pl.String),
        "patient_id": draw.columns["patient_id"].gather(some),
        "procedure_id": draw.columns["procedure_id"].gather(some),
        "onset_on": draw.columns["performed_on"].gather(some),
        "complication": pl.Series(["hypotension", "haematoma", "infection"]).gather(
            pl.Series(random.integers(0, 3, m))
        ),
        "kind": pl.Series(["harm", "harm", "expected", "progression"]).gather(
            pl.Series(random.integers(0, 4, m))
        ),
        "scheme": pl.Series(["ctcae"]).new_from_index(0, m),
        "scheme_version": pl.Series(["5.0"]).new_from_index(0, m),
        "grade": pl.Series(graded, dtype=pl.Int32),
        "relatedness": pl.Series(["probable"]).new_from_index(0, m),
        "resolution": pl.Series(["resolved"]).new_from_index(0, m),
    }
    return EventFrame(pl.DataFrame(told).select(*EVENT_SCHEMA).cast(dict(EVENT_SCHEMA)))


def _doses(draw: _Draw) -> DoseFrame:
    """Give every dose under every table, a little apart from each other."""
    own = pl.DataFrame({n: draw.columns[n] for n in DOSE_SCHEMA if n in draw.columns})
    doses = [name for name in own.columns if name.startswith("medd_") and "complete" not in name]
    tables = [
        own.with_columns(pl.lit(table).alias("table_id"), pl.col(doses) * (1 + 0.1 * i))
        for i, table in enumerate(conversion_tables())
    ]
    return DoseFrame(pl.concat(tables).select(*DOSE_SCHEMA).cast(dict(DOSE_SCHEMA)))
