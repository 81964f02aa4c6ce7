"""One procedure's report card: all that is known of one technique, on one page."""

from __future__ import annotations

from collections.abc import Sequence

from reports.report import Block, Need, Report

_LEFT_OUT = frozenset({"ancova", "baseline", "over-windows"})
"""They compare groups, and a card has one."""


def make_card(reports: Sequence[Report]) -> Report:
    """Put the blocks of other reports together, each once, in the catalogue's order."""
    blocks: dict[str, Block] = {}
    needs: set[Need] = set()
    for report in reports:
        needs |= report.needs
        for block in report.blocks:
            if block.slug not in _LEFT_OUT:
                blocks.setdefault(block.slug, block)
    return Report(
        slug="card",
        question="What is known of one technique?",
        audience="clinicians before they offer it, quality teams",
        summary="One technique on one page: follow-up first, then pain, opioids, response, relief, "
        "harm and how it has gone over time.",
        blocks=tuple(blocks.values()),
        choices=("window", "definition"),
        needs=frozenset(needs),
        one_technique=True,
    )
