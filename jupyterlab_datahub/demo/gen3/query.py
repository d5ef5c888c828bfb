"""Running GraphQL queries, of peregrine and of guppy."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from jupyterlab_datahub.demo.gen3.dialects import ServiceError

if TYPE_CHECKING:
    from graphql import ExecutionResult, GraphQLSchema

    from jupyterlab_datahub.demo.messages import Request


@dataclass(frozen=True)
class Asked:
    """A query, with its variables."""

    query: str
    variables: dict[str, Any] | None
    operation: str | None


def asked(request: Request) -> Asked:
    """Read a query; variables may be an object, or the text of one.

    Raises
    ------
    ServiceError
        If there is none.
    """
    try:
        document = json.loads(request.body)
        variables = document.get("variables")
        if isinstance(variables, str):
            variables = json.loads(variables) if variables.strip() else None
        query, operation = document.get("query"), document.get("operationName")
    except (ValueError, AttributeError) as error:
        raise ServiceError(400, f"Unable to parse json: {error}") from error
    if not isinstance(query, str) or not query.strip():
        raise ServiceError(400, "Must provide query string.")
    if variables is not None and not isinstance(variables, dict):
        raise ServiceError(400, "Variables must be an object.")
    return Asked(query, variables, operation if isinstance(operation, str) else None)


def run(
    schema: GraphQLSchema, question: Asked, context: object = None, root: object = None
) -> ExecutionResult:
    """Answer a query, with what the schema's resolvers want for context and root value."""
    from graphql import graphql_sync

    return graphql_sync(
        schema,
        question.query,
        root_value=root,
        context_value=context,
        variable_values=question.variables,
        operation_name=question.operation,
    )


def introspection(schema: GraphQLSchema) -> dict[str, Any]:
    """Return the schema as GraphQL describes itself."""
    from graphql import introspection_from_schema

    return dict(introspection_from_schema(schema))
