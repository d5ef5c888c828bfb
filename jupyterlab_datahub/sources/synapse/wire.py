"""What Synapse's REST services answer, as far as it is used here.

Names are those of the JSON schemas that Synapse publishes (rest-docs.synapse.org); what is not
named here is ignored. Fields that a service leaves out where it has nothing are null or missing.
"""

from __future__ import annotations

from typing import Any

import msgspec

from jupyterlab_datahub.model import Struct

PROJECT = "project"
FOLDER = "folder"
FILE = "file"
LINK = "link"
DATASET = "dataset"

CONTAINERS = frozenset({PROJECT, FOLDER})
"""Types of entities that have others below them."""

LISTED = (FOLDER, FILE, LINK, DATASET, "table", "entityview", "materializedview", "dockerrepo")
"""Types of entities that are asked for below a project or folder."""

_CLASSES = {
    "project": PROJECT,
    "folder": FOLDER,
    "fileentity": FILE,
    "link": LINK,
    "dataset": DATASET,
    "tableentity": "table",
    "dockerrepository": "dockerrepo",
}


def type_of(name: str) -> str:
    """Return an EntityType for one, or for the name of a Java class as headers have them."""
    short = name.rpartition(".")[2].lower()
    return _CLASSES.get(short, short)


class Reply(Struct, rename="camel"):
    """A part of an answer: fields are in camel case on the wire."""


class Profile(Reply):
    """UserProfile: whose token it is."""

    owner_id: str = ""
    user_name: str = ""


class Header(Reply):
    """EntityHeader, and ProjectHeader, which has fewer fields."""

    id: str
    name: str = ""
    type: str = PROJECT
    version_number: int | None = None
    modified_on: str | None = None


class Children(Reply):
    """EntityChildrenResponse: at most 50 headers; without a token these were the last."""

    page: tuple[Header, ...] = ()
    next_page_token: str | None = None
    total_child_count: int | None = None


class Projects(Reply):
    """ProjectHeaderList."""

    results: tuple[Header, ...] = ()
    next_page_token: str | None = None


class Headers(Reply):
    """PaginatedResults of headers."""

    results: tuple[Header, ...] = ()


class Reference(Reply):
    """Reference: where a Link leads."""

    target_id: str = ""
    target_version_number: int | None = None


class Item(Reply):
    """EntityRef: a file of a Dataset."""

    entity_id: str
    version_number: int | None = None


class Entity(Reply):
    """Entity, with the fields of the kinds that are told apart here."""

    id: str
    name: str = ""
    concrete_type: str = ""
    description: str | None = None
    created_on: str | None = None
    modified_on: str | None = None
    version_number: int | None = None
    version_label: str | None = None
    version_comment: str | None = None
    data_file_handle_id: str | None = None
    links_to: Reference | None = None
    items: tuple[Item, ...] | None = None

    @property
    def type(self) -> str:
        """The EntityType."""
        return type_of(self.concrete_type)


class FileHandle(Reply):
    """FileHandle of any implementation; those of S3 and Google have neither URL nor key here."""

    id: str = ""
    concrete_type: str = ""
    file_name: str | None = None
    content_size: int | None = None
    content_md5: str | None = None
    status: str | None = None
    external_url: str | None = msgspec.field(name="externalURL", default=None)
    endpoint_url: str | None = None
    bucket: str | None = None
    file_key: str | None = None

    @property
    def kind(self) -> str:
        """Its implementation, as in ``ExternalFileHandle``."""
        return self.concrete_type.rpartition(".")[2]


class Values(Reply):
    """AnnotationsValue; numbers and times (milliseconds) are texts."""

    type: str = "STRING"
    value: tuple[str, ...] = ()


class Annotations(Reply):
    """Annotations."""

    annotations: dict[str, Values] = {}


class Permissions(Reply):
    """UserEntityPermissions."""

    can_download: bool = True
    can_view: bool = True


class Restriction(Reply):
    """RestrictionInformationResponse."""

    restriction_level: str = "OPEN"
    has_unmet_access_requirement: bool = False


class Path(Reply):
    """EntityPath: from the root to the entity itself."""

    path: tuple[Header, ...] = ()


class Doi(Reply):
    """DoiAssociation, of which only the address is used."""

    doi_uri: str | None = None


class Bundle(Reply):
    """EntityBundle."""

    entity: Entity
    annotations: Annotations | None = None
    permissions: Permissions | None = None
    path: Path | None = None
    file_handles: tuple[FileHandle, ...] | None = None
    file_name: str | None = None
    root_wiki_id: str | None = None
    restriction_information: Restriction | None = None
    doi_association: Doi | None = None


class Wiki(Reply):
    """WikiPage."""

    markdown: str | None = None


class Version(Reply):
    """VersionInfo."""

    id: str
    version_number: int
    version_label: str | None = None
    version_comment: str | None = None
    modified_on: str | None = None
    content_size: int | None = None
    is_latest_version: bool | None = None


class Versions(Reply):
    """PaginatedResults of VersionInfo."""

    results: tuple[Version, ...] = ()


class FileResult(Reply):
    """FileResult; ``failure_code`` is ``NOT_FOUND`` or ``UNAUTHORIZED``."""

    file_handle_id: str = ""
    file_handle: FileHandle | None = None
    pre_signed_url: str | None = msgspec.field(name="preSignedURL", default=None)
    failure_code: str | None = None


class FileResults(Reply):
    """BatchFileResult."""

    requested_files: tuple[FileResult, ...] = ()


class Found(Reply):
    """Hit of a search; the times are seconds since 1970."""

    id: str
    name: str = ""
    node_type: str = msgspec.field(name="node_type", default="")
    modified_on: int | None = msgspec.field(name="modified_on", default=None)
    path: Path | None = None


class SearchResults(Reply):
    """SearchResults."""

    found: int = 0
    hits: tuple[Found, ...] = ()


class Refusal(Reply):
    """ErrorResponse, or the error of OAuth 2.0 (RFC 6750), whichever came."""

    reason: str | None = None
    error: str | None = None
    error_description: str | None = msgspec.field(name="error_description", default=None)

    @property
    def said(self) -> str:
        """Its words, empty where it has none."""
        return (self.reason or self.error_description or self.error or "").strip()


BUNDLE: dict[str, Any] = {
    "includeEntity": True,
    "includeAnnotations": True,
    "includePermissions": True,
    "includeEntityPath": True,
    "includeFileHandles": True,
    "includeFileName": True,
    "includeRootWikiId": True,
    "includeRestrictionInformation": True,
    "includeDOIAssociation": True,
}
"""EntityBundleRequest: what a page of an entity shows, in one answer."""
