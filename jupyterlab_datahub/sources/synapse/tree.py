"""Projects, folders and files as a tree, of which no more is listed than is looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyterlab_datahub.errors import DataHubError, NotFoundError
from jupyterlab_datahub.model import Access, Node, NodePage
from jupyterlab_datahub.sources.page_tokens import PageTokens
from jupyterlab_datahub.sources.synapse import entities, records, wire
from jupyterlab_datahub.sources.synapse.refs import PREFIX, Ref, parse

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from jupyterlab_datahub.sources.synapse.session import Session

PAGE = 50
"""Children in one answer (Synapse REST docs, "EntityChildrenResponse"); nobody can ask for more."""

MOST_PAGES = 2_000
"""Pages of one folder that are asked for: a service that never ends is not followed for ever."""

WORDS = {wire.DATASET: "collection", "entityview": "view", "materializedview": "view"}
"""What the tree calls a type of entity: a dataset of Synapse is many files, here it is one."""


class Tree:
    """What a user may see at Synapse.

    Synapse goes from page to page by tokens, the tree by numbers: which token leads to which
    number is remembered for the folders looked at last, and found again by asking up to it.

    Parameters
    ----------
    session
        Who asks.
    projects
        Identifiers of projects that the tree begins with, before those shared with the user.
    """

    def __init__(self, session: Session, projects: Sequence[str]) -> None:
        self._session = session
        self._projects = tuple(parse(f"{PREFIX}{one}", session.who.source) for one in projects)
        self._tokens = PageTokens()

    def children(self, node: str, offset: int, limit: int) -> NodePage:
        """Return some children of a folder or project, of the root for an empty `node`.

        Raises
        ------
        BadRequestError, NotFoundError, WithdrawnError, AccessError, CatalogError
        """
        if not node:
            return self._roots(offset, limit)
        ref = parse(node, self._session.who.source).current
        found: list[wire.Header] = []
        at, token = self._tokens.nearest(ref.id, offset)
        total: int | None = None
        while at < offset + limit:
            page = self._page(ref, token)
            total = page.total_child_count if total is None else total
            found += page.page[max(0, offset - at) :]
            at += len(page.page)
            token = page.next_page_token or ""
            if not token or not page.page:
                break
            self._tokens.remember(ref.id, at, token)
        nodes = tuple(self._node(header) for header in found[:limit] if header.id != ref.id)
        more = bool(token) or len(found) > limit
        shown = offset + len(nodes)
        return NodePage(
            nodes=nodes,
            total=shown + more if total is None else max(total, shown),
            uncounted=more and total is None,
            offset=offset,
        )

    def below(self, ref: Ref) -> Iterator[wire.Header]:
        """Yield all that is directly below a folder or project, by name.

        Raises
        ------
        NotFoundError, WithdrawnError, AccessError, CatalogError
        """
        token = ""
        for _ in range(MOST_PAGES):
            page = self._page(ref, token)
            yield from page.page
            token = page.next_page_token or ""
            if not token:
                return

    def _roots(self, offset: int, limit: int) -> NodePage:
        """Return the projects of the configuration, then those that are shared with the user."""
        named = [self._named(ref) for ref in self._projects]
        own = len(named)
        known = {node.id for node in named}
        nodes = named[offset : offset + limit]
        more = False
        if offset + limit > own:
            first = max(0, offset - own)
            shared, more = self._shared(first, limit - len(nodes))
            nodes += [node for node in shared if node.id not in known]
        total = offset + len(nodes) + int(more)
        return NodePage(nodes=tuple(nodes), total=total, uncounted=more, offset=offset)

    def _shared(self, offset: int, limit: int) -> tuple[list[Node], bool]:
        at, token = self._tokens.nearest("", offset)
        found: list[wire.Header] = []
        while at < offset + limit:
            query = {"filter": "ALL", "sort": "PROJECT_NAME", "sortDirection": "ASC"}
            query |= {"nextPageToken": token} if token else {}
            page = self._session.get("/projects", wire.Projects, query)
            found += page.results[max(0, offset - at) :]
            at += len(page.results)
            token = page.next_page_token or ""
            if not token or not page.results:
                break
            self._tokens.remember("", at, token)
        nodes = [self._node(header) for header in found[:limit]]
        return nodes, bool(token) or len(found) > limit

    def _named(self, ref: Ref) -> Node:
        """Return a project of the configuration, with the reason where it cannot be seen."""
        try:
            found = entities.entity(self._session, ref)
        except NotFoundError as error:
            return _closed(ref, error)
        return Node(
            id=str(ref.current),
            kind=found.type,
            title=found.name or ref.id,
            ref=str(ref.current),
            identifier=ref.id,
            date=records.utc(found.modified_on),
            has_children=True,
        )

    def _page(self, ref: Ref, token: str) -> wire.Children:
        body = {
            "parentId": ref.id,
            "includeTypes": wire.LISTED,
            "sortBy": "NAME",
            "sortDirection": "ASC",
            "includeTotalChildCount": True,
        }
        if token:
            body["nextPageToken"] = token
        return self._session.post("/entity/children", body, wire.Children)

    def _node(self, header: wire.Header) -> Node:
        kind = wire.type_of(header.type)
        ref = entities.header_ref(header)
        return Node(
            id=str(ref.current),
            kind=WORDS.get(kind, kind),
            title=header.name or header.id,
            ref=str(ref),
            identifier=header.id,
            date=records.utc(header.modified_on),
            has_children=kind in wire.CONTAINERS,
        )


def _closed(ref: Ref, error: DataHubError) -> Node:
    return Node(
        id=str(ref),
        kind=wire.PROJECT,
        title=ref.id,
        identifier=ref.id,
        access=Access.REQUEST,
        access_note=error.message,
    )
