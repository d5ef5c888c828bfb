"""Writing nodes into the graph: all of what is sent, or nothing."""

from __future__ import annotations

import json
import uuid
from typing import TYPE_CHECKING, Any

from jupyterlab_datahub.demo.gen3.dialects import ServiceError
from jupyterlab_datahub.demo.gen3.dictionary import BY_ID, SYSTEM
from jupyterlab_datahub.demo.gen3.graph import Node
from jupyterlab_datahub.demo.gen3.index import moment
from jupyterlab_datahub.demo.gen3.users import resource_of
from jupyterlab_datahub.demo.messages import Reply, Request, json_reply

if TYPE_CHECKING:
    from jupyterlab_datahub.demo.gen3.commons import Commons
    from jupyterlab_datahub.demo.gen3.dictionary import NodeType

Error = dict[str, Any]
TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
}


class Submission:
    """Takes nodes.

    Parameters
    ----------
    commons
        Whose graph it is.
    """

    def __init__(self, commons: Commons) -> None:
        self._commons = commons
        self._transactions = 0

    def submit(self, request: Request, program: str, project: str, *, dry: bool) -> Reply:
        """Make or change nodes, sent as JSON: one, or a list.

        Raises
        ------
        ServiceError
            If it is no JSON.
        """
        try:
            sent = json.loads(request.body)
        except ValueError as error:
            raise ServiceError(400, f"Unable to parse json: {error}") from error
        entries = sent if isinstance(sent, list) else [sent]
        if not all(isinstance(entry, dict) for entry in entries):
            raise ServiceError(400, "JSON submissions must be an object or a list of objects")
        with self._commons.graph.lock:
            return self._write(entries, program, project, dry=dry)

    def _write(
        self, entries: list[dict[str, Any]], program: str, project: str, *, dry: bool
    ) -> Reply:
        self._transactions += 1
        prepared = []
        answers = []
        pending: dict[tuple[str, str], Node] = {}
        for entry in entries:
            node, errors, action = self._prepare(entry, program, project, pending)
            if node and not errors:
                pending[node.type, node.submitter_id] = node
                prepared.append((node, action))
            answers.append(_answer(entry, node, errors, action))
        good = all(answer["valid"] for answer in answers)
        if good and not dry:
            for node, _ in prepared:
                self._commons.graph.add(node)
        made = sum(action == "create" for _, action in prepared) if good else 0
        document = {
            "cases_related_to_created_entities_count": 0,
            "cases_related_to_updated_entities_count": 0,
            "code": 200 if good else 400,
            "created_entity_count": made,
            "entities": answers,
            "entity_error_count": sum(not answer["valid"] for answer in answers),
            "message": "Transaction successful." if good else "Transaction aborted.",
            "success": good,
            "transaction_id": self._transactions,
            "transactional_error_count": 0,
            "transactional_errors": [],
            "updated_entity_count": len(prepared) - made if good else 0,
        }
        return json_reply(document, 200 if good else 400)

    def _prepare(
        self,
        entry: dict[str, Any],
        program: str,
        project: str,
        pending: dict[tuple[str, str], Node],
    ) -> tuple[Node | None, list[Error], str]:
        kind = BY_ID.get(str(entry.get("type")))
        if kind is None or kind.id in ("program", "project"):
            words = f"Invalid entity type: {entry.get('type')}. Did you include all required keys?"
            return None, [_error("INVALID_TYPE", ["type"], words)], "create"
        graph, project_id = self._commons.graph, f"{program}-{project}"
        submitter_id = str(entry.get("submitter_id") or "")
        there = graph.find(kind.id, project_id, submitter_id)
        given = {**(there.props if there else {}), **_properties(kind, entry)}
        links, errors = self._links(kind, entry, project_id, pending)
        links = {**(there.links if there else {}), **links}
        for name in kind.required:
            if name not in {*given, *links, "type"} and not (
                name == "submitter_id" and submitter_id
            ):
                errors.append(
                    _error("MISSING_PROPERTY", [name], f"'{name}' is a required property")
                )
        errors += _misfits(kind, entry)
        now = moment(self._commons.clock.now())
        node = Node(
            id=there.id if there else str(uuid.uuid4()),
            type=kind.id,
            project_id=project_id,
            submitter_id=submitter_id,
            resource=resource_of(program, project),
            props=given,
            links=links,
            created=there.created if there else now,
            updated=now,
        )
        return node, errors, "update" if there else "create"

    def _links(
        self,
        kind: NodeType,
        entry: dict[str, Any],
        project_id: str,
        pending: dict[tuple[str, str], Node],
    ) -> tuple[dict[str, str], list[Error]]:
        graph, links, errors = self._commons.graph, {}, []
        for link in kind.links:
            named = entry.get(link.name)
            for one in named if isinstance(named, list) else [named] if named else []:
                name = str(one.get("submitter_id") or one.get("code") or "")
                target = (
                    graph.get(link.target, str(one.get("id")))
                    or pending.get((link.target, name))
                    or graph.find(link.target, project_id, name)
                )
                if target:
                    links[link.name] = target.id
                else:
                    words = f"No link destination found for {link.name}, unique_keys='{one}'"
                    errors.append(_error("INVALID_LINK", [link.name], words))
        return links, errors


def _properties(kind: NodeType, entry: dict[str, Any]) -> dict[str, Any]:
    known = {one.name for one in kind.properties}
    return {name: value for name, value in entry.items() if name in known}


def _misfits(kind: NodeType, entry: dict[str, Any]) -> list[Error]:
    """Return what is wrong with the values of an entry."""
    known = {one.name: one for one in kind.properties}
    allowed = {*known, *SYSTEM, "type", "submitter_id", *(link.name for link in kind.links)}
    errors = [
        _error(
            "INVALID_PROPERTY",
            [name],
            f"Additional properties are not allowed ('{name}' was unexpected)",
        )
        for name in entry
        if name not in allowed
    ]
    for name, value in entry.items():
        one = known.get(name)
        if one is None:
            continue
        if one.enum and value not in one.enum:
            words = f"'{value}' is not one of {list(one.enum)}"
            errors.append(_error("INVALID_VALUE", [name], words))
        elif not isinstance(value, TYPES[one.type]):
            words = f"{value!r} is not of type '{one.type}'"
            errors.append(_error("INVALID_VALUE", [name], words))
    return errors


def _error(kind: str, keys: list[str], message: str) -> Error:
    return {"keys": keys, "message": message, "type": kind}


def _answer(
    entry: dict[str, Any], node: Node | None, errors: list[Error], action: str
) -> dict[str, Any]:
    keys = [{"project_id": node.project_id, "submitter_id": node.submitter_id}] if node else []
    return {
        "action": action,
        "errors": errors,
        "id": node.id if node and not errors else None,
        "related_cases": [],
        "type": entry.get("type"),
        "unique_keys": keys,
        "valid": not errors,
        "warnings": [],
    }
