"""Our client of openBIS's fast download, and of its servlet where that is the only way.

Five steps (openBIS's ``FileTransferServerServlet``, and ``RemoteFastDownloadServer``, its own
client): ``createFastDownloadSession`` at the data store's V3 API; ``startDownloadSession``, which
numbers the chunks of all files; ``queue`` for the wanted numbers; ``download`` on each stream,
several chunks an answer; ``finishDownloadSession``. Errors are JSON with status 200.
"""

from __future__ import annotations

import threading
from collections import deque
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import msgspec

from jupyterlab_datahub.errors import (
    AccessError,
    BadAnswerError,
    BusyError,
    DataHubError,
    NotFoundError,
)
from jupyterlab_datahub.model import FOLDER
from jupyterlab_datahub.model.decoding import from_json
from jupyterlab_datahub.sources.openbis import file_list, ranges, refs, servlet, wire
from jupyterlab_datahub.sources.openbis.chunks import LONGEST, SIZE, Damaged, chunks
from jupyterlab_datahub.sources.openbis.lines import Lines
from jupyterlab_datahub.sources.openbis.session import DSS
from jupyterlab_datahub.sources.pieces import (
    Piece,
    PieceFile,
    PieceReader,
    PieceStreams,
    SessionLost,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from jupyterlab_datahub.model import Asset
    from jupyterlab_datahub.sources.openbis.session import Session
    from jupyterlab_datahub.sources.pieces import Wanted

FIRST_FAST = (3, 6)
"""The version of the V3 API that brought the fast download; names with commas came later."""

ITEMS = 5000
"""Files of one download session at most."""

ANSWER = 4 * SIZE
MOST_CHUNKS = 256
"""Bytes, and chunks, that are asked for at once: so a lost connection loses little."""

GOODBYE = 5.0
"""Seconds for an answer to our goodbye."""

LOST = ("InvalidDownloadSessionException", "InvalidDownloadStreamException")
FULL = "cannot provide any download streams"
AGAIN_IN = 2.0
NO_CHECKSUM = "00000000"


class Refusal(msgspec.Struct, rename={"kind": "exception-class"}):
    """What the file-transfer servlet says instead of an answer."""

    error: str = ""
    kind: str = ""
    retriable: bool | None = None


class Started(msgspec.Struct, rename="camel"):
    """A download session: the chunks of each item, and the streams that may be read."""

    download_session_id: str = ""
    ranges: dict[str, str] = {}
    stream_ids: list[str] = []


class DatasetReader(PieceReader):
    """Files of one dataset.

    Parameters
    ----------
    session
        Who asks.
    permid
        The dataset.
    files
        What is wanted of it.
    folder
        Whether it becomes a folder.
    """

    def __init__(
        self, session: Session, permid: str, files: tuple[PieceFile, ...], *, folder: bool
    ) -> None:
        self.session = session
        self.permid = permid
        self.files = files
        self.folder = folder

    def start(self, wanted: Sequence[Wanted], streams: int) -> PieceStreams:
        """Begin a download session; see :meth:`PieceReader.start`."""
        version = self.session.server().api_version
        plain = {one.file for one in wanted if not _fast(version, self.files[one.file].path)}
        fast = [one for one in wanted if one.file not in plain]
        if not fast:
            return PlainStreams(self, sorted(plain), streams)
        return FastStreams(self, version, fast, streams)


class PlainStreams(PieceStreams):
    """Whole files from the servlet, one after the other on each stream."""

    def __init__(self, reader: DatasetReader, files: Sequence[int], streams: int) -> None:
        self._reader = reader
        self._lines = Lines(reader.session, reader.session.store_url(reader.permid), streams)
        self.host = self._lines.host
        self._lock = threading.Lock()
        self._files = deque(files)
        self.count = max(1, min(streams, len(files)))

    def read(self, stream: int) -> Iterator[Piece]:  # noqa: ARG002 - all streams are alike
        """Yield the next file from its start."""
        reader = self._reader
        with self._lock:
            if not self._files:
                return
            file = self._files.popleft()
        yield from servlet.read(
            reader.session, self._lines, reader.permid, reader.files[file], file
        )

    def again(self, wanted: Sequence[Wanted]) -> None:
        """Read the files once more."""
        with self._lock:
            self._files = deque(sorted({one.file for one in wanted}))

    def cut(self) -> None:
        """Wake all threads."""
        self._lines.cut()

    def finish(self) -> None:
        """Close the connections."""
        self._lines.close()


class FastStreams(PieceStreams):
    """One download session.

    Parameters
    ----------
    reader
        The dataset.
    version
        Of the V3 API.
    wanted
        What is missing; the first files of it are sent.
    streams
        How many threads would like to read.
    """

    def __init__(
        self,
        reader: DatasetReader,
        version: tuple[int, int],
        wanted: Sequence[Wanted],
        streams: int,
    ) -> None:
        self._reader = reader
        self._session = reader.session
        self._version = {"version": ["2"]} if version > FIRST_FAST else {}
        files = list(dict.fromkeys(one.file for one in wanted))[:ITEMS]
        self._items = {f"{reader.permid}/{reader.files[file].path}": file for file in files}
        created = self._create(streams)
        self._url = str(created.get("downloadUrl") or "")
        self._lines = Lines(self._session, self._url, streams)
        self.host = self._lines.host
        try:
            self._begin(str(created.get("fileTransferUserSessionId") or ""), streams)
            self.again(wanted)
        except BaseException:
            self._lines.close()
            raise

    def read(self, stream: int) -> Iterator[Piece]:
        """Yield the pieces of one answer; an empty one for each chunk that came damaged."""
        asked = {
            "downloadSessionId": [self._id],
            "numberOfChunks": [str(self._at_once)],
            "downloadStreamId": [self._streams[stream]],
        }
        with self._lines.ask("POST", self._url, self._call("download", asked)) as response:
            if "json" in response.headers.get("Content-Type", ""):
                raise self._refused(self._lines.words(response))
            try:
                for chunk in chunks(response.read):
                    file = self._items.get(chunk.item)
                    if file is None:
                        raise Damaged
                    yield Piece(file, chunk.offset, memoryview(chunk.payload or b""))
            except Damaged as error:
                raise self._lines.interrupted("sent bytes that are no chunk") from error

    def again(self, wanted: Sequence[Wanted]) -> None:
        """Queue the chunks with the wanted bytes."""
        there = set(self._items.values())
        mine = [one for one in wanted if one.file in there]
        if not mine:
            # The files beyond the limit are for another session.
            raise SessionLost(self._lines.interrupted("has sent all of this session"))
        files = self._reader.files
        spans = ranges.joined(
            ranges.holding(one, files[one.file].size, self._numbers[one.file]) for one in mine
        )
        count = sum(last - first + 1 for first, last in spans)
        average = sum(one.end - one.start for one in mine) // count
        self._at_once = max(1, min(MOST_CHUNKS, ANSWER // max(average, 1), -(-count // self.count)))
        self._tell("queue", {"ranges": [ranges.text(spans)]})

    def cut(self) -> None:
        """Wake all threads."""
        self._lines.cut()

    def finish(self) -> None:
        """Tell the server that its streams are free for others."""
        with suppress(DataHubError, SessionLost):
            self._tell("finishDownloadSession", {}, GOODBYE)
        self._lines.close()

    def _create(self, streams: int) -> dict[str, Any]:
        """Have the data store make a session for our token, and see whether we may have all."""
        session, permid = self._session, self._reader.permid
        ids = [
            {
                "dataSetId": {"permId": permid, "@type": "as.dto.dataset.id.DataSetPermId"},
                "filePath": item,
                "@type": "dss.dto.datasetfile.id.DataSetFilePermId",
            }
            for item in self._items
        ]
        options = {
            "wishedNumberOfStreams": streams,
            "@type": "dss.dto.datasetfile.fastdownload.FastDownloadSessionOptions",
        }
        answer = session.ask(
            "createFastDownloadSession",
            [session.token(), ids, options],
            url=f"{session.store_url(permid)}{DSS}",
        )
        created = wire.expanded(answer)
        if not isinstance(created, dict) or not created.get("downloadUrl"):
            raise BadAnswerError(
                f"{session.who.title} does not say where files are downloaded",
                source=session.who.source,
                host=session.host,
                hint="Tell the administrator of openBIS if it stays so.",
            )
        self._refuse_fewer([one.get("filePath") for one in created.get("files") or ()])
        return created

    def _begin(self, user_session: str, streams: int) -> None:
        items = list(self._items)
        ids = msgspec.json.encode(items).decode() if self._version else ", ".join(items)
        call = self._call(
            "startDownloadSession",
            {
                "userSessionId": [user_session],
                "downloadItemIds": [ids],
                "wishedNumberOfStreams": [str(streams)],
            },
        )
        with self._lines.ask("POST", self._url, call) as response:
            body = response.read(LONGEST)
        try:
            started = from_json(body, Started)
        except msgspec.DecodeError as error:
            raise self._lines.interrupted("answered in a form we do not know") from error
        if not started.download_session_id:
            raise self._refused(body)
        self._id = started.download_session_id
        self._streams = started.stream_ids
        self.count = len(started.stream_ids)
        try:
            self._refuse_fewer(started.ranges)
            self._numbers = {
                file: ranges.parse(started.ranges[item]) for item, file in self._items.items()
            }
        except ValueError as error:
            raise self._lines.interrupted("numbers its chunks in a way we do not know") from error
        except DataHubError:
            self.finish()
            raise
        if not self._streams:
            raise self._busy()

    def _refuse_fewer(self, offered: Any) -> None:
        """Take no part for the whole: what may not be read is left out without a word."""
        missing = len(self._items.keys() - set(offered))
        if missing:
            who = self._session.who
            raise AccessError(
                f"{who.title} leaves out {missing:,} of {len(self._items):,} files of "
                f"{self._reader.permid}, which you may not read",
                source=who.source,
                host=self._session.host,
                hint="Ask the owner of the dataset for the right to read it.",
            )

    def _call(self, method: str, given: dict[str, list[str]]) -> dict[str, list[str]]:
        return {**self._version, "method": [method], **given}

    def _tell(
        self, method: str, given: dict[str, list[str]], read_timeout: float | None = None
    ) -> None:
        call = self._call(method, {"downloadSessionId": [self._id], **given})
        with self._lines.ask("POST", self._url, call, read_timeout=read_timeout) as response:
            body = self._lines.words(response)
        if body.strip():
            raise self._refused(body)

    def _refused(self, body: bytes) -> Exception:
        """Return what a refusal of the servlet means."""
        try:
            refusal = from_json(body, Refusal)
        except msgspec.DecodeError:
            return self._lines.interrupted("answered in a form we do not know")
        if refusal.kind.endswith(LOST):
            return SessionLost(self._lines.interrupted(f"ended the download: {refusal.error}"))
        if FULL in refusal.error:
            return self._busy()
        if refusal.retriable:
            return self._lines.interrupted(f"refused for now: {refusal.error}")
        if "UserSession" in refusal.kind:
            return SessionLost(self._session.over())
        return _permanent(wire.error_of(refusal.error, self._lines.who, self.host), refusal)

    def _busy(self) -> BusyError:
        return BusyError(
            f"{self._lines.who.title} sends files to others just now",
            source=self._lines.who.source,
            host=self.host,
            hint="Try again later; what was fetched is kept.",
            retry_after=AGAIN_IN,
        )


def reader(session: Session, asset: Asset) -> DatasetReader:
    """Return how to read an asset of a dataset: one file, or all of them as a folder.

    Raises
    ------
    NotFoundError
        If it is not there any more.
    RequestError, CatalogError
    """
    permid, path = refs.parse(session, asset.ref)
    listed = file_list.files(session, permid)
    folder = asset.format == FOLDER
    found = [one for one in listed if folder or one.path == path]
    if not found:
        raise NotFoundError(
            f"{session.who.title} has no file {path or asset.name!r} in {permid} that you may see",
            source=session.who.source,
            host=session.host,
            hint="Open the dataset again to see its files.",
        )
    return DatasetReader(
        session, permid, tuple(_piece_file(session, one) for one in found), folder=folder
    )


def _piece_file(session: Session, one: file_list.StoredFile) -> PieceFile:
    if one.size is None:
        raise BadAnswerError(
            f"{session.who.title} does not say how long {one.path} is",
            source=session.who.source,
            host=session.host,
            hint="Tell the administrator of openBIS if it stays so.",
        )
    # Of files that were stored without a checksum the server says 0.
    known = one.crc32 if one.crc32 != NO_CHECKSUM or not one.size else ""
    return PieceFile(path=one.path, size=one.size, crc32=known)


def _fast(version: tuple[int, int], path: str) -> bool:
    """Return whether the fast download of a server can be asked for a name."""
    return version > FIRST_FAST or (version == FIRST_FAST and "," not in path)


def _permanent(error: DataHubError, refusal: Refusal) -> DataHubError:
    """Return an error that is not worth another try, as the server says."""
    if "does not exist" in refusal.error or "NotFound" in refusal.kind:
        hint = "Open the dataset again to see its files."
        return NotFoundError(error.message, source=error.source, host=error.host, hint=hint)
    if error.code != "catalog":
        return error
    return BadAnswerError(error.message, source=error.source, host=error.host, hint=error.hint)
