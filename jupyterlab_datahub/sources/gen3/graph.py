"""Questions in GraphQL: to the graph of submitted records, and to the explorer's indexes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyterlab_datahub.errors import BadRequestError, DataHubError
from jupyterlab_datahub.model import (
    Export,
    GraphAnswer,
    GraphEndpoint,
    GraphSchema,
    GraphType,
    Struct,
)
from jupyterlab_datahub.sources.gen3 import refs, tables, wire

if TYPE_CHECKING:
    from jupyterlab_datahub.model import GraphQuestion, GraphTable
    from jupyterlab_datahub.sources.gen3.dictionary import Dictionary
    from jupyterlab_datahub.sources.gen3.session import Session

SUBMISSION = "submission"
GUPPY = "guppy"
PATHS = {SUBMISSION: "/api/v0/submission/graphql", GUPPY: "/guppy/graphql"}

ENDPOINTS = (
    GraphEndpoint(
        name=SUBMISSION,
        title="Submitted records",
        description="The records of all projects that you may read, as the dictionary links them",
    ),
    GraphEndpoint(
        name=GUPPY,
        title="Explorer",
        description="The flat indexes behind the commons' explorer page, with counts",
    ),
)

INTROSPECTION = """query IntrospectionQuery { __schema {
  queryType { name } mutationType { name } subscriptionType { name }
  types { ...FullType }
  directives { name description locations args { ...InputValue } } } }
fragment FullType on __Type { kind name description
  fields(includeDeprecated: true) { name description args { ...InputValue } type { ...TypeRef }
    isDeprecated deprecationReason }
  inputFields { ...InputValue } interfaces { ...TypeRef }
  enumValues(includeDeprecated: true) { name description isDeprecated deprecationReason }
  possibleTypes { ...TypeRef } }
fragment InputValue on __InputValue { name description type { ...TypeRef } defaultValue }
fragment TypeRef on __Type { kind name ofType { kind name ofType { kind name ofType {
  kind name ofType { kind name ofType { kind name } } } } } }"""


class Reply(Struct):
    """An answer in GraphQL as it comes; errors are strings in peregrine, objects in guppy."""

    data: dict[str, Any] | None = None
    errors: tuple[Any, ...] | None = None


def query(
    session: Session, text: str, variables: dict[str, Any] | None = None, endpoint: str = SUBMISSION
) -> dict[str, Any]:
    """Return the data of an answer.

    Raises
    ------
    QuestionError
        If it is not understood.
    AccessError, CatalogError
    """
    reply = session.post(_path(endpoint), {"query": text, "variables": variables or {}}, Reply)
    if reply.errors:
        errors = tuple(map(wire.error_words, reply.errors))
        raise wire.QuestionError(errors, session.who, session.host)
    return reply.data or {}


def ask(session: Session, question: GraphQuestion) -> GraphAnswer:
    """Answer a user's question; what is wrong with it is in the answer.

    Raises
    ------
    BadRequestError
        If it is empty, or for an endpoint that there is not.
    AccessError, CatalogError
    """
    if not question.query.strip():
        raise BadRequestError("There is no question", hint="Write one, as in { project { code } }.")
    endpoint = question.endpoint or SUBMISSION
    body = {"query": question.query, "variables": question.variables}
    try:
        reply = session.post(_path(endpoint), body, Reply)
    except wire.QuestionError as error:
        return GraphAnswer(errors=error.errors)
    data = reply.data or {}
    asked = {"endpoint": endpoint, "query": question.query, "variables": question.variables}
    return GraphAnswer(
        data=data,
        tables=tuple(
            _fetchable(session, table, asked) for table in tables.flattened(data).values()
        ),
        errors=tuple(map(wire.error_words, reply.errors or ())),
    )


def schema(session: Session, dictionary: Dictionary, endpoint: str) -> GraphSchema:
    """Return the endpoints, what introspection says of one, and what its types of records are.

    Raises
    ------
    BadRequestError
        If there is no such endpoint.
    AccessError, CatalogError
    """
    chosen = endpoint or SUBMISSION
    found = query(session, INTROSPECTION, endpoint=chosen)
    return GraphSchema(
        endpoints=_offered(session),
        endpoint=chosen,
        schema=found,
        types=_types(dictionary) if chosen == SUBMISSION else (),
    )


def _fetchable(session: Session, found: GraphTable, asked: dict[str, Any]) -> GraphTable:
    """Return a table with the refs that it can be fetched by."""
    exports = tuple(
        Export(
            ref=refs.asked_ref(
                session, refs.GRAPHQL, asked | {"table": found.name} | refs.asked_format(ending)
            ),
            title=f"{found.name} ({ending.upper()})",
            format=ending,
        )
        for ending in refs.TABLES
    )
    if any(len(one.ref) > refs.LONGEST for one in exports):
        return found
    return tables.with_ref(found, exports[0].ref, exports)


def _types(dictionary: Dictionary) -> tuple[GraphType, ...]:
    try:
        types = dictionary.types()
    except DataHubError:
        # What the schema says does without it.
        return ()
    return tuple(
        GraphType(
            name=one.name,
            title=one.title,
            category=one.category,
            description=one.description,
        )
        for one in sorted(types.values(), key=lambda one: (one.title.lower(), one.name))
    )


def _offered(session: Session) -> tuple[GraphEndpoint, ...]:
    """Return the endpoints that this commons has; each has the first."""
    try:
        query(session, "{ __typename }", endpoint=GUPPY)
    except wire.QuestionError:
        return ENDPOINTS
    except DataHubError:
        return ENDPOINTS[:1]
    return ENDPOINTS


def _path(endpoint: str) -> str:
    if endpoint not in PATHS:
        raise BadRequestError(
            f"there is no endpoint {endpoint[:40]!r}", hint=f"There are {', '.join(PATHS)}."
        )
    return PATHS[endpoint]
