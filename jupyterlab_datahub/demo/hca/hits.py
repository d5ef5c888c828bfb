"""Documents as the service shows them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, Protocol

if TYPE_CHECKING:
    from jupyterlab_datahub.demo.hca.aggregation import Entity
    from jupyterlab_datahub.demo.hca.documents import Document

Json = dict[str, Any]
UrlName = Literal["url", "azul_url", "both"]


class Addresses(Protocol):
    """Where a file of the catalog is to be asked for; None where it is not to be had."""

    def __call__(self, file: Entity) -> str | None:
        """Return the address of a file."""


class Shown:
    """Makes hits for one caller.

    Parameters
    ----------
    address
        Where a file is to be asked for.
    url_name
        What the property with that address is called: ``url`` until November 2025, then
        ``azul_url``.
    sources
        The sources that the caller may read.
    novel
        Whether projects have the properties of the next release.
    """

    def __init__(
        self, address: Addresses, url_name: UrlName, sources: set[str], *, novel: bool = False
    ) -> None:
        self._address = address
        self._novel = novel
        self._names = ("url", "azul_url") if url_name == "both" else (url_name,)
        self._sources = sources

    def hit(self, document: Document) -> Json:
        """Return a document as ``hits`` has it."""
        contents = document.contents
        own = document.entity
        hit: Json = {
            "protocols": _protocols(document),
            "entryId": document.id,
            "sources": [
                {"sourceId": s["id"], "sourceSpec": s["spec"]} for s in contents["sources"]
            ],
            "projects": [self._project(document, e) for e in contents["projects"]],
            "samples": [_sample(entity) for entity in contents["samples"]],
            "specimens": [_specimen(entity) for entity in contents["specimens"]],
            "cellLines": [_cell_line(entity) for entity in contents["cell_lines"]],
            "donorOrganisms": [_donor(entity) for entity in contents["donors"]],
            "organoids": [_organoid(entity) for entity in contents["organoids"]],
            "cellSuspensions": [_suspension(entity) for entity in contents["cell_suspensions"]],
            "dates": [_dates(entity) for entity in contents["dates"]],
        }
        if own in ("files", "bundles"):
            hit["bundles"] = [_bundle(bundle) for bundle in contents["bundles"]]
            hit["files"] = [self._file(file) for file in contents["files"]]
        else:
            hit["fileTypeSummaries"] = [_file_type(group) for group in contents["files"]]
        accessible = hit["sources"][0]["sourceId"] in self._sources
        hit[own][0]["accessible"] = accessible
        return hit

    def _project(self, document: Document, project: Entity) -> Json:
        shown: Json = {
            "projectId": project["document_id"],
            "projectTitle": project["project_title"],
            "projectShortname": project["project_short_name"],
            "laboratory": project["laboratory"],
            "estimatedCellCount": project["estimated_cell_count"],
            "isTissueAtlasProject": project["is_tissue_atlas_project"],
            "tissueAtlas": project["tissue_atlas"],
            "bionetworkName": project["bionetwork_name"],
            "dataUseRestriction": project["data_use_restriction"],
        }
        if self._novel:
            shown["duosId"] = project["duos_id"]
        if document.entity == "projects":
            shown |= {
                "projectDescription": project["project_description"],
                "contributors": project["contributors"],
                "publications": project["publications"],
                "supplementaryLinks": project["supplementary_links"],
                "accessions": project["accessions"],
                **{name: self._tree(tree) for name, tree in document.trees.items()},
            }
        return shown

    def _tree(self, tree: Any) -> Any:
        if isinstance(tree, list):
            return [self._file(file) for file in tree]
        return {name: self._tree(branch) for name, branch in tree.items()}

    def _file(self, file: Entity) -> Json:
        address = self._address(file)
        return {
            "contentDescription": file["content_description"],
            "format": file["file_format"],
            "isIntermediate": file["is_intermediate"],
            "name": file["name"],
            "sha256": file["sha256"],
            "size": file["size"],
            "fileSource": file["file_source"],
            "uuid": file["uuid"],
            "version": file["version"],
            "matrixCellCount": file["matrix_cell_count"],
            "drs_uri": file["drs_uri"],
            **dict.fromkeys(self._names, address),
        }


def _protocols(document: Document) -> list[Json]:
    contents = document.contents
    return [
        *({"workflow": e["workflow"]} for e in contents["analysis_protocols"]),
        *({"assayType": e["assay_type"]} for e in contents["imaging_protocols"]),
        *(
            {
                "libraryConstructionApproach": e["library_construction_approach"],
                "nucleicAcidSource": e["nucleic_acid_source"],
            }
            for e in contents["library_preparation_protocols"]
        ),
        *(
            {
                "instrumentManufacturerModel": e["instrument_manufacturer_model"],
                "pairedEnd": e["paired_end"],
            }
            for e in contents["sequencing_protocols"]
        ),
    ]


def _sample(entity: Entity) -> Json:
    kinds = entity["entity_type"]
    shown: Json = {"sampleEntityType": kinds, "effectiveOrgan": entity["effective_organ"]}
    for kind, render in (
        ("specimens", _specimen),
        ("cell_lines", _cell_line),
        ("organoids", _organoid),
    ):
        if kind in kinds:
            shown |= render(entity)
    return shown


def _specimen(entity: Entity) -> Json:
    return {
        "id": entity["biomaterial_id"],
        "organ": entity.get("organ"),
        "organPart": entity.get("organ_part"),
        "disease": entity.get("disease"),
        "preservationMethod": entity.get("preservation_method"),
        "source": entity.get("_source"),
    }


def _cell_line(entity: Entity) -> Json:
    return {
        "id": entity["biomaterial_id"],
        "cellLineType": entity.get("cell_line_type"),
        "modelOrgan": entity.get("model_organ"),
    }


def _organoid(entity: Entity) -> Json:
    return {
        "id": entity["biomaterial_id"],
        "modelOrgan": entity.get("model_organ"),
        "modelOrganPart": entity.get("model_organ_part"),
    }


def _donor(entity: Entity) -> Json:
    return {
        "id": entity["biomaterial_id"],
        "donorCount": entity.get("donor_count"),
        "developmentStage": entity["development_stage"],
        "genusSpecies": entity["genus_species"],
        "organismAge": entity["organism_age"],
        "organismAgeRange": [r for r in entity["organism_age_range"] or () if r is not None],
        "biologicalSex": entity["biological_sex"],
        "disease": entity["diseases"],
    }


def _suspension(entity: Entity) -> Json:
    return {
        "organ": entity["organ"],
        "organPart": entity["organ_part"],
        "selectedCellType": entity["selected_cell_type"],
        "totalCells": entity["total_estimated_cells"],
        "totalCellsRedundant": entity["total_estimated_cells_redundant"],
    }


def _dates(entity: Entity) -> Json:
    return {
        "aggregateLastModifiedDate": entity["aggregate_last_modified_date"],
        "aggregateSubmissionDate": entity["aggregate_submission_date"],
        "aggregateUpdateDate": entity["aggregate_update_date"],
        "lastModifiedDate": entity["last_modified_date"],
        "submissionDate": entity["submission_date"],
        "updateDate": entity["update_date"],
    }


def _bundle(bundle: Entity) -> Json:
    return {"bundleUuid": bundle["uuid"], "bundleVersion": bundle["version"]}


def _file_type(group: Entity) -> Json:
    return {
        "format": group["file_format"],
        "count": group["count"],
        "totalSize": group["size"],
        "matrixCellCount": group["matrix_cell_count"],
        "isIntermediate": group["is_intermediate"],
        "fileSource": group["file_source"],
        "contentDescription": group["content_description"],
    }
