"""What each column means, made of the column specs: as rows for CSV and sheets, and as HTML."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

from registry.exchange.column_specs import ColumnSpec
from registry.exchange.formats.files import codes, is_coded

CODEBOOK = (
    ColumnSpec("data_set", "text", "The data set that the column is in."),
    ColumnSpec("column", "text", "The column's name in the data."),
    ColumnSpec("label", "text", "Its name in words."),
    ColumnSpec("type", "text", "text, date, instant, integer, decimal, boolean or list."),
    ColumnSpec("unit", "text", "The unit or format of its values."),
    ColumnSpec("values", "text", "The values it can have, where they are a fixed list."),
    ColumnSpec("missing", "text", "The values that say: asked, and not known."),
    ColumnSpec("meaning", "text", "What it says, and what an empty cell means."),
    ColumnSpec("source", "text", "The table and column of the registry behind it."),
    ColumnSpec("privacy", "text", "What it tells of a person; profiles follow from it."),
)
VALUES = (
    ColumnSpec("data_set", "text", "The data set that the column is in."),
    ColumnSpec("column", "text", "The column's name in the data."),
    ColumnSpec("code", "integer", "The number that stands for the value in SPSS and Stata."),
    ColumnSpec("value", "text", "The value in all other formats."),
    ColumnSpec("label", "text", "What it means."),
    ColumnSpec("missing", "boolean", "It says: asked, and not known. In Stata it is .a."),
)


def codebook_lines(data_set: str, columns: Sequence[ColumnSpec]) -> Iterator[dict[str, str]]:
    """Describe columns, one line each, under the names of `CODEBOOK`."""
    for column in columns:
        yield {
            "data_set": data_set,
            "column": column.name,
            "label": column.label,
            "type": column.kind,
            "unit": column.unit,
            "values": "; ".join(column.values),
            "missing": "; ".join(column.missing),
            "meaning": column.meaning,
            "source": column.source or f"{data_set}.{column.name}",
            "privacy": column.privacy.value,
        }


def value_lines(data_set: str, columns: Sequence[ColumnSpec]) -> Iterator[dict[str, object]]:
    """List the values of coded columns, one line each, under the names of `VALUES`."""
    for column in filter(is_coded, columns):
        for value, code in codes(column).items():
            yield {
                "data_set": data_set,
                "column": column.name,
                "code": code,
                "value": value,
                "label": column.label_of(value),
                "missing": value in column.missing,
            }


def codebook_html(described: Sequence[tuple[str, str, Sequence[ColumnSpec]]]) -> str:
    """Write the codebook as one page that opens anywhere; `described`: name, grain and columns."""
    parts = [_PAGE_HEAD, *(_links(described))]
    for name, grain, columns in described:
        parts.append(f'<h2 id="{escape(name)}">{escape(name)}</h2><p>{escape(grain)}</p>')
        parts.append(
            "<table><thead><tr><th>Column<th>Type<th>Unit<th>Meaning<th>Values</tr></thead>"
        )
        parts.extend(map(_line, columns))
        parts.append("</table>")
    return "\n".join([*parts, "</html>\n"])


_PAGE_HEAD = """<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Codebook</title>
<style>
:root { color-scheme: light dark }
body { font: 16px/1.5 system-ui, sans-serif; margin: 2rem; max-width: 75rem }
table { border-collapse: collapse; width: 100% } th, td { text-align: left; vertical-align: top;
padding: .25rem .75rem .25rem 0; border-bottom: 1px solid #8888 } dl { margin: 0 } dt { float: left;
clear: left; margin-right: .5rem } summary { cursor: pointer }
</style>
<h1>Codebook</h1>"""


def _links(described: Sequence[tuple[str, str, Sequence[ColumnSpec]]]) -> Iterator[str]:
    items = (f'<li><a href="#{escape(n)}">{escape(n)}</a>: {escape(g)}' for n, g, _ in described)
    yield f"<ul>{''.join(items)}</ul>"


def _line(column: ColumnSpec) -> str:
    cells = (column.name, column.kind, column.unit, column.meaning)
    told = "".join(f"<td>{escape(text)}</td>" for text in cells)
    return f"<tr>{told}<td>{_values(column)}</td></tr>"


def _values(column: ColumnSpec) -> str:
    if not column.values:
        return ""
    items = "".join(
        f"<dt>{escape(v)}</dt><dd>{escape(column.label_of(v))}</dd>" for v in column.values
    )
    count = len(column.values)
    return f"<details><summary>{count} values</summary><dl>{items}</dl></details>"
