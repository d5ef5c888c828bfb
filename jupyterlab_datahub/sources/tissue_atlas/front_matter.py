"""The front matter of a page, read as far as it can be.

Jekyll's pages begin with YAML between two lines of three dashes. People write it by hand: a line
is missing, a key is there twice, a quotation mark is never closed. Every scalar stays text, so
that no date, number or word is taken for something else.
"""

from __future__ import annotations

import re
from typing import Any, NamedTuple

LONGEST = 1 << 18
_FENCE = re.compile(r"^(?:---|\.\.\.)[ \t]*$", re.MULTILINE)
_KEY = re.compile(r"([\w][\w &/.-]{0,60}?):(?:\s+(.*))?")
_TOP_KEY = re.compile(r"^([\w-]+):", re.MULTILINE)

Fields = dict[str, Any]


class Page(NamedTuple):
    """A page: its front matter, its text, and what is wrong with it, in words."""

    fields: Fields
    body: str
    problems: tuple[str, ...] = ()


def read(content: bytes) -> Page:
    """Return a page; what cannot be read of it is a problem, never an error."""
    problems: list[str] = []
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("latin-1")
        problems.append("is not UTF-8")
    text = text.replace("\r\n", "\n").replace("\r", "\n").lstrip("\n")
    first = _FENCE.match(text)
    if not first:
        return Page({}, text, tuple(problems))
    end = _FENCE.search(text, first.end())
    if end:
        front, body = text[first.end() : end.start()], text[end.end() :]
    else:
        front, body = text[first.end() :], ""
        problems.append("has front matter that is never closed")
    keys = _TOP_KEY.findall(front)
    twice = sorted({key for key in keys if keys.count(key) > 1})
    problems += [f"says {key!r} twice, of which the last counts" for key in twice]
    fields = _strict(front[:LONGEST])
    if fields is None:
        fields = by_lines(front[:LONGEST])
        problems.append("has front matter that is no YAML and was read line by line")
    return Page(fields, body, tuple(problems))


def _strict(front: str) -> Fields | None:
    import yaml

    try:
        found = yaml.load(front, Loader=yaml.BaseLoader)  # noqa: S506 - makes texts, lists and mappings alone
    except (yaml.YAMLError, RecursionError, ValueError):
        return None
    return found if isinstance(found, dict) else None


def by_lines(front: str) -> Fields:
    """Return what lines of front matter say, each by itself: keys, values, lists, indentation."""
    root: Fields = {}
    open_: list[tuple[int, Fields]] = [(-1, root)]
    last: tuple[Fields, str] | None = None
    for line in front.split("\n"):
        stripped = line.strip()
        if not stripped or stripped.startswith("#"):
            continue
        indent = len(line) - len(line.lstrip())
        if stripped.startswith("- "):
            if last:
                _append(last, stripped[2:].strip())
            continue
        matched = _KEY.fullmatch(stripped)
        if not matched:
            continue
        while len(open_) > 1 and open_[-1][0] >= indent:
            open_.pop()
        key, value = matched[1], (matched[2] or "").strip()
        parent = open_[-1][1]
        if value:
            parent[key] = _value(value)
        else:
            inner: Fields = {}
            parent[key] = inner
            open_.append((indent, inner))
            last = (parent, key)
    return root


def _append(last: tuple[Fields, str], item: str) -> None:
    parent, key = last
    items = parent[key] if isinstance(parent[key], list) else []
    matched = _KEY.fullmatch(item)
    items.append({matched[1]: _value(matched[2])} if matched and matched[2] else _value(item))
    parent[key] = items


def _value(text: str) -> Any:
    if text.startswith("[") and text.endswith("]"):
        return [_unquoted(part) for part in text[1:-1].split(",") if part.strip()]
    return _unquoted(text)


def _unquoted(text: str) -> str:
    return text.strip().strip("'\"").strip()


def mapping(fields: Fields, key: str) -> Fields:
    """Return the mapping of a key, empty if there is none."""
    found = fields.get(key)
    return found if isinstance(found, dict) else {}


def words(fields: Fields, key: str, longest: int = 1000) -> str:
    """Return the text of a key in single spaces, empty if it is no text."""
    found = fields.get(key)
    return " ".join(found.split())[:longest] if isinstance(found, str) else ""


def items(fields: Fields, key: str, most: int = 200) -> list[Any]:
    """Return the list of a key; one text counts as a list with commas."""
    found = fields.get(key)
    if isinstance(found, str):
        found = found.split(",")
    return found[:most] if isinstance(found, list) else []
