"""Asking a Source itself: its tree, its own search, its archive."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor, as_completed
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from jupyterlab_datahub.engine import datasets
from jupyterlab_datahub.engine.patience import within
from jupyterlab_datahub.engine.queries import MAX_OFFSET, count, last
from jupyterlab_datahub.errors import BadRequestError, DataHubError
from jupyterlab_datahub.model import CatalogState, DatasetPage, SearchResult, SourceStatus, Summary
from jupyterlab_datahub.sources.calls import Call

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from typing import Any

    from jupyterlab_datahub.engine.rooms import Rooms
    from jupyterlab_datahub.model import (
        GraphAnswer,
        GraphQuestion,
        GraphSchema,
        NodePage,
        SearchQuery,
    )

SECONDS = 45.0
"""How long a page waits for a store."""

EACH_SECONDS = 12.0
"""How long several Sources that are asked at once are waited for."""

MAX_NODES = 500
MAX_NODE = 4000
"""Characters: a key of S3 has up to 1,024 bytes, each of which may be escaped."""

GRAPH_PARAMETERS: tuple[dict[str, Any], ...] = (
    {
        "name": "endpoint",
        "description": "Name of one of several places to ask; empty: the first.",
        "schema": {"type": "string", "maxLength": 100},
        "example": "submission",
    },
)

TREE_PARAMETERS: tuple[dict[str, Any], ...] = (
    {
        "name": "node",
        "description": "The id of the node whose children are wanted; empty: the root.",
        "schema": {"type": "string", "maxLength": MAX_NODE},
        "example": "space:LAB",
    },
    {
        "name": "offset",
        "description": "How many children to pass over.",
        "schema": {"type": "integer", "minimum": 0, "maximum": MAX_OFFSET},
    },
    {
        "name": "limit",
        "description": "How many children to return.",
        "schema": {"type": "integer", "minimum": 1, "maximum": MAX_NODES},
    },
)


class TreeQuery(NamedTuple):
    """Which children of which node are wanted."""

    node: str = ""
    offset: int = 0
    limit: int = 100


def tree_query(values: Callable[[str], Sequence[str]]) -> TreeQuery:
    """Read which children are wanted from the arguments of a request.

    Parameters
    ----------
    values
        Gives all values of an argument by its name.

    Raises
    ------
    BadRequestError
    """
    node = last(values("node"), "")
    if len(node) > MAX_NODE:
        raise BadRequestError(
            f"the id of a node is longer than {MAX_NODE} characters", hint="Reload the tree."
        )
    limit = count("limit", last(values("limit"), "100"), MAX_NODES)
    if limit < 1:
        raise BadRequestError(f"limit must be a whole number from 1 to {MAX_NODES}")
    return TreeQuery(node, count("offset", last(values("offset"), "0"), MAX_OFFSET), limit)


def tree(rooms: Rooms, name: str, query: TreeQuery) -> NodePage:
    """Return some children of a node of a Source's tree.

    Raises
    ------
    NotFoundError, NotSupportedError, BadRequestError, AccessError, CatalogError
    """
    source = rooms.registry[name]
    return within(SECONDS, lambda: source.children(*query), "its tree", name)


def search(rooms: Rooms, name: str, query: SearchQuery, seconds: float = SECONDS) -> SearchResult:
    """Let a Source search itself, and mark what the library has.

    A Source whose catalog is kept on this machine is searched in that; another is waited for
    some seconds.

    Raises
    ------
    NotFoundError, NotSupportedError, BadRequestError, AccessError, CatalogError
    """
    source = rooms.registry[name]
    if source.harvestable:
        only = {**query.facets, "source": (name,)}
        found = datasets.search(rooms, msgspec.structs.replace(query, facets=only))
        states = tuple(status for status in found.sources if status.name == name)
        return msgspec.structs.replace(found, sources=states)
    facets = {key: values for key, values in query.facets.items() if key != "source"}
    asked = msgspec.structs.replace(query, facets=facets)
    return datasets.marked(rooms, within(seconds, lambda: source.search(asked), "an answer", name))


def live(rooms: Rooms, names: Sequence[str]) -> frozenset[str]:
    """Return those of some Sources that are asked themselves, as no catalog of them is kept.

    Raises
    ------
    NotFoundError, SettingsError
    """
    return frozenset(name for name in names if not rooms.registry[name].harvestable)


def graph_schema(rooms: Rooms, name: str, endpoint: str) -> GraphSchema:
    """Return what a Source can be asked in GraphQL.

    Raises
    ------
    NotFoundError, NotSupportedError, BadRequestError, AccessError, CatalogError
    """
    source = rooms.registry[name]
    return within(SECONDS, lambda: source.schema(endpoint), "its schema", name)


def graph(
    rooms: Rooms, name: str, question: GraphQuestion, call: Call | None = None
) -> GraphAnswer:
    """Answer a question in GraphQL; what is wrong with it is in the answer.

    Whoever ends the `call` ends the Source's request as well.

    Raises
    ------
    NotFoundError, NotSupportedError, BadRequestError, AccessError, CatalogError
    """
    source = rooms.registry[name]
    with (call or Call()).going_on():
        return within(SECONDS, lambda: source.ask(question), "an answer", name)


def answers_of_each(
    rooms: Rooms, names: Sequence[str], query: SearchQuery, seconds: float = EACH_SECONDS
) -> Iterator[SearchResult]:
    """Let several Sources search at once, and yield their answers as they come.

    A Source that fails, or does not answer in time, is among the states of its answer with its
    error; no other is kept back by it.

    Parameters
    ----------
    rooms, names, query
        Which Sources are asked what.
    seconds
        How long each of them is waited for.
    """
    with ThreadPoolExecutor(max(len(names), 1), "datahub-search") as threads:
        asked = [threads.submit(_answer, rooms, name, query, seconds) for name in names]
        for answer in as_completed(asked):
            yield answer.result()


def together(
    names: Sequence[str], found: Sequence[SearchResult], query: SearchQuery
) -> SearchResult:
    """Return the answers of several Sources as one, in the order of their names."""
    answers = sorted(found, key=lambda one: names.index(one.sources[0].name))
    hits = [hit for answer in answers for hit in answer.hits]
    return SearchResult(
        total=sum(answer.total for answer in answers),
        hits=tuple(hits[: query.limit]),
        facets=answers[0].facets if len(answers) == 1 else (),
        summary=Summary(
            datasets=sum(answer.summary.datasets for answer in answers),
            cells=sum(answer.summary.cells for answer in answers),
            bytes=sum(answer.summary.bytes for answer in answers),
            unknown_sizes=sum(answer.summary.unknown_sizes for answer in answers),
        ),
        sources=tuple(status for answer in answers for status in answer.sources),
        offset=query.offset,
    )


def unarchive(rooms: Rooms, ref: str) -> DatasetPage:
    """Ask a Source for the files of a dataset to be brought back from its archive.

    Raises
    ------
    BadRequestError, NotFoundError, NotSupportedError, ConflictError, AccessError, CatalogError
    """
    source = rooms.registry.for_ref(ref)
    found = within(SECONDS, lambda: source.unarchive(ref), "an answer", source.name)
    return DatasetPage(dataset=found)


def _answer(rooms: Rooms, name: str, query: SearchQuery, seconds: float) -> SearchResult:
    config = rooms.registry.config(name)
    try:
        return search(rooms, name, query, seconds)
    except DataHubError as error:
        failed = SourceStatus(
            name=name,
            title=(config.title if config else "") or name,
            kind=config.kind if config else "",
            url=config.url if config else "",
            state=CatalogState.ERROR,
            error=error.body(),
        )
        return SearchResult(total=0, sources=(failed,))
