"""The fields one can filter, sort and count by, and where in a document their values are.

Names and order are those of the service's own specification (OpenAPI 9.2).
"""

from __future__ import annotations

from typing import Literal, NamedTuple

Kind = Literal["text", "number", "flag", "age", "ages", "nested", "date"]


class Field(NamedTuple):
    """A field: the kind of inner entity it is of, the property there, and what values are."""

    entity: str
    property: str
    kind: Kind = "text"
    properties: tuple[str, ...] = ()


DOCUMENT = ""
"""The "inner entity" of what belongs to the document itself."""

FIELDS: dict[str, Field] = {
    "accessions": Field("projects", "accessions", "nested", ("namespace", "accession")),
    "aggregateLastModifiedDate": Field("dates", "aggregate_last_modified_date", "date"),
    "aggregateSubmissionDate": Field("dates", "aggregate_submission_date", "date"),
    "aggregateUpdateDate": Field("dates", "aggregate_update_date", "date"),
    "assayType": Field("imaging_protocols", "assay_type"),
    "biologicalSex": Field("donors", "biological_sex"),
    "bionetworkName": Field("projects", "bionetwork_name"),
    "bundleUuid": Field("bundles", "uuid"),
    "bundleVersion": Field("bundles", "version"),
    "cellCount": Field(DOCUMENT, "cell_count", "number"),
    "cellLineType": Field("cell_lines", "cell_line_type"),
    "contactName": Field("projects", "contact_names"),
    "contentDescription": Field("files", "content_description"),
    "dataUseRestriction": Field("projects", "data_use_restriction"),
    "developmentStage": Field("donors", "development_stage"),
    "donorCount": Field("donors", "donor_count", "number"),
    "donorDisease": Field("donors", "diseases"),
    "duosId": Field("projects", "duos_id"),
    "effectiveCellCount": Field(DOCUMENT, "effective_cell_count", "number"),
    "effectiveOrgan": Field("samples", "effective_organ"),
    "entryId": Field(DOCUMENT, "entity_id"),
    "fileFormat": Field("files", "file_format"),
    "fileId": Field("files", "uuid"),
    "fileName": Field("files", "name"),
    "fileSize": Field("files", "size", "number"),
    "fileSource": Field("files", "file_source"),
    "fileVersion": Field("files", "version"),
    "genusSpecies": Field("donors", "genus_species"),
    "institution": Field("projects", "institutions"),
    "instrumentManufacturerModel": Field("sequencing_protocols", "instrument_manufacturer_model"),
    "isIntermediate": Field("files", "is_intermediate", "flag"),
    "isTissueAtlasProject": Field("projects", "is_tissue_atlas_project", "flag"),
    "laboratory": Field("projects", "laboratory"),
    "lastModifiedDate": Field("dates", "last_modified_date", "date"),
    "libraryConstructionApproach": Field(
        "library_preparation_protocols", "library_construction_approach"
    ),
    "matrixCellCount": Field("files", "matrix_cell_count", "number"),
    "modelOrgan": Field("samples", "model_organ"),
    "modelOrganPart": Field("samples", "model_organ_part"),
    "nucleicAcidSource": Field("library_preparation_protocols", "nucleic_acid_source"),
    "organ": Field("samples", "organ"),
    "organPart": Field("samples", "organ_part"),
    "organismAge": Field("donors", "organism_age", "age"),
    "organismAgeRange": Field("donors", "organism_age_range", "ages"),
    "pairedEnd": Field("sequencing_protocols", "paired_end", "flag"),
    "preservationMethod": Field("specimens", "preservation_method"),
    "project": Field("projects", "project_short_name"),
    "projectDescription": Field("projects", "project_description"),
    "projectEstimatedCellCount": Field("projects", "estimated_cell_count", "number"),
    "projectId": Field("projects", "document_id"),
    "projectTitle": Field("projects", "project_title"),
    "publicationTitle": Field("projects", "publication_titles"),
    "sampleDisease": Field("sample_specimens", "disease"),
    "sampleEntityType": Field("samples", "entity_type"),
    "sampleId": Field("samples", "biomaterial_id"),
    "selectedCellType": Field("cell_suspensions", "selected_cell_type"),
    "sourceId": Field("sources", "id"),
    "sourceSpec": Field("sources", "spec"),
    "specimenDisease": Field("specimens", "disease"),
    "specimenOrgan": Field("specimens", "organ"),
    "specimenOrganPart": Field("specimens", "organ_part"),
    "submissionDate": Field("dates", "submission_date", "date"),
    "tissueAtlas": Field("projects", "tissue_atlas", "nested", ("atlas", "version")),
    "updateDate": Field("dates", "update_date", "date"),
    "workflow": Field("analysis_protocols", "workflow"),
}

ACCESSIBLE = "accessible"
"""Made up by the service from ``sourceId`` and who asks; a filter, and a facet, but no field."""

SOURCE = "sourceId"

NOVEL: tuple[str, ...] = ("duosId",)
"""Fields and facets that only the next release has: clients have to live with unknown ones."""

FACETS: tuple[str, ...] = (
    "organ",
    "organPart",
    "modelOrgan",
    "modelOrganPart",
    "effectiveOrgan",
    "specimenOrgan",
    "specimenOrganPart",
    "sampleEntityType",
    "libraryConstructionApproach",
    "nucleicAcidSource",
    "genusSpecies",
    "organismAge",
    "biologicalSex",
    "sampleDisease",
    "specimenDisease",
    "donorDisease",
    "developmentStage",
    "instrumentManufacturerModel",
    "pairedEnd",
    "workflow",
    "assayType",
    "project",
    "fileFormat",
    "fileSource",
    "isIntermediate",
    "contentDescription",
    "laboratory",
    "preservationMethod",
    "projectTitle",
    "cellLineType",
    "selectedCellType",
    "projectDescription",
    "institution",
    "contactName",
    "publicationTitle",
    "isTissueAtlasProject",
    "tissueAtlas",
    "bionetworkName",
    "dataUseRestriction",
)
"""The fields whose terms are counted in every answer, beside ``accessible``."""


class Sorting(NamedTuple):
    """How an index is sorted unless one asks otherwise, and how long its pages may be."""

    field: str
    order: str = "asc"
    longest_page: int = 1000


INDICES: dict[str, Sorting] = {
    "bundles": Sorting("bundleVersion", "desc", 100),
    "files": Sorting("fileName"),
    "projects": Sorting("projectTitle", longest_page=100),
    "samples": Sorting("sampleId"),
}
