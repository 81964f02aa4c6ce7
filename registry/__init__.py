"""Assuage: a registry of interventional pain procedures in palliative care."""

from importlib.metadata import PackageNotFoundError, version

try:
    __version__ = version("assuage")
except PackageNotFoundError:  # run from a tree that was never installed
    __version__ = "0.0.0+tree"
