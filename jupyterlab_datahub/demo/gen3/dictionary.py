"""The data dictionary: the kinds of nodes, what is said of them, and how they hang together.

It is made for the demo, in the form of the dictionaries of real commons: JSON schemas (draft 4)
with categories, descriptions and links.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from jupyterlab_datahub.demo.gen3.cohort import DISEASES, ETHNICITIES, SEXES, TISSUES
from jupyterlab_datahub.demo.gen3.files import COUNTS, MATRICES, READINGS, REFERENCES

if TYPE_CHECKING:
    from collections.abc import Iterable

SYSTEM = ("id", "project_id", "state", "created_datetime", "updated_datetime")
"""Properties that no one submits."""


@dataclass(frozen=True)
class Property:
    """What is said of a node; ``type`` is JSON's, ``enum`` the values that it may have."""

    name: str
    type: str
    description: str
    enum: tuple[str, ...] = ()
    required: bool = False

    def schema(self) -> dict[str, Any]:
        """Return the JSON schema."""
        if self.enum:
            return {"description": self.description, "enum": list(self.enum)}
        return {"description": self.description, "type": self.type}


@dataclass(frozen=True)
class Link:
    """How a node belongs to another; there it is known by ``backref``."""

    name: str
    target: str
    backref: str
    label: str


@dataclass(frozen=True)
class NodeType:
    """A kind of node."""

    id: str
    title: str
    category: str
    description: str
    links: tuple[Link, ...]
    properties: tuple[Property, ...]

    @property
    def is_file(self) -> bool:
        """Whether its nodes have files."""
        return self.category == "data_file"

    @property
    def required(self) -> list[str]:
        """What has to be submitted."""
        names = [one.name for one in self.properties if one.required]
        return ["submitter_id", "type", *names, *(link.name for link in self.links)]

    def schema(self) -> dict[str, Any]:
        """Return the node's entry in the dictionary."""
        own = {one.name: one.schema() for one in self.properties}
        links = {link.name: {"$ref": "_definitions.yaml#/to_one"} for link in self.links}
        return {
            "$schema": "http://json-schema.org/draft-04/schema#",
            "additionalProperties": False,
            "category": self.category,
            "description": self.description,
            "id": self.id,
            "links": [
                {
                    "backref": link.backref,
                    "label": link.label,
                    "multiplicity": "many_to_one",
                    "name": link.name,
                    "required": True,
                    "target_type": link.target,
                }
                for link in self.links
            ],
            "namespace": "https://commons.example.org",
            "program": "*",
            "project": "*",
            "properties": {
                "type": {"type": "string"},
                **_system_properties(),
                **own,
                **links,
            },
            "required": self.required,
            "submittable": self.id != "program",
            "systemProperties": list(SYSTEM),
            "title": self.title,
            "type": "object",
            "uniqueKeys": [["id"], ["project_id", "submitter_id"]],
            "validators": None,
        }


def _system_properties() -> dict[str, Any]:
    return {
        "created_datetime": {"description": "When the node was made.", "type": "string"},
        "id": {"description": "The node's UUID.", "type": "string"},
        "project_id": {"description": "Program and project, joined.", "type": "string"},
        "state": {"description": "Where the node is in its life.", "type": "string"},
        "submitter_id": {
            "description": "What the submitter calls the node; there is one in a project.",
            "type": "string",
        },
        "updated_datetime": {"description": "When the node was changed.", "type": "string"},
    }


def _file_properties(
    categories: Iterable[str], types: Iterable[str], formats: Iterable[str]
) -> tuple[Property, ...]:
    return (
        Property("data_category", "string", "What kind of data it is.", tuple(categories), True),
        Property("data_type", "string", "What the file holds.", tuple(types), True),
        Property("data_format", "string", "How the file is written.", tuple(formats), True),
        Property("file_name", "string", "The name of the file."),
        Property("file_size", "integer", "The size of the file, in bytes.", (), True),
        Property("md5sum", "string", "The MD5 checksum of the file, in hexadecimal."),
        Property("object_id", "string", "The GUID of the file in the index."),
        Property("description", "string", "What else there is to say."),
    )


NODE_TYPES: tuple[NodeType, ...] = (
    NodeType(
        "program",
        "Program",
        "administrative",
        "A broad framework of goals to be achieved.",
        (),
        (
            Property("name", "string", "The name of the program.", (), True),
            Property("dbgap_accession_number", "string", "Its number in dbGaP.", (), True),
        ),
    ),
    NodeType(
        "project",
        "Project",
        "administrative",
        "A planned undertaking within a program; rights are given by project.",
        (Link("programs", "program", "projects", "member_of"),),
        (
            Property("code", "string", "The short name of the project.", (), True),
            Property("name", "string", "The name of the project.", (), True),
            Property("dbgap_accession_number", "string", "Its number in dbGaP.", (), True),
            Property("investigator_name", "string", "Who leads it."),
            Property("availability_type", "string", "Who may see it.", ("Open", "Restricted")),
            Property("summary", "string", "What it is about."),
        ),
    ),
    NodeType(
        "experiment",
        "Experiment",
        "administrative",
        "A coordinated set of actions and observations designed to answer a question.",
        (Link("projects", "project", "experiments", "performed_for"),),
        (
            Property("title", "string", "What the experiment is called."),
            Property("experimental_description", "string", "What was done."),
            Property("disease_focus", "string", "The disease that it is about.", DISEASES[1:]),
            Property("number_experimental_group", "integer", "How many groups there are."),
        ),
    ),
    NodeType(
        "case",
        "Case",
        "administrative",
        "The collection of all data related to a specific subject in a project.",
        (Link("experiments", "experiment", "cases", "member_of"),),
        (
            Property("sex", "string", "Biological sex.", tuple(sorted(set(SEXES)))),
            Property("ethnicity", "string", "As reported by the subject.", ETHNICITIES),
            Property("species", "string", "The organism.", ("Homo sapiens",)),
            Property("age_at_enrollment", "integer", "Age in years when the subject joined."),
            Property("primary_diagnosis", "string", "The disease, or Normal.", DISEASES[1:]),
        ),
    ),
    NodeType(
        "sample",
        "Sample",
        "biospecimen",
        "Any material taken from a case for testing, diagnosis or research.",
        (Link("cases", "case", "samples", "derived_from"),),
        (
            Property("tissue_type", "string", "Where the material was taken from.", TISSUES),
            Property("sample_type", "string", "What the material is.", ("Cell suspension",)),
            Property("composition", "string", "What is in it.", ("PBMC", "Mononuclear cells")),
            Property("cell_count", "integer", "How many cells were counted."),
        ),
    ),
    NodeType(
        "slide",
        "Slide",
        "biospecimen",
        "A digital image, microscopic or otherwise, of a sample.",
        (Link("samples", "sample", "slides", "derived_from"),),
        (Property("slide_label", "string", "What is written on it."),),
    ),
    NodeType(
        MATRICES,
        "Expression Matrix",
        "data_file",
        "Counts or expression of genes in cells, annotated, as one .h5ad file.",
        (Link("experiments", "experiment", "expression_matrices", "data_from"),),
        (
            *_file_properties(
                ("Transcriptomic Data",), ("Single Cell Expression Matrix",), ("H5AD",)
            ),
            Property("cell_count", "integer", "How many cells are in it."),
        ),
    ),
    NodeType(
        COUNTS,
        "Counts Table",
        "data_file",
        "Counts of genes in the cells of one sample, as a table.",
        (Link("samples", "sample", "counts_tables", "data_from"),),
        _file_properties(("Transcriptomic Data",), ("Gene Counts",), ("CSV",)),
    ),
    NodeType(
        READINGS,
        "Well Reading",
        "data_file",
        "Absorbance over time in one well of a plate.",
        (Link("samples", "sample", "well_readings", "data_from"),),
        _file_properties(("Plate Assay",), ("Absorbance",), ("TSV",)),
    ),
    NodeType(
        REFERENCES,
        "Reference File",
        "data_file",
        "Anything else that belongs to an experiment.",
        (Link("experiments", "experiment", "reference_files", "related_to"),),
        _file_properties(("Reference",), ("Notes", "Table"), ("TXT", "CSV", "TSV")),
    ),
)

BY_ID = {one.id: one for one in NODE_TYPES}


def entry(name: str) -> dict[str, Any] | None:
    """Return an entry of the dictionary, None where there is none; ``_all`` is everything."""
    if name == "_all":
        special = ("_definitions", "_settings", "_terms", "metaschema")
        return {**{one.id: one.schema() for one in NODE_TYPES}, **{s: entry(s) for s in special}}
    if name in SPECIAL:
        return SPECIAL[name]
    return BY_ID[name].schema() if name in BY_ID else None


SPECIAL: dict[str, dict[str, Any]] = {
    "_definitions": {
        "UUID": {
            "pattern": "^[a-fA-F0-9]{8}(-[a-fA-F0-9]{4}){3}-[a-fA-F0-9]{12}$",
            "type": "string",
        },
        "id": "_definitions",
        "to_one": {
            "anyOf": [
                {"properties": {"id": {"type": "string"}}, "type": "object"},
                {"properties": {"submitter_id": {"type": "string"}}, "type": "object"},
            ]
        },
    },
    "_settings": {"_dict_commit": "demo", "_dict_version": "1.0.0", "enable_case_cache": False},
    "_terms": {"id": "_terms"},
    "metaschema": {"$schema": "http://json-schema.org/draft-04/schema#", "id": "metaschema"},
}
