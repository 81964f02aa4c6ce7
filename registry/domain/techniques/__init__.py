"""The techniques: their tree (`tree`), the way into it (`lookup`), what each may record (`rules`).

Adding a technique is a change to `content/techniques.toml` alone.
"""

from registry.domain.techniques.lookup import (
    Taxonomy,
    find_techniques,
    resolve_technique,
    taxonomy,
    technique,
)
from registry.domain.techniques.rules import AgentGiven, check_axes
from registry.domain.techniques.tree import PLAIN_AXES, Category, Region, Technique

__all__ = [
    "PLAIN_AXES",
    "AgentGiven",
    "Category",
    "Region",
    "Taxonomy",
    "Technique",
    "check_axes",
    "find_techniques",
    "resolve_technique",
    "taxonomy",
    "technique",
]
