"""Proving a bundle whole, offline: what is wrong, in words, without unpacking anything to disk."""

from __future__ import annotations

import hashlib
import json
import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from registry.exchange.bundle.seal import COMMENT, DIGITS, digest

SUMS, MANIFEST = "SHA256SUMS", "manifest.json"
MOST_FILES = 1_000
MOST_BYTES = 200 * 1024**3
"""More than this a bundle never unpacks to."""
SMALL = 1024**2
HIGHEST_RATIO = 200
"""No table deflates further; a file that claims to, and isn't small, is made to fill disks."""
_LARGEST_LIST = 4 * 1024**2
_LINE = re.compile(r"([0-9a-f]{64})  (\S[^\r\n]*)")
_SAFE_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*(?:/[A-Za-z0-9_][A-Za-z0-9_.-]*)*")
_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was found: `problems` is empty when the bundle is whole."""

    sha256: str
    files: int
    problems: tuple[str, ...]
    manifest: Mapping[str, Any] | None

    @property
    def is_whole(self) -> bool:
        """Say whether nothing is wrong."""
        return not self.problems


def verify_bundle(path: Path, expected: str | None = None) -> Verdict:
    """Check a bundle; `expected` is the SHA-256 that was written down when it was made."""
    sha256, problems = digest(path), []
    if expected is not None and expected.strip().lower() != sha256:
        problems.append(f"Its SHA-256 is {sha256}, not the one that was given: another file.")
    problems.extend(_check_seal(path))
    try:
        with zipfile.ZipFile(path) as archive:
            refused = list(_check_entries(archive))
            if refused:
                return Verdict(sha256, 0, (*problems, *refused), None)
            found, manifest = _check_files(archive)
            problems.extend(found)
            return Verdict(sha256, len(archive.namelist()), tuple(problems), manifest)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError):
        problems.append("It can't be opened as a ZIP file: it was cut off, or its frame changed.")
    except ValueError:  # such as a date or a name in the frame that can't be
        problems.append("It can't be read as a ZIP file: its frame was changed.")
    return Verdict(sha256, 0, tuple(dict.fromkeys(problems)), None)


def _check_seal(path: Path) -> Iterator[str]:
    """Compare all bytes with the seal at the end of the file."""
    with path.open("rb") as file:
        size = path.stat().st_size
        file.seek(max(0, size - DIGITS - len(COMMENT)))
        end = file.read()
    if not end.startswith(COMMENT) or len(end) != DIGITS + len(COMMENT):
        yield (
            "The file doesn't end as an audit bundle does: it was cut off, something was added, or "
            "it is another kind of file."
        )
    elif end[-DIGITS:].decode("latin-1") != digest(path, leave=DIGITS):
        yield "The file is not as it was made: at least one byte was changed."


def _check_entries(archive: zipfile.ZipFile) -> Iterator[str]:
    """Refuse what no bundle holds before anything is read: names and sizes that do harm."""
    entries = archive.infolist()
    if len(entries) > MOST_FILES:
        yield f"It holds {len(entries)} files; no bundle holds more than {MOST_FILES}. Not read."
    if sum(e.file_size for e in entries) > MOST_BYTES:
        yield f"It would unpack to more than {MOST_BYTES // 1024**3} GB. Not read."
    seen: set[str] = set()
    for entry in entries:
        if not _SAFE_NAME.fullmatch(entry.filename):
            yield f"It holds a file that would be written elsewhere: {entry.filename!a}. Not read."
        if entry.filename in seen:
            yield f"It holds {entry.filename!a} twice. Not read."
        seen.add(entry.filename)
        if entry.file_size > max(SMALL, entry.compress_size * HIGHEST_RATIO):
            yield f"{entry.filename} claims to unpack to {entry.file_size} bytes. Not read."
        if entry.flag_bits & 0x1:
            yield f"{entry.filename} is encrypted. Not read."


def _check_files(archive: zipfile.ZipFile) -> tuple[list[str], Mapping[str, Any] | None]:
    """Compare every file with its checksum, and the list of files with the files."""
    problems: list[str] = []
    sums = _read_sums(archive, problems)
    if sums is None:
        return problems, None
    there = set(archive.namelist()) - {SUMS}
    problems += [f"{name} is missing." for name in sorted(sums.keys() - there)]
    problems += [
        f"{name} is not on the list: it was added." for name in sorted(there - sums.keys())
    ]
    for name in sorted(sums.keys() & there):
        if _digest_of(archive, name) != sums[name]:
            problems.append(f"{name} was changed.")
    return problems, _read_manifest(archive, sums, problems)


def _read_sums(archive: zipfile.ZipFile, problems: list[str]) -> dict[str, str] | None:
    text = _read_small(archive, SUMS)
    if text is None:
        problems.append(f"{SUMS} is missing or was changed: the files can't be checked.")
        return None
    sums: dict[str, str] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        found = _LINE.fullmatch(line)
        if found is None or found[2] in sums:
            problems.append(f"Line {number} of {SUMS} can't be read: it was changed.")
        else:
            sums[found[2]] = found[1]
    return sums


def _read_manifest(
    archive: zipfile.ZipFile, sums: Mapping[str, str], problems: list[str]
) -> Mapping[str, Any] | None:
    text = _read_small(archive, MANIFEST)
    try:
        manifest: Mapping[str, Any] = json.loads(text or "")
        told = {f["path"]: f["sha256"] for f in manifest["files"]}
    except (ValueError, KeyError, TypeError):
        problems.append(f"{MANIFEST} is missing or can't be read.")
        return None
    if told != {name: value for name, value in sums.items() if name != MANIFEST}:
        problems.append(f"{MANIFEST} and {SUMS} speak of different files.")
    return manifest


def _read_small(archive: zipfile.ZipFile, name: str) -> str | None:
    try:
        if archive.getinfo(name).file_size > _LARGEST_LIST:
            return None
        return archive.read(name).decode("utf-8")
    except (KeyError, zipfile.BadZipFile, zlib.error, EOFError, UnicodeDecodeError):
        return None


def _digest_of(archive: zipfile.ZipFile, name: str) -> str | None:
    """Hash a file as it unpacks, never more than it declared; None where it doesn't unpack."""
    hashed = hashlib.sha256()
    try:
        with archive.open(name) as file:
            while chunk := file.read(_CHUNK):
                hashed.update(chunk)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError):
        return None
    return hashed.hexdigest()
