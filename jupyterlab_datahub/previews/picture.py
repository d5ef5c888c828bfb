"""The picture of a file: where its cells are in an embedding, and their colours."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from jupyterlab_datahub.errors import NotFoundError, UnreadableError
from jupyterlab_datahub.model import ColumnKind
from jupyterlab_datahub.previews import cells, columns, frames, hdf5, packing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from jupyterlab_datahub.previews.contents import Axes, Contents
    from jupyterlab_datahub.previews.frames import Values

PREFERRED = ("umap", "tsne", "t-sne", "fa", "draw_graph", "phate", "diffmap", "spatial", "pca")
"""What people call embeddings, those first that are drawn for people to look at."""

GROUPS = ("cell_type", "celltype", "author_cell_type", "cell_type_ontology_term_id", "leiden")
MORE_GROUPS = ("louvain", "seurat_clusters", "clusters", "cluster", "bulk_labels", "label")
MOST_GROUPS = 1000
COLOUR = re.compile(r"#[0-9a-fA-F]{6}")


@dataclass(frozen=True)
class Chosen:
    """Which cells a picture shows.

    ``runs`` are the rows that are read, all where None, and ``rows`` which of those are shown,
    all where None; ``note`` says it in words.
    """

    points: int
    runs: Sequence[slice] | None = None
    rows: NDArray[Any] | None = None
    note: str = ""

    def of(self, values: NDArray[Any]) -> NDArray[Any]:
        """Return what is shown of what was read."""
        return values if self.rows is None else values[self.rows]


def default_embedding(found: Contents) -> str:
    """Return the name of the embedding that is shown at first, empty where there is none."""
    wanted = found.default_embedding
    for name in (wanted, f"X_{wanted}"):
        if name in found.embeddings:
            return name

    return min(found.embeddings, key=rank, default="")


def rank(name: str) -> tuple[int, int]:
    """Return how far behind others an embedding of a name comes, as long as nobody chose one."""
    word = name.lower().removeprefix("x_")
    exact = next((n for n, known in enumerate(PREFERRED) if word == known), len(PREFERRED))
    part = next((n for n, known in enumerate(PREFERRED) if known in word), len(PREFERRED))
    return part, exact


def group_column(found: Contents) -> str:
    """Return the column of obs to colour by at first, and to sample by; empty for none."""
    names = found.obs.names()
    named = [name for name in (*GROUPS, *MORE_GROUPS) if name in names]
    for name in (*named, *names):
        column = found.obs.column(name)
        if column.kind is ColumnKind.CATEGORIES and column.categories is not None:
            count = column.categories.size
            if (name in named and count <= MOST_GROUPS) or 2 <= count <= 100:
                return name
    return ""


def choose(found: Contents, groups: Values | None, most: int = cells.MOST_POINTS) -> Chosen:
    """Return which cells are shown; `groups` are those that each keep their share."""
    if found.cells <= most:
        return Chosen(points=found.cells)
    if found.cells > cells.MOST_LOOKED_AT:
        runs = cells.runs_of(found.cells, most)
        points = sum(run.stop - run.start for run in runs)
        note = f"{points:,} of {found.cells:,} cells are shown, in {len(runs)} runs of neighbours"
        return Chosen(points=points, runs=runs, note=note)
    rows = cells.chosen(found.cells, None if groups is None else groups.codes, most)
    points = found.cells if rows is None else len(rows)
    by = "" if groups is None else ", from each group its share"
    note = f"{points:,} of {found.cells:,} cells are shown, chosen at random{by}"
    return Chosen(points=points, rows=rows, note=note)


def points(found: Contents, embedding: str, chosen: Chosen, key: str) -> bytes:
    """Return the coordinates of the cells that are shown, packed.

    Raises
    ------
    NotFoundError
        If there is no such embedding.
    UnreadableError
    """
    if embedding not in found.embeddings:
        raise NotFoundError(
            f"there is no embedding {embedding[:80]!r} that can be drawn",
            hint=f"There are: {', '.join(found.embeddings) or 'none'}.",
        )
    x, y = (chosen.of(values) for values in coordinates(found.embeddings[embedding], chosen.runs))
    (xs, left, right), (ys, bottom, top) = packing.quantised(x), packing.quantised(y)
    nowhere = (xs == packing.NOWHERE) | (ys == packing.NOWHERE)
    xs[nowhere] = ys[nowhere] = packing.NOWHERE
    header = {
        "kind": "points",
        "key": key,
        "embedding": embedding,
        "cells": found.cells,
        "points": chosen.points,
        "x": (left, right),
        "y": (bottom, top),
    }
    return packing.pack(header, {"x": xs, "y": ys})


def coordinates(axes: Axes, runs: Sequence[slice] | None) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return the coordinates of cells."""
    if not axes.joint:
        return frames.gathered(axes.first, runs), frames.gathered(axes.second, runs)
    if axes.part:
        both = frames.gathered(axes.first, runs)[axes.part]
        return both[:, 0], both[:, 1]
    both = frames.gathered(axes.first, runs, 2)
    return both[:, 0], both[:, 1]


def colours(name: str, values: Values, chosen: Chosen, key: str, uns: Any) -> bytes:
    """Return the colours of the cells that are shown by a column, packed; see the package's docs.

    Raises
    ------
    UnreadableError
        If there are more categories than colours could tell apart.
    """
    import numpy as np

    told = {"key": key, "by": name, "points": chosen.points}
    if values.codes is None:
        numbers = np.asarray(values.numbers)
        finite = values.finite
        ends = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 0.0)
        told |= {"kind": "numbers", "range": ends, "missing": int(numbers.size - finite.size)}
        with np.errstate(over="ignore"):
            return packing.pack(told, {"values": chosen.of(numbers).astype(np.float32)})
    if len(values.categories) > columns.MOST_COLOURS:
        raise UnreadableError(
            f"{name} has {len(values.categories):,} different values, too many for colours",
            hint="Choose another column.",
        )
    told |= {
        "kind": "categories",
        "categories": values.categories,
        "counts": values.counts,
        "missing": len(values.codes) - sum(values.counts),
        "colours": palette(uns, name, len(values.categories)),
    }
    codes = packing.smallest(chosen.of(values.codes), len(values.categories))
    return packing.pack(told, {"codes": codes})


def palette(uns: Any, name: str, count: int) -> list[str]:
    """Return the colours that a file gives the categories of a column, as scanpy writes them."""
    try:
        found = hdf5.dataset_at(uns, f"{name}_colors")
        if found is None or found.dtype.kind not in "OSU" or found.shape != (count,):
            return []
        texts = [text[:7] for text in frames.texts_of(hdf5.read(found))]
    except UnreadableError:
        # They are a nicety; without them the browser has its own.
        return []
    return texts if all(COLOUR.fullmatch(text) for text in texts) else []
