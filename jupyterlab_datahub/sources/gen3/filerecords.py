"""The files among the submitted records, whatever their type (``datanode`` in peregrine)."""

from __future__ import annotations

import time
from threading import Lock
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from jupyterlab_datahub.errors import BadRequestError
from jupyterlab_datahub.model import Access, Asset, Hit
from jupyterlab_datahub.sources.gen3 import graph, manifests, names, records, refs
from jupyterlab_datahub.sources.gen3.listing import Item
from jupyterlab_datahub.sources.gen3.programs import Programs
from jupyterlab_datahub.sources.gen3.session import KIND

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from jupyterlab_datahub.sources.gen3.rights import Rights
    from jupyterlab_datahub.sources.gen3.session import Session

PAGE = 1000
MOST = 5000
"""Files that are looked at for the first page of a search."""

MOST_SHOWN = 50_000
"""Files that are looked at for all its pages: more would not be scrolled through."""

MOST_IN_GROUP = 200_000
KEPT_SECONDS = 30.0
MOST_KEPT = 4

QUESTION = """query Files($first: Int, $offset: Int, $project: [String]) {
  datanode(first: $first, offset: $offset, project_id: $project, order_by_asc: "id") {
    id type submitter_id project_id file_name file_size md5sum object_id } }"""


class Files(NamedTuple):
    """Some files; ``complete`` says that there are no more."""

    records: Sequence[dict[str, Any]]
    complete: bool


class FileRecords:
    """The files of a commons, asked for now and then; usable from any thread.

    Parameters
    ----------
    session, known_rights
        Who asks, and what they may do.
    """

    def __init__(self, session: Session, known_rights: Rights) -> None:
        self._session = session
        self._rights = known_rights
        self._programs = Programs(session)
        self._lock = Lock()
        self._kept: dict[tuple[str, tuple[str, ...]], tuple[float, Files]] = {}

    def some(self, projects: Sequence[str] = (), most: int = MOST) -> Files:
        """Return files, of some projects or of all; those that we may not see are not told.

        Those that came before are kept for a while, so that more of them cost only the rest.

        Raises
        ------
        QuestionError, AccessError, CatalogError
        """
        token = self._session.tokens.access()
        key = token.text if token else "", tuple(sorted(projects))
        now = time.monotonic()
        with self._lock:
            self._kept = {k: v for k, v in self._kept.items() if now - v[0] < KEPT_SECONDS}
            kept = self._kept.get(key)
        if kept and (kept[1].complete or len(kept[1].records) >= most):
            return kept[1]
        found = self._asked(projects, most, kept[1].records if kept else ())
        if most <= MOST_SHOWN:
            with self._lock:
                while len(self._kept) >= MOST_KEPT:
                    del self._kept[next(iter(self._kept))]
                self._kept[key] = now, found
        return found

    def every(self, projects: Sequence[str] = ()) -> Sequence[dict[str, Any]]:
        """Return all files, of some projects or of all.

        Raises
        ------
        BadRequestError
            If they are too many for one group.
        QuestionError, AccessError, CatalogError
        """
        found = self.some(projects, MOST_IN_GROUP)
        if not found.complete:
            raise BadRequestError(
                f"{self._session.who.title} has more than {MOST_IN_GROUP:,} files to look through",
                source=self._session.who.source,
                hint="Choose projects, and fetch the files of one after the other.",
            )
        return found.records

    def items(self, found: Iterable[dict[str, Any]]) -> list[Item]:
        """Return files as what can be found.

        Raises
        ------
        ExpiredError, UnreachableError
        """
        access = _Access(self._rights, self._programs)
        return [self._item(record, access) for record in found if guid_of(record)]

    def _asked(
        self, projects: Sequence[str], most: int, known: Sequence[dict[str, Any]] = ()
    ) -> Files:
        found = list(known)
        variables = {"project": list(projects)} if projects else {}
        while len(found) < most:
            asked = variables | {"first": PAGE, "offset": len(found)}
            page = graph.query(self._session, QUESTION, asked).get("datanode") or []
            found += page
            if len(page) < PAGE:
                return Files(found, complete=True)
        return Files(found, complete=False)

    def _item(self, record: dict[str, Any], access: _Access) -> Item:
        name, project, kind = (_text(record, key) for key in ("file_name", "project_id", "type"))
        title = name.rpartition("/")[2] or _text(record, "submitter_id") or guid_of(record)
        may, _ = access.to(project)
        format_ = names.format_of(title)
        hit = Hit(
            ref=refs.file_ref(self._session, guid_of(record)),
            id=guid_of(record),
            source=self._session.config.name,
            kind=KIND,
            entity="file",
            title=title,
            collection=project,
            size=manifests.size_of(record),
            format=format_,
            loads_as_anndata=names.becomes_anndata(title) and may is Access.OPEN,
            access=may,
        )
        facets = {"project": project, "node_type": kind, "format": format_, "access": may.value}
        words = " ".join((title, name, project, kind, _text(record, "submitter_id"), hit.id))
        return Item(
            hit, words.casefold(), {key: (value,) for key, value in facets.items() if value}
        )


class _Access:
    """What stands between us and the files of a project, looked up once for each."""

    def __init__(self, known_rights: Rights, programs: Programs) -> None:
        self._rights = known_rights
        self._programs = programs
        self._known: dict[str, tuple[Access, str]] = {}

    def to(self, project: str) -> tuple[Access, str]:
        if project not in self._known:
            self._known[project] = self._rights.of_resources(self._programs.resources_of(project))
        return self._known[project]


def assets(session: Session, found: Iterable[Item]) -> Iterator[Asset]:
    """Yield files that were found as assets of a group, each under a path of its own."""
    listed = list(found)
    paths = names.apart((names.safe_name(item.hit.title), item.hit.id) for item in listed)
    for item, path in zip(listed, paths, strict=True):
        hit = item.hit
        closed = hit.access is not Access.OPEN
        yield Asset(
            ref=hit.ref,
            name=path.rpartition("/")[2],
            path=path,
            format=hit.format,
            size=hit.size,
            access=hit.access,
            access_note=f"{session.who.title} does not let you download it." if closed else "",
        )


def asset(session: Session, record: dict[str, Any]) -> Asset:
    """Return a file of the graph as an asset."""
    guid = guid_of(record)
    path = names.safe_path(_text(record, "file_name"), guid)
    return Asset(
        ref=refs.file_ref(session, guid),
        name=path.rpartition("/")[2],
        format=names.format_of(path),
        size=manifests.size_of(record),
        checksums=records.checksums({"md5": record.get("md5sum")}),
    )


def guid_of(record: dict[str, Any]) -> str:
    """Return the GUID of a file among the records, empty if it has none yet."""
    return _text(record, "object_id")


def _text(record: dict[str, Any], key: str) -> str:
    value = record.get(key)
    return value.strip() if isinstance(value, str) else ""


def decoded(value: dict[str, Any]) -> tuple[str, dict[str, tuple[str, ...]]]:
    """Return text and facets of a question that a ref holds; what is of another form is left."""
    facets = value.get("facets")
    kept = {
        str(name): tuple(map(str, values))
        for name, values in (facets.items() if isinstance(facets, dict) else ())
        if isinstance(values, list)
    }
    return str(value.get("text") or ""), kept


def encoded(text: str, facets: dict[str, tuple[str, ...]]) -> dict[str, Any]:
    """Return text and facets as a ref holds them."""
    plain: dict[str, Any] = msgspec.to_builtins({"text": text, "facets": facets})
    return plain
