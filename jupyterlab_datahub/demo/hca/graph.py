"""A project as the metadata has it: donors, samples, suspensions, protocols and files, linked."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from jupyterlab_datahub.demo.hca.aggregation import fold_project
from jupyterlab_datahub.demo.hca.specs import YEAR
from jupyterlab_datahub.model import Struct

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from jupyterlab_datahub.demo.hca.aggregation import Contents, Entity
    from jupyterlab_datahub.demo.hca.specs import (
        Donor,
        FileSpec,
        ProjectSpec,
        Protocol,
        Sample,
        Suspension,
    )

PROTOCOLS = (
    "analysis_protocols",
    "imaging_protocols",
    "library_preparation_protocols",
    "sequencing_protocols",
)


class FileRecord(Struct):
    """What is known of a file's content once it was made."""

    size: int
    sha256: str
    crc32c: str


PHANTOM = FileRecord(size=1_234_567, sha256="0" * 64, crc32c="00000000")


class Graph:
    """The entities of one project, and what hangs together in it.

    Parameters
    ----------
    project
        What is described.
    records
        The content of its files, by UUID.
    """

    def __init__(self, project: ProjectSpec, records: Mapping[str, FileRecord]) -> None:
        self.project = project
        self._records = records

    @cached_property
    def donors(self) -> list[Entity]:
        """The donors, in the order of the project."""
        return [self._donor(donor) for donor in self.project.donors]

    @cached_property
    def suspensions(self) -> list[Entity]:
        """The cell suspensions, in the order of the project."""
        return [self._suspension(suspension) for suspension in self.project.suspensions]

    @cached_property
    def samples(self) -> list[Entity]:
        """The samples, in the order of the project; ``entity_type`` says of which kind."""
        return [self._sample(sample) for sample in self.project.samples]

    @cached_property
    def protocols(self) -> list[Contents]:
        """The entities of each protocol, by kind."""
        return [_protocol(protocol) for protocol in self.project.protocols]

    @cached_property
    def files(self) -> list[Entity]:
        """The files, in the order of the project."""
        return [self._file(file) for file in self.project.files]

    @cached_property
    def whole(self) -> Entity:
        """The project itself."""
        project = self.project
        people = list(project.contributors)
        return {
            "document_id": project.id,
            "project_title": project.title,
            "project_short_name": project.short,
            "project_description": project.description,
            "laboratory": list(project.laboratory),
            "institutions": sorted({str(p["institution"]) for p in people if p["institution"]}),
            "contact_names": [p["contactName"] for p in people],
            "contributors": people,
            "publications": list(project.publications),
            "publication_titles": [p["publicationTitle"] for p in project.publications],
            "supplementary_links": list(project.links),
            "accessions": [{"namespace": n, "accession": a} for n, a in project.accessions],
            "estimated_cell_count": project.cells,
            "is_tissue_atlas_project": bool(project.atlas),
            "tissue_atlas": [{"atlas": a, "version": v} for a, v in project.atlas],
            "bionetwork_name": [project.network],
            "data_use_restriction": project.restriction,
            "duos_id": "DUOS-000001" if project.managed else None,
        }

    @cached_property
    def folded(self) -> Entity:
        """The project as the documents of other entities have it."""
        return fold_project(self.whole)

    @cached_property
    def _of_suspension(self) -> dict[int, list[int]]:
        """The files of each cell suspension."""
        found: dict[int, list[int]] = {}
        for at, file in enumerate(self.project.files):
            for suspension in file.suspensions:
                found.setdefault(suspension, []).append(at)
        return found

    @cached_property
    def _of_sample(self) -> dict[int, list[int]]:
        """The cell suspensions of each sample."""
        found: dict[int, list[int]] = {}
        for at, suspension in enumerate(self.project.suspensions):
            found.setdefault(suspension.sample, []).append(at)
        return found

    @cached_property
    def bundles(self) -> dict[str, Entity]:
        """The bundles by name; the version of one is that of its newest file."""
        versions: dict[str, str] = {}
        for file in self.project.files:
            versions[file.bundle] = max(versions.get(file.bundle, ""), file.version)
        return {
            name: {"uuid": self.project.entity_id("bundle", name), "version": version}
            for name, version in versions.items()
        }

    @property
    def source(self) -> Entity:
        """The snapshot that holds the project."""
        short = self.project.key.replace("-", "_")
        spec = f"tdr:bigquery:gcp:datarepo-demo:hca_demo_{short}__20240305_dcp2:2/0"
        return {"id": self.project.source_id, "spec": spec}

    def dates(self, modified: str) -> Entity:
        """Return the dates of an entity that was last changed at a time."""
        submitted = f"{self.project.submitted}T08:00:00.000000Z"
        updated = f"{self.project.updated}T12:00:00.000000Z"
        return {
            "aggregate_submission_date": submitted,
            "aggregate_update_date": updated,
            "aggregate_last_modified_date": updated,
            "submission_date": submitted,
            "update_date": updated,
            "last_modified_date": modified or updated,
        }

    def around_files(self, positions: Iterable[int]) -> Contents:
        """Return files with everything they come from."""
        files = [(self.files[at], self.project.files[at]) for at in positions]
        linked = sorted({at for _, spec in files for at in spec.suspensions})
        protocols = {spec.protocol for _, spec in files if spec.protocol is not None}
        return {
            "files": [file for file, _ in files],
            **self._before(linked),
            **self._protocols(protocols),
            "bundles": [self.bundles[name] for name in sorted({spec.bundle for _, spec in files})],
        }

    def around_sample(self, position: int) -> Contents:
        """Return a sample with its donor and everything made of it."""
        suspensions = self._of_sample.get(position, [])
        return {
            **self._after(suspensions),
            **self._before(suspensions),
            **self._samples([position]),
        }

    def around_suspension(self, position: int) -> Contents:
        """Return a cell suspension with its sample and the files read from it."""
        return {**self._after([position]), **self._before([position])}

    def everything(self) -> Contents:
        """Return all of the project."""
        return {
            "files": self.files,
            "donors": self.donors,
            "cell_suspensions": self.suspensions,
            **self._samples(range(len(self.samples))),
            **self._protocols(range(len(self.protocols))),
            "bundles": list(self.bundles.values()),
        }

    def _before(self, suspensions: Iterable[int]) -> Contents:
        chosen = list(suspensions)
        samples = sorted({self.project.suspensions[at].sample for at in chosen})
        donors = sorted({self.project.samples[at].donor for at in samples})
        return {
            "cell_suspensions": [self.suspensions[at] for at in chosen],
            **self._samples(samples),
            "donors": [self.donors[at] for at in donors],
        }

    def _after(self, suspensions: Iterable[int]) -> Contents:
        files = sorted({at for one in suspensions for at in self._of_suspension.get(one, ())})
        around = self.around_files(files)
        return {kind: around[kind] for kind in ("files", "bundles", *PROTOCOLS)}

    def _samples(self, positions: Iterable[int]) -> Contents:
        chosen = [self.samples[at] for at in positions]
        contents: Contents = {"samples": chosen}
        for kind in ("specimens", "cell_lines", "organoids"):
            of_kind = [sample for sample in chosen if sample["entity_type"] == kind]
            contents[kind] = contents[f"sample_{kind}"] = of_kind
        return contents

    def _protocols(self, positions: Iterable[int]) -> Contents:
        contents: Contents = {kind: [] for kind in PROTOCOLS}
        for at in sorted(positions):
            for kind, entities in self.protocols[at].items():
                contents[kind] += [e for e in entities if e not in contents[kind]]
        return contents

    def _donor(self, donor: Donor) -> Entity:
        age = float(donor.age) * YEAR if donor.age else None
        return {
            "document_id": self.project.entity_id("donor", donor.id),
            "biomaterial_id": donor.id,
            "biological_sex": donor.sex,
            "genus_species": [donor.species],
            "development_stage": donor.stage,
            "diseases": list(donor.diseases),
            "organism_age": {"value": donor.age, "unit": "year"} if donor.age else None,
            "organism_age_range": None if age is None else [age, age],
        }

    def _sample(self, sample: Sample) -> Entity:
        common = {
            "entity_type": sample.kind,
            "document_id": self.project.entity_id("sample", sample.id),
            "biomaterial_id": sample.id,
            "effective_organ": sample.organ,
        }
        if sample.kind == "specimens":
            return {
                **common,
                "organ": sample.organ,
                "organ_part": list(sample.parts),
                "disease": list(sample.diseases),
                "preservation_method": sample.preservation,
                "_source": "specimen_from_organism",
            }
        if sample.kind == "cell_lines":
            line = sample.cell_line_type
            return {**common, "cell_line_type": line, "model_organ": sample.organ}
        return {**common, "model_organ": sample.organ, "model_organ_part": sample.parts[0]}

    def _suspension(self, suspension: Suspension) -> Entity:
        sample = self.project.samples[suspension.sample]
        return {
            "document_id": self.project.entity_id("suspension", suspension.id),
            "biomaterial_id": suspension.id,
            # What the looms call input_id.
            "sequencing_process": self.project.entity_id("sequencing", suspension.id),
            "organ": [sample.organ],
            "organ_part": list(sample.parts),
            "selected_cell_type": list(suspension.selected),
            "total_estimated_cells": suspension.cells,
            "total_estimated_cells_redundant": 0 if suspension.cells is not None else None,
        }

    def _file(self, file: FileSpec) -> Entity:
        uuid = self.project.file_id(file)
        record = self._records.get(uuid, PHANTOM)
        return {
            "document_id": self.project.entity_id("file", f"{file.bundle}/{file.name}"),
            "uuid": uuid,
            "version": file.version,
            "name": file.name,
            "file_format": file.format,
            "file_type": "sequence_file" if file.format == "fastq.gz" else "analysis_file",
            "read_index": f"read{file.name[1]}" if file.name[:2] in ("R1", "R2") else None,
            "content-type": "application/octet-stream",
            "size": record.size,
            "sha256": record.sha256,
            "crc32c": record.crc32c,
            "drs_uri": f"drs://data.demo/v1_{self.project.source_id}_{uuid}" if file.made else None,
            "file_source": file.source,
            "content_description": list(file.content),
            "is_intermediate": file.intermediate,
            "matrix_cell_count": file.cells,
        }


def _protocol(protocol: Protocol) -> Contents:
    contents: Contents = {kind: [] for kind in PROTOCOLS}
    if protocol.workflow:
        contents["analysis_protocols"].append({"workflow": protocol.workflow})
    if protocol.imaging:
        contents["imaging_protocols"].append({"assay_type": protocol.imaging})
        return contents
    contents["library_preparation_protocols"].append(
        {
            "library_construction_approach": protocol.library,
            "nucleic_acid_source": protocol.source,
        }
    )
    contents["sequencing_protocols"].append(
        {
            "instrument_manufacturer_model": protocol.instrument,
            "paired_end": protocol.paired,
        }
    )
    return contents
