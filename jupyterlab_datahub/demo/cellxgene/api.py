"""The CELLxGENE curation API: every public GET, below ``/curation/v1``.

Status codes are those of the published service: 403 for an id that is no UUID and for the id
of a version where an id of a thing is wanted, 404, 410 for what was withdrawn, all as
``application/problem+json``.
"""

from __future__ import annotations

from functools import partial
from html import escape
from typing import TYPE_CHECKING
from uuid import UUID

import msgspec

from jupyterlab_datahub.demo.controls import control_catalog
from jupyterlab_datahub.demo.messages import Reply, Request, Seen, problem
from jupyterlab_datahub.demo.wire import Host

if TYPE_CHECKING:
    from collections.abc import Callable

    from jupyterlab_datahub.demo.cellxgene.records import CellxgeneCatalog, Json
    from jupyterlab_datahub.demo.cellxgene.specs import CollectionSpec, DatasetSpec
    from jupyterlab_datahub.demo.faults import Faults

BASE = "/curation/v1/"


class ProblemError(Exception):
    """An answer that is a problem and not a record."""

    def __init__(self, status: int, detail: str = "") -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail


class CellxgeneApi(Host):
    """Serves a :class:`CellxgeneCatalog`.

    Parameters
    ----------
    catalog
        What is served; its ``site`` is set when the host starts.
    port, faults, log
        See :class:`~jupyterlab_datahub.demo.wire.Host`.
    """

    def __init__(
        self,
        catalog: CellxgeneCatalog,
        *,
        port: int = 0,
        faults: Faults | None = None,
        log: list[Seen] | None = None,
    ) -> None:
        super().__init__("api", port=port, faults=faults, log=log)
        self.catalog = catalog
        self.controls["/_catalog"] = partial(control_catalog, catalog)
        self._routes: dict[str, Callable[..., object]] = {
            "collections": self._get_collections,
            "collections/*": self._get_collection,
            "collections/*/versions": self._get_collection_versions,
            "collections/*/datasets/*": self._get_dataset,
            "collections/*/datasets/*/manifest": self._get_manifest,
            "collection_versions/*": self._get_collection_version,
            "datasets": self._get_datasets,
            "datasets/*/versions": self._get_dataset_versions,
            "dataset_versions/*": self._get_dataset_version,
        }

    def start(self) -> str:
        """Listen, and let the records link here."""
        self.catalog.site = super().start()
        return self.catalog.site

    def answer(self, request: Request) -> Reply:
        """Return the body of a record or list, or a problem."""
        if not request.path.startswith(BASE):
            return self._page(request.path)
        try:
            document = self._document(request)
        except ProblemError as error:
            return problem(error.status, error.detail)
        body = msgspec.json.encode(document, order="sorted")
        return Reply(200, {"Content-Type": "application/json"}, body)

    def _document(self, request: Request) -> object:
        parts = request.path.removeprefix(BASE).split("/")
        for pattern, answer in self._routes.items():
            names = pattern.split("/")
            if len(names) == len(parts) and all(
                part and name in ("*", part) for name, part in zip(names, parts, strict=True)
            ):
                ids = [part for name, part in zip(names, parts, strict=True) if name == "*"]
                return answer(request, *ids)
        raise ProblemError(404, "The requested URL was not found on the server.")

    def _get_collections(self, request: Request) -> list[Json]:
        _check_visibility(request)
        if "curator" in request.query:
            raise ProblemError(403, "Not authorized to use the curator query parameter.")
        return [self.catalog.collection(c, preview=True) for c in self.catalog.public()]

    def _get_datasets(self, request: Request) -> list[Json]:
        _check_visibility(request)
        wanted = request.query.get("schema_version", [""])[0]
        parts = wanted.split(".") if wanted else []
        if len(parts) > 3 or not all(part.isdigit() for part in parts):
            raise ProblemError(400, "Invalid Schema Version Input")
        found = [
            self.catalog.dataset_of_index(collection, spec)
            for collection in self.catalog.public()
            for spec in self.catalog.datasets(collection)
        ]
        shown = [d for d in found if d["schema_version"].split(".")[: len(parts)] == parts]
        return sorted(shown, key=lambda d: (d["published_at"], d["dataset_id"]), reverse=True)

    def _collection(self, id_: str) -> CollectionSpec:
        """Return the public collection of an id.

        Raises
        ------
        ProblemError
            403 for the id of a version (only curators may ask for those here), 404, 410.
        """
        _check_uuid(id_)
        for collection in self.catalog.collections:
            if collection.id == id_:
                if id_ in self.catalog.withdrawn:
                    raise ProblemError(410)
                if self.catalog.dates(collection):
                    return collection
            if id_ in (collection.version_id(date) for date in collection.dates):
                raise ProblemError(403)
        raise ProblemError(404)

    def _dataset(self, id_: str, dataset_id: str) -> tuple[CollectionSpec, DatasetSpec]:
        _check_uuid(dataset_id)
        collection = self._collection(id_)
        for spec in collection.datasets:
            if dataset_id in (spec.version_id(version) for version in spec.versions):
                raise ProblemError(403)
            if spec.id == dataset_id:
                if dataset_id in self.catalog.withdrawn:
                    raise ProblemError(410)
                if self.catalog.versions(spec):
                    return collection, spec
        raise ProblemError(404)

    def _get_collection(self, _: Request, id_: str) -> Json:
        return self.catalog.collection(self._collection(id_))

    def _get_dataset(self, _: Request, id_: str, dataset_id: str) -> Json:
        return self.catalog.dataset(*self._dataset(id_, dataset_id))

    def _get_manifest(self, _: Request, id_: str, dataset_id: str) -> Json:
        return self.catalog.manifest(self._dataset(id_, dataset_id)[1])

    def _get_collection_versions(self, _: Request, id_: str) -> list[Json]:
        collection = self._collection(id_)
        dates = reversed(self.catalog.dates(collection))
        return [self.catalog.collection_version(collection, date) for date in dates]

    def _get_collection_version(self, _: Request, id_: str) -> Json:
        _check_uuid(id_)
        for collection in self.catalog.collections:
            for date in collection.dates:
                if collection.version_id(date) != id_:
                    continue
                if collection.id in self.catalog.withdrawn:
                    raise ProblemError(410)
                if date in self.catalog.dates(collection):
                    return self.catalog.collection_version(collection, date)
        raise ProblemError(404)

    def _get_dataset_versions(self, _: Request, id_: str) -> list[Json]:
        _check_uuid(id_)
        for collection, spec in self.catalog.everything():
            if spec.id != id_:
                continue
            if not self.catalog.withdrawn.isdisjoint((id_, collection.id)):
                raise ProblemError(410)
            newest_first = reversed(self.catalog.versions(spec))
            found = [self.catalog.dataset_version(collection, spec, v) for v in newest_first]
            if found:
                return found
        raise ProblemError(404, "Dataset not found!")

    def _get_dataset_version(self, _: Request, id_: str) -> Json:
        _check_uuid(id_)
        for collection, spec in self.catalog.everything():
            for version in spec.versions:
                if spec.version_id(version) != id_:
                    continue
                if not self.catalog.withdrawn.isdisjoint((spec.id, collection.id)):
                    raise ProblemError(410)
                if version in self.catalog.versions(spec):
                    return self.catalog.dataset_version(collection, spec, version)
        raise ProblemError(404, "Dataset version not found")

    def _page(self, path: str) -> Reply:
        """Return the page a record links to, for the button "Open in browser"."""
        kind, _, rest = path.strip("/").partition("/")
        id_ = rest.removesuffix("/").removesuffix(".cxg")
        names = {c.id: (c.name, c.description) for c in self.catalog.public()}
        names |= {d.id: (d.title, c.description) for c, d in self.catalog.everything()}
        if kind not in ("collections", "e") or id_ not in names:
            return problem(404)
        title, text = (escape(part) for part in names[id_])
        page = (
            '<!doctype html><html lang="en"><meta charset="utf-8">'
            f"<title>{title}</title><h1>{title}</h1><p>{text}</p></html>"
        )
        return Reply(200, {"Content-Type": "text/html; charset=utf-8"}, page.encode())


def _check_uuid(text: str) -> None:
    try:
        UUID(text)
    except ValueError as error:
        raise ProblemError(403) from error


def _check_visibility(request: Request) -> None:
    for visibility in request.query.get("visibility", ["PUBLIC"]):
        if visibility == "PRIVATE":
            raise ProblemError(403, "Not authorized to query for PRIVATE collection.")
        if visibility != "PUBLIC":
            raise ProblemError(400, f"{visibility!r} is not one of ['PUBLIC', 'PRIVATE']")
