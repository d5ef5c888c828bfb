"""File names from outside, made safe for any disk.

A name that a catalog or a host gives is text by a stranger: it may climb out of a directory,
hide itself, fool the eye, or be more than a file system takes.
"""

from __future__ import annotations

import re
import sys
import unicodedata

LONGEST = 255
"""Bytes that common file systems allow for one name."""

LONGEST_EXTENSION = 24

_FORBIDDEN = re.compile(r'[/\\:*?"<>|]')
_DANGEROUS = re.compile(r"[/\\]")
_COMPRESSED = (".gz", ".bz2", ".xz", ".zst")
# Names that Windows gives to devices, with any extension and in any case.
_DEVICE = re.compile(r"(?i)^(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9¹²³])$")


def safe_name(name: str, fallback: str = "file") -> str:
    """Return a name that stays in its directory and can be made on any common disk.

    Separators and characters that some system forbids become ``_``; control, formatting and
    unassigned characters go; leading dots and spaces go, so that nothing is hidden; a device
    name of Windows gets a ``_`` in front; what is longer than 255 bytes is cut in the middle,
    before its extension.
    """
    text = unicodedata.normalize("NFC", name)
    text = "".join(" " if character.isspace() else character for character in text)
    text = "".join(c for c in text if unicodedata.category(c)[0] != "C")
    text = _FORBIDDEN.sub("_", text).lstrip(". ").rstrip(". ")
    if not text.strip("_"):
        text = fallback
    if _DEVICE.match(text.split(".", 1)[0].rstrip()):
        text = f"_{text}"
    return _shortened(text, "")


def safe_part(name: str) -> str:
    """Return one part of a path inside a folder, as it is wherever that does no harm.

    Programs look for the files of a folder by their exact names (``.zattrs``), so what
    :func:`safe_name` would make of a name is only used where the name as such is dangerous.
    """
    harmless = (
        name.strip(". ") != ""
        and len(name.encode(errors="replace")) <= LONGEST
        and not any(unicodedata.category(character)[0] == "C" for character in name)
        and not _DANGEROUS.search(name)
        and not (sys.platform == "win32" and name != safe_name(name))
    )
    return name if harmless else safe_name(name)


def numbered(name: str, number: int) -> str:
    """Return `name` with a number before its extension: ``lung (2).h5ad``."""
    return _shortened(name, f" ({number})")


def split_extension(name: str) -> tuple[str, str]:
    """Return stem and extension; a compressed file keeps both of its extensions."""
    stem, extension = _split(name)
    if extension.lower() in _COMPRESSED:
        inner, first = _split(stem)
        if first:
            return inner, first + extension
    return stem, extension


def _split(name: str) -> tuple[str, str]:
    stem, dot, extension = name.rpartition(".")
    if not stem or not extension or len(extension.encode()) > LONGEST_EXTENSION:
        return name, ""
    return stem, dot + extension


def _shortened(name: str, suffix: str) -> str:
    stem, extension = split_extension(name)
    room = LONGEST - len(suffix.encode()) - len(extension.encode())
    if len(stem.encode()) > room:
        stem = stem.encode()[:room].decode(errors="ignore").rstrip(". ")
    return f"{stem}{suffix}{extension}"
