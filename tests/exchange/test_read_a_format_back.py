"""Each format is read back by the program that analysts open it with, and says the same."""

from __future__ import annotations

import json
import math
import shutil
import subprocess
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pyarrow.parquet as pq
import pyreadstat
import pytest

from registry.exchange.column_specs import ColumnSpec
from registry.exchange.formats import Format, writer
from registry.exchange.formats.files import TooLarge
from registry.exchange.formats.statistics import write_spss, write_stata
from registry.exchange.formats.workbook import SHEET_ROWS, write_workbook
from registry.exchange.tables import Table

pytestmark = pytest.mark.either_database

COLUMNS = (
    ColumnSpec("number", "text", "Has leading zeros."),
    ColumnSpec("said", "text", "Whatever people type."),
    ColumnSpec("change", "integer", "May be negative.", unit="points"),
    ColumnSpec("dose", "decimal", "With a fraction.", unit="mg"),
    ColumnSpec("on", "date", "A day.", unit="YYYY-MM-DD"),
    ColumnSpec("at", "instant", "A moment."),
    ColumnSpec("yes", "boolean", "Yes or no."),
    ColumnSpec("many", "list", "Several."),
    ColumnSpec(
        "sex", "text", "Coded.", values=("female", "male", "unknown"), labels={"female": "Frau"}
    ),
)
DAY, MOMENT = date(1899, 12, 31), datetime(2021, 3, 2, 13, 14, 15, tzinfo=UTC)
ROWS: list[list[Any]] = [
    ["00042", '=HYPERLINK("http://x","é")', -3, -0.1, DAY, MOMENT, True, "a;b", "female"],
    ["1E5", '-12 kg\nmüde, "so"', 0, 1e-7, date(2024, 2, 29), None, False, "", "unknown"],
    ["+1", "@SUM(A1)\tx", None, None, None, None, None, None, None],
    ["", "数字 🙂", 12345678, 0.1 + 0.2, date(2021, 3, 2), MOMENT, True, ["c"], "male"],
]


def table(rows: list[list[Any]] | None = None) -> Table:
    kept = ROWS if rows is None else rows
    return Table("things", "Things", "one row a thing", COLUMNS, lambda: iter(kept))


def written(into: Format, folder: Path, rows: list[list[Any]] | None = None) -> Path:
    (one,) = writer(into)(table(rows), folder)
    assert one.rows == len(ROWS if rows is None else rows)
    return one.path


def test_csv_keeps_text_as_text_and_numbers_as_numbers(tmp_path: Path) -> None:
    frame = pd.read_csv(written(Format.CSV, tmp_path), dtype={"number": str})
    assert list(frame["change"].dropna()) == [-3, 0, 12345678]
    assert list(frame["dose"].dropna()) == [-0.1, 1e-7, 0.1 + 0.2]
    assert list(frame["number"])[:3] == ["00042", "1E5", "+1"]
    assert frame["said"][0] == "'" + ROWS[0][1]
    assert frame["said"][2] == "'" + ROWS[2][1]
    assert list(frame["on"].dropna()) == ["1899-12-31", "2024-02-29", "2021-03-02"]
    assert frame["at"][0] == "2021-03-02T13:14:15.000000+00:00"


def test_json_lines_are_objects_of_typed_values(tmp_path: Path) -> None:
    lines = written(Format.JSONL, tmp_path).read_text("utf-8").splitlines()
    first, second, third, _ = map(json.loads, lines)
    assert list(first) == [c.name for c in COLUMNS]
    assert (first["change"], first["yes"], first["many"]) == (-3, True, ["a", "b"])
    assert first["said"] == ROWS[0][1]
    assert (second["many"], third["many"], third["change"]) == ([], None, None)


def test_parquet_is_typed_and_says_what_each_column_means(tmp_path: Path) -> None:
    path = written(Format.PARQUET, tmp_path)
    read = pq.read_table(path)
    assert [str(f.type) for f in read.schema] == [
        *("string", "string", "int64", "double", "date32[day]", "timestamp[us, tz=UTC]"),
        *("bool", "list<element: string>", "string"),
    ]
    told = read.schema.field("sex").metadata
    assert told[b"meaning"] == b"Coded."
    assert told[b"values"] == b"female = Frau; male = Male; unknown = Unknown"
    assert read.schema.metadata[b"grain"] == b"one row a thing"
    rows = read.to_pylist()
    assert [r["said"] for r in rows] == [r[1] for r in ROWS]
    assert rows[0]["on"] == DAY
    assert rows[0]["at"] == MOMENT
    assert [r["many"] for r in rows] == [["a", "b"], [], None, ["c"]]


def test_a_workbook_has_typed_cells_a_frozen_header_and_a_codebook(tmp_path: Path) -> None:
    book = openpyxl.load_workbook(written(Format.XLSX, tmp_path))
    assert book.sheetnames == ["data", "codebook"]
    sheet = book["data"]
    assert sheet.freeze_panes == "A2"
    cells = {(c.row, c.column): c for row in sheet.iter_rows() for c in row}
    assert {c.data_type for c in cells.values()} <= {"s", "n", "d", "b"}  # and never "f"
    assert cells[2, 1].value == "00042"
    assert (cells[2, 2].value, cells[2, 2].data_type) == (ROWS[0][1], "s")
    assert (cells[2, 3].value, cells[2, 3].data_type) == (-3, "n")
    assert (cells[2, 5].value, cells[2, 5].data_type) == ("1899-12-31", "s")
    assert (cells[3, 5].value, cells[3, 5].data_type) == (datetime.fromisoformat("2024-02-29"), "d")
    assert cells[2, 6].value == MOMENT.replace(tzinfo=None)
    assert (cells[2, 7].value, cells[2, 7].data_type) == (True, "b")
    assert [cells[r, 2].value for r in range(2, 6)] == [r[1] for r in ROWS]
    described = list(book["codebook"].iter_rows(values_only=True))
    assert [line[1] for line in described[1:]] == [c.name for c in COLUMNS]


def test_a_workbook_goes_on_to_another_sheet_and_loses_nothing(tmp_path: Path) -> None:
    rows = [[str(n), "x", n, None, None, None, None, None, None] for n in range(25)]
    (one,) = write_workbook(table(rows), tmp_path, sheet_rows=11)
    book = openpyxl.load_workbook(one.path)
    assert book.sheetnames == ["data", "data_2", "data_3", "codebook"]
    numbers = [
        row[2]
        for name in book.sheetnames[:-1]
        for row in list(book[name].iter_rows(values_only=True))[1:]
    ]
    assert numbers == list(range(25))
    assert one.rows == 25
    assert SHEET_ROWS == 1_048_576


def test_spss_has_labels_days_and_missing_codes(tmp_path: Path) -> None:
    path = written(Format.SPSS, tmp_path)
    frame, told = pyreadstat.read_sav(path, user_missing=True)
    assert list(frame["number"]) == ["00042", "1E5", "+1", ""]
    assert list(frame["said"]) == [r[1] for r in ROWS]
    assert list(frame["change"].dropna()) == [-3, 0, 12345678]
    assert list(frame["on"].dropna()) == [DAY, date(2024, 2, 29), date(2021, 3, 2)]
    assert told.variable_value_labels["sex"] == {1: "Frau", 2: "Male", 3: "Unknown"}
    assert told.variable_value_labels["yes"] == {0: "No", 1: "Yes"}
    assert told.missing_ranges == {"sex": [{"lo": 3.0, "hi": 3.0}]}
    assert told.column_names_to_labels["sex"] == "Sex"
    assert list(frame["sex"].dropna()) == [1, 3, 2]
    plain, _ = pyreadstat.read_sav(path)
    assert list(plain["sex"].dropna()) == [1, 2]  # what isn't known is no value


def test_stata_has_labels_days_and_missing_codes(tmp_path: Path) -> None:
    path = written(Format.STATA, tmp_path)
    frame, told = pyreadstat.read_dta(path, user_missing=True)
    assert list(frame["said"]) == [r[1] for r in ROWS]
    assert list(frame["number"]) == ["00042", "1E5", "+1", ""]
    assert list(frame["change"].dropna()) == [-3, 0, 12345678]
    assert list(frame["on"].dropna()) == [DAY, date(2024, 2, 29), date(2021, 3, 2)]
    assert told.variable_value_labels["sex"] == {1: "Frau", 2: "Male", "a": "Unknown"}
    sexes = list(frame["sex"])
    assert (sexes[0], sexes[1], sexes[3]) == (1, "a", 2)
    assert math.isnan(sexes[2])
    pandas = pd.read_stata(path, convert_categoricals=False)
    assert list(pandas["sex"].dropna()) == [1, 2]


@pytest.mark.parametrize(
    ("write", "read"),
    [
        (write_spss, pyreadstat.read_sav),
        (write_stata, pyreadstat.read_dta),
    ],
)
def test_a_large_table_comes_in_parts_that_add_up(tmp_path: Path, write: Any, read: Any) -> None:
    rows = [[str(n), "x", n, None, None, None, None, None, "male"] for n in range(25)]
    parts = write(table(rows), tmp_path, part=10)
    assert [(p.path.stem, p.rows) for p in parts] == [
        ("things", 10),
        ("things_2", 10),
        ("things_3", 5),
    ]
    numbers = [n for p in parts for n in read(p.path)[0]["change"]]
    assert numbers == list(range(25))


@pytest.mark.parametrize("into", Format)
def test_a_table_without_rows_is_a_file_that_opens(tmp_path: Path, into: Format) -> None:
    path = written(into, tmp_path, [])
    names = [c.name for c in COLUMNS]
    match into:
        case Format.CSV:
            assert list(pd.read_csv(path).columns) == names
        case Format.XLSX:
            assert [c.value for c in openpyxl.load_workbook(path)["data"][1]] == names
        case Format.PARQUET:
            assert pq.read_table(path).column_names == names
        case Format.SPSS:
            assert list(pyreadstat.read_sav(path)[0].columns) == names
        case Format.STATA:
            assert list(pyreadstat.read_dta(path)[0].columns) == names
        case Format.JSONL:
            assert path.read_text() == ""


@pytest.mark.parametrize("into", Format)
def test_made_again_a_file_is_the_same_to_the_byte(tmp_path: Path, into: Format) -> None:
    first = written(into, tmp_path).read_bytes()
    assert str(datetime.now(UTC).year).encode() not in first  # no format says when it was made
    (tmp_path / "later").mkdir()
    assert written(into, tmp_path / "later").read_bytes() == first


@pytest.mark.parametrize(("into", "length"), [(Format.XLSX, 32_768), (Format.SPSS, 32_768)])
def test_a_text_too_long_for_a_format_is_refused_and_never_cut(
    tmp_path: Path, into: Format, length: int
) -> None:
    rows = [["1", "x" * length, *[None] * 7]]
    with pytest.raises(TooLarge, match="choose Parquet, CSV or JSON Lines"):
        writer(into)(table(rows), tmp_path)


def test_libreoffice_reads_the_workbook_as_it_was_meant(tmp_path: Path) -> None:
    office = shutil.which("soffice") or shutil.which("libreoffice")
    if office is None:
        pytest.skip("LibreOffice isn't installed (Debian: libreoffice-calc)")
    path = written(Format.XLSX, tmp_path)
    subprocess.run(
        [
            office,
            "--headless",
            "--convert-to",
            "csv:Text - txt - csv (StarCalc):44,34,76",
            "--outdir",
            str(tmp_path / "out"),
            str(path),
        ],
        check=True,
        capture_output=True,
        timeout=120,
    )
    frame = pd.read_csv(tmp_path / "out" / "things.csv", dtype=str, keep_default_na=False)
    assert list(frame["number"]) == ["00042", "1E5", "+1", ""]
    assert list(frame["said"]) == [r[1] for r in ROWS]
    assert frame["change"][0] == "-3"
    assert frame["on"][1] == "2024-02-29"
