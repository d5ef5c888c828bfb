"""Collections one by one: the way round the one slow call, and what exports are made of.

The list of collections says which ones changed since they were last kept; only those are
fetched, a few at a time. Each is kept as soon as it is complete, so whoever was stopped goes on
where he was.
"""

from __future__ import annotations

from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import TYPE_CHECKING, NamedTuple

from jupyterlab_datahub.errors import BadAnswerError, CatalogError, RequestError
from jupyterlab_datahub.sources.cellxgene.kept import collection_file

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from jupyterlab_datahub.sources.cellxgene.api import CurationApi
    from jupyterlab_datahub.sources.cellxgene.kept import Kept
    from jupyterlab_datahub.sources.cellxgene.wire import Record

FAILURES_IN_A_ROW = 5
"""Collections that fail one after the other before the host is left alone."""


class Fetched(NamedTuple):
    """Ids of the collections: all there are, those fetched now, those taken back meanwhile."""

    kept: Kept
    ids: tuple[str, ...]
    fetched: tuple[str, ...]
    gone: tuple[str, ...]

    def collections(self) -> Iterator[Record]:
        """Yield the collections with their datasets, one in memory at a time."""
        for id_ in self.ids:
            yield self.kept.collection(id_) or {}


def fetch_changed(
    api: CurationApi,
    kept: Kept,
    entries: Sequence[Record],
    *,
    connections: int,
    progress: Callable[[int, int, str], None],
) -> Fetched:
    """Bring the kept collections to what the list of collections says.

    Parameters
    ----------
    api
        Whom to ask.
    kept
        Where collections are kept.
    entries
        The answer of ``/v1/collections``.
    connections
        Collections asked for at once.
    progress
        Is told how many collections are there, of how many, and words.

    Raises
    ------
    CatalogError
        If some cannot be had; what was fetched is kept for the next time.
    """
    ids = tuple(str(entry["collection_id"]) for entry in entries if entry.get("collection_id"))
    todo = [
        str(entry["collection_id"])
        for entry in entries
        if entry.get("collection_id") and not kept.unchanged(entry)
    ]
    work = _Work(api, kept, len(ids) - len(todo), len(ids), progress)
    while todo:
        failed = work.round(todo, connections)
        if len(failed) == len(todo) and work.error is not None:
            raise work.error
        # Half of all answers being 504 is a thing that was seen: ask again for the rest.
        todo = failed
    gone = frozenset(work.gone)
    here = tuple(id_ for id_ in ids if id_ not in gone)
    return Fetched(kept, here, tuple(work.fetched), tuple(work.gone))


class _Work:
    """Rounds over the collections that are missing."""

    def __init__(
        self,
        api: CurationApi,
        kept: Kept,
        done: int,
        total: int,
        progress: Callable[[int, int, str], None],
    ) -> None:
        self._api = api
        self._kept = kept
        self._done = done
        self._total = total
        self._progress = progress
        self.fetched: list[str] = []
        self.gone: list[str] = []
        self.error: CatalogError | None = None

    def round(self, todo: list[str], connections: int) -> list[str]:
        """Fetch `todo` and return the ids that failed, in their order."""
        failed: set[str] = set()
        in_a_row = 0
        waiting = iter(todo)
        running: dict[Future[None], str] = {}
        self._progress(self._done, self._total, self._words())
        with ThreadPoolExecutor(connections, thread_name_prefix="collections") as pool:
            while True:
                for id_ in waiting:
                    running[pool.submit(self._fetch, id_)] = id_
                    if len(running) == connections:
                        break
                if not running:
                    break
                ended, _ = wait(running, return_when=FIRST_COMPLETED)
                for future in ended:
                    id_ = running.pop(future)
                    if self._took(future, id_):
                        in_a_row = 0
                    else:
                        failed.add(id_)
                        in_a_row += 1
                if in_a_row >= FAILURES_IN_A_ROW and self.error is not None:
                    raise self.error
        return [id_ for id_ in todo if id_ in failed]

    def _fetch(self, id_: str) -> None:
        record, body = self._api.collection(id_)
        if record.get("collection_id") not in (id_, None):
            raise BadAnswerError(
                f"CELLxGENE answered with another collection than {id_}",
                hint="Try again later; if it lasts, tell CELLxGENE.",
            )
        self._kept.put(collection_file(id_), body)

    def _took(self, future: Future[None], id_: str) -> bool:
        """Note how one collection ended; return whether it need not be asked for again."""
        try:
            future.result()
        except CatalogError as error:
            self.error = error
            return False
        except RequestError:
            # Taken back or made private since the list was answered.
            self.gone.append(id_)
        else:
            self.fetched.append(id_)
        self._done += 1
        self._progress(self._done, self._total, self._words())
        return True

    def _words(self) -> str:
        return f"{self._done:,} of {self._total:,} collections"
