"""sheepdog: programs, projects, the dictionary, and nodes as tables."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING, Any

from jupyterlab_datahub.demo.gen3 import dictionary
from jupyterlab_datahub.demo.gen3.dialects import ServiceError, sheepdog_error
from jupyterlab_datahub.demo.gen3.submission import Submission
from jupyterlab_datahub.demo.gen3.tokens import TokenError
from jupyterlab_datahub.demo.gen3.users import User, may, resource_of
from jupyterlab_datahub.demo.messages import Reply, Request, json_reply

if TYPE_CHECKING:
    from jupyterlab_datahub.demo.gen3.commons import Commons
    from jupyterlab_datahub.demo.gen3.graph import Graph, Node

BASE = "/api/v0/submission"
LINKS = "/v0/submission"
"""How links begin: as the service knows itself, and not as the proxy in front does."""

UNAUTHORIZED = "You don't have access to this resource: user is unauthorized"
BASIC = ("type", "id", "project_id", "submitter_id")


class Sheepdog:
    """Answers below ``/api/v0/submission``, except for GraphQL.

    Parameters
    ----------
    commons
        Whose graph it is.
    """

    def __init__(self, commons: Commons) -> None:
        self._commons = commons
        self._submission = Submission(commons)

    def answer(self, request: Request) -> Reply:
        """Return the reply to a request."""
        parts = [part for part in request.path.removeprefix(BASE).split("/") if part]
        try:
            if "_dictionary" in parts and request.method == "GET":
                return self._dictionary(parts)
            user = self._user(request)
            if request.method in ("PUT", "POST"):
                return self._write(request, user, parts)
            if request.method == "GET" and len(parts) <= 1:
                return self._links(parts)
            return self._read(request, user, parts)
        except TokenError as error:
            return sheepdog_error(401, f"Authentication Error: {error}")
        except ServiceError as error:
            return sheepdog_error(error.status, error.message)

    def _user(self, request: Request) -> User:
        user = self._commons.caller(request)
        if user is None:
            raise ServiceError(401, "Authentication Error: Didn't receive JWT correctly")
        return user

    def _links(self, parts: list[str]) -> Reply:
        """Return links to all programs or projects, whether or not one may see inside."""
        graph = self._commons.graph
        if not parts:
            names = [node.submitter_id for node in graph.of_type("program")]
        else:
            self._program(parts[0])
            names = [f"{parts[0]}/{node.submitter_id}" for node in graph.of_type("project")]
        return json_reply({"links": [f"{LINKS}/{name}" for name in names]})

    def _program(self, name: str) -> None:
        if not any(node.submitter_id == name for node in self._commons.graph.of_type("program")):
            raise ServiceError(404, f"program {name} not found")

    def _check(self, user: User, method: str, program: str, project: str) -> None:
        self._program(program)
        known = {node.submitter_id for node in self._commons.graph.of_type("project")}
        if project not in known:
            raise ServiceError(404, f"project {project} not found")
        if not may(user, method, resource_of(program, project)):
            raise ServiceError(403, UNAUTHORIZED)

    def _dictionary(self, parts: list[str]) -> Reply:
        if parts[-1] == "_dictionary":
            names = [*dictionary.BY_ID, *dictionary.SPECIAL, "_all"]
            below = "/".join(parts)
            return json_reply({"links": [f"{LINKS}/{below}/{name}" for name in names]})
        found = dictionary.entry(parts[-1])
        if found is None:
            raise ServiceError(404, f"Entry {parts[-1]} not in dictionary")
        return json_reply(found)

    def _write(self, request: Request, user: User, parts: list[str]) -> Reply:
        dry = parts[-1:] == ["_dry_run"]
        place = parts[:-1] if dry else parts
        if len(place) != 2:
            raise ServiceError(403, UNAUTHORIZED)
        program, project = place
        for method in ("create", "update"):
            self._check(user, method, program, project)
        return self._submission.submit(request, program, project, dry=dry)

    def _read(self, request: Request, user: User, parts: list[str]) -> Reply:
        if len(parts) < 3 or request.method != "GET":
            raise ServiceError(405, "The method is not allowed for the requested URL.")
        program, project, what = parts[:3]
        self._check(user, "read", program, project)
        query = {name: values[0] for name, values in request.query.items()}
        if what == "export":
            return self._export(f"{program}-{project}", query)
        if what == "manifest":
            return json_reply(self._manifest(f"{program}-{project}", query.get("ids", "")))
        if what == "entities" and len(parts) == 4:
            found = self._by_ids(f"{program}-{project}", parts[3])
            return json_reply(
                {
                    "entities": [
                        {
                            "program": program,
                            "project": project,
                            "properties": as_json(node, self._commons.graph),
                        }
                        for node in found
                    ]
                }
            )
        raise ServiceError(404, f"{request.path} not found")

    def _export(self, project_id: str, query: dict[str, str]) -> Reply:
        label, form = query.get("node_label", ""), query.get("format", "tsv")
        if form not in ("tsv", "csv", "json"):
            raise ServiceError(400, f"format {form} is not supported")
        if ids := query.get("ids"):
            nodes = self._by_ids(project_id, ids)
            label = nodes[0].type
        elif label not in dictionary.BY_ID:
            raise ServiceError(400, f"dictionary does not have node with type {label}")
        else:
            of_type = self._commons.graph.of_type(label)
            nodes = [node for node in of_type if node.project_id == project_id]
        if form == "json":
            content = json.dumps({"data": [as_json(node, self._commons.graph) for node in nodes]})
        else:
            content = as_table(label, nodes, self._commons.graph, "\t" if form == "tsv" else ",")
        headers = {
            "Content-Type": "application/octet-stream",
            "Content-Disposition": f"attachment; filename={label}.{form}",
        }
        return Reply(200, headers, content.encode())

    def _by_ids(self, project_id: str, ids: str) -> list[Node]:
        wanted = {one.strip() for one in ids.split(",")}
        of_project = (node for node in self._commons.graph if node.project_id == project_id)
        found = [node for node in of_project if node.id in wanted]
        if len(found) < len(wanted):
            lost = sorted(wanted - {node.id for node in found})
            raise ServiceError(404, f"No id is found: {lost}")
        return found

    def _manifest(self, project_id: str, ids: str) -> list[dict[str, Any]]:
        """Return a manifest of the files of nodes, as download clients read it."""
        return [
            {
                "file_name": node.value("file_name"),
                "file_size": node.value("file_size"),
                "md5sum": node.value("md5sum"),
                "object_id": node.value("object_id"),
            }
            for node in self._by_ids(project_id, ids)
            if node.kind.is_file
        ]


def as_json(node: Node, graph: Graph) -> dict[str, Any]:
    """Return a node as it is exported in JSON."""
    links = {}
    for link in node.kind.links:
        if target := graph.target(node, link.name):
            links[link.name] = [{"node_id": target.id, "submitter_id": target.submitter_id}]
    basic = {name: node.value(name) for name in BASIC}
    return {**basic, **{name: node.value(name) for name in _properties(node.type)}, **links}


def as_table(label: str, nodes: list[Node], graph: Graph, delimiter: str) -> str:
    """Return nodes of one type as a table, which is a line of names where there are none."""
    text = io.StringIO()
    table = csv.writer(text, delimiter=delimiter, lineterminator="\n")
    links = dictionary.BY_ID[label].links
    of_links = [f"{link.name}.{what}" for link in links for what in ("id", "submitter_id")]
    table.writerow([*BASIC, *_properties(label), *of_links])
    for node in nodes:
        row = [node.value(name) for name in (*BASIC, *_properties(label))]
        for link in links:
            target = graph.target(node, link.name)
            row += [target.id, target.submitter_id] if target else ["", ""]
        table.writerow(row)
    return text.getvalue()


def _properties(label: str) -> list[str]:
    return sorted(one.name for one in dictionary.BY_ID[label].properties)
