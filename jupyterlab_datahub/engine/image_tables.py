"""Tables of cells that lie around an image in the tree of its Source.

Which of them was measured in the image no name can say for certain, so that they are only offered.
MCMICRO has images in ``registration/`` or ``dearray/`` and tables in ``quantification/`` beside it
("Inputs and outputs" of its documentation); others put both into one folder.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from jupyterlab_datahub.engine.datasets import asset_of, dataset, elsewhere
from jupyterlab_datahub.engine.patience import within
from jupyterlab_datahub.errors import NotSupportedError
from jupyterlab_datahub.model import ImageTable, ImageTables
from jupyterlab_datahub.sources.contents import Form, form_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyterlab_datahub.engine.rooms import Rooms
    from jupyterlab_datahub.model import Node

FOLDERS = frozenset({"quantification", "quantifications", "quant", "features", "anndata"})
"""Folders that are looked into, beside those that the image is in."""

FORMS = (Form.MCMICRO, Form.H5AD)
MOST = 500
"""Children of a folder that are looked at."""

SECONDS = 30.0


class _Listed(NamedTuple):
    nodes: tuple[Node, ...]
    whole: bool


def around(rooms: Rooms, ref: str) -> ImageTables:
    """Return the tables of cells that may have been measured in an image.

    They lie in its folder or in the one above it, or in a folder of these that is named for tables;
    those with the image's name in theirs come first.

    Raises
    ------
    NotFoundError, WithdrawnError, BadRequestError, AccessError, CatalogError
    """
    found = dataset(rooms, ref)
    asset = asset_of(found, ref)
    if elsewhere(rooms, asset):
        return around(rooms, asset.elsewhere)
    folders = list(found.place[:-1])
    while folders and folders[-1].rstrip("/").endswith(".zarr"):
        # The metadata of an OME-Zarr lie in the image, not beside it.
        folders.pop()
    name = _plain(found.place[len(folders)] if len(folders) < len(found.place) else asset.name)
    tables: dict[str, ImageTable] = {}
    whole = True
    for above in folders[-2:]:
        listed = _children(rooms, found.source, above)
        whole &= listed.whole
        tables |= {one.ref: one for one in _tables(listed.nodes, "")}
        for node in listed.nodes:
            if node.has_children and node.title.lower() in FOLDERS:
                inner = _children(rooms, found.source, node.id)
                whole &= inner.whole
                tables |= {one.ref: one for one in _tables(inner.nodes, f"{node.title}/")}
    ordered = sorted(tables.values(), key=lambda one: (name not in one.name.lower(), one.path))
    return ImageTables(tables=tuple(ordered), whole=whole)


def _tables(nodes: tuple[Node, ...], folder: str) -> Iterator[ImageTable]:
    for node in nodes:
        if node.ref and not node.has_children and form_of(node.title) in FORMS:
            yield ImageTable(
                ref=node.ref, name=node.title, path=f"{folder}{node.title}", size=node.size
            )


def _children(rooms: Rooms, source: str, node: str) -> _Listed:
    try:
        page = within(
            SECONDS,
            lambda: rooms.registry[source].children(node, 0, MOST),
            "the files beside the image",
            source,
        )
    except NotSupportedError:
        return _Listed((), whole=True)
    return _Listed(page.nodes, whole=page.total <= len(page.nodes))


def _plain(place: str) -> str:
    """Return the sample that an image is named for, in lower case."""
    return place.rstrip("/").rpartition("/")[2].lower().partition(".")[0]
