"""Numbers and models as people read them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyterlab_datahub.model import Access, ConnectionState

if TYPE_CHECKING:
    from jupyterlab_datahub.model import Connection, Figure, Hit, SourceStatus, Summary

_PREFIXES = ("", "k", "M", "G", "T", "P")


def size(count: int | None) -> str:
    """Return bytes with a decimal prefix, empty where nobody knows."""
    return "" if count is None else f"{_scaled(count)}B"


def about(figure: str) -> str:
    """Return a rounded figure as what it is, empty where there is none."""
    return f"about {figure}" if figure else ""


def many(count: int | None, thing: str) -> str:
    """Return a number of things with thousands separators, empty where nobody knows."""
    if count is None:
        return ""
    return f"{count:,} {thing if count == 1 else thing + 's'}"


def joined(*parts: str) -> str:
    """Return the parts that say something, with a dot between them."""
    return " · ".join(part for part in parts if part)


def summary(found: Summary) -> str:
    """Return the line above a list of hits."""
    if found.figures:
        return joined(*(_figure(figure) for figure in found.figures))
    unknown = many(found.unknown_sizes, "unknown size") if found.unknown_sizes else ""
    return joined(
        many(found.datasets, "dataset"),
        many(found.cells, "cell"),
        size(found.bytes),
        unknown,
    )


def hit(found: Hit) -> str:
    """Return the line below a hit's title."""
    return joined(
        found.ref,
        ", ".join(found.organism),
        ", ".join(found.tissue),
        ", ".join(found.assay),
        many(found.cells, "cell"),
        size(found.size),
        "" if found.access is Access.OPEN else found.access.value.replace("_", " "),
        found.date[:10],
        "in the library" if found.in_library else "",
        "newer than the library's" if found.newer_than_library else "",
    )


def source(status: SourceStatus) -> str:
    """Return a line about a Source and its catalog."""
    fetched = f"fetched {status.harvested[:16].replace('T', ' ')} UTC" if status.harvested else ""
    return joined(
        status.title or status.name,
        status.kind,
        status.state.value,
        many(status.datasets, "dataset"),
        fetched,
        status.progress,
    )


def connection(found: Connection) -> str:
    """Return a line about who we are at a Source."""
    state = found.state.value
    if found.state is ConnectionState.CONNECTED and found.user:
        state = f"connected as {found.user}"
    until = f"until {found.expires[:16].replace('T', ' ')} UTC" if found.expires else ""
    return joined(
        found.title or found.name,
        found.url,
        state,
        " ".join(filter(None, (found.method, until))),
        found.kept and f"kept {found.kept}",
    )


def _figure(found: Figure) -> str:
    if found.unit == "bytes":
        return size(int(found.value))
    return f"{found.value:,.0f} {found.title.lower()}"


def _scaled(count: float) -> str:
    for prefix in _PREFIXES:
        if abs(count) < 999.5 or prefix == _PREFIXES[-1]:
            break
        count /= 1000
    digits = 1 if prefix and count < 99.95 else 0
    return f"{count:,.{digits}f} {prefix}"
