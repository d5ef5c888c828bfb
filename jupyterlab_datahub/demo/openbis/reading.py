"""The calls that only read: ``getX`` by ids, ``searchX`` by criteria."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from jupyterlab_datahub.demo.openbis.failures import OpenbisError
from jupyterlab_datahub.demo.openbis.records import (
    DataSet,
    DataSetType,
    Deletion,
    Entity,
    Experiment,
    ExperimentType,
    Person,
    Project,
    PropertyType,
    Record,
    RoleAssignment,
    Sample,
    SampleType,
    Space,
    Tag,
    Term,
    Vocabulary,
)
from jupyterlab_datahub.demo.openbis.references import id_text
from jupyterlab_datahub.demo.openbis.render import Renderer, data_store
from jupyterlab_datahub.demo.openbis.search import Search

if TYPE_CHECKING:
    from collections.abc import Callable

    from jupyterlab_datahub.demo.openbis.references import Json
    from jupyterlab_datahub.demo.openbis.rpc import Method
    from jupyterlab_datahub.demo.openbis.store import Store

PLURALS: dict[str, type[Record]] = {
    "Spaces": Space,
    "Projects": Project,
    "Experiments": Experiment,
    "Samples": Sample,
    "DataSets": DataSet,
    "ExperimentTypes": ExperimentType,
    "SampleTypes": SampleType,
    "DataSetTypes": DataSetType,
    "PropertyTypes": PropertyType,
    "Vocabularies": Vocabulary,
    "VocabularyTerms": Term,
    "Persons": Person,
    "Tags": Tag,
    "RoleAssignments": RoleAssignment,
    "Deletions": Deletion,
}
"""What there is, by the plural in the names of the calls."""

EMPTY = (
    "AuthorizationGroups",
    "ExternalDataManagementSystems",
    "Plugins",
    "SemanticAnnotations",
)
"""What this openBIS has none of, and clients ask for."""

_RIGHTS: dict[str, type[Experiment | Sample]] = {
    "as.dto.experiment.id": Experiment,
    "as.dto.sample.id": Sample,
}
"""The kinds whose rights are told, by what the type of an id contains."""


class Reading:
    """Calls on one store."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._search = Search(store)

    def methods(self) -> dict[str, Method]:
        """Return the calls by name."""
        methods: dict[str, Method] = {
            "searchDataStores": self._data_stores,
            "getRights": self._rights,
        }
        for plural, kind in PLURALS.items():
            methods[f"get{plural}"] = partial(self._get, kind)
            methods[f"search{plural}"] = partial(self._find, kind)
        for plural in EMPTY:
            methods[f"get{plural}"] = self._nothing
            methods[f"search{plural}"] = self._none_found
        return methods

    def _get(
        self,
        kind: type[Record],
        token: object,
        ids: list[object],
        options: Json | None = None,
    ) -> Json:
        """Return entities by the ids as they were asked; what is not there is left out."""
        session = self._store.session(token)
        with self._store.lock:
            renderer = Renderer(self._store, session.user)
            found: Json = {}
            for id_ in ids:
                key = id_text(id_)
                rendered = renderer.render(self._by_id(kind, id_, session.user), options or {})
                if rendered is not None:
                    found[key] = rendered
            return found

    def _by_id(self, kind: type[Record], id_: object, user: str) -> Record | None:
        if kind is Term and isinstance(id_, dict):
            vocabulary = self._store.find(Vocabulary, str(id_.get("vocabularyCode")))
            code = str(id_.get("code")).upper()
            terms = vocabulary.terms if vocabulary else []
            return next((term for term in terms if term.code == code), None)
        text = id_text(id_)
        if kind is Tag and not text.startswith("/"):
            text = f"/{user}/{text}"
        return self._store.find(kind, text)

    def _find(
        self, kind: type[Record], token: object, criteria: Json | None, options: Json | None = None
    ) -> Json:
        session = self._store.session(token)
        options = options or {}
        with self._store.lock:
            found = [
                record
                for record in self._all(kind)
                if self._store.may_see(session.user, record)
                and self._search.matches(record, criteria or {})
            ]
            page = _page(_sorted(found, options), options)
            objects = Renderer(self._store, session.user).every(page, options)
            return {
                "@type": "as.dto.common.search.SearchResult",
                "objects": objects,
                "totalCount": len(found),
            }

    def _all(self, kind: type[Record]) -> list[Record]:
        if kind is Term:
            return [term for v in self._store.every(Vocabulary) for term in v.terms]
        return self._store.every(kind)

    def _data_stores(self, token: object, criteria: Json | None = None, *_: object) -> Json:
        """Return the data stores; the file server (AFS) only to those who ask for its kind."""
        self._store.session(token)
        wanted = {"DSS"}
        for criterion in (criteria or {}).get("criteria") or ():
            wanted = set(criterion.get("dataStoreKinds") or wanted)
        dss = data_store(self._store)
        afs = {
            **dss,
            "code": "AFS",
            "downloadUrl": f"{self._store.store_url}/afs-server",
            "remoteUrl": f"{self._store.store_url}/afs-server",
        }
        stores = {"DSS": dss, "AFS": afs}
        objects = [stores[kind] for kind in sorted(wanted & self._store.kinds & stores.keys())]
        return {
            "@type": "as.dto.common.search.SearchResult",
            "objects": objects,
            "totalCount": len(objects),
        }

    def _rights(self, token: object, ids: list[object], _options: object = None) -> Json:
        """Return what the user may do with entities; what is not there is left out."""
        session = self._store.session(token)
        found: Json = {}
        for id_ in ids:
            kind = next((kind for kind in _RIGHTS if kind in str(id_)), "")
            record = self._store.find(_RIGHTS[kind], id_text(id_)) if kind else None
            if record is None or not self._store.may_see(session.user, record):
                continue
            try:
                self._store.check_write(session.user, record)
            except OpenbisError:
                rights: list[str] = []
            else:
                rights = ["UPDATE"]
            found[id_text(id_)] = {"@type": "as.dto.rights.Rights", "rights": rights}
        return found

    def _nothing(self, token: object, *_: object) -> Json:
        self._store.session(token)
        return {}

    def _none_found(self, token: object, *_: object) -> Json:
        self._store.session(token)
        return {
            "@type": "as.dto.common.search.SearchResult",
            "objects": [],
            "totalCount": 0,
        }


def _sorted(records: list[Record], options: Json) -> list[Record]:
    sortings = (options.get("sort") or {}).get("sortings") or []
    for sorting in reversed(sortings):
        order = sorting.get("order") or {}
        descending = order == "DESC" or (isinstance(order, dict) and order.get("asc") is False)
        field = str(sorting.get("field", "CODE"))
        records = sorted(records, key=lambda r: _sort_key(r, field), reverse=descending)
    return records


def _sort_key(record: Record, field: str) -> tuple[float, str]:
    key = SORT_KEYS.get(field.upper())
    if key is not None:
        return key(record)
    value = record.properties.get(field.upper()) if isinstance(record, Entity) else None
    return 0, str(value or "")


SORT_KEYS: dict[str, Callable[[Record], tuple[float, str]]] = {
    "REGISTRATION_DATE": lambda record: (record.registered, ""),
    "MODIFICATION_DATE": lambda record: (record.modified, ""),
    "CODE": lambda record: (0, record.code),
    "PERM_ID": lambda record: (0, record.perm_id),
    "IDENTIFIER": lambda record: (0, record.identifier),
    "TYPE": lambda record: (0, record.type.code if isinstance(record, Entity) else ""),
}


def _page(records: list[Record], options: Json) -> list[Record]:
    begin, count = options.get("from") or 0, options.get("count")
    if not isinstance(begin, int) or not isinstance(count, int | None):
        raise OpenbisError("from and count have to be numbers")
    return records[begin:] if count is None else records[begin : begin + count]
