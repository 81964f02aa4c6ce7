"""Were the groups of an adjusted comparison alike before? All treated, and those compared."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from reports.frames import OutcomeFrame
from reports.groups import Group, Grouping
from reports.stats.adjusted import Adjusted
from reports.stats.adjusted_sample import ALL_PAINS, Indication, within
from reports.stats.baseline import BaselineRow, baseline_table
from reports.stats.columns import Column

Whose = str
TREATED: Whose = "treated"
COMPARED: Whose = "compared"


@dataclass(frozen=True, slots=True)
class Baselines:
    """The baseline table of one comparison, for all treated in its groups or those compared.

    `sizes` are procedures by group, `reference` the group that differences are held against.
    """

    indication: Indication
    whose: Whose
    groups: tuple[Group, ...]
    reference: Group
    sizes: Mapping[str, int]
    rows: tuple[BaselineRow, ...]


def baselines(
    frame: OutcomeFrame, grouping: Grouping, found: Adjusted, fewest: int
) -> tuple[Baselines, ...]:
    """Tabulate who was compared, and who was treated, in the groups of a comparison.

    Those compared are the rows of its model; those treated are all procedures of its groups for the
    same pain, with their dead and unassessed. Without a reference there is nothing to tabulate.
    """
    reference, groups = found.sample.reference, found.sample.groups
    if reference is None:
        return ()
    slugs = [group.slug for group in groups]
    treated = within(frame, found.indication).rename({grouping.by: "group"})
    treated = treated.filter(pl.col("group").is_in(slugs))

    def tabulate(whose: Whose, rows: pl.DataFrame) -> Baselines:
        variables = _variables(rows, found.indication)
        table = baseline_table(variables, rows["group"], reference=reference.slug, fewest=fewest)
        sizes = dict(rows["group"].value_counts().iter_rows())
        return Baselines(found.indication, whose, groups, reference, sizes, table)

    return tabulate(COMPARED, found.sample.rows), tabulate(TREATED, treated)


def _variables(rows: pl.DataFrame, indication: Indication) -> dict[str, Column]:
    """Give the baseline variables; a dose counts where every opioid in it was converted.

    Within one kind of pain the mechanism is the same for all.
    """
    complete = pl.col("medd_complete_baseline").fill_null(value=False)
    dose = pl.when(complete).then(pl.col("medd_baseline")).alias("medd_baseline")
    pains = ("mechanism",) if indication == ALL_PAINS else ()
    plain = ("age_years", "sex", "akps", "nrs_baseline", "worst_baseline", dose)
    chosen = rows.select(*plain, "diagnosis_group", *pains, "methadone", "medd_complete_baseline")
    return {name: chosen[name] for name in chosen.columns}
