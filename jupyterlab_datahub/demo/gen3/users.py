"""Who may do what, as arborist has it: methods on resources, which are paths."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

READING = ("read", "read-storage")
WRITING = ("create", "write-storage", "update", "delete")

OPEN = "/open"
UPLOADS = "/data_file"
PROGRAM = "DEV"
PROJECT = "test"
CLOSED = "secret"

Rights = dict[str, tuple[str, ...]]


def resource_of(program: str, project: str) -> str:
    """Return the resource that stands for a project."""
    return f"/programs/{program}/projects/{project}"


@dataclass(frozen=True)
class User:
    """Somebody with an account; ``name`` is what Gen3 knows them by, an address mostly."""

    id: int
    name: str
    rights: Rights


EVERYBODY: Rights = {OPEN: READING}
"""What needs no account."""

ALICE = User(
    1,
    "alice@example.org",
    {**EVERYBODY, resource_of(PROGRAM, PROJECT): (*READING, *WRITING), UPLOADS: ("file_upload",)},
)
"""May read and write all of one project, and upload."""

BOB = User(2, "bob@example.org", EVERYBODY)
"""May read what is open."""

USERS = {user.id: user for user in (ALICE, BOB)}


def rights_of(user: User | None) -> Rights:
    """Return what somebody may do; None is nobody in particular."""
    return user.rights if user else EVERYBODY


def may(user: User | None, method: str, resource: str) -> bool:
    """Return whether somebody may do something to a resource, or to one that it lies in."""
    return any(
        method in methods and (resource == held or resource.startswith(f"{held}/"))
        for held, methods in rights_of(user).items()
    )


def mapping(user: User | None) -> dict[str, list[dict[str, str]]]:
    """Return somebody's rights as arborist answers them."""
    return {
        resource: [{"service": "*", "method": method} for method in methods]
        for resource, methods in rights_of(user).items()
    }


def user_document(user: User) -> dict[str, Any]:
    """Return what fence says of somebody."""
    return {
        "active": True,
        "authz": mapping(user),
        "azp": None,
        "certificates_uploaded": [],
        "display_name": "",
        "email": user.name,
        "ga4gh_passport_v1": [],
        "groups": [],
        "idp": "",
        "is_admin": False,
        "message": "",
        "name": user.name,
        "phone_number": "",
        "preferred_username": "",
        "primary_google_service_account": None,
        "project_access": {},
        "resources": sorted(user.rights),
        "resources_granted": [],
        "role": "user",
        "sub": str(user.id),
        "user_id": user.id,
        "username": user.name,
    }
