"""What the demo's openBIS has from its start: types, vocabularies, users, and a small lab."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyterlab_datahub.demo.openbis.records import (
    Assignment,
    DataSetType,
    EntityType,
    Experiment,
    ExperimentType,
    Project,
    PropertyType,
    RoleAssignment,
    Sample,
    SampleType,
    Space,
    Term,
    Vocabulary,
)
from jupyterlab_datahub.demo.openbis.sessions import now

if TYPE_CHECKING:
    from jupyterlab_datahub.demo.openbis.store import Store
    from jupyterlab_datahub.demo.openbis.tables import R

ADMIN = "admin"
"""The user whom pyBIS's own tests want; its password is its name."""

SCIENTIST, SCIENTIST_PASSWORD = "scientist", "demo-scientist"
READER, READER_PASSWORD = "reader", "demo-reader"

SPACE = "LAB"
COLLECTION = "/LAB/SC/PBMC"
OBJECT = "/LAB/SC/DONOR_1"
HIDDEN_COLLECTION = "/SECRET/UNPUBLISHED/PILOT"
"""A collection in the space that the reader cannot see."""

VOCABULARIES: dict[str, tuple[str, dict[str, str]]] = {
    "ORGANISM": (
        "Where a sample comes from",
        {"HUMAN": "Homo sapiens", "MOUSE": "Mus musculus", "YEAST": "Saccharomyces cerevisiae"},
    ),
    "ASSAY": (
        "How cells were measured",
        {"10X_3_V3": "10x 3' v3", "10X_MULTIOME": "10x multiome", "SMART_SEQ_2": "Smart-seq2"},
    ),
    "$DEFAULT_COLLECTION_VIEWS": (
        "Default collection views",
        {"FORM_VIEW": "Form view", "LIST_VIEW": "List view"},
    ),
}

PROPERTY_TYPES: tuple[tuple[str, str, str, dict[str, Any]], ...] = (
    ("$NAME", "Name", "VARCHAR", {}),
    ("NOTES", "Notes", "MULTILINE_VARCHAR", {}),
    ("$HISTORY_ID", "History ID", "VARCHAR", {}),
    ("$DEFAULT_OBJECT_TYPE", "Default object type", "VARCHAR", {}),
    ("DESCRIPTION", "Description", "MULTILINE_VARCHAR", {}),
    ("ORGANISM", "Organism", "CONTROLLEDVOCABULARY", {"vocabulary": "ORGANISM"}),
    (
        "ASSAYS",
        "Assays",
        "CONTROLLEDVOCABULARY",
        {"vocabulary": "ASSAY", "multi_value": True},
    ),
    ("KEYWORDS", "Keywords", "VARCHAR", {"multi_value": True}),
    ("CELLS", "Number of cells", "INTEGER", {}),
    ("VIABILITY", "Viability", "REAL", {}),
    ("PASSED_QC", "Passed quality control", "BOOLEAN", {}),
    ("MEASURED_ON", "Measured on", "DATE", {}),
    ("SEQUENCED_AT", "Sequenced at", "TIMESTAMP", {}),
    ("PROTOCOL_URL", "Protocol", "HYPERLINK", {}),
    ("SETTINGS_XML", "Settings", "XML", {}),
    ("DONOR", "Donor", "SAMPLE", {"sample_type": "DONOR"}),
)
"""Code, label, data type, and what else differs from a plain property."""

DATASET_TYPES: dict[str, tuple[str, ...]] = {
    "UNKNOWN": (),
    "RAW_DATA": ("$NAME", "NOTES"),
    "ANALYSIS_NOTEBOOK": ("$NAME", "NOTES", "$HISTORY_ID"),
    "PROCESSED_DATA": ("$NAME", "NOTES", "ORGANISM", "CELLS"),
    "SEQUENCING_RUN": (
        "$NAME",
        "NOTES",
        "ORGANISM!",
        "ASSAYS",
        "KEYWORDS",
        "CELLS",
        "VIABILITY",
        "PASSED_QC",
        "MEASURED_ON!",
        "SEQUENCED_AT",
        "PROTOCOL_URL",
        "SETTINGS_XML",
        "DONOR",
    ),
}
"""Properties by type; an exclamation mark says mandatory. The last has every data type."""

SAMPLE_TYPES: dict[str, tuple[str, ...]] = {
    "UNKNOWN": (),
    "DONOR": ("$NAME", "ORGANISM", "DESCRIPTION"),
    "EXPERIMENTAL_STEP": ("$NAME", "DESCRIPTION", "NOTES"),
}
EXPERIMENT_TYPES: dict[str, tuple[str, ...]] = {
    "UNKNOWN": (),
    "COLLECTION": ("$NAME", "$DEFAULT_OBJECT_TYPE"),
    "DEFAULT_EXPERIMENT": ("$NAME", "DESCRIPTION"),
}


def own_code(store: Store, code: str) -> str:
    """Return the code of one of openBIS's own properties: version 7 has no ``$`` before them."""
    return code.removeprefix("$") if store.version.startswith("7") else code


def furnish(store: Store) -> None:
    """Put the types, users and the small lab into an empty store."""
    _add_vocabularies(store)
    _add_property_types(store)
    for kind, types in (
        (DataSetType, DATASET_TYPES),
        (SampleType, SAMPLE_TYPES),
        (ExperimentType, EXPERIMENT_TYPES),
    ):
        for code, properties in types.items():
            _add_type(store, kind, code, properties)
    _add_lab(store)
    _add_persons(store)


def _add_vocabularies(store: Store) -> None:
    for code, (description, terms) in VOCABULARIES.items():
        vocabulary = Vocabulary(
            code=code, perm_id=code, description=description, managed_internally=code[0] == "$"
        )
        for ordinal, (term, label) in enumerate(terms.items(), 1):
            vocabulary.terms.append(
                Term(code=term, perm_id=term, vocabulary=code, label=label, ordinal=ordinal)
            )
        _date(store.add(vocabulary))


def _add_property_types(store: Store) -> None:
    for code, label, data_type, more in PROPERTY_TYPES:
        own = own_code(store, code)
        type_ = PropertyType(
            code=own,
            perm_id=own,
            label=label,
            data_type=data_type,
            managed_internally=code.startswith("$"),
            **more,
        )
        _date(store.add(type_))


def _add_type(store: Store, kind: type[EntityType], code: str, properties: tuple[str, ...]) -> None:
    assignments = [
        Assignment(
            property_type=store.get(PropertyType, own_code(store, name.removesuffix("!"))),
            mandatory=name.endswith("!"),
            ordinal=ordinal,
            registered=now(),
        )
        for ordinal, name in enumerate(properties, 1)
    ]
    _date(store.add(kind(code=code, perm_id=code, assignments=assignments)))


def _add_lab(store: Store) -> None:
    add_collection(store, "/DEFAULT/DEFAULT/DEFAULT", "UNKNOWN", {})
    add_object(store, "/DEFAULT/DEFAULT/DEFAULT", "UNKNOWN", "/DEFAULT/DEFAULT/DEFAULT", {})
    add_collection(store, COLLECTION, "DEFAULT_EXPERIMENT", {"$NAME": "PBMC, healthy donors"})
    add_collection(store, "/LAB/SC/NOTEBOOKS", "COLLECTION", {"$NAME": "Notebooks"})
    donor = {"$NAME": "Donor 1", "ORGANISM": "HUMAN"}
    add_object(store, OBJECT, "DONOR", COLLECTION, donor)
    pilot = {"$NAME": "Pilot"}
    add_collection(store, HIDDEN_COLLECTION, "DEFAULT_EXPERIMENT", pilot)


def _add_persons(store: Store) -> None:
    store.add_person(ADMIN, ADMIN, "Admin", "Istrator")
    store.add_person(SCIENTIST, SCIENTIST_PASSWORD, "Sofia", "Scientist")
    store.add_person(READER, READER_PASSWORD, "Rita", "Reader")
    for user in (ADMIN, SCIENTIST):
        _add_role(store, user, "ADMIN", None)
    for space in ("DEFAULT", SPACE):
        _add_role(store, READER, "OBSERVER", store.get(Space, space))


def _add_role(store: Store, user: str, role: str, space: Space | None) -> None:
    id_ = str(store.next_number())
    _date(store.add(RoleAssignment(code=id_, perm_id=id_, user=user, role=role, space=space)))


def add_collection(
    store: Store, identifier: str, type_: str, properties: dict[str, Any]
) -> Experiment:
    """Add a collection by its path, with the space and project it needs."""
    space_code, project_code, code = identifier.strip("/").split("/")
    space = store.find(Space, space_code)
    if space is None:
        space = _date(store.add(Space(code=space_code, perm_id=space_code)))
    project = store.find(Project, f"/{space_code}/{project_code}")
    if project is None:
        perm_id = store.new_perm_id()
        project = Project(code=project_code, perm_id=perm_id, space=space)
        _date(store.add(project))
    experiment = Experiment(
        code=code,
        perm_id=store.new_perm_id(),
        type=store.get(ExperimentType, type_),
        properties={own_code(store, code): value for code, value in properties.items()},
        project=project,
    )
    return _date(store.add(experiment))


def add_object(
    store: Store, identifier: str, type_: str, collection: str, properties: dict[str, Any]
) -> Sample:
    """Add an object by its path, which has no collection in it, to a collection."""
    experiment = store.get(Experiment, collection)
    sample = Sample(
        code=identifier.rpartition("/")[2],
        perm_id=store.new_perm_id(),
        type=store.get(SampleType, type_),
        properties={own_code(store, code): value for code, value in properties.items()},
        space=experiment.space,
        project=experiment.project,
        experiment=experiment,
    )
    return _date(store.add(sample))


def _date(record: R) -> R:
    record.registered = record.modified = now()
    return record
