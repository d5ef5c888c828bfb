"""Searching a commons itself: studies, files, and the objects behind them."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import msgspec

from jupyterlab_datahub.errors import BadRequestError, DataHubError
from jupyterlab_datahub.model import Access, Export, Hit, SearchQuery
from jupyterlab_datahub.sources.gen3 import filerecords, listing, objects, refs
from jupyterlab_datahub.sources.gen3.listing import ENTITIES, FILES, OBJECTS, STUDIES, Item
from jupyterlab_datahub.sources.gen3.session import KIND
from jupyterlab_datahub.sources.gen3.studies import facet_name

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from jupyterlab_datahub.model import Asset, EntityType, SearchResult
    from jupyterlab_datahub.sources.gen3.explorer import Explorer
    from jupyterlab_datahub.sources.gen3.filerecords import FileRecords
    from jupyterlab_datahub.sources.gen3.rights import Rights
    from jupyterlab_datahub.sources.gen3.session import Session
    from jupyterlab_datahub.sources.gen3.studies import Studies, Study

LOOK_SECONDS = 8.0
"""How long one answer looks at more files for those that fit; the next one goes on from there."""


class LiveSearch:
    """Searches in one commons; usable from any thread.

    Parameters
    ----------
    session, rights
        Who asks, and what they may do.
    studies, files, explorer
        What there is.
    """

    def __init__(
        self,
        session: Session,
        rights: Rights,
        studies: Studies,
        files: FileRecords,
        explorer: Explorer,
    ) -> None:
        self._session = session
        self._rights = rights
        self._studies = studies
        self._files = files
        self._explorer = explorer

    def search(self, query: SearchQuery) -> SearchResult:
        """Answer a search; without a wish it is for studies, where there are any.

        The records of files are told to nobody who is not connected, objects to everybody.

        Raises
        ------
        BadRequestError
            If it is for something that there is not.
        AccessError, CatalogError
        """
        entity = query.entity or self._usual()
        if entity == STUDIES:
            return self._of_studies(query)
        if entity == FILES:
            return self._of_files(query)
        if entity == OBJECTS:
            return self._of_objects(query)
        if index := self._explorer.indexes().get(entity):
            return self._explorer.search(index, query, self._entities())
        raise BadRequestError(
            f"{self._session.who.title} cannot be searched for {entity[:40]!r}",
            source=self._session.who.source,
            hint=f"It can be for {', '.join(one.name for one in self._entities())}.",
        )

    def members(self, question: dict[str, Any]) -> Iterator[Asset]:
        """Yield the files that a search finds, all of them.

        Raises
        ------
        AccessError, CatalogError
        """
        if "type" in question:
            yield from self._explorer.files(question)
            return
        text, facets = filerecords.decoded(question)
        projects = facets.get("project", ())
        query = SearchQuery(text=text, facets=facets)
        found = listing.chosen(self._files.items(self._files.every(projects)), query)
        yield from filerecords.assets(self._session, found.items)

    def _usual(self) -> str:
        if self._studies.all():
            return STUDIES
        return FILES if self._session.connected else OBJECTS

    def _of_studies(self, query: SearchQuery) -> SearchResult:
        studies = self._studies.all()
        titles = {facet_name(category): category for study in studies for category in study.tags}
        found = listing.chosen(map(self._study_item, studies), query)
        return listing.result(
            self._session,
            query,
            found,
            entity=STUDIES,
            entities=self._entities(),
            titles={name: title for name, title in titles.items() if name not in listing.TITLES},
        )

    def _of_files(self, query: SearchQuery) -> SearchResult:
        """Look at as many files as the page needs, so that what is found grows with the pages."""
        projects = query.facets.get("project", ())
        files = self._files.some(projects)
        found = listing.chosen(self._files.items(files.records), query)
        wanted, until = query.offset + query.limit, time.monotonic() + LOOK_SECONDS
        while (
            not files.complete
            and len(found.items) <= wanted
            and len(files.records) < filerecords.MOST_SHOWN
            and time.monotonic() < until
        ):
            files = self._files.some(projects, len(files.records) + filerecords.PAGE)
            found = listing.chosen(self._files.items(files.records), query)
        return listing.result(
            self._session,
            query,
            found,
            entity=FILES,
            entities=self._entities(),
            exports=() if query.ranges else (self._all_of_it(query, found, files.complete),),
            note=_note(files),
        )

    def _of_objects(self, query: SearchQuery) -> SearchResult:
        items, complete = objects.find(self._session, self._rights, query.text)
        found = listing.chosen(items, msgspec.structs.replace(query, text=""))
        note = "" if complete else f"the first {len(items):,} objects were looked at"
        return listing.result(
            self._session, query, found, entity=OBJECTS, entities=self._entities(), note=note
        )

    def _entities(self) -> tuple[EntityType, ...]:
        try:
            has_studies = bool(self._studies.all())
        except DataHubError:
            has_studies = False
        usual = (one for name, one in ENTITIES.items() if name != STUDIES or has_studies)
        return (*usual, *(index.entity for index in self._explorer.indexes().values()))

    def _all_of_it(self, query: SearchQuery, found: listing.Found, complete: bool) -> Export:
        question = filerecords.encoded(query.text, query.facets)
        return Export(
            ref=refs.asked_ref(self._session, refs.FILES, question),
            title="All these files",
            format="group",
            description="Downloads every file that the search finds",
            members=len(found.items) if complete else None,
            size=found.size if complete else None,
        )

    def _study_item(self, study: Study) -> Item:
        access, _ = self._rights.of_resources(study.resources)
        facets = dict(study.facets)
        facets["access"] = (access.value,)
        hit = Hit(
            ref=refs.asked_ref(self._session, refs.STUDY, study.guid),
            id=study.guid,
            source=self._session.config.name,
            kind=KIND,
            title=study.title,
            organism=facets.get("organism", ()),
            tissue=facets.get("tissue", ()),
            disease=facets.get("disease", ()),
            assay=facets.get("assay", ()),
            size=study.size,
            access=access,
            entity="study",
            exports=self._files_of(study) if access is Access.OPEN else (),
        )
        tags = " ".join(tag for tags in study.tags.values() for tag in tags)
        words = f"{study.title} {study.guid} {study.description} {tags}".casefold()
        return Item(hit, words, facets, files=len(study.manifest))

    def _files_of(self, study: Study) -> tuple[Export, ...]:
        if not study.manifest:
            return ()
        every = Export(
            ref=refs.asked_ref(self._session, refs.STUDY_FILES, study.guid),
            title="All files",
            format="group",
            description="Every file of the study, into one folder",
            members=len(study.manifest),
            size=study.size,
        )
        return (every,)


def _note(files: filerecords.Files) -> str:
    """Return what a user should know of files that are not all."""
    count = len(files.records)
    if files.complete:
        return ""
    if count < filerecords.MOST_SHOWN:
        return f"the first {count:,} files were looked at; search again to look further"
    return f"the first {count:,} files were looked at; choose a project to see others"
