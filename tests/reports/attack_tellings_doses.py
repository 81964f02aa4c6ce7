"""What the reports of doses and the adjusted comparisons release, as sums over people."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import polars as pl

from registry.domain.windows import BASELINE, WINDOWS
from reports.catalogue.adjusted_refused import rules_of
from reports.disclosure.adjusted import release_adjusted
from reports.disclosure.adjusted_baseline import release_baselines
from reports.disclosure.doses import release_change, release_doses, release_tables
from reports.frames import assessed, medd, medd_complete
from reports.groups import Group
from reports.stats.adjusted import adjusted
from reports.stats.adjusted_baseline import baselines
from reports.stats.doses import doses
from reports.stats.doses_by_table import doses_by_table
from reports.stats.doses_change import METHADONE, NEURAXIAL, WITHOUT_METHADONE, dose_change, is_less
from tests.reports.attack_people import TABLES
from tests.reports.attack_tellings import (
    EVERYBODY,
    SILENT,
    Telling,
    View,
    k_of,
    part,
)
from tests.reports.attack_types import CLOSED, NEAR


def read_doses(view: View) -> Iterator[Telling]:
    """Read doses at every moment, their change, and that by each table."""
    page, cut_off = view.page, view.page.scope.cut_off
    apart_, base = pl.col("neuraxial"), pl.col(medd_complete(BASELINE))
    for line in release_doses(
        page.cover, doses(page.frame, page.grouping, page.floors, cut_off).rows
    ):
        w, own = line.window, view.of(line.group)
        ends = pl.col(medd_complete(w))
        whole = ~apart_ & ends.fill_null(value=False)
        dead = pl.col("days_to_death").le(w.closes).fill_null(value=False)
        is_open = pl.col("performed_on") >= pl.lit(cut_off) - pl.duration(days=w.closes)
        if w == BASELINE:
            dead, is_open = pl.lit(value=False), pl.lit(value=False)
        empty = ~apart_ & ends.is_null()
        told = {
            "treated": (EVERYBODY, line.treated, NEAR),
            "neuraxial": (apart_, line.neuraxial, CLOSED),
            "whole": (whole, line.whole, CLOSED),
            "paired": (whole & base.fill_null(value=False), line.paired, NEAR),
            "incomplete": (~apart_ & ends.is_not_null() & ~whole, line.incomplete, CLOSED),
            "died": (empty & dead, line.died, CLOSED),
            "not due": (empty & ~dead & is_open, line.not_due, CLOSED),
            "unasked": (empty & ~dead & ~is_open, line.unasked, CLOSED),
            "dead": (dead, line.dead, NEAR),
        }
        for what, (who, shown, blur) in told.items():
            yield Telling(f"doses: {what} of {line.group.slug} at {w.slug}", own & who, shown, blur)
    yield from _changes(view)
    yield from _tables(view)


def _changes(view: View) -> Iterator[Telling]:
    page, base = view.page, pl.col(medd_complete(BASELINE))
    found = dose_change(page.frame, page.grouping, WINDOWS, page.floors)
    taker, apart_ = pl.col("methadone"), pl.col("neuraxial")
    sorts = {WITHOUT_METHADONE: ~apart_ & ~taker, METHADONE: ~apart_ & taker, NEURAXIAL: apart_}
    for line in release_change(page.cover, found.rows):
        ends = pl.col(medd_complete(line.window))
        own = view.of(line.group) & sorts.get(line.people, ~apart_)
        recorded = base.is_not_null() & ends.is_not_null()
        pairs = own & base.fill_null(value=False) & ends.fill_null(value=False)
        before, after = pl.col(medd(BASELINE)), pl.col(medd(line.window))
        label = f"change: {{}} of {line.people} of {line.group.slug} at {line.window.slug}"
        blur = CLOSED if line.people in (METHADONE, WITHOUT_METHADONE) else NEAR
        yield Telling(label.format("pairs"), pairs, line.pairs, blur)
        yield Telling(label.format("from some"), pairs & (before > 0), line.from_some)
        yield Telling(label.format("incomplete"), own & recorded & ~pairs, line.incomplete)
        for percent, share in ((30, line.medd30), (50, line.medd50)):
            less = pairs & is_less(percent, before, after)
            rest = pairs & (before > 0) & ~is_less(percent, before, after)
            yield Telling(label.format(f"down {percent}"), less, k_of(share))
            yield Telling(label.format(f"not down {percent}"), rest, SILENT)


def _tables(view: View) -> Iterator[Telling]:
    page, base = view.page, pl.col(medd_complete(BASELINE))
    found = doses_by_table(
        page.frame, page.data.doses, page.grouping, view.windows, TABLES, page.floors
    )
    for line in release_tables(page.cover, found.rows):
        ends = pl.col(medd_complete(line.window))
        recorded = ~pl.col("neuraxial") & base.is_not_null() & ends.is_not_null()
        first = recorded & base & ends
        second = first & ~pl.col("methadone")
        told = {
            "recorded": (recorded, line.recorded),
            "whole": (first if line.table_id == TABLES[0] else second, line.whole),
            "common": (second, line.common),
        }
        for what, (who, shown) in told.items():
            label = f"{line.table_id}: {what} of {line.group.slug} at {line.window.slug}"
            yield Telling(label, view.of(line.group) & who, shown)


def read_adjusted(view: View) -> Iterator[Telling]:
    """Read the sizes of adjusted comparisons and of the groups in their baseline tables."""
    for window in view.windows:
        page = replace(view.page, asked=replace(view.page.asked, windows=(window,)))
        rules = rules_of(page)
        found = adjusted(page.frame, page.grouping, window, rules)
        for one, told in zip(found, release_adjusted(found, page.policy), strict=True):
            pain = (
                EVERYBODY
                if one.indication.slug == "_all"
                else pl.col("mechanism") == one.indication.slug
            )
            has = pl.col("akps").is_not_null() if one.sample.with_akps else EVERYBODY
            for line in told.lines:
                own, label = view.of(line.group) & pain, f"{one.indication.slug} {line.group.slug}"
                seen = own & assessed(window)
                yield Telling(f"model {label} at {window.slug}", seen & has, line.n)
                missing = own & part(window, "alive_not_assessed")
                yield Telling(f"unassessed {label} at {window.slug}", missing, line.unassessed)
            among = pl.any_horizontal([view.of(g) for g in one.sample.groups] or [~EVERYBODY])
            lacking = among & pain & assessed(window) & pl.col("akps").is_null()
            if told.lines:
                yield Telling(
                    f"no AKPS {one.indication.slug} at {window.slug}",
                    lacking,
                    told.basis.without_akps,
                )
            tables = baselines(page.frame, page.grouping, one, rules.fewest)
            for table in release_baselines(tables, page.policy):
                compared = assessed(window) & has if table.whose == "compared" else EVERYBODY
                yield from _baseline(
                    view,
                    f"{one.indication.slug} {table.whose} at {window.slug}",
                    table,
                    pain & compared,
                )


def _baseline(view: View, label: str, table: object, of: pl.Expr) -> Iterator[Telling]:
    for line in table.lines:  # type: ignore[attr-defined]
        own = of & view.of(line.group)
        value = _variable(line.variable)
        slug = f"{label}: {line.variable} of {line.group.slug}"
        yield Telling(f"{slug} known", own & value.is_not_null(), line.n, CLOSED)
        yield Telling(f"{slug} missing", own & value.is_null(), line.missing, CLOSED)
        for level, shown in line.counts.items():
            yield Telling(f"{slug}: {level}", own & (value.cast(pl.String) == level), shown, CLOSED)
    for slug, shown in table.sizes.items():  # type: ignore[attr-defined]
        yield Telling(f"{label}: {slug}", of & view.of(Group(slug, slug)), shown)


def _variable(name: str) -> pl.Expr:
    if name == "medd_baseline":
        whole = pl.col("medd_complete_baseline").fill_null(value=False)
        return pl.when(whole).then(pl.col("medd_baseline"))
    return pl.col(name)
