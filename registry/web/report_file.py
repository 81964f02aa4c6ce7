"""A report as one file: it opens anywhere, without network, and its figures are live."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from markupsafe import Markup

from registry.domain.dates import show_day
from registry.domain.drugs import drugs
from registry.domain.opioids import NOT_FOR_SWITCHING, ConversionTable
from registry.domain.opioids.tables import Factor
from registry.domain.outcomes.responders import DEFINITIONS, RESPONDERS_VERSION
from registry.domain.windows import BASELINE, WINDOWS, WINDOWS_VERSION
from registry.services.report_files import ReportFile
from registry.web.assets import find_asset
from registry.web.render import environment
from registry.web.views.report import show_answer
from reports.catalogue import CATALOGUE

TEMPLATE = "report_file/report.html"


def render_report_file(file: ReportFile) -> str:
    """Write the file: stylesheet, scripts, figures, tables, and what they rest on."""
    context = {
        "file": file,
        "reports": [
            {**show_answer(answer), "report": answer.output.report} for answer in file.answers
        ],
        "tables": [_show_table(table) for table in file.tables],
        "windows": [
            (w.label, f"days {w.opens} to {w.closes}", str(w.target)) for w in (BASELINE, *WINDOWS)
        ],
        "windows_version": WINDOWS_VERSION,
        "definitions_of": DEFINITIONS,
        "definitions_version": RESPONDERS_VERSION,
        "site_rows": [(s.name, s.floor, s.table, s.rules) for s in file.sites],
        "not_for_switching": NOT_FOR_SWITCHING,
        "styles": _styles(file),
        "scripts": _scripts(),
    }
    return environment.get_template(TEMPLATE).render(context)


def file_name(file: ReportFile) -> str:
    """Name the file by what it holds and the day it was made."""
    held = [answer.output.report.slug for answer in file.answers]
    what = held[0] if len(held) == 1 else "reports" if len(held) < len(CATALOGUE) else "report"
    return f"assuage-{what}-{file.cut_off.isoformat()}.html"


def css_text(text: str) -> Markup:
    """Write a text as a CSS string, safe within a style element."""
    plain = "".join(c if c.isalnum() or c in " .,:;()-" else f"\\{ord(c):x} " for c in text)
    return Markup(f'"{plain}"')  # noqa: S704 - every other character is escaped above


def _styles(file: ReportFile) -> Markup:
    """Write the stylesheets into the file, and what stands at the foot of each printed page."""
    made_up = "Synthetic data: no real patient. " if file.synthetic else ""
    foot = css_text(f"{made_up}{file.population}. Cut-off {show_day(file.cut_off)}.")
    pages = '"Assuage, page " counter(page) " of " counter(pages)'
    margins = f"@bottom-left {{ content: {foot}; }} @bottom-right {{ content: {pages}; }}"
    # Plotly adds its few rules to the stylesheet of this id.
    return Markup(  # noqa: S704 - our own files, and a text that css_text made safe
        f'<style id="plotly.js-style-global">{_own("app.css")}</style>'
        f"<style>{_own('report-file.css')}\n@page {{ {margins} }}</style>"
    )


def _scripts() -> Markup:
    """Write the scripts into the file. What figures.js gives is used in the same module."""
    module = f"{_own('figures.js')}\n{_own('report-file.js')}"
    return Markup(  # noqa: S704 - our own files as they are
        f'<script>{_own("vendor/plotly.min.js")}</script><script type="module">{module}</script>'
    )


def _own(path: str) -> str:
    """Read a file that we serve. Its own end tag alone could end a script or style early."""
    found = find_asset(path)
    if found is None:
        raise FileNotFoundError(f"no static file {path}")
    text = found.read_text(encoding="utf-8")
    return text.replace("</script", "<\\/script").replace("</style", "<\\/style")


def _show_table(table: ConversionTable) -> dict[str, Any]:
    return {
        "table": table,
        "rows": [row for factor in table.entries for row in _show_factor(factor)],
    }


def _show_factor(factor: Factor) -> Iterator[tuple[str, str, str, str, str]]:
    """Write one row for each band of a drug's daily dose; most have a single one."""
    drug = drugs()[factor.drug].label
    routes = " or ".join(route.value for route in factor.routes)
    checked = "checked" if factor.checked else "not checked"
    per = f"per {factor.per}"
    for band in factor.bands:
        up_to = "" if len(factor.bands) == 1 else _up_to(band.up_to, factor)
        yield drug, routes + up_to, _number(band.factor), per, f"{factor.source} ({checked})"


def _up_to(dose: Decimal | None, factor: Factor) -> str:
    return ", above" if dose is None else f", up to {_number(dose)} {factor.per} a day"


def _number(value: Decimal) -> str:
    return f"{value.normalize():f}"
