"""Entities as openBIS's answers have them, as far as they are shown."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeVar, dataclass_transform

import msgspec

from jupyterlab_datahub.errors import BadAnswerError
from jupyterlab_datahub.model.decoding import from_values

if TYPE_CHECKING:
    from jupyterlab_datahub.sources.openbis.session import Session

R = TypeVar("R")

NAMES = ("$NAME", "NAME")
"""Codes of the property that people read as the name."""


@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(msgspec.field,))
class Record(msgspec.Struct, rename="camel", frozen=True, kw_only=True):
    """Base of the records: unknown fields are passed over."""


class PermId(Record):
    """The id that never changes."""

    perm_id: str


class Identifier(Record):
    """The path."""

    identifier: str


class Person(Record):
    """A user."""

    user_id: str
    first_name: str | None = None
    last_name: str | None = None

    @property
    def name(self) -> str:
        """The name people go by, else the id."""
        return " ".join(filter(None, (self.first_name, self.last_name))) or self.user_id


class Vocabulary(Record):
    """A controlled vocabulary."""

    code: str


class PropertyType(Record):
    """A kind of property."""

    code: str
    label: str | None = None
    data_type: str = "VARCHAR"
    vocabulary: Vocabulary | None = None


class Assignment(Record):
    """A property in a type."""

    property_type: PropertyType | None = None
    section: str | None = None
    ordinal: int | None = None


class EntityType(Record):
    """A type of entities."""

    code: str
    property_assignments: tuple[Assignment, ...] | None = None


class Space(Record):
    """A space."""

    code: str
    description: str | None = None
    registrator: Person | None = None
    registration_date: int | None = None
    modification_date: int | None = None


class Project(Record):
    """A project."""

    code: str
    perm_id: PermId
    identifier: Identifier
    space: Space | None = None
    description: str | None = None
    registrator: Person | None = None
    modifier: Person | None = None
    registration_date: int | None = None
    modification_date: int | None = None


class Named(Record):
    """What has properties, among them perhaps a name."""

    code: str
    perm_id: PermId
    type: EntityType | None = None
    properties: dict[str, Any] | None = None
    registration_date: int | None = None

    @property
    def title(self) -> str:
        """The name, else the code."""
        given = self.properties or {}
        return next((str(given[name]) for name in NAMES if given.get(name)), self.code)

    @property
    def type_code(self) -> str:
        """The code of the type, empty if it did not come."""
        return self.type.code if self.type else ""


class Tag(Record):
    """A user's mark."""

    code: str


class Owner(Named, kw_only=True):
    """A collection (experiment) or object (sample)."""

    identifier: Identifier
    space: Space | None = None
    project: Project | None = None
    experiment: Owner | None = None
    parents: tuple[Named, ...] | None = None
    children: tuple[Named, ...] | None = None
    modification_date: int | None = None
    registrator: Person | None = None
    modifier: Person | None = None
    tags: tuple[Tag, ...] | None = None

    @property
    def space_code(self) -> str:
        """The code of the space it is in."""
        return self.identifier.identifier.strip("/").split("/")[0]


class Physical(Record):
    """Where the files of a dataset are."""

    size: int | None = None
    status: str | None = None


class DataStore(Record):
    """A data store server."""

    code: str
    download_url: str | None = None


class DataSet(Named, kw_only=True):
    """A dataset."""

    kind: str | None = None
    experiment: Owner | None = None
    sample: Owner | None = None
    parents: tuple[Named, ...] | None = None
    children: tuple[Named, ...] | None = None
    containers: tuple[Named, ...] | None = None
    components: tuple[Named, ...] | None = None
    modification_date: int | None = None
    registrator: Person | None = None
    modifier: Person | None = None
    data_store: DataStore | None = None
    physical_data: Physical | None = None
    tags: tuple[Tag, ...] | None = None

    @property
    def owner(self) -> Owner | None:
        """The object it belongs to, which says more, else the collection."""
        return self.sample or self.experiment

    @property
    def project(self) -> str:
        """The identifier of the project it is in, empty if it is in none."""
        owners = (self.sample, self.experiment)
        return next((o.project.identifier.identifier for o in owners if o and o.project), "")

    @property
    def status(self) -> str:
        """Where the files are, in openBIS's word."""
        return (self.physical_data.status or "") if self.physical_data else ""


class File(Record):
    """A file or folder of a dataset; the checksum is a signed CRC32."""

    path: str
    directory: bool = False
    file_length: int | None = None
    checksum_crc32: int | None = msgspec.field(default=None, name="checksumCRC32")
    data_set_perm_id: PermId | None = None


class Found(msgspec.Struct, rename="camel", frozen=True):
    """Some of what a search finds, and how much it would find."""

    objects: tuple[Any, ...] = ()
    total_count: int = 0


def read(session: Session, given: Any, kind: type[R]) -> R:
    """Return what openBIS gave as a record.

    Raises
    ------
    BadAnswerError
        If it has another form.
    """
    try:
        return from_values(given, kind, strict=False)
    except msgspec.ValidationError as error:
        raise BadAnswerError(
            f"{session.who.title} answered in a form we do not know: {error}",
            source=session.who.source,
            host=session.host,
            hint="Look for a newer version of DataHub.",
        ) from error


def found(session: Session, given: Any, kind: type[R]) -> tuple[tuple[R, ...], int]:
    """Return the entities of an answer to a search, and how many there are in all.

    Raises
    ------
    BadAnswerError
    """
    answer = read(session, given, Found)
    return tuple(read(session, one, kind) for one in answer.objects), answer.total_count


def moment(milliseconds: int | None) -> str:
    """Return a time of openBIS as ISO 8601 in UTC, empty where there is none."""
    if milliseconds is None:
        return ""
    try:
        return datetime.fromtimestamp(milliseconds / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    except (OverflowError, OSError, ValueError):
        return ""
