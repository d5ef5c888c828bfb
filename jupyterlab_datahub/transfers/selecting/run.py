"""Some cells and genes of one file, from the moment a worker takes them until it lets them go.

What is stopped is made anew when it goes on, as a selection is small beside its file, but the first
256 MiB that came are kept meanwhile and not fetched again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from jupyterlab_datahub.errors import NotSupportedError
from jupyterlab_datahub.model import Download, TransferState
from jupyterlab_datahub.ranged.kept import digest
from jupyterlab_datahub.transfers.disk import space
from jupyterlab_datahub.transfers.disk.private import make_private
from jupyterlab_datahub.transfers.product import Product
from jupyterlab_datahub.transfers.queue.jobs import h5ad_ref, outcome
from jupyterlab_datahub.transfers.selecting.maker import make

if TYPE_CHECKING:
    from collections.abc import Callable

    from jupyterlab_datahub.transfers.schema import Job
    from jupyterlab_datahub.transfers.selecting.made import Made
    from jupyterlab_datahub.transfers.tools import Tools


STORE = "zarr"
"""The format of a folder whose files are read one by one."""


class Selecting(Product):
    """A selection under way, in a thread of its own and a process.

    Parameters
    ----------
    job
        The transfer; its asset is the whole file.
    tools
        What it shares with others.
    on_end
        Called when it is over.
    """

    failed = "could not be selected"

    def __init__(self, job: Job, tools: Tools, on_end: Callable[[], object]) -> None:
        super().__init__(job, tools, on_end)
        self._came = 0
        self._target = tools.library.parts / f"{job.key}.selection.h5ad"

    @property
    def left(self) -> int:
        """Bytes still to be written to the disk, as far as anybody can tell."""
        return max((self._size or 0) - self._came, 0)

    def beat(self) -> None:
        """Show nothing: no file is written that another process could go on with."""

    def _done(self) -> int:
        return self._came

    def _let_go(self) -> None:
        for left in (self._target, self._target.with_name(f"{self._target.name}.part")):
            left.unlink(missing_ok=True)

    def _work(self) -> None:
        library, wanted = self._tools.library, outcome(self.job)
        item = None if wanted.asset.volatile else library.find_asset(wanted.asset.ref)
        if item is not None:
            self._there()
        else:
            made = self._fetch()
            item = self._store(self._named(made, wanted), self._target, made.sha256, made.size)
        self._link(item)

    def _fetch(self) -> Made:
        """Fetch what is chosen into a file beside the library."""
        tools, asset = self._tools, self.job.asset
        # Of a file in another format what was made of it can be read in parts.
        whole = tools.library.find_asset(h5ad_ref(asset.ref)) or tools.library.find_asset(asset.ref)
        source = tools.registry.for_ref(asset.ref, self.job.source)
        folder = asset.format == STORE and not source.local
        if whole or folder:
            download = Download(path=whole.path if whole else "")
        else:
            download = source.resolve(asset)
        if download.paying:
            # What is stopped is made anew, and what is not kept of it would be paid for again.
            raise NotSupportedError(
                f"no selection is made of {asset.name}, as whoever fetches it pays for it",
                source=self.job.source,
                hint="Download it within a limit, then select from it, which costs nothing.",
            )
        make_private(tools.library.parts)
        space.check(
            tools.library.parts,
            needed=0,
            promised=tools.promised(self.job),
            reserve=tools.settings.reserve,
        )
        self._enter(TransferState.RUNNING)
        told = {
            "ref": asset.ref,
            "name": asset.name,
            "title": self.job.origin.title,
            "download": download,
            "config": source.config,
            "selection": self.job.selection,
            "directory": str(tools.library.home / "previews" / digest(asset.ref)),
            "target": str(self._target),
            "memory": tools.settings.memory,
        }
        if not download.url and not download.path:
            named = msgspec.structs.replace(asset, ref=asset.ref.rstrip("/"))
            told["stored"] = {"settings": tools.settings, "asset": named}
        return make(told, self._target, self._halt, self._tell, tools.hosts)

    def _tell(self, done: int, total: int) -> None:
        self._came, self._size = done, total

    def _named(self, made: Made, wanted: Job) -> Job:
        """Return what is wanted, under a name that says what became of it."""
        self._remarks += [_said(made), *made.notes]
        title = f"{self.job.origin.title}: {_said(made)}".removeprefix(": ")
        origin = msgspec.structs.replace(self.job.origin, title=title)
        return msgspec.structs.replace(wanted, origin=origin)


def _said(made: Made) -> str:
    return f"selection of {made.cells:,} cells and {made.genes:,} genes"
