"""What is made of files, under way: from when a worker takes it until it is in the library."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from jupyterlab_datahub.errors import TransferError
from jupyterlab_datahub.transfers.disk.onefile import OneFile
from jupyterlab_datahub.transfers.network.stopping import Stopped
from jupyterlab_datahub.transfers.queue.claims import Outcome
from jupyterlab_datahub.transfers.underway import Underway

if TYPE_CHECKING:
    from jupyterlab_datahub.model import LibraryItem
    from jupyterlab_datahub.transfers.schema import Job


class Product(Underway):
    """A transfer that ends with another file than the one its asset names."""

    def _there(self) -> None:
        """Note that it is in the library already.

        Raises
        ------
        Stopped
            If it is not wanted any more.
        """
        if self._row.land(self.job, lambda: None) is None:
            raise Stopped

    def _store(self, wanted: Job, target: Path, sha256: str, size: int) -> LibraryItem:
        """Move what was made into the library.

        Parameters
        ----------
        wanted
            What is recorded of it.
        target
            Where it was made.
        sha256, size
            Of the file, in bytes.

        Raises
        ------
        Stopped
            If it is not wanted any more.
        TransferError
            If somebody deletes it in the same moment.
        """
        library = self._tools.library

        def move() -> None:
            # The library knows the file first: after a crash in between it is there or not.
            library.record(wanted, sha256, size)
            file = OneFile(target)
            if not file.finish(library.place(sha256)):
                file.remove()

        if self._row.land(self.job, move) is None:
            target.unlink(missing_ok=True)
            raise Stopped
        item = library.find_asset(wanted.asset.ref)
        if item is None:
            raise TransferError(
                f"{self.job.name} vanished from the library", hint="Fetch it again."
            )
        return item

    def _link(self, item: LibraryItem) -> None:
        """Put links to it where it was asked for, and end the transfer."""
        paths = []
        for directory in self.job.directories:
            try:
                path = self._tools.library.link(item, Path(directory), self.job.name)
            except TransferError as error:
                self._remarks.append(error.message)
            else:
                paths.append(str(path))
        self._tools.claims.finish(
            self.job,
            Outcome(
                path=paths[0] if paths else item.path,
                size=item.size,
                sha256=item.sha256,
                note="; ".join(self._remarks),
            ),
        )
