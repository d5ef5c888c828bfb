"""What a notebook says it used: read from its metadata, whoever wrote it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import msgspec

from jupyterlab_datahub.model import ProvenanceInput, Struct
from jupyterlab_datahub.model.decoding import from_values

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

KEY = "datahub"
"""The key of the notebook's metadata that is ours."""

OLD_KEY = "datasets"
"""The key under which jupyterlab-openbis wrote down what it downloaded, by permId."""

MAX_INPUTS = 500
"""Inputs that are read of one notebook; its metadata is text by a stranger."""

_PERMID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,99}")


class Inputs(Struct):
    """The inputs of a notebook; ``upgraded`` says that some came from the old metadata alone."""

    inputs: tuple[ProvenanceInput, ...]
    upgraded: bool = False


def read_inputs(metadata: Mapping[str, Any]) -> Inputs:
    """Return the inputs that a notebook's metadata names, ours first.

    What is not an input (a hand-edited or foreign entry) is left out.
    """
    ours = _ours(metadata)[:MAX_INPUTS]
    known = {given.ref for given in ours}
    old = tuple(given for given in _old(metadata) if given.ref not in known)
    room = MAX_INPUTS - len(ours)
    return Inputs(inputs=ours + old[:room], upgraded=bool(old[:room]))


def upgraded(metadata: Mapping[str, Any]) -> dict[str, Any]:
    """Return the metadata with the old inputs written down as ours, all else kept as it is."""
    read = read_inputs(metadata)
    if not read.upgraded:
        return dict(metadata)
    ours = metadata.get(KEY)
    kept = dict(ours) if isinstance(ours, dict) else {}
    before = kept.get("inputs")
    entries = list(before) if isinstance(before, list) else []
    known = {given.ref for given in _ours(metadata)}
    entries += [msgspec.to_builtins(given) for given in read.inputs if given.ref not in known]
    return {**metadata, KEY: {**kept, "inputs": entries}}


def _ours(metadata: Mapping[str, Any]) -> tuple[ProvenanceInput, ...]:
    ours = metadata.get(KEY)
    entries = ours.get("inputs") if isinstance(ours, dict) else None
    if not isinstance(entries, list):
        return ()
    return tuple(found for entry in entries if (found := _input(entry)) is not None)


def _input(entry: object) -> ProvenanceInput | None:
    try:
        found = from_values(entry, ProvenanceInput)
    except msgspec.ValidationError:
        return None
    return found if found.ref.partition(":")[2].strip("/") else None


def _old(metadata: Mapping[str, Any]) -> Iterator[ProvenanceInput]:
    entries = metadata.get(OLD_KEY)
    if not isinstance(entries, dict):
        return
    for permid, entry in entries.items():
        if not (isinstance(entry, dict) and _PERMID.fullmatch(permid)):
            continue
        if host := _host(entry.get("url")):
            size = entry.get("size")
            yield ProvenanceInput(
                ref=f"openbis:{host}/{permid}",
                variable="",
                title=permid,
                version=permid,
                size=size if isinstance(size, int) and size >= 0 else None,
            )


def _host(url: object) -> str:
    """Return host and port of an address, as refs carry them; empty if there is none."""
    if not isinstance(url, str):
        return ""
    try:
        parts = urlsplit(url if "://" in url else f"https://{url}")
        host, port = parts.hostname, parts.port
    except ValueError:
        return ""
    if not host:
        return ""
    return f"{host}:{port}" if port else host
