"""What a manifest of chosen files contains, in the formats that people read."""

from __future__ import annotations

import csv
import io
import json
import re
import shlex
from typing import TYPE_CHECKING, Any

from jupyterlab_datahub.demo.hca.failures import bad_request

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from jupyterlab_datahub.demo.hca.documents import Document
    from jupyterlab_datahub.demo.hca.hits import Addresses

COMPACT = "compact"
CURL = "curl"
VERBATIM = "verbatim.jsonl"

EXTENSIONS = {COMPACT: "tsv", CURL: "curlrc", VERBATIM: "jsonl"}
"""The formats that are made here, and how files of them are called."""

OTHERS = ("terra.bdbag", "terra.pfb", "verbatim.pfb")
"""Formats of the service that are not made here."""

JOINER = " || "

COLUMNS: dict[str, dict[str, str]] = {
    "sources": {"id": "source_id", "spec": "source_spec"},
    "bundles": {"uuid": "bundle_uuid", "version": "bundle_version"},
    "files": {
        "document_id": "file_document_id",
        "file_type": "file_type",
        "name": "file_name",
        "file_format": "file_format",
        "read_index": "read_index",
        "size": "file_size",
        "uuid": "file_uuid",
        "version": "file_version",
        "crc32c": "file_crc32c",
        "sha256": "file_sha256",
        "content-type": "file_content_type",
        "drs_uri": "file_drs_uri",
        "file_url": "file_url",
    },
    "cell_suspensions": {
        "document_id": "cell_suspension.provenance.document_id",
        "biomaterial_id": "cell_suspension.biomaterial_core.biomaterial_id",
        "total_estimated_cells": "cell_suspension.estimated_cell_count",
        "selected_cell_type": "cell_suspension.selected_cell_type",
    },
    "sequencing_processes": {"document_id": "sequencing_process.provenance.document_id"},
    "sequencing_protocols": {
        "instrument_manufacturer_model": "sequencing_protocol.instrument_manufacturer_model",
        "paired_end": "sequencing_protocol.paired_end",
    },
    "library_preparation_protocols": {
        "library_construction_approach": (
            "library_preparation_protocol.library_construction_approach"
        ),
        "nucleic_acid_source": "library_preparation_protocol.nucleic_acid_source",
    },
    "projects": {
        "document_id": "project.provenance.document_id",
        "institutions": "project.contributors.institution",
        "laboratory": "project.contributors.laboratory",
        "project_short_name": "project.project_core.project_short_name",
        "project_title": "project.project_core.project_title",
        "estimated_cell_count": "project.estimated_cell_count",
    },
    "specimens": {
        "document_id": "specimen_from_organism.provenance.document_id",
        "disease": "specimen_from_organism.diseases",
        "organ": "specimen_from_organism.organ",
        "organ_part": "specimen_from_organism.organ_part",
        "preservation_method": ("specimen_from_organism.preservation_storage.preservation_method"),
    },
    "donors": {
        "biological_sex": "donor_organism.sex",
        "biomaterial_id": "donor_organism.biomaterial_core.biomaterial_id",
        "document_id": "donor_organism.provenance.document_id",
        "genus_species": "donor_organism.genus_species",
        "development_stage": "donor_organism.development_stage",
        "diseases": "donor_organism.diseases",
        "organism_age": "donor_organism.organism_age",
    },
    "cell_lines": {
        "document_id": "cell_line.provenance.document_id",
        "biomaterial_id": "cell_line.biomaterial_core.biomaterial_id",
    },
    "organoids": {
        "document_id": "organoid.provenance.document_id",
        "biomaterial_id": "organoid.biomaterial_core.biomaterial_id",
        "model_organ": "organoid.model_organ",
        "model_organ_part": "organoid.model_organ_part",
    },
    "samples": {
        "entity_type": "_entity_type",
        "document_id": "sample.provenance.document_id",
        "biomaterial_id": "sample.biomaterial_core.biomaterial_id",
    },
    "sequencing_inputs": {
        "document_id": "sequencing_input.provenance.document_id",
        "biomaterial_id": "sequencing_input.biomaterial_core.biomaterial_id",
        "sequencing_input_type": "sequencing_input_type",
    },
}
"""The columns of a compact manifest: property and column by kind of entity, in their order."""

PROBLEMATIC = re.compile(r'[<>:"|?*]')
"""Characters that some file systems do not take; the service writes ``_`` instead."""


def check_format(name: str, catalog: str) -> None:
    """Raise what is answered to a format that is not made."""
    if name in EXTENSIONS:
        return
    if name in OTHERS:
        message = f"Manifest format `{name}` is not supported for catalog {catalog}. "
    else:
        message = f"Unknown manifest format `{name}`. "
    message += f"Must be one of {set(EXTENSIONS)}"
    raise bad_request(message)


def content_of(name: str, files: Sequence[Document], address: Addresses, catalog: str) -> bytes:
    """Return a manifest of files (documents of the index ``files``)."""
    made: dict[str, Callable[[], str]] = {
        COMPACT: lambda: compact(files, address),
        CURL: lambda: curl(files, address, catalog),
        VERBATIM: lambda: verbatim(files),
    }
    return made[name]().encode()


def compact(files: Iterable[Document], address: Addresses) -> str:
    """Return a row of tab-separated values for each file."""
    names = [column for columns in COLUMNS.values() for column in columns.values()]
    made = io.StringIO()
    writer = csv.DictWriter(made, names, dialect="excel-tab")
    writer.writeheader()
    for document in files:
        [file] = document.contents["files"]
        contents = {**document.contents, "files": [{**file, "file_url": address(file)}]}
        contents["sequencing_processes"] = [
            {"document_id": id_}
            for entity in contents["cell_suspensions"]
            for id_ in _list(entity.get("sequencing_process"))
        ]
        contents["sequencing_inputs"] = [
            {**entity, "sequencing_input_type": "cell_suspension"}
            for entity in contents["cell_suspensions"]
        ]
        row = {}
        for kind, columns in COLUMNS.items():
            for name, column in columns.items():
                row[column] = _cell([entity.get(name) for entity in contents.get(kind, ())])
        writer.writerow(row)
    return made.getvalue()


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _cell(values: Iterable[Any]) -> str:
    """Return distinct values as one cell; null is nothing."""
    texts = {
        f"{one['value']} {one['unit']}" if isinstance(one, dict) else str(one)
        for value in values
        for one in _list(value)
        if one is not None
    }
    return JOINER.join(sorted(texts)[:100])


def curl(files: Iterable[Document], address: Addresses, catalog: str) -> str:
    """Return a configuration file for curl, with each file below the folder of its bundle."""
    lines = [
        "--create-dirs",
        "--compressed",
        "--location",
        "--globoff",
        "--fail",
        '--write-out "Downloading to: %{filename_effective}\\n\\n"',
    ]
    for document in files:
        [file] = document.contents["files"]
        where = address(file)
        if where is None:
            lines.append(
                f"# File {file['uuid']!r}, version {file['version']!r} is "
                f"currently not available in catalog {catalog!r}."
            )
            continue
        bundle = max(document.contents["bundles"], key=lambda b: (b["version"], b["uuid"]))
        output = PROBLEMATIC.sub("_", f"{bundle['uuid']}/{file['name']}")
        lines.append(f"url={_quoted(where)}\noutput={_quoted(output)}")
    return "\n\n".join(lines) + "\n\n"


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def verbatim(files: Iterable[Document]) -> str:
    """Return every entity that the files hang on, one a line, each once."""
    kinds = {
        "projects": "project",
        "donors": "donor_organism",
        "specimens": "specimen_from_organism",
        "cell_lines": "cell_line",
        "organoids": "organoid",
        "cell_suspensions": "cell_suspension",
        "files": "file",
    }
    lines: dict[str, None] = {}
    for document in files:
        for kind, type_ in kinds.items():
            for entity in document.contents[kind]:
                line = json.dumps({"value": entity, "type": type_})
                lines.setdefault(line)
    return "".join(f"{line}\n" for line in lines)


def command_lines(name: str, url: str, file_name: str) -> dict[str, str]:
    """Return how to download a manifest (or with it, where it is one for curl) in a shell."""
    if name == CURL:
        rest = "--fail-early --continue-at - --retry 15 --retry-delay 10 --config -"
        return {
            "cmd.exe": f'curl.exe --location --fail "{url}" | curl.exe {rest}',
            "bash": f"curl --location --fail {shlex.quote(url)} | curl {rest}",
        }
    return {
        "cmd.exe": f'curl.exe --location --fail --output "{file_name}" "{url}"',
        "bash": f"curl --location --fail --output {shlex.quote(file_name)} {shlex.quote(url)}",
    }
