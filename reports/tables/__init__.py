"""Released result -> accessible table."""

from reports.tables.table import Table

__all__ = ["Table"]
