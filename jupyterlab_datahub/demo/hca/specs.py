"""How a project of the demo's Human Cell Atlas is described, before it is laid out as documents.

The graph of a project is the one of the HCA's metadata, made small: donors, samples taken from
them (specimens, cell lines, organoids), cell suspensions made of samples, and files read from
suspensions. A bundle is what one experiment links together.
"""

from __future__ import annotations

from typing import Literal

from jupyterlab_datahub.demo.cellxgene.specs import demo_id
from jupyterlab_datahub.model import Struct

Json = dict[str, object]
SampleKind = Literal["specimens", "cell_lines", "organoids"]
Tree = Literal["", "matrices", "contributedAnalyses"]

YEAR = 31_536_000.0
"""Seconds of a year as Azul counts ``organismAgeRange``."""

STAND_IN = (
    "A stand-in of the demo hub: the words are made up so that there is something to search, "
    "and every matrix is made of peripheral blood cells of Zheng et al. 2017."
)


class Donor(Struct):
    """Whom samples come from; ``age`` in years."""

    id: str
    species: str = "Homo sapiens"
    sex: str | None = "unknown"
    stage: str | None = "human adult stage"
    diseases: tuple[str | None, ...] = ("normal",)
    age: str | None = None


class Sample(Struct):
    """A specimen, cell line or organoid of one donor (by its position)."""

    id: str
    donor: int = 0
    kind: SampleKind = "specimens"
    organ: str | None = "blood"
    parts: tuple[str | None, ...] = (None,)
    diseases: tuple[str | None, ...] = ("normal",)
    preservation: str | None = None
    cell_line_type: str | None = None


class Suspension(Struct):
    """Cells of one sample (by its position) as they go into a library."""

    id: str
    sample: int = 0
    selected: tuple[str | None, ...] = (None,)
    cells: int | None = None


class Protocol(Struct):
    """How files came about; None where the metadata does not say."""

    library: str | None = "10x 3' v2"
    source: str | None = "single cell"
    instrument: str | None = "Illumina HiSeq 4000"
    paired: bool | None = False
    workflow: str | None = None
    imaging: str | None = None


class FileSpec(Struct):
    """A data file.

    ``made`` is the recipe of its content (see :mod:`.files`), "" for a phantom, which the
    catalog lists and the repository does not have. ``bundle`` groups what one experiment links;
    ``suspensions`` and ``protocol`` are positions in the project. A matrix has ``strata`` in
    Azul's own notation (one stratum a line, ``genusSpecies=A,B;organ=C``) and says in which
    ``tree`` of the project it is.
    """

    name: str
    format: str
    made: str
    bundle: str
    suspensions: tuple[int, ...] = ()
    protocol: int | None = None
    content: tuple[str | None, ...] = (None,)
    source: str | None = None
    intermediate: bool | None = None
    cells: int | None = None
    strata: str = ""
    tree: Tree = ""
    version: str = "2024-03-05T09:30:00.000000Z"


class ProjectSpec(Struct):
    """A project; ``key`` decides its ids, ``joined`` keeps comma-joined strata in one branch."""

    key: str
    title: str
    short: str
    description: str
    donors: tuple[Donor, ...] = ()
    samples: tuple[Sample, ...] = ()
    suspensions: tuple[Suspension, ...] = ()
    protocols: tuple[Protocol, ...] = ()
    files: tuple[FileSpec, ...] = ()
    laboratory: tuple[str | None, ...] = (None,)
    contributors: tuple[Json, ...] = ()
    publications: tuple[Json, ...] = ()
    accessions: tuple[tuple[str, str], ...] = ()
    links: tuple[str | None, ...] = (None,)
    cells: int | None = None
    network: str | None = None
    atlas: tuple[tuple[str, str], ...] = ()
    restriction: str | None = None
    managed: bool = False
    joined: bool = False
    submitted: str = "2021-04-12"
    updated: str = "2024-03-05"

    @property
    def id(self) -> str:
        """The project's id, the same in every catalog."""
        return demo_id("hca", "project", self.key)

    @property
    def source_id(self) -> str:
        """The id of the snapshot that holds the project."""
        return demo_id("hca", "source", self.key)

    def entity_id(self, kind: str, id_: str) -> str:
        """Return the id of a donor, sample, suspension, … or bundle of the project."""
        return demo_id("hca", "project", self.key, kind, id_)

    def file_id(self, file: FileSpec) -> str:
        """Return the UUID of a file: names repeat among bundles, and the id does not."""
        return demo_id("hca", "file", self.key, file.bundle, file.name)


def contributor(
    name: str,
    institution: str,
    laboratory: str | None = None,
    *,
    corresponding: bool = False,
    role: str | None = "experimental scientist",
) -> Json:
    """Return a contributor as ``/index/projects`` lists it; names are ``Given,Middle,Family``."""
    return {
        "contactName": name,
        "correspondingContributor": corresponding,
        "email": f"{name.rpartition(',')[2].lower()}@example.org",
        "institution": institution,
        "laboratory": laboratory,
        "projectRole": role,
    }


def publication(title: str, url: str | None, doi: str | None, *, official: bool = False) -> Json:
    """Return a publication as ``/index/projects`` lists it."""
    return {
        "doi": doi,
        "officialHcaPublication": official,
        "publicationTitle": title,
        "publicationUrl": url,
    }
