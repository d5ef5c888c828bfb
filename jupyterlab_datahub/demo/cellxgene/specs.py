"""How a collection, a dataset and a version of the demo's CELLxGENE are described."""

from __future__ import annotations

import uuid
from functools import cache
from typing import Any

from jupyterlab_datahub.model import Struct

NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "https://jupyterlab-datahub.readthedocs.io/demo")

T_CELLS = (
    "CD4+/CD25 T Reg",
    "CD4+/CD45RA+/CD25- Naive T",
    "CD4+/CD45RO+ Memory",
    "CD8+ Cytotoxic T",
    "CD8+/CD45RA+ Naive Cytotoxic",
)


@cache
def demo_id(*parts: str) -> str:
    """Return the UUID of something in the demo; the same on every machine."""
    return str(uuid.uuid5(NAMESPACE, "/".join(parts)))


class Donor(Struct):
    """Whom cells are said to come from; labels are those of :mod:`.terms`."""

    id: str
    sex: str = "unknown"
    stage: str = "unknown"
    disease: str = "normal"
    ethnicity: str = "unknown"


class VersionSpec(Struct):
    """One published version: which of the dataset's cells it has and when it came out.

    ``part`` is the share of the chosen cells, from the first on, that are in this version.
    """

    published: str
    schema: str = "7.1.0"
    part: float = 1.0


def versions_of(*dates: str) -> tuple[VersionSpec, ...]:
    """Return whole versions of schema 7.1.0 that came out at noon (UTC) on these days."""
    return tuple(VersionSpec(published=f"{date}T12:00:00+00:00") for date in dates)


class DatasetSpec(Struct):
    """A dataset: which real cells its file has, and what is said of them.

    ``labels`` chooses cells by ``bulk_labels`` (all if empty), ``every`` and ``first`` take
    each n-th from the given one on, ``copies`` lays so many copies of them one after another.
    ``zeros`` adds an embedding of that many zero-filled dimensions. ``extras`` are files
    beside the .h5ad. ``fields`` goes into the record as it is.
    """

    key: str
    title: str
    versions: tuple[VersionSpec, ...]
    labels: tuple[str, ...] = ()
    first: int = 0
    every: int = 1
    copies: int = 1
    zeros: int = 0
    organism: str = "Homo sapiens"
    tissue: str = "blood"
    tissue_type: str = "tissue"
    assays: tuple[str, ...] = ("10x 3' v3",)
    suspension: str = "cell"
    donors: tuple[Donor, ...] = (Donor(id="donor_1"),)
    primary: bool = False
    raw: str = "raw.X"
    compressed: bool = True
    multipart: bool = False
    size_unknown: bool = False
    withdrawn: bool = False
    extras: tuple[str, ...] = ()
    fields: dict[str, Any] = {}

    @property
    def big(self) -> bool:
        """Whether its file is left out where only small files are wanted."""
        return self.zeros > 0

    @property
    def id(self) -> str:
        """The dataset id, the same for all versions."""
        return demo_id("dataset", self.key)

    def version_id(self, version: VersionSpec) -> str:
        """Return the id of one of its versions."""
        return demo_id("dataset", self.key, "version", version.published)

    @property
    def newest(self) -> VersionSpec:
        """The version that is shown; versions are listed oldest first."""
        return self.versions[-1]


class CollectionSpec(Struct):
    """A collection; ``doi`` only where the numbers really are of that publication."""

    key: str
    name: str
    description: str
    datasets: tuple[DatasetSpec, ...]
    doi: str | None = None
    publisher: dict[str, Any] | None = None
    consortia: tuple[str, ...] = ()
    links: tuple[dict[str, str], ...] = ()
    withdrawn: bool = False
    fields: dict[str, Any] = {}

    @property
    def id(self) -> str:
        """The collection id, the same for all versions."""
        return demo_id("collection", self.key)

    @property
    def dates(self) -> tuple[str, ...]:
        """When a version of the collection came out, oldest first."""
        return tuple(sorted({v.published for d in self.datasets for v in d.versions}))

    def version_id(self, published: str) -> str:
        """Return the id of the version that came out at one of :attr:`dates`."""
        return demo_id("collection", self.key, "version", published)
