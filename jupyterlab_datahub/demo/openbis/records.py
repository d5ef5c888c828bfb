"""What an openBIS keeps: spaces with projects, collections, objects, datasets; and their types.

The names are those of the V3 API, where a collection is an experiment and an object a sample.
Times are milliseconds since 1970, as openBIS has them.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

PropertyValue = str | list[str]


@dataclass(kw_only=True, eq=False)
class Record:
    """What every entity has."""

    code: str
    perm_id: str
    registrator: str = "system"
    registered: int = 0
    modifier: str = "system"
    modified: int = 0
    description: str = ""
    frozen: bool = False

    @property
    def identifier(self) -> str:
        """The path below spaces, or the permId where an entity has no path."""
        return self.perm_id


@dataclass(kw_only=True, eq=False)
class Person(Record):
    """A user; the code is the user's id."""

    first_name: str = ""
    last_name: str = ""
    email: str = ""
    password: str = ""
    active: bool = True
    home: str = ""


@dataclass(kw_only=True, eq=False)
class Term(Record):
    """One choice of a vocabulary."""

    vocabulary: str
    label: str = ""
    ordinal: int = 1
    official: bool = True


@dataclass(kw_only=True, eq=False)
class Vocabulary(Record):
    """Choices; ``terms`` in their order."""

    terms: list[Term] = field(default_factory=list)
    url_template: str | None = None
    chosen_from_list: bool = True
    managed_internally: bool = False


@dataclass(kw_only=True, eq=False)
class PropertyType(Record):
    """A kind of property; ``vocabulary`` is the code of one, where the type is that."""

    label: str = ""
    data_type: str = "VARCHAR"
    multi_value: bool = False
    vocabulary: str = ""
    sample_type: str = ""
    managed_internally: bool = False
    meta_data: dict[str, str] = field(default_factory=dict)


@dataclass(kw_only=True, eq=False)
class Assignment:
    """A property type in an entity type."""

    property_type: PropertyType
    mandatory: bool = False
    section: str = "General"
    ordinal: int = 1
    show_in_edit_view: bool = True
    show_raw_value: bool = False
    registrator: str = "system"
    registered: int = 0


@dataclass(kw_only=True, eq=False)
class EntityType(Record):
    """A type of experiments, samples or datasets."""

    assignments: list[Assignment] = field(default_factory=list)
    options: dict[str, object] = field(default_factory=dict)
    meta_data: dict[str, str] = field(default_factory=dict)

    def assignment(self, code: str) -> Assignment | None:
        """Return the assignment of a property by its code in any case."""
        wanted = code.upper()
        return next((a for a in self.assignments if a.property_type.code == wanted), None)


@dataclass(kw_only=True, eq=False)
class ExperimentType(EntityType):
    """A type of experiments."""


@dataclass(kw_only=True, eq=False)
class SampleType(EntityType):
    """A type of samples."""


@dataclass(kw_only=True, eq=False)
class DataSetType(EntityType):
    """A type of datasets."""


@dataclass(kw_only=True, eq=False)
class Space(Record):
    """What rights are given on."""

    @property
    def identifier(self) -> str:
        """The path."""
        return f"/{self.code}"


@dataclass(kw_only=True, eq=False)
class Attachment:
    """A small file of a project or experiment."""

    file_name: str
    title: str
    description: str
    content: str
    registrator: str
    registered: int


@dataclass(kw_only=True, eq=False)
class Project(Record):
    """Experiments with one purpose."""

    space: Space
    leader: str = ""
    attachments: list[Attachment] = field(default_factory=list)

    @property
    def identifier(self) -> str:
        """The path."""
        return f"{self.space.identifier}/{self.code}"


@dataclass(kw_only=True, eq=False)
class Entity(Record):
    """What has a type, properties and tags."""

    type: EntityType
    properties: dict[str, PropertyValue] = field(default_factory=dict)
    tags: list[str] = field(default_factory=list)


@dataclass(kw_only=True, eq=False)
class Experiment(Entity):
    """A collection."""

    project: Project
    attachments: list[Attachment] = field(default_factory=list)

    @property
    def identifier(self) -> str:
        """The path."""
        return f"{self.project.identifier}/{self.code}"

    @property
    def space(self) -> Space:
        """The space it is in."""
        return self.project.space


@dataclass(kw_only=True, eq=False)
class Sample(Entity):
    """An object; its path has no experiment in it."""

    space: Space
    project: Project | None = None
    experiment: Experiment | None = None
    container: Sample | None = None
    parents: list[Sample] = field(default_factory=list)

    @property
    def identifier(self) -> str:
        """The path."""
        return f"{(self.project or self.space).identifier}/{self.code}"


class Physical:
    """Where the files of a dataset are, and whether they are at hand.

    :attr:`status` is AVAILABLE, ARCHIVED, or on the way between them; set it, or let
    :meth:`change` go there by and by.
    """

    def __init__(
        self,
        *,
        location: str,
        size: int = 0,
        status: str = "AVAILABLE",
        present_in_archive: bool = False,
    ) -> None:
        self.location = location
        self.size = size
        self.present_in_archive = present_in_archive
        self.archiving_requested = False
        self.complete = "YES"
        self.share_id = "1"
        self._settled = status
        self._pending = ""
        self._due = 0.0

    @property
    def status(self) -> str:
        """The status now."""
        return self._pending if time.monotonic() < self._due else self._settled

    @status.setter
    def status(self, status: str) -> None:
        self._settled, self._due = status, 0.0

    def change(self, pending: str, settled: str, seconds: float) -> None:
        """Be on the way for some seconds, then there."""
        self._pending, self._settled = pending, settled
        self._due = time.monotonic() + seconds


@dataclass(kw_only=True)
class StoredFile:
    """A file of a dataset: its path there, its bytes, the CRC32 of them, where it lies."""

    path: str
    size: int
    crc32: int
    file: Path


@dataclass(kw_only=True, eq=False)
class DataSet(Entity):
    """Files with a type and an owner, which is an experiment, a sample or both."""

    kind: str = "PHYSICAL"
    experiment: Experiment | None = None
    sample: Sample | None = None
    parents: list[DataSet] = field(default_factory=list)
    components: list[DataSet] = field(default_factory=list)
    physical: Physical | None = None
    data_store: str = "DSS1"
    files: list[StoredFile] = field(default_factory=list)
    directories: list[str] = field(default_factory=list)

    @property
    def space(self) -> Space:
        """The space of the owner."""
        owner = self.experiment or self.sample
        if owner is None:
            msg = f"dataset {self.code} has no owner"
            raise ValueError(msg)
        return owner.space

    @property
    def project(self) -> Project | None:
        """The project of the owner, if that is in one."""
        owner = self.experiment or self.sample
        return owner.project if owner else None


@dataclass(kw_only=True, eq=False)
class Tag(Record):
    """A user's mark on entities."""

    owner: str


@dataclass(kw_only=True, eq=False)
class RoleAssignment(Record):
    """What a user may do, where: everywhere, in one space, or in one project."""

    user: str
    role: str
    space: Space | None = None
    project: Project | None = None

    @property
    def level(self) -> str:
        """INSTANCE, SPACE or PROJECT."""
        if self.project:
            return "PROJECT"
        return "SPACE" if self.space else "INSTANCE"


@dataclass(kw_only=True, eq=False)
class Deletion(Record):
    """Entities in the trash can, with the reason."""

    reason: str
    entities: list[Entity] = field(default_factory=list)
