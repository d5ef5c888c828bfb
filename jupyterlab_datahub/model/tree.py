"""The tree of a Source."""

from __future__ import annotations

from jupyterlab_datahub.model.access import Access
from jupyterlab_datahub.model.base import Struct
from jupyterlab_datahub.model.search import Export


class Node(Struct):
    """One line of a Source's tree.

    ``id`` means something to the Source alone; ``kind`` is the Source's own word in lower case
    (``space``, ``project``, ``collection``, ``object``, ``dataset``). ``ref`` names a dataset,
    or anything else a notebook can be made from or saved to. ``exports`` are tables that the
    Source makes of it. ``access_note`` says why a node is closed to us, ``description`` what it
    is. ``count`` is the number of
    children where the Source says it; ``date`` is ISO 8601.
    """

    id: str
    kind: str
    title: str
    code: str = ""
    type: str = ""
    ref: str = ""
    identifier: str = ""
    has_children: bool = False
    count: int | None = None
    size: int | None = None
    date: str = ""
    status: str = ""
    can_save: bool = False
    description: str = ""
    access: Access = Access.OPEN
    access_note: str = ""
    exports: tuple[Export, ...] = ()


class NodePage(Struct):
    """Some of the children of a node (the answer of ``GET tree/{name}``).

    ``uncounted`` says that there are more than these, and that nobody knows how many: ``total`` is
    only more than are known then.
    """

    nodes: tuple[Node, ...] = ()
    total: int = 0
    uncounted: bool = False
    offset: int = 0
