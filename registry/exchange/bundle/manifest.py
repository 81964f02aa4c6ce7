"""What a bundle says of itself: the manifest, the checksums, and how to read and prove it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from registry import __version__
from registry.db.migrate import head_revision
from registry.domain.access import Profile
from registry.exchange.column_specs import ColumnSpec
from registry.exchange.profiles import IN_WORDS
from registry.services.export_plans import ExportPlan
from registry.services.exports import plain_filters

Told = Mapping[str, tuple[str, int]]
"""Each file's SHA-256 and size by its name."""


@dataclass(frozen=True, slots=True)
class TableFiles:
    """A table in one format: its files with their rows, and its columns."""

    name: str
    grain: str
    format: str
    files: tuple[tuple[str, int], ...]
    columns: tuple[ColumnSpec, ...]

    @property
    def rows(self) -> int:
        """Count the rows of all files."""
        return sum(rows for _, rows in self.files)


def manifest_text(
    plan: ExportPlan, tables: Sequence[TableFiles], told: Told, rules: Sequence[str]
) -> str:
    """Write the manifest. Nothing in it says when or by whom it was made: the trail does."""
    manifest = {
        "assuage_bundle": 1,
        "made_with": {"assuage": __version__, "schema": head_revision()},
        "synthetic": plan.synthetic,
        "profile": plan.asked.profile.value,
        "profile_means": IN_WORDS[plan.asked.profile],
        "filters": plain_filters(plan.asked.filters),
        **_whereabouts(plan),
        "outcome_rules": list(rules),
        "tables": [_table(t) for t in tables],
        "files": [
            {"path": name, "sha256": sha256, "bytes": size}
            for name, (sha256, size) in sorted(told.items())
        ],
    }
    return json.dumps(manifest, indent=2, ensure_ascii=False) + "\n"


def _whereabouts(plan: ExportPlan) -> dict[str, Any]:
    """Say which sites, until when, and where their trails stood; de-identified, no site or day."""
    if plan.asked.profile is Profile.SAFE_HARBOR:
        heads = sorted((link.seal, link.number) for link in plan.heads.values())
        return {
            "data_cut_off": str(plan.as_of.year),
            "sites": len(plan.sites),
            "filters": {n: v for n, v in plain_filters(plan.asked.filters).items() if n != "site"},
            "trail": [{"number": number, "seal": seal} for seal, number in heads],
        }
    return {
        "data_cut_off": plan.as_of.isoformat(),
        "sites": sorted(plan.sites.values()),
        "trail": [
            {"site": plan.sites[s], "chain": str(s), "number": link.number, "seal": link.seal}
            for s, link in sorted(plan.heads.items(), key=lambda at: plan.sites[at[0]])
        ],
    }


def _table(table: TableFiles) -> dict[str, Any]:
    return {
        "data_set": table.name,
        "grain": table.grain,
        "format": table.format,
        "rows": table.rows,
        "columns": len(table.columns),
        "files": [{"path": path, "rows": rows} for path, rows in table.files],
    }


def sums_text(told: Told) -> str:
    """Write the checksums as `sha256sum -c` reads them."""
    return "".join(f"{sha256}  {name}\n" for name, (sha256, _) in sorted(told.items()))


def readme_text(plan: ExportPlan) -> str:
    """Say what is in the bundle and how to prove it."""
    profile = f"{plan.asked.profile.value}. {IN_WORDS[plan.asked.profile]}"
    made_up = "All patients in it are MADE UP: there are no such people.\n\n"
    return f"""AUDIT BUNDLE of an Assuage registry

{made_up if plan.synthetic else ""}Profile: {profile}

data/               the tables; keys of one join to those of the others
codebook.html       what each column means; codebook.csv the same as a table
codebook_values.csv the values of coded columns: number (SPSS, Stata), word, label
definitions/        conversion tables, responder definitions and windows behind the numbers
manifest.json       filters, profile, data cut-off, row counts, and where the audit trail stood
SHA256SUMS          a checksum for every other file

To prove that no file was changed, unpack it and run there:

    sha256sum -c SHA256SUMS

(macOS: shasum -a 256 -c SHA256SUMS.) With Assuage, without unpacking and without its database:

    assuage verify BUNDLE.zip

That a file proves itself whole doesn't prove who made it: compare the bundle's own SHA-256 with
the one in the registry's audit trail (action export_made), and the ends of the chains in
manifest.json with those that `assuage audit head` printed.

MEDD describes a dose. It is not for switching opioids.
"""
