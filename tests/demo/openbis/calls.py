"""Calling the demo's application server as its protocol has it, without any client."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import requests

if TYPE_CHECKING:
    from jupyterlab_datahub.demo.openbis.service import OpenbisService

PATH = "/openbis/openbis/rmi-application-server-v3.json"
COLLECTION = "/LAB/SC/PBMC"

Json = dict[str, Any]


class RefusedError(Exception):
    """What the server says where it does not do what was asked."""


class Calls:
    """The calls of one user, or of nobody."""

    def __init__(self, service: OpenbisService, user: str = "") -> None:
        self.url = f"{service.url}{PATH}"
        self.token = ""
        if user:
            password = service.store.passwords[user]
            self.token = self.raw("login", user, password)

    def raw(self, method: str, *params: Any) -> Any:
        """Call without a token before the parameters.

        Raises
        ------
        RefusedError
            With the server's message.
        """
        document = {"method": method, "params": params, "id": "7", "jsonrpc": "2.0"}
        response = requests.post(self.url, json=document, timeout=60)
        assert response.status_code == 200
        answer = response.json()
        assert answer["id"] == "7"
        if "error" in answer:
            raise RefusedError(answer["error"]["message"])
        return answer["result"]

    def call(self, method: str, *params: Any) -> Any:
        """Call with the token."""
        return self.raw(method, self.token, *params)

    def codes(self, plural: str, *criteria: Json, **options: Any) -> list[str]:
        """Return the codes that a search finds."""
        return [found["code"] for found in self.find(plural, *criteria, **options)["objects"]]

    def find(self, plural: str, *criteria: Json, operator: str = "AND", **options: Any) -> Json:
        """Return what a search finds."""
        wanted = {"criteria": list(criteria), "operator": operator}
        found: Json = self.call(f"search{plural}", wanted, options)
        return found

    def dataset(self, code: str, type_: str = "RAW_DATA", **creation: Any) -> str:
        """Make a dataset without files and return its permId."""
        owner = {} if "sampleId" in creation else {"experimentId": {"identifier": COLLECTION}}
        document = {"code": code, "typeId": {"permId": type_}, **owner, **creation}
        made = self.call("createDataSets", [document])
        return str(made[0]["permId"])

    def get(self, plural: str, id_: str, **options: Any) -> Json:
        """Return one entity."""
        name = "identifier" if "/" in id_ else "permId"
        found: Json = self.call(f"get{plural}", [{name: id_}], options)
        assert list(found) == [id_]
        entity: Json = found[id_]
        return entity


def field(kind: str, value: Any, how: str = "StringEqualTo", **more: Any) -> Json:
    """Return a criterion that compares something."""
    wanted = {"value": value, "@type": f"as.dto.common.search.{how}Value"}
    return {"@type": f"as.dto.common.search.{kind}SearchCriteria", "fieldValue": wanted, **more}


def inside(kind: str, *criteria: Json, **more: Any) -> Json:
    """Return a criterion with others inside."""
    name = f"as.dto.any.search.{kind}SearchCriteria"
    return {"@type": name, "criteria": list(criteria), **more}
