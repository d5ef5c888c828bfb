"""The catalogs: two that people may use, and internal ones of those who run the service."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from jupyterlab_datahub.demo.hca.documents import Indices
from jupyterlab_datahub.demo.hca.failures import AzulError
from jupyterlab_datahub.demo.hca.fields import FACETS, FIELDS, INDICES, NOVEL
from jupyterlab_datahub.demo.hca.generated import PROJECTS
from jupyterlab_datahub.demo.hca.studies import PBMC, PHANTOMS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from jupyterlab_datahub.demo.hca.graph import FileRecord
    from jupyterlab_datahub.demo.hca.specs import ProjectSpec

DEFAULT = "dcp60"
LUNGMAP = "lm10"
NEXT = "dcp61"
"""The release that :meth:`Catalogs.release` puts in place of the first."""

LUNGS = ("lung", "trachea")


class Catalog:
    """One catalog; its indices are made when they are first asked for."""

    def __init__(
        self,
        name: str,
        atlas: str,
        projects: Sequence[ProjectSpec],
        records: Mapping[str, FileRecord],
        *,
        internal: bool = False,
        novel: bool = False,
    ) -> None:
        self.name = name
        self.atlas = atlas
        self.internal = internal
        self.novel = novel
        self.projects = tuple(projects)
        self.indices = Indices(projects, records)

    @property
    def fields(self) -> set[str]:
        """The fields one can filter and sort by."""
        return set(FIELDS) if self.novel else set(FIELDS) - set(NOVEL)

    @property
    def facets(self) -> tuple[str, ...]:
        """The fields whose terms are counted."""
        return (*FACETS, *NOVEL) if self.novel else FACETS

    @property
    def open_sources(self) -> set[str]:
        """The sources that anybody may read."""
        return {project.source_id for project in self.projects if not project.managed}

    @property
    def sources(self) -> list[dict[str, Any]]:
        """All sources of the catalog."""
        documents = self.indices["projects"].documents
        return [source for document in documents for source in document.contents["sources"]]

    def described(self) -> dict[str, Any]:
        """Return the catalog as ``/index/catalogs`` lists it."""
        indices = {
            name: {"default_sort": sorting.field, "default_order": sorting.order}
            for name, sorting in INDICES.items()
        }
        return {
            "atlas": self.atlas,
            "internal": self.internal,
            "plugins": {
                "metadata": {"name": "hca", "indices": indices},
                "repository": {"name": "tdr_hca", "sources": [s["spec"] for s in self.sources]},
            },
        }


class Catalogs:
    """The catalogs of a service, which may change while one reads on."""

    def __init__(self, records: Mapping[str, FileRecord]) -> None:
        lungs = [
            project
            for project in PROJECTS
            if any(sample.organ in LUNGS for sample in project.samples)
        ]
        made = (
            Catalog(DEFAULT, "hca", PROJECTS, records),
            Catalog(LUNGMAP, "lungmap", lungs, records),
            Catalog(f"{DEFAULT}-it", "hca", PROJECTS[:2], records, internal=True),
            Catalog(f"{LUNGMAP}-it", "lungmap", lungs[:1], records, internal=True),
        )
        self._all = {catalog.name: catalog for catalog in made}
        self._records = records
        self.default = DEFAULT

    def release(self) -> None:
        """Put the next release in place of the default: the old name is unknown from now on.

        A project is gone in it, a matrix has another version, and there is a facet that was not
        there before.
        """
        kept = [p for p in PROJECTS if p.key != PHANTOMS.key]
        renewed = [_renewed(p) if p.key == PBMC.key else p for p in kept]
        changed = {name: c for name, c in self._all.items() if name != self.default}
        self._all = {NEXT: Catalog(NEXT, "hca", renewed, self._records, novel=True), **changed}
        self.default = NEXT

    def get(self, name: str) -> Catalog:
        """Return a catalog.

        Raises
        ------
        AzulError
            404 with the names that there are.
        """
        if name not in self._all:
            message = f"Catalog name {name!r} does not exist. Must be one of {set(self._all)}."
            raise AzulError(404, message)
        return self._all[name]

    def described(self) -> dict[str, Any]:
        """Return the answer of ``/index/catalogs``."""
        listed = {name: catalog.described() for name, catalog in self._all.items()}
        return {"default_catalog": self.default, "catalogs": listed}


def _renewed(project: ProjectSpec) -> ProjectSpec:
    first, *others = project.files
    newer = msgspec.structs.replace(first, version="2025-09-01T09:30:00.000000Z")
    return msgspec.structs.replace(project, files=(newer, *others))
