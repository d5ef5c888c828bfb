"""The curation API: its addresses, and what its refusals mean.

Specification: ``curation-api.yml`` of chanzuckerberg/single-cell-data-portal. All that is asked
here is public and needs no credentials. There is no paging and no filter.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from jupyterlab_datahub.errors import (
    AccessError,
    BadRequestError,
    NotFoundError,
    RequestError,
    WithdrawnError,
)
from jupyterlab_datahub.sources.cellxgene.refs import ID, UUID
from jupyterlab_datahub.sources.cellxgene.wire import Record

if TYPE_CHECKING:
    from collections.abc import Callable

    from jupyterlab_datahub.sources.http import Client

T = TypeVar("T")

PUBLIC = "https://api.cellxgene.cziscience.com/curation"
TRIES_FOR_ALL = 2
"""Tries for the one call that lists every dataset: it is slow, and there is another way."""


class CurationApi:
    """The read-only part of the API below one base address.

    Every method returns the decoded answer and its bytes, to be kept as they came.
    """

    def __init__(self, client: Client, url: str) -> None:
        self._client = client
        self.url = (url or PUBLIC).rstrip("/").removesuffix("/v1") + "/v1"

    def datasets(self, tell: Callable[[str], None]) -> tuple[list[Record], bytes]:
        """Return every public dataset with its files, in one answer of several megabytes."""
        return self._get("datasets", list[Record], attempts=TRIES_FOR_ALL, tell=tell)

    def collections(self, tell: Callable[[str], None]) -> tuple[list[Record], bytes]:
        """Return every public collection; their datasets are previews without files."""
        return self._get("collections", list[Record], tell=tell)

    def collection(self, id_: str) -> tuple[Record, bytes]:
        """Return a collection with its datasets and their files."""
        return self._find("collections", id_, Record, what="collection")

    def dataset_version(self, id_: str) -> tuple[Record, bytes]:
        """Return one version of a dataset."""
        return self._find("dataset_versions", id_, Record)

    def dataset_versions(self, dataset_id: str) -> tuple[list[Record], bytes]:
        """Return the published versions of a dataset, newest first."""
        return self._find("datasets", dataset_id, list[Record], tail="/versions")

    def manifest(self, collection_id: str, dataset_id: str) -> dict[str, str]:
        """Return the addresses of a dataset's files by kind, also those that are no asset."""
        files, _ = self._get(
            f"collections/{collection_id}/datasets/{dataset_id}/manifest", dict[str, str | None]
        )
        return {kind: url for kind, url in files.items() if url}

    def _find(
        self, path: str, id_: str, kind: type[T], *, tail: str = "", what: str = "dataset"
    ) -> tuple[T, bytes]:
        """Ask for the one thing that an identifier names, and say what a refusal means."""
        if not ID.fullmatch(id_):
            raise self._refusal(BadRequestError, what, id_, "is malformed")
        try:
            return self._get(f"{path}/{id_}{tail}", kind)
        except WithdrawnError as error:
            raise self._refusal(
                WithdrawnError,
                what,
                id_,
                "was withdrawn by its authors",
                "Look for its successor under the same title. A copy you have stays readable; "
                "say in your notebook that it was withdrawn.",
            ) from error
        except NotFoundError as error:
            raise self._refusal(NotFoundError, what, id_, "does not exist") from error
        except AccessError as error:
            # An id that is no UUID is answered with 403, and so is a published version id
            # where the id of the thing itself is wanted.
            if UUID.fullmatch(id_):
                raise self._refusal(NotFoundError, what, id_, "is not public") from error
            raise self._refusal(BadRequestError, what, id_, "is malformed") from error

    def _refusal(
        self,
        kind: type[RequestError],
        what: str,
        id_: str,
        words: str,
        hint: str = "Check the identifier, or search for the title.",
    ) -> RequestError:
        message = f"the CELLxGENE {what} {id_[:100]} {words}"
        if words == "is malformed":
            message = f"{id_[:100]!r} is not the identifier of a CELLxGENE {what}"
        return kind(message, source=self._client.source, hint=hint)

    def _get(
        self,
        path: str,
        kind: type[T],
        *,
        attempts: int | None = None,
        tell: Callable[[str], None] = lambda _: None,
    ) -> tuple[T, bytes]:
        answer = self._client.get(f"{self.url}/{path}", attempts=attempts, tell=tell)
        return self._client.decode(answer, kind), answer.body
