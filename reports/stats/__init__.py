"""Statistics: one question a file, outcome frame or plain columns -> frozen result.

Nothing here is released yet. What is listed here takes plain columns and stands on its own.
"""

from reports.stats.ancova import Ancova, AncovaRow, fit_ancova
from reports.stats.balance import smd_categories, smd_numbers, smd_share
from reports.stats.baseline import BaselineRow, CategorySummary, NumberSummary, baseline_table
from reports.stats.charts import Chart, ChartPoint, Xmr, g_chart, p_chart, t_chart, xmr_chart
from reports.stats.funnel import Beyond, Funnel, FunnelPoint, Limits, funnel_limits, funnel_plot
from reports.stats.intervals import Estimate, Interval
from reports.stats.mixed import Mixed, MixedRow, fit_mixed
from reports.stats.pooling import Span, pool_small, sum_spans
from reports.stats.proportions import Difference, exact, newcombe, wilson
from reports.stats.refusal import ModelFloors, Reason, Refusal
from reports.stats.signals import Rule
from reports.stats.survival import (
    CumulativeIncidence,
    Curve,
    RiskTable,
    Survival,
    aalen_johansen,
    kaplan_meier,
)

__all__ = [
    "Ancova",
    "AncovaRow",
    "BaselineRow",
    "Beyond",
    "CategorySummary",
    "Chart",
    "ChartPoint",
    "CumulativeIncidence",
    "Curve",
    "Difference",
    "Estimate",
    "Funnel",
    "FunnelPoint",
    "Interval",
    "Limits",
    "Mixed",
    "MixedRow",
    "ModelFloors",
    "NumberSummary",
    "Reason",
    "Refusal",
    "RiskTable",
    "Rule",
    "Span",
    "Survival",
    "Xmr",
    "aalen_johansen",
    "baseline_table",
    "exact",
    "fit_ancova",
    "fit_mixed",
    "funnel_limits",
    "funnel_plot",
    "g_chart",
    "kaplan_meier",
    "newcombe",
    "p_chart",
    "pool_small",
    "smd_categories",
    "smd_numbers",
    "smd_share",
    "sum_spans",
    "t_chart",
    "wilson",
    "xmr_chart",
]
