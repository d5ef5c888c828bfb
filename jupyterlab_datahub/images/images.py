"""Facts and thumbnails of images, made once and kept."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import msgspec

from jupyterlab_datahub.errors import BadAnswerError
from jupyterlab_datahub.images.job import Job, Report
from jupyterlab_datahub.images.limits import MOST_BYTES
from jupyterlab_datahub.model import Download, ImageFacts, Struct, Thumbnail
from jupyterlab_datahub.model.decoding import from_msgpack
from jupyterlab_datahub.ranged.child import Children
from jupyterlab_datahub.ranged.kept import Kept, digest
from jupyterlab_datahub.ranged.paying import agree

if TYPE_CHECKING:
    from collections.abc import Callable

    from jupyterlab_datahub.settings import Settings

SIZES = (64, 1024)
"""The smallest and the largest thumbnail, in pixels of the longer side."""

SIZE = 512

MOST_KEPT = 256 << 20
"""Bytes of all that is kept; what was not used for longest goes first."""

log = logging.getLogger(__name__)

Kind = TypeVar("Kind", ImageFacts, Thumbnail)


class Image(Struct):
    """An image to look at: a file where ``download`` says, else a folder of its Source.

    ``stamp`` changes when the image does; empty where nothing tells.
    """

    source: str
    ref: str
    name: str
    download: Download | None = None
    stamp: str = ""


class Images:
    """Looks at images; usable from any thread.

    Parameters
    ----------
    settings
        The configuration, which is handed to the processes that look.
    spare
        Whether a process is kept ready after each look.
    """

    def __init__(self, settings: Settings, *, spare: bool = False) -> None:
        self._settings = settings
        self._kept = Kept(Path(settings.home) / "images", MOST_KEPT)
        self._children = Children("jupyterlab_datahub.images.look", spare=spare, kept=self._kept)

    def facts(self, image: Image, max_usd: float | None = None) -> ImageFacts:
        """Return what an image says of itself.

        Parameters
        ----------
        image
            What is looked at.
        max_usd
            What that may cost where somebody pays for it; None where nobody was asked.

        Raises
        ------
        ConsentError
            If somebody pays for it and nobody agreed to.
        BadRequestError, NotFoundError, NotSupportedError, ChangedError, AccessError, CatalogError
        """

        def make(job: Job) -> ImageFacts | None:
            return self._report(job).facts

        return self._made(image, "facts", ImageFacts, max_usd, make)

    def thumbnail(
        self, image: Image, channel: int = 0, size: int = SIZE, max_usd: float | None = None
    ) -> Thumbnail:
        """Return a picture of a channel.

        Parameters
        ----------
        image
            What is looked at.
        channel
            Counted from 0.
        size
            Pixels of the longer side.
        max_usd
            See :meth:`facts`.

        Raises
        ------
        ConsentError
            If somebody pays for it and nobody agreed to.
        BadRequestError, NotFoundError, NotSupportedError, ChangedError, AccessError, CatalogError
        """

        def make(job: Job) -> Thumbnail | None:
            wanted = msgspec.structs.replace(job, channel=channel, size=size)
            return self._report(wanted).thumbnail

        return self._made(image, f"{channel}/{size}", Thumbnail, max_usd, make)

    def close(self) -> None:
        """End what is under way."""
        self._children.close()

    def _report(self, job: Job) -> Report:
        return self._children.answer(job, Report, job.source)

    def _made(
        self,
        image: Image,
        what: str,
        kind: type[Kind],
        max_usd: float | None,
        make: Callable[[Job], Kind | None],
    ) -> Kind:
        key = digest(image.source, image.stamp)
        state = self._kept.state(image.ref, key)
        if (content := state.get(what)) is not None:
            return from_msgpack(content, kind)
        if image.download is not None:
            agree(image.download, MOST_BYTES, max_usd, image.name, image.source)
        job = Job(
            memory=self._settings.memory,
            settings=self._settings,
            source=image.source,
            ref=image.ref,
            name=image.name,
            download=image.download,
            max_usd=max_usd,
            kept=str(state.directory) if _is_remote(image) else "",
        )
        made = make(job)
        if made is None:
            raise BadAnswerError(
                f"Nothing was found out about {image.name}",
                source=image.source,
                hint="Try again, or download it and open it in a program for images.",
            )
        try:
            state.put(what, msgspec.msgpack.encode(made))
        except OSError as error:
            # A full disk is no reason not to show what is known.
            log.warning("what was made of an image cannot be kept: %s", error.strerror)
        self._kept.forget_others(image.ref, key)
        return made


def stamp_of(download: Download) -> str:
    """Return what tells one state of a file from another, empty where nothing does."""
    if download.path:
        stat = Path(download.path).stat()
        return f"{stat.st_size} {stat.st_mtime_ns}"
    return f"{download.size} {download.etag}" if download.etag else ""


def _is_remote(image: Image) -> bool:
    return bool(image.stamp and image.download and image.download.url)
