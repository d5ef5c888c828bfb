"""Filling the graph: programs, projects, and a node for everything of the cohort and its files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyterlab_datahub.demo.gen3 import files
from jupyterlab_datahub.demo.gen3.cohort import STAND_IN, Experiment, Sample, cohort
from jupyterlab_datahub.demo.gen3.graph import Graph, Node
from jupyterlab_datahub.demo.gen3.index import PREFIX, guid_of, uuid_of
from jupyterlab_datahub.demo.gen3.users import CLOSED, PROGRAM, PROJECT, resource_of

if TYPE_CHECKING:
    from jupyterlab_datahub.demo.gen3.index import Index, IndexRecord

MADE = "2026-01-05T09:00:00.000000+00:00"
PROJECTS = {
    PROJECT: ("Immune cells of blood, a stand-in", "Restricted", STAND_IN),
    CLOSED: ("Unpublished immune cells, a stand-in", "Restricted", STAND_IN),
}
DATA_TYPES = {
    files.MATRICES: ("Transcriptomic Data", "Single Cell Expression Matrix"),
    files.COUNTS: ("Transcriptomic Data", "Gene Counts"),
    files.READINGS: ("Plate Assay", "Absorbance"),
    files.REFERENCES: ("Reference", "Notes"),
}

FORMATS = ("CSV", "H5AD", "TSV", "TXT")


def fill(graph: Graph, index: Index) -> None:
    """Put nodes into a graph, one for each file that the index has."""
    program = graph.add(
        Node(
            id=uuid_of(f"program/{PROGRAM}"),
            type="program",
            project_id="",
            submitter_id=PROGRAM,
            resource=f"/programs/{PROGRAM}",
            props={"name": PROGRAM, "dbgap_accession_number": PROGRAM},
            created=MADE,
            updated=MADE,
        )
    )
    for project in PROJECTS:
        _project(graph, program, project)
    for spec in files.specs():
        if record := index.find(guid_of(spec.key)):
            _file(graph, spec, record)


def _project(graph: Graph, program: Node, code: str) -> None:
    name, availability, summary = PROJECTS[code]
    props: dict[str, Any] = {
        "code": code,
        "name": name,
        "dbgap_accession_number": code,
        "investigator_name": "Demo",
        "availability_type": availability,
        "summary": summary,
    }
    project = _add(graph, "project", code, code, props, {"programs": program.id})
    of_project = cohort(code)
    for experiment in of_project.experiments:
        props = {
            "title": experiment.title,
            "experimental_description": STAND_IN,
            "disease_focus": experiment.disease,
            "number_experimental_group": 1,
        }
        _add(graph, "experiment", code, experiment.submitter_id, props, {"projects": project.id})
    for case in of_project.cases:
        props = {
            "sex": case.sex,
            "ethnicity": case.ethnicity,
            "species": "Homo sapiens",
            "age_at_enrollment": case.age,
            "primary_diagnosis": case.disease,
        }
        links = {"experiments": _id_of(case.experiment)}
        _add(graph, "case", code, case.submitter_id, props, links)
    for sample in of_project.samples:
        props = {
            "tissue_type": sample.tissue,
            "sample_type": "Cell suspension",
            "composition": "PBMC" if sample.tissue == "Blood" else "Mononuclear cells",
            "cell_count": 4_000 + sample.number * 137 % 3_000,
        }
        links = {"cases": _node_id("case", code, sample.case.submitter_id)}
        _add(graph, "sample", code, sample.submitter_id, props, links)


def _file(graph: Graph, spec: files.FileSpec, record: IndexRecord) -> None:
    category, kind = DATA_TYPES[spec.node]
    ending = (spec.name or "").rpartition(".")[2].upper()
    ending = ending if ending in FORMATS else "TXT"
    props = {
        "data_category": category,
        "data_type": "Table" if spec.node == files.REFERENCES and ending != "TXT" else kind,
        "data_format": ending,
        "file_name": spec.name,
        "file_size": record.size,
        "md5sum": record.hashes.get("md5"),
        # Without the prefix, as real graphs have it: the index finds it all the same.
        "object_id": record.did.removeprefix(PREFIX),
        "description": spec.title,
    }
    if spec.node in (files.COUNTS, files.READINGS) and spec.sample:
        links = {"samples": _id_of(spec.sample)}
    else:
        links = {"experiments": _id_of(cohort(spec.project).experiments[spec.experiment - 1])}
    name = f"DEV-{spec.project}-{spec.key.replace('/', '-')}"
    _add(graph, spec.node, spec.project, name, props, links)


def _id_of(one: Experiment | Sample) -> str:
    if isinstance(one, Experiment):
        return _node_id("experiment", one.project, one.submitter_id)
    return _node_id("sample", one.case.project, one.submitter_id)


def _node_id(kind: str, project: str, submitter_id: str) -> str:
    return uuid_of(f"{kind}/{project}/{submitter_id}")


def _add(
    graph: Graph,
    kind: str,
    project: str,
    submitter_id: str,
    props: dict[str, Any],
    links: dict[str, str],
) -> Node:
    return graph.add(
        Node(
            id=_node_id(kind, project, submitter_id),
            type=kind,
            project_id=f"{PROGRAM}-{project}",
            submitter_id=submitter_id,
            resource=resource_of(PROGRAM, project),
            props={name: value for name, value in props.items() if value is not None},
            links=links,
            created=MADE,
            updated=MADE,
        )
    )
