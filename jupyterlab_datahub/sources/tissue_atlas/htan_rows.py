"""The rows of a file table, one by one, of which no more than a block is ever held.

JSON has a list of objects, by itself or under ``files``; tables are CSV or TSV with one file in
each row. Either may be packed with gzip.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import zlib
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING, Any

from jupyterlab_datahub.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LARGEST = 8 * 1024**3
"""Bytes of the unpacked file at which it is given up."""

BLOCK = 1 << 20
"""Characters of a file that are read at once."""

LARGEST_ROW = 16 << 20
"""Characters of one object at which it is given up."""

FILES = "files"
HINT = "Point path of the source at the file table of the portal, as JSON, CSV or TSV."
_SPACE = " \t\r\n"
_MAGIC = b"\x1f\x8b"


def rows(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the rows of a file.

    Raises
    ------
    SettingsError
        If it cannot be read to its end.
    """
    try:
        with _opened(path) as text:
            start = text.read(BLOCK)
            if start.lstrip(_SPACE)[:1] in ("[", "{"):
                yield from _Json(text, start, path).rows()
            else:
                yield from _of_table(text, start)
    except csv.Error as error:
        raise SettingsError(f"{path} is no table: {error}", hint=HINT) from error
    except EOFError as error:
        raise SettingsError(f"{path} is cut short", hint=HINT) from error
    except (gzip.BadGzipFile, zlib.error) as error:
        raise SettingsError(f"{path} is a damaged gzip file", hint=HINT) from error
    except OSError as error:
        raise SettingsError(f"{path} cannot be read: {error.strerror}", hint=HINT) from error


@contextmanager
def _opened(path: Path) -> Iterator[IO[str]]:
    with path.open("rb") as raw:
        packed = raw.read(2) == _MAGIC
        raw.seek(0)
        plain: Any = gzip.GzipFile(fileobj=raw) if packed else raw
        bounded = io.BufferedReader(_Bounded(plain, path), BLOCK)
        # newline="" as the csv module wants it.
        yield io.TextIOWrapper(bounded, encoding="utf-8-sig", errors="replace", newline="")


class _Bounded(io.RawIOBase):
    """A stream that ends in an error where it is larger than any table."""

    def __init__(self, stream: IO[bytes], path: Path) -> None:
        self._stream = stream
        self._path = path
        self._left = LARGEST

    def readable(self) -> bool:
        """Say that it is for reading."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Read what fits."""
        content = self._stream.read(len(buffer))
        self._left -= len(content)
        if self._left < 0:
            raise SettingsError(f"{self._path} is larger than {LARGEST:,} bytes", hint=HINT)
        buffer[: len(content)] = content
        return len(content)


def _of_table(text: IO[str], start: str) -> Iterator[dict[str, Any]]:
    delimiter = "\t" if "\t" in start.partition("\n")[0] else ","
    yield from csv.DictReader(_lines(text, start), delimiter=delimiter)


def _lines(text: IO[str], start: str) -> Iterator[str]:
    """Yield lines with their ends, beginning with those of a block that was read already."""
    held = start
    while held:
        lines = held.splitlines(keepends=True)
        more = text.read(BLOCK)
        # The last may go on in the next block.
        held = lines.pop() + more if more else ""
        if len(held) > LARGEST_ROW:
            raise csv.Error("a line does not end")
        yield from lines


class _Json:
    """A JSON document of which one element of a list is decoded at a time."""

    def __init__(self, text: IO[str], start: str, path: Path) -> None:
        self._text = text
        self._held = start
        self._at = 0
        self._path = path
        self._decode = json.JSONDecoder().raw_decode

    def rows(self) -> Iterator[dict[str, Any]]:
        """Yield the objects of the list that is the document, or is under ``files`` in it."""
        if self._next() == "[":
            yield from self._objects()
        else:
            for key in self._keys():
                if key == FILES and self._next() == "[":
                    yield from self._objects()
                else:
                    self._skip()
        if self._next():
            raise self._wrong("something follows its end")

    def _objects(self) -> Iterator[dict[str, Any]]:
        for element in self._elements():
            if isinstance(element, dict):
                yield element

    def _elements(self) -> Iterator[Any]:
        """Yield the elements of a list, from its bracket on."""
        self._take("[")
        if self._next() != "]":
            yield self._value()
            while self._next() == ",":
                self._take(",")
                yield self._value()
        self._take("]")

    def _keys(self) -> Iterator[str]:
        """Yield the keys of an object; whoever takes one reads its value before the next."""
        self._take("{")
        if self._next() != "}":
            yield self._key()
            while self._next() == ",":
                self._take(",")
                yield self._key()
        self._take("}")

    def _key(self) -> str:
        key = self._value()
        self._take(":")
        if not isinstance(key, str):
            raise self._wrong("a key is no text")
        return key

    def _skip(self) -> None:
        """Read over a value; a list may be as large as the file."""
        if self._next() != "[":
            self._value()
            return
        for _ in self._elements():
            pass

    def _value(self) -> Any:
        """Decode what comes next, reading on until it is whole."""
        self._next()
        while True:
            try:
                value, end = self._decode(self._held, self._at)
            except (json.JSONDecodeError, RecursionError) as error:
                if len(self._held) - self._at > LARGEST_ROW or not self._more():
                    raise self._wrong(str(error)) from error
            else:
                # A number may go on in the next block, as "12" does in "12.5e+3".
                seen = len(self._held) - end > (3 if isinstance(value, int | float) else 0)
                if seen or not self._more():
                    self._at = end
                    return value

    def _next(self) -> str:
        """Return the next character that is no blank, empty at the end."""
        while True:
            while self._at < len(self._held):
                if self._held[self._at] not in _SPACE:
                    return self._held[self._at]
                self._at += 1
            if not self._more():
                return ""

    def _take(self, wanted: str) -> None:
        if self._next() != wanted:
            raise self._wrong(f"there is no {wanted} where it should be")
        self._at += 1

    def _more(self) -> bool:
        """Hold another block, and nothing of what was decoded."""
        block = self._text.read(BLOCK)
        self._held = self._held[self._at :] + block
        self._at = 0
        return bool(block)

    def _wrong(self, why: str) -> SettingsError:
        return SettingsError(f"{self._path} is not JSON: {why}", hint=HINT)
