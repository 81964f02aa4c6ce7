"""A patient's opioids: what was taken (`items`), the tables of factors (`tables`), the MEDD.

MEDD is the oral morphine equivalent in mg a day. It describes a dose; it is not for switching.
"""

from registry.domain.drugs import DoseUnit, Route
from registry.domain.opioids.conversion import (
    NOT_AN_OPIOID,
    NOT_FOR_SWITCHING,
    ConvertedItem,
    Medd,
    convert,
    medd_change,
)
from registry.domain.opioids.items import OpioidItem, Regimen, read_item, read_items
from registry.domain.opioids.tables import ConversionTable, conversion_table, conversion_tables

__all__ = [
    "NOT_AN_OPIOID",
    "NOT_FOR_SWITCHING",
    "ConversionTable",
    "ConvertedItem",
    "DoseUnit",
    "Medd",
    "OpioidItem",
    "Regimen",
    "Route",
    "conversion_table",
    "conversion_tables",
    "convert",
    "medd_change",
    "read_item",
    "read_items",
]
