"""How large a file is, in words."""

from __future__ import annotations


def size_words(size: int | None) -> str:
    """Write a file's size: `320 kB`, `1.4 MB`."""
    if size is None:
        return ""
    if size < 1_000_000:
        return f"{max(1, size // 1_000)} kB"
    return f"{size / 1_000_000:.1f} MB"
