"""The session workspace of a data store server: where files wait until a dataset is made of them.

Facts, from openBIS's ``SessionWorkspaceFileUploadServlet`` and from what pyBIS sends: a slice is
written at its ``startByte``, so that sending it again does no harm; ``endByte`` is not looked
at; the answer's ``size`` is the number of bytes that were written. The workspace belongs to the
session, and ``SessionWorkspaceFileDownloadServlet`` gives its files back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from jupyterlab_datahub.errors import InterruptedTransferError
from jupyterlab_datahub.model import Struct
from jupyterlab_datahub.model.decoding import from_json
from jupyterlab_datahub.sources.openbis.sending import KEPT, Sender
from jupyterlab_datahub.sources.saving import SLICE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from jupyterlab_datahub.sources.openbis.session import Session
    from jupyterlab_datahub.sources.saving import Piece

UPLOAD = "/datastore_server/session_workspace_file_upload"
DOWNLOAD = "/datastore_server/session_workspace_file_download"

FOLDER = "default"
"""The folder of several files within an upload; one file alone has none."""


class Written(Struct):
    """What the servlet says it wrote."""

    size: int = -1
    status: str = ""


class Workspace:
    """The files of one upload.

    Parameters
    ----------
    session
        Who uploads.
    upload
        What names the upload; empty for servers with API 3.5 and before, which know no uploads
        and want files side by side in the workspace.
    several
        Whether there is more than one file.
    """

    def __init__(self, session: Session, upload: str, *, several: bool) -> None:
        self._session = session
        self._upload = upload
        self._several = several
        self._sender = Sender(session, session.store_url())
        self.host = self._sender.host
        self.room = self._sender.room

    def name(self, name: str) -> str:
        """Return where a file is in the workspace."""
        if not self._upload:
            return flat(name)
        folder = f"{FOLDER}/" if self._several else ""
        return f"{self._upload}/{folder}{name}"

    def send(self, piece: Piece, body: Iterable[bytes]) -> None:
        """Write a slice at its place.

        Raises
        ------
        AccessError, CatalogError
        InterruptedTransferError
            If not all of it arrived.
        """
        # As pyBIS counts: a file that is not sliced ends at its size, slices at their last byte.
        end = piece.size if piece.whole else min(piece.start + SLICE - 1, piece.file.size)
        query = {
            "filename": self.name(piece.file.name),
            "id": piece.number,
            "startByte": piece.start,
            "endByte": end,
            "emptyFolder": "False",
            "sessionID": self._session.token(),
        }
        answer = self._sender.send(UPLOAD, query, body, piece.size)
        try:
            written = from_json(answer.body, Written)
        except msgspec.DecodeError:
            written = Written()
        if written.size != piece.size or written.status != "ok":
            raise InterruptedTransferError(
                f"{piece.file.name} did not arrive whole at {self._session.who.title}",
                source=self._session.who.source,
                host=self.host,
                hint=KEPT,
            )

    def arrived(self, piece: Piece, crc32: str) -> bool:
        """Return whether a file that was sent in one slice is there.

        Of larger files the servlet gives nothing less than all; it is cheaper to send a slice
        again than to read so much.
        """
        if not piece.whole:
            return False
        query = {
            "filePath": self.name(piece.file.name),
            "sessionID": self._session.token(),
        }
        found = self._sender.read(DOWNLOAD, query, most=piece.size)
        return found is not None and (found.size, found.crc32) == (piece.size, crc32)

    def close(self) -> None:
        """Close the connections."""
        self._sender.close()


def flat(name: str) -> str:
    """Return the name of a file of a folder where there can be no folders."""
    return name.replace("/", "__")
