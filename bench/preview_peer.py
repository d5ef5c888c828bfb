"""What somebody who knows h5py writes to see what is in an AnnData on a host, over fsspec.

    python bench/preview_peer.py CACHE BLOCK DIRECTORY < URL

It says of a file what our preview says of it, part by part as they stand in the documentation of
the format: the matrices, obs, var, obsm, obsp and uns. CACHE and BLOCK are those of fsspec, its
defaults where CACHE is empty. What is found goes to ``facts.json`` and ``points.npy``. It imports
nothing of ours.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

import aiohttp  # noqa: F401 - fsspec would import it with the first request
import fsspec
import h5py
import numpy as np

KNOWN = (
    *("anndata", "array", "awkward-array", "bytes", "categorical", "csc_matrix", "csr_matrix"),
    *("dataframe", "dict", "mapping", "nullable-boolean", "nullable-integer", "null", "raw"),
    *("nullable-string-array", "numeric-scalar", "rec-array", "string", "string-array", None),
)
"""Encodings of anndata."""

ENSEMBL = re.compile(r"ENS[A-Z]*G\d{11}(\.\d+)?")
SYMBOL_COLUMNS = ("feature_name", "gene_symbols", "gene_symbol", "gene_name", "symbol")
EMBEDDINGS = ("umap", "tsne", "pca")
GROUPS = ("cell_type", "celltype", "leiden", "louvain")
SAMPLE, TOP, BINS = 4096, 20, 20
TEXT = 80
"""Bytes that a text takes in memory, about."""

Facts = dict[str, Any]


def matrix(node: Any) -> Facts:
    """Return what a matrix says of itself."""
    if isinstance(node, h5py.Dataset):
        told = {"encoding": "dense", "shape": list(node.shape), "stored": node.size}
        data, size = node, node.nbytes
    else:
        data = node["data"]
        told = {"encoding": node.attrs["encoding-type"].removesuffix("_matrix")}
        told |= {"shape": node.attrs["shape"].tolist(), "stored": data.size}
        size = data.nbytes + node["indices"].nbytes + node["indptr"].nbytes
    density = told["stored"] / (told["shape"][0] * told["shape"][1])
    packing = data.compression or ""
    return told | {
        "dtype": str(data.dtype),
        "density": density,
        "memory": size,
        "compression": packing,
    }


def sampled(node: Any) -> Facts:
    """Return whether the first values of a matrix are counts."""
    values = node[: SAMPLE // node.shape[1] + 1] if node.ndim == 2 else node[:SAMPLE]
    whole = bool(np.all(values == np.floor(values)) and values.min() >= 0)
    return {"integers": whole, "highest": float(values.max()), "sample": values.size}


def kind_of(dtype: Any) -> str:
    """Return what the values of a column are."""
    if dtype.kind == "b":
        return "booleans"
    return "numbers" if dtype.kind in "iuf" else "texts"


def size_of(dataset: h5py.Dataset) -> int:
    """Return the bytes of memory that the values of an array take, about."""
    return int(dataset.size * TEXT if dataset.dtype.kind == "O" else dataset.nbytes)


def categories(codes: Any, labels: Any) -> Facts:
    """Return which values there are, and how many rows have each."""
    found = codes[codes >= 0]
    counts = np.bincount(found, minlength=len(labels))
    order = [n for n in np.argsort(-counts, kind="stable")[:TOP].tolist() if counts[n]]
    return {
        "missing": 1 - len(found) / len(codes),
        "categories": int((counts > 0).sum()),
        "top": [{"value": labels[n], "count": int(counts[n])} for n in order],
    }


def numbers(values: Any) -> Facts:
    """Return how numbers are spread."""
    values = values.astype("f8")
    finite = values[np.isfinite(values)]
    low, high = float(finite.min()), float(finite.max())
    return {
        "missing": 1 - len(finite) / len(values),
        "low": low,
        "high": high,
        "mean": float(finite.mean()),
        "histogram": np.histogram(finite, BINS, (low, high))[0].tolist(),
    }


def texts(node: Any) -> h5py.Dataset:
    """Return where texts are, which have a mask beside them if some may be missing."""
    return node["values"] if isinstance(node, h5py.Group) else node


def column(name: str, node: Any, *, values: bool) -> tuple[Facts, int]:
    """Return what is known of a column, and the bytes of memory that it takes."""
    if isinstance(node, h5py.Group) and "codes" in node:
        told = {"kind": "categories", "dtype": "category", "ordered": bool(node.attrs["ordered"])}
        size = size_of(node["codes"]) + size_of(node["categories"])
        if values:
            told |= categories(node["codes"][()], node["categories"].asstr()[()].tolist())
    elif isinstance(node, h5py.Group):
        told = {"kind": "texts", "dtype": node.attrs["encoding-type"].removeprefix("nullable-")}
        size = size_of(node["values"]) + size_of(node["mask"])
    else:
        kind = kind_of(node.dtype)
        told = {"kind": kind, "dtype": "string" if kind == "texts" else str(node.dtype)}
        size = size_of(node)
        if values and kind == "numbers":
            told |= numbers(node[()])
        elif values and kind == "booleans":
            told |= categories(node[()].astype("i1"), ["False", "True"])
        elif values:
            labels, codes = np.unique(node.asstr()[()], return_inverse=True)
            told |= categories(codes, labels.tolist())
    return {"name": name, **told}, size


def genes(names: list[str], found: list[Facts]) -> Facts:
    """Return what the names of genes are."""
    matching = sum(ENSEMBL.fullmatch(name) is not None for name in names)
    columns = {one["name"] for one in found}
    return {
        "names": "ensembl" if matching * 2 > len(names) else "symbols",
        "duplicates": len(names) - len(set(names)),
        "examples": names[:5],
        "symbols_in": next((name for name in SYMBOL_COLUMNS if name in columns), ""),
        "columns": found,
    }


def look(file: h5py.File) -> tuple[Facts, Any]:
    """Return the facts of a file, and the points of its picture."""
    nodes = {"X": file["X"]} | ({"raw.X": file["raw/X"]} if "raw" in file else {})
    layers = {f"layers/{name}": node for name, node in file.get("layers", {}).items()}
    found = {name: {"name": name, **matrix(node)} for name, node in (nodes | layers).items()}
    counts = ""
    for name in ("raw.X", *layers, "X"):
        if name in found and not counts:
            node = (nodes | layers)[name]
            found[name] |= sampled(node["data"] if isinstance(node, h5py.Group) else node)
            counts = name if found[name]["integers"] else ""
    seen = [file, *nodes.values(), *layers.values()]

    obs, told, beside = file["obs"], [], 0
    for name in obs.attrs["column-order"]:
        one, size = column(name, obs[name], values=True)
        told.append(one)
        seen.append(obs[name])
        beside += size
    index = texts(obs[obs.attrs["_index"]])
    beside += size_of(index)

    var = file["var"]
    columns = [column(name, var[name], values=False)[0] for name in var.attrs["column-order"]]
    names = texts(var[var.attrs["_index"]])
    beside += size_of(names)
    of_genes = genes(names.asstr()[()].tolist(), columns)

    arrays = file.get("obsm", {})
    shown = [{"name": n, "shape": list(a.shape), "dtype": str(a.dtype)} for n, a in arrays.items()]
    beside += sum(node.nbytes for node in arrays.values())
    seen += arrays.values()
    drawn = next((n for kind in EMBEDDINGS for n in arrays if kind in n.lower()), "")
    points = arrays[drawn][:, :2] if drawn else None

    uns = file.get("uns", {})
    title, schema = (uns[name].asstr()[()] if name in uns else "" for name in UNS)
    primary = next((one for one in told if one["name"] == "is_primary_data"), {"top": ()})
    matrices = sum(one["memory"] for one in found.values())
    unknown = {node.attrs.get("encoding-type") for node in seen} - set(KNOWN)
    return {
        "shape": [index.size, names.size],
        "x": found["X"],
        "raw": found.get("raw.X"),
        "layers": [found[name] for name in layers],
        "raw_counts": counts,
        "obs": told,
        "obs_index": obs.attrs["_index"],
        "var": of_genes,
        "obsm": shown,
        "obsp": list(file.get("obsp", {})),
        "uns": list(uns),
        "title": title,
        "schema_version": schema,
        "primary": sum(t["count"] for t in primary["top"] if t["value"] == "True") / index.size,
        "encodings": sorted(unknown),
        "picture": {
            "embedding": drawn,
            "by": next((one["name"] for one in told if one["name"] in GROUPS), ""),
            "cells": index.size,
        },
        "memory": {"matrices": matrices, "annotations": beside, "total": matrices + beside},
    }, points


UNS = ("title", "schema_version")


def main() -> None:
    """Look at the file whose address comes on standard input."""
    kind, size, directory = sys.argv[1], int(sys.argv[2]), Path(sys.argv[3])
    url = sys.stdin.read()
    options = {"cache_type": kind, "block_size": size} if kind else {}
    with fsspec.filesystem("http").open(url, "rb", **options) as source:
        with h5py.File(source, "r") as file:
            facts, points = look(file)
        facts["size"] = source.size
    (directory / "facts.json").write_text(json.dumps(facts))
    np.save(directory / "points.npy", points)


if __name__ == "__main__":
    main()
