"""The process that looks at one image: told what on its standard input, it answers once and ends.

It is started by :mod:`jupyterlab_datahub.images.child`; nothing else imports it.
"""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from jupyterlab_datahub.errors import DataHubError, NotFoundError, NotSupportedError, redact
from jupyterlab_datahub.images.blocks import BLOCK, FIRST_BLOCKS, BlockFile, blocks_of
from jupyterlab_datahub.images.child import Job, Report
from jupyterlab_datahub.images.parts import RemoteParts, Tally, parts_of
from jupyterlab_datahub.model import Download, ErrorBody, ImageFacts, Thumbnail
from jupyterlab_datahub.sources.files import write_atomically
from jupyterlab_datahub.sources.registry import Registry
from jupyterlab_datahub.spending.purse import open_purse

if TYPE_CHECKING:
    from collections.abc import Callable

    from jupyterlab_datahub.images.tiff import Tiff
    from jupyterlab_datahub.images.zarr_image import ZarrImage
    from jupyterlab_datahub.settings import SourceConfig

MEMORY = 2 << 30
"""Bytes of address space, of which libraries take a third before they read anything."""

MOST_KEPT = 8 << 20
"""Bytes fetched of one image that are kept for the next look."""

NICENESS = 5


def main() -> None:
    """Answer one job."""
    _restrain()
    job = msgspec.json.decode(sys.stdin.buffer.read(), type=Job)
    sys.stdout.buffer.write(msgspec.json.encode(answered(job)))


def answered(job: Job) -> Report:
    """Return what is to be said of an image, whatever happens."""
    try:
        return _looked(job)
    except DataHubError as error:
        return Report(error=error.body())
    except MemoryError:
        return Report(
            error=ErrorBody(
                code=NotSupportedError.code,
                message=f"{job.name} takes more memory than a look at it is worth",
                hint="Download it and open it in a program for images.",
            )
        )
    except ImportError as error:
        return Report(
            error=ErrorBody(
                code=NotSupportedError.code,
                message=f"Looking at images takes the package {error.name}, which is not installed",
                hint="Install jupyterlab-datahub[images], then try again.",
            )
        )
    except Exception as error:  # noqa: BLE001 - a damaged file breaks libraries in any way
        return Report(
            error=ErrorBody(
                code="bad_request",
                message=f"{job.name} cannot be read as an image: {redact(str(error))[:200]}",
                hint="It may be damaged; download it and open it in a program for images.",
            )
        )


def _looked(job: Job) -> Report:
    tally = Tally()
    registry = Registry(job.settings)
    config = registry.config(job.source)
    if config is None:
        raise NotFoundError(f"no source is named {job.source!r}")
    if job.download is None or Path(job.download.path or "-").is_dir():
        from jupyterlab_datahub.images.zarr_image import ZarrImage

        image = ZarrImage(_below(job, registry), config, tally)
        return _report(job, image, tally, None)
    file = _opened(job, config, tally)
    from jupyterlab_datahub.images.tiff import Tiff

    report = _report(job, Tiff(file), tally, file.size)
    _keep(job, file)
    return report


def _report(job: Job, image: Tiff | ZarrImage, tally: Tally, size: int | None) -> Report:
    if job.channel is None:
        kind = image.kind
        facts = ImageFacts(
            **{**kind._asdict(), "name": kind.name or job.name},
            ref=job.ref,
            width=kind.levels[0].width,
            height=kind.levels[0].height,
            size=size,
            fetched=tally.fetched,
            requests=tally.requests,
        )
        return Report(facts=facts)
    from jupyterlab_datahub.images.png import drawn

    level, pixels = image.plane(job.channel, job.size)
    picture = drawn(pixels, job.size)
    thumbnail = Thumbnail(
        **picture._asdict(),
        ref=job.ref,
        channel=job.channel,
        level=level,
        size=size,
        fetched=tally.fetched,
        requests=tally.requests,
    )
    return Report(thumbnail=thumbnail)


def _below(job: Job, registry: Registry) -> Callable[[str], Download]:
    """Return what says where a file of a folder is."""
    if job.download is not None:
        folder = Path(job.download.path)
        return lambda path: Download(path=str(folder / path))
    source = registry[job.source]
    return lambda path: source.below(job.ref, path)


def _opened(job: Job, config: SourceConfig, tally: Tally) -> BlockFile:
    """Return the bytes of an image, beginning with those that an earlier look fetched."""
    if job.download is None:
        raise NotFoundError(f"{job.name} is no file")
    blocks = _kept(job)
    purse = open_purse(
        Path(job.settings.home),
        job.ref,
        job.download,
        job.max_usd,
        name=job.name,
        source=job.source,
    )
    if not blocks:
        parts = parts_of(job.download, config, purse, tally, BLOCK * FIRST_BLOCKS)
        if isinstance(parts, RemoteParts):
            blocks = blocks_of(parts.head, parts.size)
        return BlockFile(parts, blocks)
    return BlockFile(parts_of(job.download, config, purse, tally, 0), blocks)


def _kept(job: Job) -> dict[int, bytes]:
    if not job.kept or job.download is None or not job.download.size:
        return {}
    try:
        return msgspec.msgpack.decode(Path(job.kept).read_bytes(), type=dict[int, bytes])
    except (OSError, msgspec.DecodeError):
        return {}


def _keep(job: Job, file: BlockFile) -> None:
    """Keep what belongs to directories: it is what the next look at another channel begins with."""
    if job.kept and job.channel is None and len(file.blocks) * BLOCK <= MOST_KEPT:
        with suppress(OSError):
            # Without room on the disk the next look fetches it again.
            write_atomically(Path(job.kept), msgspec.msgpack.encode(file.blocks))


def _restrain() -> None:
    """Let everything else go first, and have no file take all memory."""
    if sys.platform == "win32":
        return
    import resource

    os.nice(NICENESS)
    if sys.platform == "linux":
        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        most = MEMORY if hard == resource.RLIM_INFINITY else min(MEMORY, hard)
        resource.setrlimit(resource.RLIMIT_AS, (most, hard))


if __name__ == "__main__":
    main()
