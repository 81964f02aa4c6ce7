"""What a site's logbook looks like: which column is what, and how its values are to be read.

A mapping is a TOML file. Everything that one logbook may do differently from another stands there;
a misspelt setting is refused with its name and, where one is near, the setting that was meant.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from registry.domain.timeline import Instrument, PainType, Recall, Respondent, ScoreKind
from registry.exchange.importer.dates import date_pattern


class Settings(BaseModel):
    """A table of the mapping's file; a setting that it doesn't know is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class FileForm(Settings):
    """How the file is written. A byte order mark tells its encoding whatever stands here; of a
    workbook a sheet is read, the first unless one is named.

    `formula_quote` says that an export wrote it, which puts `'` before text that a spreadsheet
    would run as a formula: it is taken off again.
    """

    encoding: str = "utf-8"
    separator: Literal[",", ";", "\t", "|"] = ","
    header_line: int = Field(default=1, ge=1)
    sheet: str | None = None
    formula_quote: bool = False

    @field_validator("encoding")
    @classmethod
    def _known(cls, name: str) -> str:
        try:
            return codecs.lookup(name).name
        except LookupError:
            raise ValueError("there is no encoding of this name") from None


class Columns(Settings):
    """The column that holds each field; the first four are what no row can do without."""

    hospital_number: str
    birth_date: str
    performed_on: str
    technique: str
    name: str | None = None
    sex: str | None = None
    diagnosis: str | None = None
    intent: str | None = None
    operator: str | None = None
    supervisor: str | None = None
    trainee: str | None = None
    setting: str | None = None
    referred_on: str | None = None
    mechanism: str | None = None
    pain_site: str | None = None
    pain_region: str | None = None
    pain_cause: str | None = None
    prognosis: str | None = None
    anticoagulation: str | None = None
    radiotherapy_28d: str | None = None
    systemic_therapy_28d: str | None = None
    approach: str | None = None
    laterality: str | None = None
    levels: str | None = None
    guidance: str | None = None
    agents: str | None = None
    sedation: str | None = None
    technical_success: str | None = None
    technical_failure: str | None = None
    block_result: str | None = None
    block_relief_percent: str | None = None
    complications: str | None = None
    died_on: str | None = None
    note: str | None = None


class PainConvention(Settings):
    """What a plain number says, and which words name another kind of score: `7 (worst 9)`."""

    kind: ScoreKind = ScoreKind.AVERAGE
    recall: Recall = Recall.DAY
    respondent: Respondent = Respondent.SELF
    words: dict[str, ScoreKind] = {}

    def type_of(self, kind: ScoreKind | None = None) -> PainType:
        """Give the type of a score of this kind, by default of a plain one."""
        named = kind or self.kind
        recall = Recall.NOW if named is ScoreKind.NOW else self.recall
        return PainType(named, recall, self.respondent)


class TimePoint(Settings):
    """The columns of one assessment. `day` is the day after the procedure that they stand for,
    0 or less for the baseline; a column of dates, where there is one, says it better. `respondent`
    is a column that says whose word it is, where the pain convention doesn't hold for all rows;
    `source` one that says how the answers were had.
    """

    day: int
    after_procedure: bool = False
    date: str | None = None
    pain: str | dict[ScoreKind, str] | None = None
    opioids: str | None = None
    akps: str | None = None
    ecog: str | None = None
    pgic: str | None = None
    peg_pain: str | None = None
    peg_enjoyment: str | None = None
    peg_activity: str | None = None
    breakthrough: str | None = None
    respondent: str | None = None
    source: str | None = None

    @property
    def is_baseline(self) -> bool:
        """Say whether this is the assessment made before the procedure."""
        return self.day <= 0 and not self.after_procedure

    def pain_columns(self) -> tuple[tuple[ScoreKind | None, str], ...]:
        """Give the pain columns, each with the kind of score that a plain number in it is."""
        if isinstance(self.pain, str):
            return ((None, self.pain),)
        return tuple((self.pain or {}).items())

    def measures(self) -> Iterator[tuple[Instrument, str]]:
        """Give the columns of function, change, PEG and breakthrough pain."""
        for instrument in Instrument:
            column: str | None = getattr(self, instrument.value)
            if column:
                yield instrument, column

    def columns(self) -> Iterator[str]:
        """Give all columns of this assessment."""
        yield from (column for _, column in self.pain_columns())
        yield from (c for c in (self.date, self.opioids) if c)
        yield from (column for _, column in self.measures())
        yield from (c for c in (self.respondent, self.source) if c)


class Defaults(Settings):
    """What holds where a row says nothing."""

    intent: str = "therapeutic"
    operator: str | None = None
    baseline_missing_reason: str = "Not recorded in the logbook"
    complication_day: int = Field(default=0, ge=0)


class Decisions(Settings):
    """What is done about cells that aren't plainly wrong but can't be taken as they stand."""

    opioid_without_dose: Literal["refuse the row", "leave out"] = "refuse the row"
    follow_up_cut_short: Literal["date it on the last day", "leave out"] = "date it on the last day"
    unknown_complication: Literal["record as other", "leave out"] = "record as other"


class LogbookMapping(Settings):
    """One logbook's mapping, as its file has it; `name` is the file's."""

    name: str
    title: str = ""
    file: FileForm = FileForm()
    not_recorded: tuple[str, ...] = ()
    dates: tuple[str, ...] = Field(min_length=1)
    ignore: tuple[str, ...] = ()
    columns: Columns
    pain: PainConvention = PainConvention()
    assessments: tuple[TimePoint, ...] = ()
    defaults: Defaults = Defaults()
    decisions: Decisions = Decisions()
    intent_words: dict[str, str] = {}
    unrecorded_units: tuple[str, ...] = ()
    values: dict[str, dict[str, str]] = {}

    @field_validator("dates")
    @classmethod
    def _readable(cls, styles: tuple[str, ...]) -> tuple[str, ...]:
        for style in styles:
            date_pattern(style)
        return styles

    def used_columns(self) -> list[str]:
        """Give every column that the mapping reads."""
        named = [c for c in self.columns.model_dump().values() if c]
        return named + [c for point in self.assessments for c in point.columns()]

    def column(self, field: str) -> str | None:
        """Give the column of a field; None when the logbook has none."""
        found: str | None = getattr(self.columns, field)
        return found
