"""Reading a regimen as people write it, and what it comes to. Needs no database."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Annotated

import typer

from registry.domain.errors import RuleViolation
from registry.domain.opioids import (
    NOT_FOR_SWITCHING,
    ConversionTable,
    Medd,
    conversion_table,
    convert,
)
from registry.domain.opioids.tables import TABLE_IDS
from registry.domain.regimens import ReadRegimen, read_regimen
from registry.web.views.opioids import cautions, left_out, lines_of

app = typer.Typer()


@app.command("regimen")
def tell_regimen(
    text: Annotated[str, typer.Argument(help="As written: 'MST 30 bd, oramorph 10mg prn x4'.")],
    table: Annotated[str, typer.Option(help=f"One of {', '.join(TABLE_IDS)}.")] = TABLE_IDS[0],
    as_json: Annotated[
        bool, typer.Option("--json", help="Print what the API answers, and the MEDD.")
    ] = False,
) -> None:
    """Read opioids from free text and tell their oral morphine equivalent, mg/24 h (MEDD).

    What can't be read is never guessed: it is printed, and the MEDD leaves it out.
    The exit status is 0 when all of the text was understood, 1 when a part was not.
    """
    chosen = _table(table)
    if not text.strip():
        raise typer.BadParameter("Give a regimen, or nil for none.", param_hint="TEXT")
    read = read_regimen(text)
    medd = convert(read.items, chosen)
    typer.echo(_as_json(read, medd) if as_json else "\n".join(_in_words(read, medd, chosen)))
    raise typer.Exit(1 if read.not_understood else 0)


def _table(name: str) -> ConversionTable:
    try:
        return conversion_table(name)
    except RuleViolation as unknown:
        raise typer.BadParameter(unknown.problems[0].message, param_hint="--table") from None


def _as_json(read: ReadRegimen, medd: Medd) -> str:
    from registry.web.api.opioids import show_medd, show_read  # the whole web: slow to load

    answer = {**show_read(read).model_dump(), "medd": show_medd(medd).model_dump()}
    return json.dumps(answer, indent=2, ensure_ascii=False)


def _in_words(read: ReadRegimen, medd: Medd, table: ConversionTable) -> Iterator[str]:
    for line in lines_of((*medd.items, *medd.neuraxial)):
        share = line.reason if line.mg is None else f"{line.mg.normalize():f} mg/24 h"
        yield f"{line.text}: {share}"
    for part in read.not_understood:
        yield f"Not understood, so left out: {part}"
    total = f"{medd.total_mg.normalize():f} mg/24 h oral morphine"
    without = [*left_out(medd), *(["what was not understood"] if read.not_understood else [])]
    if without:
        yield f"MEDD at least {total}, incomplete: without {' and '.join(without)}"
    else:
        yield f"MEDD {total}, complete"
    yield from cautions(medd)
    yield f"By {table.title} ({table.version}). {NOT_FOR_SWITCHING}"
