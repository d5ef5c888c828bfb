"""peregrine: the graph by GraphQL, with a schema that follows from the dictionary."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyterlab_datahub.demo.gen3.dialects import ServiceError, graphql_error, sheepdog_error
from jupyterlab_datahub.demo.gen3.query import asked, introspection, run
from jupyterlab_datahub.demo.gen3.tokens import TokenError
from jupyterlab_datahub.demo.gen3.view import View
from jupyterlab_datahub.demo.messages import Reply, Request, json_reply

if TYPE_CHECKING:
    from graphql import GraphQLSchema

    from jupyterlab_datahub.demo.gen3.commons import Commons

GRAPHQL = "/api/v0/submission/graphql"
SCHEMA = "/api/v0/submission/getschema"
DATASETS = "/api/v0/datasets"
PATHS = (GRAPHQL, SCHEMA, DATASETS)


class Peregrine:
    """Answers GraphQL, and how many nodes each project has.

    Parameters
    ----------
    commons
        Whose graph it is.
    """

    def __init__(self, commons: Commons) -> None:
        self._commons = commons

    def answer(self, request: Request) -> Reply:
        """Return the reply to a request."""
        path = request.path.rstrip("/")
        try:
            if path == SCHEMA:
                return json_reply({"data": introspection(self._schema())})
            user = self._commons.caller(request)
        except TokenError as error:
            return sheepdog_error(401, f"Authentication Error: {error}")
        if user is None:
            return sheepdog_error(401, "Authentication Error: Didn't receive JWT correctly")
        view = View(self._commons.graph, user)
        if path == DATASETS:
            return self._datasets(request, view)
        if path == f"{DATASETS}/projects":
            projects = [
                {
                    "code": node.value("code"),
                    "dbgap_accession_number": node.value("dbgap_accession_number"),
                    "description": node.value("summary"),
                    "image_url": None,
                    "name": node.value("name"),
                }
                for node in view.of_type("project")
            ]
            return json_reply({"projects": projects})
        return self._graphql(request, view)

    def _graphql(self, request: Request, view: View) -> Reply:
        try:
            question = asked(request)
        except ServiceError as error:
            return graphql_error(error.status, error.message)
        result = run(self._schema(), question, view)
        if result.errors:
            errors = [error.message.replace("'", '"') for error in result.errors]
            return json_reply({"data": result.data, "errors": errors}, 400)
        return json_reply({"data": result.data})

    def _datasets(self, request: Request, view: View) -> Reply:
        names = (request.query.get("nodes") or [""])[0].split(",")
        answer = {
            project.project_id: {
                name: sum(node.project_id == project.project_id for node in view.of_type(name))
                for name in names
                if name
            }
            for project in view.of_type("project")
        }
        return json_reply(answer)

    @staticmethod
    def _schema() -> GraphQLSchema:
        # Imported late: it takes half a second that no other test or service has to wait for.
        from jupyterlab_datahub.demo.gen3.peregrine_schema import schema

        return schema()
