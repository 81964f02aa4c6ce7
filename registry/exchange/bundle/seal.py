"""A ZIP file that is the same whenever it is made of the same, and says when a byte is not.

The archive's comment ends with the SHA-256 of everything before it. `unzip` and `sha256sum -c`
prove the files inside; this proves the bytes between them, too.
"""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path

COMMENT = b"Assuage audit bundle, sha256 of all before: "
DIGITS = 64
_WHEN = (1980, 1, 1, 0, 0, 0)
_MODE = 0o100644 << 16
_CHUNK = 1 << 20


def write_zip(
    out: Path, entries: Iterable[tuple[str, Path]], beat: Callable[[], None] = lambda: None
) -> str:
    """Write files into a sealed archive; gives the SHA-256 of the whole of it."""
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        archive.comment = COMMENT + b"0" * DIGITS
        for name, path in entries:
            info = zipfile.ZipInfo(name, _WHEN)
            info.compress_type, info.create_system = zipfile.ZIP_DEFLATED, 3
            info.external_attr = _MODE
            with path.open("rb") as source, archive.open(info, "w", force_zip64=True) as target:
                while chunk := source.read(_CHUNK):
                    target.write(chunk)
                    beat()
    sealed = digest(out, leave=DIGITS)
    with out.open("r+b") as file:
        file.seek(-DIGITS, 2)
        file.write(sealed.encode())
    return digest(out)


def digest(path: Path, leave: int = 0) -> str:
    """Give the SHA-256 of a file, all but its last bytes."""
    hashed, left = hashlib.sha256(), path.stat().st_size - leave
    with path.open("rb") as file:
        while left > 0 and (chunk := file.read(min(_CHUNK, left))):
            hashed.update(chunk)
            left -= len(chunk)
    return hashed.hexdigest()
