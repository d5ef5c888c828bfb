"""What a host is asked, and where its answer goes."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from io import BufferedIOBase

Take = Callable[["Mapping[str, str]", "Iterator[bytes]"], None]
"""Takes the headers of a good answer and the pieces of its body."""


class Stream(NamedTuple):
    """Where the body of a good answer goes piece by piece, and how much of it at most.

    With ``decode`` what the host packed on the way is unpacked; ``largest`` is in bytes, None
    for any number of them.
    """

    take: Take
    decode: bool
    largest: int | None
    seconds: float


class Question(NamedTuple):
    """What a host is asked; with a ``body`` it is a POST where no ``method`` is named.

    With ``stream`` the body of a good answer goes there and is not kept.
    """

    url: str
    headers: Mapping[str, str]
    body: bytes | Iterator[bytes] | None = None
    method: str = ""
    stream: Stream | None = None


def written_to(file: BufferedIOBase) -> Take:
    """Return what writes a body to a file, in place of what another try left there."""

    def take(_: Mapping[str, str], pieces: Iterator[bytes]) -> None:
        file.seek(0)
        file.truncate()
        file.writelines(pieces)

    return take
