"""The fields that Azul can be asked about: what we call them, and where the Explorer shows them."""

from __future__ import annotations

import re
from threading import Lock
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

UNSPECIFIED = "Unspecified"
"""What the Explorer calls null."""

OTHER = "Other"
"""The group of facets that a catalog has and the Explorer, as we know it, has not."""

YES, NO = "Yes", "No"
OPEN, CONTROLLED = "open", "controlled"

SECONDS_PER_YEAR = 365 * 24 * 3600
"""Azul keeps ages in seconds, with years of 365 days (38 years are 1,198,368,000 s)."""

MOST = 10**15
"""Stands for no upper limit: Azul's ranges have two ends."""


class Field(NamedTuple):
    """A facet: ``name`` is ours, ``azul`` are Azul's names for it, today's first."""

    name: str
    title: str
    group: str
    azul: tuple[str, ...]


class Number(NamedTuple):
    """A number that a search can be narrowed by; ``per_unit`` of Azul's units make one of ours."""

    name: str
    title: str
    group: str
    unit: str
    azul: tuple[str, ...]
    relation: str = "within"
    per_unit: int = 1


FIELDS = (
    Field("projectTitle", "Project title", "Project", ("projectTitle",)),
    Field("contactName", "Contributor", "Project", ("contactName",)),
    Field("institution", "Institution", "Project", ("institution",)),
    Field("bionetworkName", "Biological network", "Project", ("bionetworkName",)),
    Field("access", "Access", "Project", ("accessible",)),
    Field("dataUseRestriction", "Data use restriction", "Project", ("dataUseRestriction",)),
    Field("organism", "Organism", "Donor", ("genusSpecies",)),
    Field("sex", "Sex", "Donor", ("biologicalSex",)),
    Field("development_stage", "Development stage", "Donor", ("developmentStage",)),
    Field("donorDisease", "Disease of the donor", "Donor", ("donorDisease",)),
    Field("tissue", "Tissue", "Sample", ("specimenOrgan", "organ")),
    Field("organPart", "Organ part", "Sample", ("organPart", "specimenOrganPart")),
    Field("modelOrgan", "Model organ", "Sample", ("modelOrgan",)),
    Field("disease", "Disease", "Sample", ("specimenDisease", "disease")),
    Field("cell_type", "Cell type", "Sample", ("selectedCellType",)),
    Field("sampleEntityType", "Sample type", "Sample", ("sampleEntityType",)),
    Field("preservationMethod", "Preservation method", "Sample", ("preservationMethod",)),
    Field("assay", "Assay", "Protocol", ("libraryConstructionApproach",)),
    Field("nucleicAcidSource", "Nucleic acid source", "Protocol", ("nucleicAcidSource",)),
    Field(
        "instrumentManufacturerModel", "Instrument", "Protocol", ("instrumentManufacturerModel",)
    ),
    Field("workflow", "Analysis protocol", "Protocol", ("workflow",)),
    Field("pairedEnd", "Paired end", "Protocol", ("pairedEnd",)),
    Field("format", "Format", "File", ("fileFormat",)),
    Field("contentDescription", "Content", "File", ("contentDescription",)),
    Field("fileSource", "File source", "File", ("fileSource",)),
)
"""The facets of the Explorer, in its five groups."""

NUMBERS = (
    Number("cells", "Cells", "Sample", "count", ("effectiveCellCount", "cellCount")),
    Number("donorCount", "Donors", "Donor", "count", ("donorCount",)),
    Number(
        "organismAge",
        "Age of the donor",
        "Donor",
        "year",
        ("organismAgeRange",),
        "intersects",
        SECONDS_PER_YEAR,
    ),
    Number("size", "File size", "File", "bytes", ("fileSize",)),
    Number("matrixCellCount", "Cells of the matrix", "File", "count", ("matrixCellCount",)),
)

OF_FILES = frozenset(
    {
        "fileFormat", "contentDescription", "fileSource", "fileName", "fileId", "fileSize",
        "fileVersion", "isIntermediate", "matrixCellCount",
    }
)  # fmt: skip
"""Azul's fields that choose among the files of a project rather than among projects."""

BOOLEAN = frozenset({"accessible", "pairedEnd", "isIntermediate", "isTissueAtlasProject"})

_UNSHOWN = frozenset(
    {
        "accessions", "aggregateLastModifiedDate", "aggregateSubmissionDate",
        "aggregateUpdateDate", "assayType", "bundleUuid", "bundleVersion", "cellCount",
        "cellLineType", "donorCount", "effectiveCellCount", "effectiveOrgan", "entryId", "fileId",
        "fileName", "fileSize", "fileVersion", "isIntermediate", "isTissueAtlasProject",
        "laboratory", "lastModifiedDate", "matrixCellCount", "modelOrganPart", "organ",
        "organPart", "organismAge", "organismAgeRange", "project", "projectDescription",
        "projectEstimatedCellCount", "projectId", "publicationTitle", "sampleDisease", "sampleId",
        "sourceId", "sourceSpec", "specimenOrganPart", "submissionDate", "tissueAtlas",
        "updateDate", "disease",
    }
)  # fmt: skip
"""What Azul (2024) has beside the facets of the Explorer: texts, dates, numbers and ids."""

_BY_NAME = {field.name: field for field in FIELDS}
_SPOKEN = {
    re.sub(r"\W|_", "", word).casefold(): one.name
    for one in (*FIELDS, *NUMBERS)
    for word in (*one.azul, one.title, one.name)
}
"""Our names by all that a facet may be called, as titles and Azul's own names are typed too."""

_BY_AZUL = {name: field for field in FIELDS for name in field.azul}
_NUMBERS = {number.name: number for number in NUMBERS}


class FieldNames:
    """Which of Azul's names each catalog understands, learnt from what it answers.

    It also remembers the values that are no text, so that a choice made by its label is asked
    for as what it is. May be used from several threads.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._known: dict[str, set[str]] = {}
        self._refused: dict[str, set[str]] = {}
        self._terms: dict[tuple[str, str, str], Any] = {}

    def learn(self, catalog: str, facets: Mapping[str, Mapping[str, Any]]) -> None:
        """Note the names and values of the facets of an answer."""
        if not facets:
            return
        with self._lock:
            self._known[catalog] = set(facets)
            for name, facet in facets.items():
                for term in facet.get("terms") or ():
                    value = term.get("term") if isinstance(term, dict) else None
                    if value is not None and not isinstance(value, str):
                        self._terms[catalog, name, label(name, value)] = value

    def refuse(self, catalog: str, name: str) -> bool:
        """Note that a catalog does not know a name; return whether another one can be tried."""
        with self._lock:
            refused = self._refused.setdefault(catalog, set())
            new = name not in refused
            refused.add(name)
        options = next((names for names in _alternatives() if name in names), ())
        return new and any(other not in refused for other in options)

    def azul(self, catalog: str, name: str) -> str:
        """Return Azul's name for a facet or number of ours; its own where we have none."""
        known = _BY_NAME.get(name) or _NUMBERS.get(name)
        options = known.azul if known else (name,)
        with self._lock:
            # Of facets that only a newer catalog has, upper and lower case may be typed alike.
            options += tuple(
                other
                for other in self._known.get(catalog, ())
                if not known and other.casefold() == name.casefold().replace("_", "")
            )
            left = [o for o in options if o not in self._refused.get(catalog, ())] or list(options)
            here = self._known.get(catalog, set())
        return next((option for option in left if option in here), left[0])

    def value(self, catalog: str, azul: str, text: str) -> Any:
        """Return a value as Azul wants it: null for what is not specified, true for yes."""
        if azul in BOOLEAN:
            folded = text.casefold()
            if folded in ("true", "yes", OPEN, "granted"):
                return True
            if folded in ("false", "no", CONTROLLED, "required"):
                return False
        if text == UNSPECIFIED:
            return None
        with self._lock:
            return self._terms.get((catalog, azul, text), text)


def named(name: str) -> str:
    """Return our name for what somebody calls a facet or number; the same where we know none.

    >>> named("organ_part"), named("genusSpecies"), named("Donors")
    ('organPart', 'organism', 'donorCount')
    """
    return _SPOKEN.get(re.sub(r"\W|_", "", name).casefold(), name)


def field_of(azul: str) -> Field | None:
    """Return how a facet of Azul is shown, None where it is not.

    What a newer catalog has and we do not know is shown rather than dropped.
    """
    known = _BY_AZUL.get(azul)
    if known:
        return known
    return None if azul in _UNSHOWN else Field(azul, spoken(azul), OTHER, (azul,))


def number_of(name: str) -> Number | None:
    """Return the number that a range of that name is about, None if there is none."""
    return _NUMBERS.get(name)


def label(azul: str, value: Any) -> str:
    """Return a value as people read it."""
    if value is None:
        return UNSPECIFIED
    if azul in BOOLEAN:
        true = str(value).casefold() == "true"
        if azul == "accessible":
            return OPEN if true else CONTROLLED
        return YES if true else NO
    if isinstance(value, bool):
        return YES if value else NO
    if isinstance(value, dict):
        return " ".join(str(part) for part in value.values() if part not in (None, ""))
    return str(value)


def spoken(azul: str) -> str:
    """Return a name in camel case as words.

    >>> spoken("dataUseRestriction")
    'Data use restriction'
    """
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", azul).replace("_", " ").lower()
    return words[:1].upper() + words[1:]


def _alternatives() -> list[tuple[str, ...]]:
    return [one.azul for one in (*FIELDS, *NUMBERS)]
