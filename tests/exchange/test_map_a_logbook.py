"""Telling Assuage what a logbook's columns and words mean, and how each sort of cell is read."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.domain.axes import axis
from registry.domain.timeline import AVERAGE_SELF, WORST_SELF, Instrument, PainScore, ScoreKind
from registry.exchange.importer import LogbookError, LogbookMapping, MappingError, load_mapping
from registry.exchange.importer.cells import Cells
from registry.exchange.importer.dates import read_date
from registry.exchange.importer.errors import UnclearCell, WrongCell
from registry.exchange.importer.files import FileForm, Line, Logbook, read_logbook
from registry.exchange.importer.mapping import PainConvention
from registry.exchange.importer.procedure import read_procedure
from registry.exchange.importer.readers.agents import read_agents
from registry.exchange.importer.readers.scores import read_measure, read_pain
from registry.exchange.importer.rows import Row, read_row
from tests.exchange.logbook_files import row, sample_logbook, write_logbook

TODAY = date(2026, 3, 2)
UK = load_mapping("uk-logbook")
SHIPPED = Path(__file__).parents[2] / "registry" / "exchange" / "mappings" / "uk-logbook.toml"

# ----------------------------------------------------------------------------------- the mapping


def read_file(path: Path, form: FileForm) -> Logbook:
    return read_logbook(path.name, path.read_bytes(), form)


def mapping_with(tmp_path: Path, old: str, new: str) -> LogbookMapping:
    text = SHIPPED.read_text("utf-8")
    assert old in text
    path = tmp_path / "mine.toml"
    path.write_text(text.replace(old, new, 1), "utf-8")
    return load_mapping(path)


def test_the_shipped_mapping_names_every_column_of_the_sample() -> None:
    columns = read_file(sample_logbook(), UK.file).columns
    assert sorted(columns) == sorted([*UK.used_columns(), *UK.ignore])


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("hospital_number =", "hopsital_number =", "did you mean hospital_number"),
        ('hospital_number = "Hosp No"', "", "columns.hospital_number is missing"),
        ("[decisions]", "[descisions]", "did you mean decisions"),
        ('opioid_without_dose = "refuse the row"', 'opioid_without_dose = "ignore"', "leave out"),
        ('"dd/mm/yyyy"', '"dd/mm/yy"', "not a date style"),
        ('kind = "average"', 'kind = "mean"', "pain.kind"),
        ('worst = "worst"', 'worst = "wurst"', "pain.words.worst"),
        ('encoding = "utf-8"', 'encoding = "utf-9"', "no encoding"),
        ('separator = ","', 'separator = ", "', "file.separator"),
        ("day = 2\n", 'day = "two"\n', "assessments.1.day"),
        ("day = 2\n", "day = 7\n", "same day"),
        ("day = 2\n", "day = -2\n", "keep one as the baseline"),
        ("day = 0\n", "day = -30\n", "baseline's day"),
        ('pain = "Pain 48h"', 'pain = "Pain pre"', "given twice: Pain pre"),
        ("ignore = []", 'ignore = ["Side"]', "given twice: Side"),
        ('trial = "trial"', 'trial = "tryal"', "intent_words.trial"),
        ('intent = "therapeutic"', 'intent = "helpful"', "defaults.intent"),
        ("[values.operator]", "[values.surgeon]", "values.surgeon"),
        ("[values.agents]", '[values.technique]\nX = "no such thing"\n[values.agents]', "no such"),
        ('dex = "dexamethasone"', 'dex = "dexamethasome"', "dexamethasome"),
        ("[file]", "[file", "not valid TOML"),
    ],
)
def test_a_slip_in_a_mapping_is_told(tmp_path: Path, old: str, new: str, said: str) -> None:
    with pytest.raises(MappingError, match=said):
        mapping_with(tmp_path, old, new)


def test_a_mapping_in_another_encoding_is_told(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_bytes("title = 'Gynäkologie'".encode("cp1252"))
    with pytest.raises(MappingError, match="not valid TOML"):
        load_mapping(path)


def test_a_mapping_that_is_not_there_is_told_with_those_that_are() -> None:
    with pytest.raises(MappingError, match="uk-logbook"):
        load_mapping("us-logbook")
    with pytest.raises(MappingError, match="no mapping file"):
        load_mapping("nowhere/mine.toml")


# -------------------------------------------------------------------------------------- the file


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_files_of_any_usual_make_are_read_alike(
    tmp_path: Path, encoding: str, separator: str
) -> None:
    written = row(Comments="naïve, “tired”; £5")
    path = write_logbook(tmp_path / "l.csv", written, encoding=encoding, separator=separator)
    book = read_file(path, FileForm(encoding=encoding, separator=separator))
    assert [(line.number, dict(line.cells)) for line in book.lines] == [(2, written)]


def test_a_byte_order_mark_is_believed_over_the_mapping(tmp_path: Path) -> None:
    path = write_logbook(tmp_path / "l.csv", row(), encoding="utf-16")
    assert len(read_file(path, FileForm(encoding="utf-8")).lines) == 1


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "empty"),
        (b"\xef\xbb\xbf \r\n", "no header"),
        (b"A,B\r\n", "no rows"),
        (b"A,B\r\n,\r\n\r\n", "no rows"),
        (b"A,A\r\n1,2\r\n", "twice: A"),
        (b"A,,C\r\n1,2,3\r\n", "Column 2 has no name"),
        (b"A\r\n\xff\r\n", "not written in utf-8"),
        ("A\r\n1\r\n".encode("utf-16-le"), "perhaps to utf-16"),
        (b"PK\x03\x04rest", "workbook"),
        (b'A,B\r\n1,"2\r\n3,4\r\n', "Line 2 can't be read"),
    ],
)
def test_a_file_that_is_no_logbook_says_why(tmp_path: Path, data: bytes, said: str) -> None:
    path = tmp_path / "l.csv"
    path.write_bytes(data)
    with pytest.raises(LogbookError, match=said):
        read_file(path, FileForm())


def test_lines_are_counted_as_an_editor_counts_them(tmp_path: Path) -> None:
    path = tmp_path / "l.csv"
    path.write_text('Our logbook\n\nA,B\n1,"two\nlines"\n\n3,4,,\n5,6,7\n8\n', "utf-8")
    lines = read_file(path, FileForm(header_line=3)).lines
    assert [(line.number, bool(line.misshapen)) for line in lines] == [
        (4, False),
        (7, False),
        (8, True),
        (9, True),
    ]
    assert lines[0].cells == {"A": "1", "B": "two lines"}


# --------------------------------------------------------------------------------- single cells


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("20 Jun 1932", date(1932, 6, 20)),
        ("2 Sept 2024", date(2024, 9, 2)),
        ("2 September 2024", date(2024, 9, 2)),
        ("02/10/1939", date(1939, 10, 2)),
        ("2/1/2024", date(2024, 1, 2)),
        ("1958-02-04", date(1958, 2, 4)),
        ("29/02/2024", date(2024, 2, 29)),
    ],
)
def test_dates_in_the_mapping_s_styles(text: str, day: date) -> None:
    assert read_date(text, UK.dates) == day


@pytest.mark.parametrize(
    "text",
    [
        "31/02/2024",
        "29/02/2023",
        "13/13/2024",
        "12/05/26",
        "today",
        "-2",
        "5 Juk 2024",
        "2024",
        "0",
    ],
)
def test_what_is_no_date_is_wrong(text: str) -> None:
    with pytest.raises(WrongCell):
        read_date(text, UK.dates)


def test_a_date_that_could_be_two_days_is_wrong() -> None:
    both = ("dd/mm/yyyy", "mm/dd/yyyy")
    assert read_date("13/02/2024", both) == read_date("02/13/2024", both) == date(2024, 2, 13)
    assert read_date("02/02/2024", both) == date(2024, 2, 2)
    with pytest.raises(WrongCell, match="two different days"):
        read_date("03/02/2024", both)


@given(st.dates(date(1900, 1, 1), date(2100, 1, 1)))
def test_every_day_is_read_back_from_each_style(day: date) -> None:
    for style in ("%d/%m/%Y", "%Y-%m-%d", "%d %b %Y"):
        assert read_date(day.strftime(style), UK.dates) == day


WORDS = PainConvention(words={"worst": ScoreKind.WORST, "av": ScoreKind.AVERAGE, "w": "worst"})


@pytest.mark.parametrize(
    ("text", "average", "worst"),
    [
        ("7", 7, None),
        ("0/10", 0, None),
        ("10 / 10", 10, None),
        ("7 (worst 9)", 7, 9),
        ("7/10 (W 9/10)", 7, 9),
        ("worst 9, av 6", 6, 9),
        ("worst: 8", None, 8),
    ],
)
def test_pain_scores(text: str, average: int | None, worst: int | None) -> None:
    expected = {AVERAGE_SELF: average, WORST_SELF: worst}
    found = {score.type: score.score for score in read_pain(WORDS)(text)}
    assert found == {kind: score for kind, score in expected.items() if score is not None}


@pytest.mark.parametrize("text", ["77", "-1", "11/10", "10.5", "7 (worst 12)", "7 (worst 5)"])
def test_a_score_that_can_not_be_is_wrong(text: str) -> None:
    with pytest.raises(WrongCell):
        read_pain(WORDS)(text)


@pytest.mark.parametrize("text", ["6-7", "7.5", "severe", "7/100", "7 (max 9)", "7 8", "?", "7 (9"])
def test_a_score_that_is_not_clear_is_not_guessed(text: str) -> None:
    with pytest.raises(UnclearCell):
        read_pain(WORDS)(text)


def test_a_column_of_its_own_may_hold_the_worst_pain() -> None:
    assert read_pain(WORDS, ScoreKind.WORST)("9") == (PainScore(WORST_SELF, 9),)


def test_function_scores() -> None:
    akps = read_measure(Instrument.AKPS)
    assert (akps("50"), akps("60%"), read_measure(Instrument.ECOG)("3")) == (50, 60, 3)
    for text in ("60-70", "65", "poor"):
        with pytest.raises(UnclearCell):
            akps(text)
    with pytest.raises(WrongCell):
        akps("110")


def agents(text: str) -> list[tuple[object, ...]]:
    return [
        (a.agent_class, a.substance, a.concentration, a.volume_ml, a.dose)
        for a in read_agents(UK)(text)
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("cement 3ml", [("cement", None, None, 3, None)]),
        ("alcohol 50% 20ml", [("alcohol", None, 50, 20, None)]),
        ("RF 80C 90s", [("rf-thermal", None, None, None, 80)]),
        (
            "0.25% levobupiv 20ml + dex 6.6mg",
            [
                ("local-anaesthetic", "levobupivacaine", 0.25, 20, None),
                ("steroid", "dexamethasone", None, None, 6.6),
            ],
        ),
        ("clonidine 0.15 mg", [("adjuvant", "clonidine", None, None, 150)]),
    ],
)
def test_injectates(text: str, expected: list[tuple[object, ...]]) -> None:
    assert agents(text) == expected


@pytest.mark.parametrize(
    "text", ["10 ml", "magic 5 ml", "cement 3 bags", "phenol 6% 8%", "bupivacaine 0.5% + snake oil"]
)
def test_an_injectate_is_taken_wholly_or_not_at_all(text: str) -> None:
    with pytest.raises(UnclearCell):
        agents(text)


# ------------------------------------------------------------------------------------ whole rows


def read(mapping: LogbookMapping = UK, **changes: str) -> tuple[Row | None, Cells]:
    cells = Cells(Line(2, row(**changes)), mapping)
    return read_row(cells, TODAY), cells


def read_good(mapping: LogbookMapping = UK, **changes: str) -> Row:
    found, cells = read(mapping, **changes)
    assert found is not None, cells.findings
    return found


def noted(cells: Cells, kind: str) -> set[str]:
    return {f.column for f in cells.findings if f.kind == kind}


@pytest.mark.parametrize(
    ("procedure", "technique", "intent", "levels"),
    [
        ("CPN", "coeliac-plexus", "therapeutic", ()),
        ("vertebroplasty L2", "vertebroplasty", "therapeutic", ("L2",)),
        ("Kyphoplasty T11-L1", "kyphoplasty", "therapeutic", ("T11", "T12", "L1")),
        ("SCS trial", "spinal-cord-stimulation", "trial", ()),
        ("IDDS implant", "intrathecal-drug-delivery", "implant", ()),
        ("percutaneous cervical cordotomy", "percutaneous-cordotomy", "therapeutic", ()),
        ("C2-C3 medial branch", "c2-c3-medial-branch", "therapeutic", ()),
    ],
)
def test_a_procedure_s_name_says_technique_intent_and_levels(
    procedure: str, technique: str, intent: str, levels: tuple[str, ...]
) -> None:
    found = read_good(Procedure=procedure, Injectate="", Side="", Guidance="").procedure
    assert (found.technique, found.intent, found.levels) == (technique, intent, levels)


@pytest.mark.parametrize("procedure", ["botox?", "CPN?", "cervical plexus", "surgery", "L2"])
def test_a_procedure_that_is_not_known_for_certain_refuses_the_row(procedure: str) -> None:
    found, cells = read(Procedure=procedure)
    assert found is None
    assert noted(cells, "refused") == {"Procedure"}


def test_what_a_technique_can_not_have_is_left_out_and_listed() -> None:
    found, cells = read(Procedure="ganglion impar", Side="midline", Injectate="cement 3ml")
    assert found is not None
    assert (found.procedure.laterality, found.procedure.agents) == (None, ())
    assert found.procedure.guidance == ("fluoroscopy",)
    assert noted(cells, "warning") == {"Side", "Injectate"}


@pytest.mark.parametrize(
    ("injectate", "classes", "warned"),
    [
        ("", ["phenol"], False),
        ("phenol 6% 8 ml", ["phenol"], False),
        ("bupivacaine 0.5% 10ml", ["local-anaesthetic", "phenol"], False),
        ("alcohol 50% 20ml", [], True),
    ],
)
def test_the_name_and_the_injectate_are_heard_together_unless_they_contradict(
    injectate: str, classes: list[str], warned: bool
) -> None:
    found, cells = read(Procedure="SHP block phenol", Injectate=injectate)
    assert found is not None
    assert [a.agent_class for a in found.procedure.agents] == classes
    assert noted(cells, "warning") == ({"Injectate"} if warned else set())


def test_guidance_in_the_name_counts_where_the_column_is_silent() -> None:
    procedure = "celiac plexus neurolysis (EUS)"
    assert read_good(Procedure=procedure, Guidance="").procedure.guidance == ("eus",)
    found, cells = read(Procedure=procedure, Guidance="CT")
    assert found is not None
    assert (found.procedure.guidance, noted(cells, "warning")) == ((), {"Guidance"})


def test_every_problem_of_a_row_is_told_at_once() -> None:
    found, cells = read(
        Hosp_No="",
        DOB="1/1/26",
        Date="31/02/2025",
        Procedure="botox?",
        Operator="",
        Pain_pre="77",
        Pain_1_52="-1",
        Opioids_1_52="fentanyl patch",
        RIP_date="soon",
    )
    assert found is None
    assert noted(cells, "refused") == {
        *("Hosp No", "DOB", "Date", "Procedure", "Operator"),
        *("Pain pre", "Pain 1/52", "Opioids 1/52", "RIP date"),
    }


@pytest.mark.parametrize(
    ("changes", "column"),
    [
        ({"Date": "03/03/2026"}, "Date"),
        ({"DOB": "06/01/2025"}, "DOB"),
        ({"DOB": "01/01/1890"}, "DOB"),
        ({"RIP_date": "04/01/2025"}, "RIP date"),
        ({"RIP_date": "03/03/2026"}, "RIP date"),
        ({"Operator": "x" * 121}, "Operator"),
        ({"Procedure": "CPN implant"}, "Procedure"),
    ],
)
def test_a_life_out_of_order_or_a_rule_broken_refuses_the_row(
    changes: dict[str, str], column: str
) -> None:
    found, cells = read(**changes)
    assert found is None
    assert column in noted(cells, "refused")


def test_an_opioid_phrase_that_is_not_understood_leaves_the_regimen_out_whole() -> None:
    found, cells = read(Opioids_pre="MST 30 bd, some green liquid 5 ml")
    assert found is not None
    assert found.visits.baseline is not None
    assert found.visits.baseline.draft.regimen is None
    assert noted(cells, "warning") == {"Opioids pre"}
    assert (found.visits.opioids_given, found.visits.opioids_understood) == (2, 1)


def test_a_site_may_leave_out_an_opioid_without_its_dose(tmp_path: Path) -> None:
    lenient = mapping_with(
        tmp_path, 'opioid_without_dose = "refuse the row"', 'opioid_without_dose = "leave out"'
    )
    found, cells = read(lenient, Opioids_pre="fentanyl patch")
    assert found is not None
    assert noted(cells, "warning") == {"Opioids pre"}


def test_no_opioids_is_not_the_same_as_not_asked() -> None:
    taken = read_good(Opioids_pre="nil", Opioids_1_52="-").visits
    assert taken.baseline is not None
    assert taken.baseline.draft.regimen == ()
    assert taken.follow_ups[0].draft.regimen is None


@pytest.mark.parametrize(
    ("text", "events"),
    [
        ("hypotension, fluids", ["hypotension"]),
        ("vasovagal; bruising", ["vasovagal", "bruising"]),
        ("nil", []),
        ("singed eyebrows", ["other"]),
    ],
)
def test_complications(text: str, events: list[str]) -> None:
    found, cells = read(Complications=text)
    assert found is not None
    assert [e.complication for e in found.events] == events
    assert all(e.complication_text == text for e in found.events)
    assert noted(cells, "warning") == ({"Complications"} if events == ["other"] else set())


def test_a_site_may_leave_unknown_complications_out(tmp_path: Path) -> None:
    strict = mapping_with(tmp_path, '"record as other"\n', '"leave out"\n')
    found, cells = read(strict, Complications="singed eyebrows")
    assert found is not None
    assert (found.events, noted(cells, "warning")) == ((), {"Complications"})


def test_a_missing_baseline_says_so() -> None:
    without = read_good(Pain_pre="-")
    assert without.procedure.baseline_missing_reason == "Not recorded in the logbook"
    assert read_good().procedure.baseline_missing_reason is None


def test_words_stay_words(tmp_path: Path) -> None:
    assert read_good(Comments="=see letter").procedure.note == "=see letter"
    found, cells = read(Comments="x" * 2001)
    assert found is not None
    assert (found.procedure.note, noted(cells, "warning")) == (None, {"Comments"})


def test_a_row_is_the_same_however_it_is_written() -> None:
    one = read_good(Sex="F", Date="05/01/2025", Pain_1_52="4/10", Side="bilat")
    other = read_good(Sex="female", Date="5 Jan 2025", Pain_1_52="4", Side="Bilateral")
    assert one == other
    assert one != read_good(Pain_1_52="5")


def test_its_fingerprint_sees_every_column_that_is_read_but_no_case_or_blanks() -> None:
    plain = read_good().fingerprint
    assert read_good(Procedure=" cpn ", Comments="-").fingerprint == plain
    for changes in ({"Opioids_1_52": "MST 30 bd"}, {"AKPS": "60"}, {"Comments": "well"}):
        assert read_good(**changes).fingerprint != plain


def test_follow_up_columns_may_have_dates_of_their_own(tmp_path: Path) -> None:
    dated = mapping_with(tmp_path, 'pain = "Pain 1/52"', 'pain = "Pain 1/52"\ndate = "Seen on"')
    cells = {**row(), "Seen on": "14/01/2025"}
    found = read_row(Cells(Line(2, cells), dated), TODAY)
    assert found is not None
    assert [a.draft.assessed_on for a in found.visits.follow_ups] == [date(2025, 1, 14)]
    early = Cells(Line(2, {**cells, "Seen on": "04/01/2025"}), dated)
    assert read_row(early, TODAY) is None
    assert noted(early, "refused") == {"Seen on"}


def test_worst_pain_may_have_a_column_of_its_own(tmp_path: Path) -> None:
    two = mapping_with(
        tmp_path, 'pain = "Pain pre"', 'pain = { average = "Pain pre", worst = "Worst pre" }'
    )
    for worst, scores in (("9", [8, 9]), ("10", [])):
        cells = Cells(Line(2, {**row(), "Worst pre": worst}), two)
        found = read_row(cells, TODAY)
        assert found is not None
        assert found.visits.baseline is not None
        assert [s.score for s in found.visits.baseline.draft.scores] == scores
        assert noted(cells, "warning") == (set() if scores else {"Worst pre"})


@given(st.sampled_from(sorted(axis("laterality").slugs)), st.data())
def test_any_cell_may_hold_anything_without_breaking_the_reading(
    side: str, data: st.DataObject
) -> None:
    plain = row(Side=side)
    name = data.draw(st.sampled_from(sorted(plain)))
    cells = Cells(Line(2, {**plain, name: data.draw(st.text(max_size=30))}), UK)
    assert (read_row(cells, TODAY) is None) == cells.refused


def test_a_line_with_too_many_cells_is_refused() -> None:
    cells = Cells(Line(7, row(), misshapen="The line has 27 cells."), UK)
    assert read_row(cells, TODAY) is None
    assert [f.line for f in cells.findings] == [7]


def test_reading_a_procedure_alone_needs_its_day() -> None:
    assert read_procedure(Cells(Line(2, row()), UK), None) is None


# -------------------------------------------------------------- measures, and whose word they are

WHOSE = '"Pain 1/52"\nrespondent = "Said by"\npgic = "PGIC"\npeg_pain = "P"\npeg_enjoyment = "E"'


def follow_up_told(tmp_path: Path, **cells: str) -> tuple[Row | None, Cells]:
    mapping = mapping_with(
        tmp_path,
        '"Pain 1/52"',
        f'{WHOSE}\npeg_activity = "G"\nbreakthrough = "BTP"\nsource = "How"',
    )
    read_by = Cells(Line(2, {**row(), **cells}), mapping)
    return read_row(read_by, TODAY), read_by


def test_change_peg_and_breakthrough_have_columns(tmp_path: Path) -> None:
    found, _ = follow_up_told(
        tmp_path, PGIC="Much better", P="5", E="4", G="4", BTP="3", How="phone"
    )
    assert found
    draft = found.visits.follow_ups[0].draft
    assert (draft.pgic, draft.peg_pain, draft.peg_enjoyment, draft.peg_activity) == (2, 5, 4, 4)
    assert (draft.breakthrough, draft.source, draft.respondent) == (3, "phone", "self")


def test_a_proxys_word_is_never_taken_for_the_patients_own(tmp_path: Path) -> None:
    found, _ = follow_up_told(tmp_path, **{"Said by": "Proxy"})
    assert found
    draft = found.visits.follow_ups[0].draft
    assert {s.type.respondent for s in draft.scores} == {"proxy"}
    assert draft.respondent == "proxy"
    refused, cells = follow_up_told(tmp_path, **{"Said by": "the neighbour"})
    assert refused is None
    assert [(f.column, f.value) for f in cells.findings] == [("Said by", "the neighbour")]


def test_pain_now_looks_back_over_nothing() -> None:
    assert PainConvention().type_of(ScoreKind.NOW).recall == "now"
    assert PainConvention().type_of(ScoreKind.AT_REST).recall == "24h"
