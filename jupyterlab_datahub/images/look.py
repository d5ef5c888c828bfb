"""The process that looks at one image: told what on its standard input, it answers once and ends.

It is started by :class:`~jupyterlab_datahub.images.images.Images`; nothing else imports it.
"""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import TYPE_CHECKING

from jupyterlab_datahub.errors import DataHubError, NotFoundError, NotSupportedError, redact
from jupyterlab_datahub.images.job import Job, Report
from jupyterlab_datahub.images.limits import MANNER, budget, here
from jupyterlab_datahub.model import Download, ErrorBody, ImageFacts, Thumbnail
from jupyterlab_datahub.ranged.file import RangedFile
from jupyterlab_datahub.ranged.host import Host
from jupyterlab_datahub.ranged.kept import Blocks
from jupyterlab_datahub.ranged.process import serve
from jupyterlab_datahub.sources.registry import Registry
from jupyterlab_datahub.spending.purse import open_purse

if TYPE_CHECKING:
    from collections.abc import Callable

    from jupyterlab_datahub.images.tiff import Tiff
    from jupyterlab_datahub.images.zarr_image import ZarrImage
    from jupyterlab_datahub.ranged.budget import Budget
    from jupyterlab_datahub.ranged.bytefile import ByteFile
    from jupyterlab_datahub.settings import SourceConfig

MOST_KEPT = 8 << 20
"""Bytes fetched of one image that are kept for the next look."""


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
    limit = budget()
    registry = Registry(job.settings)
    config = registry.config(job.source)
    if config is None:
        raise NotFoundError(
            f"no source is named {job.source!r}", hint="Add it to the configuration again."
        )
    if job.download is None or Path(job.download.path or "-").is_dir():
        from jupyterlab_datahub.images.zarr_files import ZarrFiles
        from jupyterlab_datahub.images.zarr_image import ZarrImage

        image = ZarrImage(ZarrFiles(_below(job, registry), config, limit, job))
        return _report(job, image, limit, None)
    with _opened(job, job.download, config, limit) as file:
        from jupyterlab_datahub.images.tiff import Tiff

        return _report(job, Tiff(file), limit, file.size)


def _report(job: Job, image: Tiff | ZarrImage, spent: Budget, size: int | None) -> Report:
    if job.channel is None:
        kind = image.kind
        facts = ImageFacts(
            **{**kind._asdict(), "name": kind.name or job.name},
            ref=job.ref,
            width=kind.levels[0].width,
            height=kind.levels[0].height,
            size=size,
            fetched=spent.fetched,
            requests=spent.requests,
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
        fetched=spent.fetched,
        requests=spent.requests,
    )
    return Report(thumbnail=thumbnail)


def _below(job: Job, registry: Registry) -> Callable[[str], Download]:
    """Return what says where a file of a folder is."""
    if job.download is not None:
        folder = Path(job.download.path)
        return lambda path: Download(path=str(folder / path))
    source = registry[job.source]
    return lambda path: source.below(job.ref, path)


def _opened(job: Job, download: Download, config: SourceConfig, limit: Budget) -> ByteFile:
    """Return the bytes of an image, beginning with those that an earlier look fetched."""
    if download.path:
        return here(Path(download.path))
    purse = open_purse(
        Path(job.settings.home), job.ref, download, job.max_usd, name=job.name, source=job.source
    )

    def shelf(_name: str, _size: int) -> Blocks | None:
        # What belongs to directories is what the next look at another channel begins with.
        most = MOST_KEPT if job.channel is None else 0
        return Blocks(Path(job.kept), most) if job.kept else None

    return RangedFile(Host(download, config, limit, purse), shelf, MANNER)


def prepare() -> None:
    """Import what most looks need."""
    with contextlib.suppress(ImportError):
        # Whoever needs it imports it again, and hears of it.
        import tifffile  # noqa: F401 - imported later otherwise, as are all of these

        from jupyterlab_datahub.images import png, tiff  # noqa: F401 - the same
        from jupyterlab_datahub.sources import pool  # noqa: F401 - the same


if __name__ == "__main__":
    serve(Job, answered, prepare)
