"""Buckets, folders and objects as a tree, of which no more is listed than is looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyterlab_datahub.errors import BadRequestError
from jupyterlab_datahub.model import Node, NodePage
from jupyterlab_datahub.sources.page_tokens import PageTokens
from jupyterlab_datahub.sources.s3 import listing, refs
from jupyterlab_datahub.sources.s3.refs import Ref

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jupyterlab_datahub.sources.s3.listing import Entry
    from jupyterlab_datahub.sources.s3.store import Store


class Tree:
    """The tree of a store.

    S3 goes from page to page by tokens, the tree by numbers: which token leads to which number is
    remembered for the folders looked at last, and found again by listing up to it otherwise.

    Parameters
    ----------
    store
        Where it is.
    roots
        The buckets, or folders in buckets (``bucket/folder/``), that it begins with.
    """

    def __init__(self, store: Store, roots: Sequence[str]) -> None:
        self._store = store
        self._roots = tuple(refs.parse(refs.PREFIX + root, store.name) for root in roots)
        self._tokens = PageTokens()

    def children(self, node: str, offset: int, limit: int) -> NodePage:
        """Return some children of a folder, of the root for an empty `node`.

        Raises
        ------
        BadRequestError, NotFoundError, AccessError, CatalogError
        """
        if not node:
            nodes = tuple(self._root(ref) for ref in self._roots)
            return NodePage(nodes=nodes[offset : offset + limit], total=len(nodes), offset=offset)
        ref = refs.parse(node, self._store.name)
        if ref.key and not ref.key.endswith("/"):
            raise BadRequestError(
                f"{node[:80]!r} is no folder", source=self._store.name, hint="Reload the tree."
            )
        nodes, more = self._listed(ref, offset, limit)
        # How many there are nobody knows but who lists them all: that there are more is enough.
        total = offset + len(nodes) + int(more)
        return NodePage(nodes=nodes, total=total, uncounted=more, offset=offset)

    def place(self, ref: Ref) -> tuple[str, ...]:
        """Return the ids of the nodes that lead to an object or folder, its own last."""
        fitting = (
            root
            for root in self._roots
            if root.bucket == ref.bucket and ref.key.startswith(root.key)
        )
        root = next(fitting, None)
        if root is None:
            return ()
        below = ref.key.removeprefix(root.key)
        ends = [at + 1 for at, letter in enumerate(below) if letter == "/"]
        steps = [below[:end] for end in ends] + ([below] if below[-1:] not in ("", "/") else [])
        return (str(root), *(str(Ref(ref.bucket, root.key + step)) for step in steps))

    def _root(self, ref: Ref) -> Node:
        title = f"{ref.bucket}/{ref.key}" if ref.key else ref.bucket
        return self._folder(ref, "bucket", title)

    def _folder(self, ref: Ref, kind: str, title: str) -> Node:
        # Who signs may be allowed to write: nobody can ask, but saving tells before it sends.
        return Node(
            id=str(ref),
            kind=kind,
            title=title,
            ref=str(ref),
            identifier=str(ref),
            has_children=True,
            can_save=self._store.signs(ref.bucket),
        )

    def _listed(self, ref: Ref, offset: int, limit: int) -> tuple[tuple[Node, ...], bool]:
        at, token = self._tokens.nearest(str(ref), offset)
        while True:
            wanted = limit if at == offset else min(offset - at, listing.PAGE)
            page = listing.page(self._store, ref.bucket, ref.key, token, wanted)
            start, at, token = at, at + len(page.entries), page.token
            if token:
                self._tokens.remember(str(ref), at, token)
            if start == offset or not token:
                own = page.entries if start == offset else ()
                nodes = (self._node(ref, entry) for entry in own if not _marks(ref, entry))
                return tuple(nodes), bool(token)

    def _node(self, parent: Ref, entry: Entry) -> Node:
        ref = Ref(parent.bucket, entry.key)
        title = entry.key.removeprefix(parent.key).removesuffix("/") or "/"
        if entry.folder:
            return self._folder(ref, "folder", title)
        return Node(
            id=str(ref),
            kind="file",
            title=title,
            ref=str(ref),
            size=entry.size,
            date=entry.modified,
        )


def _marks(parent: Ref, entry: Entry) -> bool:
    """Return whether an entry is only there to let an empty folder be seen."""
    return entry.key == parent.key and not entry.size
