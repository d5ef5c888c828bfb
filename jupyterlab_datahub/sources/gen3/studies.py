"""Studies: the discovery metadata of a commons, kept by its metadata service.

Each commons names the fields of its studies as it likes; the usual names are tried in turn, and
what has no place here is shown as it is.
"""

from __future__ import annotations

import hashlib
import re
import time
from threading import Lock
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import quote

import msgspec

from jupyterlab_datahub.errors import BadRequestError, DataHubError, NotFoundError
from jupyterlab_datahub.model import Asset, Dataset, Link, Property, Term
from jupyterlab_datahub.sources.gen3 import manifests, names, records, refs
from jupyterlab_datahub.sources.gen3.session import KIND

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyterlab_datahub.sources.gen3.records import Record
    from jupyterlab_datahub.sources.gen3.rights import Rights
    from jupyterlab_datahub.sources.gen3.session import Session

METADATA = "/mds/metadata"
GUID_TYPE = "discovery_metadata"
DISCOVERY = "gen3_discovery"
PAGE = 2000
"""Studies that come with one answer; the service gives no more."""

MOST = 50_000
KEPT_SECONDS = 60.0
LONGEST_VALUE = 2000
MOST_LOOKED_UP = 5000
"""Files of a study whose records are looked at."""

TITLES = ("study_title", "study_name", "full_name", "title", "name", "short_name", "project_title")
DESCRIPTIONS = ("study_description", "study_description_summary", "description", "summary")
RESOURCES = ("authz", "auth_resource", "auth_resource_path")
MANIFESTS = ("manifest", "__manifest")
DOIS = ("doi", "doi_identifier", "study_doi")
ADDRESSES = ("study_url", "url", "study_website")

SHARED = {
    "organism": ("organism", "species", "host", "taxon"),
    "tissue": ("tissue", "organ", "anatomy", "anatomical site", "body site", "sample type"),
    "disease": ("disease", "condition", "diagnosis", "indication", "disease type"),
    "assay": ("assay", "technology", "experimental strategy", "platform"),
    "cell_type": ("cell type",),
    "sex": ("sex", "gender"),
    "format": ("format", "data format", "file format", "file type"),
}
"""Facets that all Sources share, by the categories that commons call them."""

_OF_CATEGORY = {category: name for name, categories in SHARED.items() for category in categories}


class Study(NamedTuple):
    """One study; ``record`` is what the commons says of it."""

    guid: str
    record: dict[str, Any]

    @property
    def title(self) -> str:
        """What it is called."""
        return _first(self.record, TITLES) or self.guid

    @property
    def description(self) -> str:
        """What it is about."""
        return _first(self.record, DESCRIPTIONS)

    @property
    def tags(self) -> dict[str, tuple[str, ...]]:
        """Names of its tags by category."""
        found: dict[str, list[str]] = {}
        given = self.record.get("tags")
        for tag in given if isinstance(given, list) else ():
            if isinstance(tag, dict) and str(tag.get("name") or "").strip():
                category = str(tag.get("category") or "Tag").strip()
                found.setdefault(category, []).append(str(tag["name"]).strip())
        return {category: tuple(dict.fromkeys(tags)) for category, tags in found.items()}

    @property
    def facets(self) -> dict[str, tuple[str, ...]]:
        """The same by the names of facets."""
        found: dict[str, tuple[str, ...]] = {}
        for category, tags in self.tags.items():
            name = facet_name(category)
            found[name] = tuple(dict.fromkeys((*found.get(name, ()), *tags)))
        return found

    @property
    def resources(self) -> tuple[str, ...]:
        """The resources that decide who may have its files."""
        given: Any = next((self.record[name] for name in RESOURCES if self.record.get(name)), ())
        return (given,) if isinstance(given, str) else tuple(map(str, given))

    @property
    def manifest(self) -> list[Any]:
        """The entries of its manifest, none if it has none."""
        given: Any = next((self.record[name] for name in MANIFESTS if self.record.get(name)), [])
        return given if isinstance(given, list) else []

    @property
    def size(self) -> int | None:
        """Bytes of all its files, None where it is not said of each."""
        sizes = [manifests.size_of(entry) for entry in self.manifest]
        return sum(filter(None, sizes)) if sizes and None not in sizes else None


class Studies:
    """The studies of a commons, asked for now and then; usable from any thread.

    Parameters
    ----------
    session
        Who asks.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._lock = Lock()
        self._kept: tuple[float, str, tuple[Study, ...]] | None = None

    def all(self) -> tuple[Study, ...]:
        """Return all studies, by title; none where the commons has no such service.

        Raises
        ------
        AccessError, CatalogError
        """
        token = self._session.tokens.access()
        text = token.text if token else ""
        # One thread asks; the others want the same.
        with self._lock:
            kept = self._kept
            if kept and kept[1] == text and time.monotonic() - kept[0] < KEPT_SECONDS:
                return kept[2]
            try:
                found = tuple(sorted(self._asked(), key=lambda one: one.title.casefold()))
            except NotFoundError:
                found = ()
            self._kept = time.monotonic(), text, found
            return found

    def one(self, guid: str) -> Study:
        """Return a study.

        Raises
        ------
        NotFoundError
            If there is none of that GUID.
        AccessError, CatalogError
        """
        found = self._session.get(f"{METADATA}/{quote(guid, safe='')}", dict[str, Any])
        return Study(guid, _discovery(found))

    def _asked(self) -> Iterator[Study]:
        for offset in range(0, MOST, PAGE):
            query = {"data": True, "_guid_type": GUID_TYPE, "limit": PAGE, "offset": offset}
            page = self._session.get(METADATA, dict[str, dict[str, Any]], query)
            yield from (Study(guid, _discovery(record)) for guid, record in page.items())
            if len(page) < PAGE:
                return


def dataset_of(session: Session, rights: Rights, study: Study) -> Dataset:
    """Return a study as a dataset: first all its files as one, then each.

    Raises
    ------
    BadRequestError
        If its manifest cannot be read.
    ExpiredError, UnreachableError
    """
    access, note = rights.of_resources(study.resources)
    files = files_of(session, rights, study) if study.manifest else ()
    assets = (group_of(session, rights, study), *files) if files else ()
    doi = _first(study.record, DOIS)
    address = _first(study.record, ADDRESSES)
    return Dataset(
        ref=refs.asked_ref(session, refs.STUDY, study.guid),
        source=session.who.source,
        kind=KIND,
        id=study.guid,
        version=hashlib.sha256(msgspec.json.encode(study.record)).hexdigest()[:12],
        title=study.title,
        description=study.description,
        facets={
            name: tuple(Term(label=one) for one in tags) for name, tags in study.facets.items()
        },
        assets=assets,
        access=access,
        access_note=note,
        doi=doi.removeprefix("https://doi.org/"),
        url=f"{session.url}/discovery/{quote(study.guid, safe='')}/",
        links=(Link(title="Study", url=address),) if address.startswith("https://") else (),
        properties=tuple(_properties(study)),
    )


def group_of(session: Session, rights: Rights, study: Study) -> Asset:
    """Return all files of a study as one asset."""
    access, note = rights.of_resources(study.resources)
    return Asset(
        ref=refs.asked_ref(session, refs.STUDY_FILES, study.guid),
        name=names.safe_name(study.title),
        group=True,
        format="group",
        size=study.size,
        members=len(study.manifest) or None,
        access=access,
        access_note=note,
    )


def files_of(session: Session, rights: Rights, study: Study) -> tuple[Asset, ...]:
    """Return the files of a study's manifest.

    Raises
    ------
    BadRequestError
        If it cannot be read.
    ExpiredError, UnreachableError
    """
    if not study.manifest:
        raise NotFoundError(
            f"{study.title} has no files",
            source=session.who.source,
            host=session.host,
            hint="Its page may say where they are.",
        )
    try:
        found = manifests.assets(session, study.manifest)
    except BadRequestError as error:
        raise BadRequestError(
            f"The manifest of {study.title} cannot be used: {error.message}",
            source=session.who.source,
            hint="Tell the commons; its other studies are not concerned.",
        ) from error
    told = _records(session, found)
    of_study = rights.of_resources(study.resources)
    made: list[Asset] = []
    for one in found:
        record = told.get(one.ref)
        resources = record.authz if record else None
        access, note = rights.of_resources(resources) if resources else of_study
        made.append(
            msgspec.structs.replace(
                one,
                access=access,
                access_note=note,
                loads_as_anndata=one.loads_as_anndata and not note,
            )
        )
    return tuple(made)


def _records(session: Session, found: tuple[Asset, ...]) -> dict[str, Record]:
    """Return the records of files by ref, which say who may have each; none of very many."""
    if len(found) > MOST_LOOKED_UP:
        return {}
    prefix = refs.file_ref(session, "")
    guids = {one.ref: one.ref.removeprefix(prefix) for one in found}
    try:
        told = records.records(session, guids.values())
    except DataHubError:
        # Each download will say what is wrong.
        return {}
    return {ref: told[guid] for ref, guid in guids.items() if guid in told}


def facet_name(category: str) -> str:
    """Return the name of the facet that a category of tags becomes."""
    words = " ".join(re.split(r"[\W_]+", category.casefold())).strip()
    name = _OF_CATEGORY.get(words) or words.replace(" ", "_") or "tag"
    return name if name.isidentifier() else f"tag_{name}"


def _discovery(record: dict[str, Any]) -> dict[str, Any]:
    found = record.get(DISCOVERY)
    return found if isinstance(found, dict) else {}


def _first(record: dict[str, Any], fields: tuple[str, ...]) -> str:
    values = (record.get(field) for field in fields)
    return next((value.strip() for value in values if isinstance(value, str) and value.strip()), "")


def _properties(study: Study) -> Iterator[Property]:
    shown = {*TITLES[:1], *DESCRIPTIONS, *RESOURCES, *MANIFESTS, *DOIS, "tags"}
    for code, value in study.record.items():
        if code in shown or code.startswith("_") or value in (None, "", [], {}):
            continue
        text = value if isinstance(value, str) else msgspec.json.encode(value).decode()
        if isinstance(value, list) and all(isinstance(one, str) for one in value):
            text = ", ".join(value)
        label = code.replace("_", " ").strip().capitalize()
        yield Property(code=code, label=label or code, value=text[:LONGEST_VALUE])
