"""Whole files from the download servlet, for servers and names that know no fast download.

``GET <store>/datastore_server/<permId>/<path>?sessionID=<token>`` sends a file without ranges
(openBIS's ``DatasetDownloadServlet``). What it has to say it says as a page with status 200.
"""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING
from urllib.parse import quote

from jupyterlab_datahub.errors import BadAnswerError, ExpiredError, LengthError
from jupyterlab_datahub.sources.openbis import wire
from jupyterlab_datahub.sources.pieces import Piece

if TYPE_CHECKING:
    from collections.abc import Iterator

    import urllib3

    from jupyterlab_datahub.sources.openbis.lines import Lines
    from jupyterlab_datahub.sources.openbis.session import Session
    from jupyterlab_datahub.sources.pieces import PieceFile

PIECE = 1 << 18
EXPIRED = re.compile(r"session (has )?expired|session token|log ?in again", re.IGNORECASE)
PARAMETER = "sessionID"
"""Of an address, with the token."""


def address(session: Session, permid: str, path: str) -> str:
    """Return where a file of a dataset is, without the token.

    Raises
    ------
    RequestError, CatalogError
    """
    return f"{session.store_url(permid)}/datastore_server/{quote(permid)}/{quote(path)}"


def read(
    session: Session, lines: Lines, permid: str, file: PieceFile, number: int
) -> Iterator[Piece]:
    """Yield a whole file of a dataset from its start.

    Parameters
    ----------
    session, lines
        Who asks, and over which connections.
    permid, file
        The file.
    number
        Its place in the listing.

    Raises
    ------
    ExpiredError
        If the session has ended.
    RequestError, CatalogError, InterruptedTransferError
    """
    url = f"{address(session, permid, file.path)}?{PARAMETER}={quote(session.token(), safe='')}"
    with lines.ask("GET", url) as response:
        _refuse_page(response, session, lines, file)
        at = 0
        while data := response.read(PIECE):
            if at + len(data) > file.size:
                raise LengthError(
                    f"{lines.host} sent more of {file.path} than it lists",
                    host=lines.host,
                    hint="Refresh the page of the dataset, then fetch it again.",
                )
            yield Piece(number, at, memoryview(data))
            at += len(data)
    if at < file.size:
        raise lines.interrupted(f"sent {at:,} of {file.size:,} bytes of {file.path}")


def _refuse_page(
    response: urllib3.BaseHTTPResponse, session: Session, lines: Lines, file: PieceFile
) -> None:
    """Raise what a page means that came instead of the file; a file may itself be a page."""
    page = response.headers.get("Content-Type", "").startswith("text/html")
    if not page or response.headers.get("Content-Length") == str(file.size):
        return
    text = re.sub(r"<[^>]*>", " ", lines.words(response).decode("utf-8", "replace"))
    said = " ".join(unescape(text).split())
    if EXPIRED.search(said):
        raise session.over()
    error = wire.error_of(said or None, lines.who, lines.host)
    if isinstance(error, ExpiredError) or type(error).code != "catalog":
        raise error
    raise BadAnswerError(error.message, source=error.source, host=error.host, hint=error.hint)
