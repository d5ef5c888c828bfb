"""What is said of a column: how many values are missing, which there are, how they spread."""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING

import msgspec

from jupyterlab_datahub.model import ColumnKind, NameKind, PreviewColumn, ValueCount

if TYPE_CHECKING:
    from jupyterlab_datahub.previews.frames import Column, Values

TOP = 20
BINS = 20
SYMBOLS = (
    "feature_name",
    "gene_symbols",
    "gene_symbol",
    "gene_name",
    "gene_names",
    "symbol",
    "Gene",
    "name",
)
"""Columns of var that hold symbols of genes, by how often they do."""

ENSEMBL = re.compile(r"ENS[A-Z]*G\d{11}(\.\d+)?|FBgn\d{7}|WBGene\d{8}")
SYMBOL = re.compile(r"[A-Za-z][\w.@:/-]*")

MOST_COLOURS = 4096
"""Categories above which a legend, and so a colour, says nothing."""


def unread(column: Column, note: str = "") -> PreviewColumn:
    """Return what is known of a column whose values were not read."""
    return PreviewColumn(
        name=_shown(column.name),
        kind=column.kind,
        dtype=column.dtype,
        ordered=column.ordered,
        colourable=column.main is not None and column.kind is not ColumnKind.OTHER,
        note=note or column.note,
    )


def summary(column: Column, values: Values) -> PreviewColumn:
    """Return what is known of a column by its values."""
    known = msgspec.structs.replace(unread(column), looked_at=True)
    if values.codes is not None:
        return _of_categories(known, values)
    return _of_numbers(known, values)


def primary(values: Values | None) -> float | None:
    """Return the share of cells that say they are primary data."""
    if values is None or values.codes is None or not len(values.codes):
        return None
    true = [code for code, label in enumerate(values.categories) if label == "True"]
    counts = values.counts
    return sum(counts[code] for code in true) / len(values.codes)


def kind_of_names(names: list[str]) -> NameKind:
    """Return what most names of genes are."""
    if not names:
        return NameKind.OTHER
    for pattern, kind in ((ENSEMBL, NameKind.ENSEMBL), (SYMBOL, NameKind.SYMBOLS)):
        # Where nearly all are of a kind, little more than half of them tell.
        matching = filter(pattern.fullmatch, names)
        if len(list(islice(matching, len(names) // 2 + 1))) * 2 > len(names):
            return kind
    return NameKind.OTHER


def _of_categories(known: PreviewColumn, values: Values) -> PreviewColumn:
    counts = values.counts
    rows = 0 if values.codes is None else len(values.codes)
    order = sorted(range(len(counts)), key=lambda code: -counts[code])
    used = sum(count > 0 for count in counts)
    return msgspec.structs.replace(
        known,
        missing=1 - sum(counts) / rows if rows else 0.0,
        categories=used,
        colourable=len(counts) <= MOST_COLOURS,
        top=tuple(
            ValueCount(value=values.categories[code], count=counts[code])
            for code in order[:TOP]
            if counts[code]
        ),
    )


def _of_numbers(known: PreviewColumn, values: Values) -> PreviewColumn:
    import numpy as np

    finite = values.finite
    rows = 0 if values.numbers is None else len(values.numbers)
    missing = 1 - len(finite) / rows if rows else 0.0
    if not len(finite):
        return msgspec.structs.replace(known, missing=missing)
    low, high = float(finite.min()), float(finite.max())
    # Numbers near the end of what a double holds have no width of a bin.
    spread = high > low and np.isfinite(high - low)
    bins = np.histogram(finite, BINS, (low, high))[0].tolist() if spread else [len(finite)]
    with np.errstate(over="ignore"):
        mean = float(finite.mean())
    return msgspec.structs.replace(
        known,
        missing=missing,
        low=low,
        high=high,
        mean=mean if np.isfinite(mean) else None,
        histogram=tuple(bins),
    )


def _shown(name: str) -> str:
    return name.encode(errors="replace").decode()
