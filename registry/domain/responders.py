"""Responder definitions: small, named, and decided in whole numbers."""

from __future__ import annotations


def nrs30(baseline: int, score: int) -> bool:
    """Say whether pain fell by at least 30 % of baseline (IMMPACT: a moderate improvement)."""
    return baseline > 0 and 10 * score <= 7 * baseline


def nrs50(baseline: int, score: int) -> bool:
    """Say whether pain fell by at least 50 % of baseline (IMMPACT: a substantial improvement)."""
    return baseline > 0 and 2 * score <= baseline


def nrs2(baseline: int, score: int) -> bool:
    """Say whether pain fell by at least 2 points on the 0-10 scale."""
    return baseline - score >= 2
