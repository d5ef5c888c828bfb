"""The rooms of the house, each opened when it is first needed."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from jupyterlab_datahub.engine.standings import Standings
from jupyterlab_datahub.errors import ConflictError
from jupyterlab_datahub.sources.registry import Registry

if TYPE_CHECKING:
    from collections.abc import Callable

    from jupyterlab_datahub.anndata_io.listings import Listings
    from jupyterlab_datahub.catalog.catalog import Catalog
    from jupyterlab_datahub.catalog.refresh import Refresher
    from jupyterlab_datahub.images.images import Images
    from jupyterlab_datahub.previews.previews import Previews
    from jupyterlab_datahub.ranged.standing import Standing
    from jupyterlab_datahub.settings import Settings
    from jupyterlab_datahub.transfers.library.library import Library
    from jupyterlab_datahub.transfers.queue.queue import TransferQueue
    from jupyterlab_datahub.transfers.supervisor import Supervisor

Room = TypeVar("Room")


class Rooms:
    """What the functions of this package work with; cheap to make, usable from any thread.

    Parameters
    ----------
    settings
        The configuration in force.
    alone
        Whether a command is run that somebody waits for, beside no server.
    serving
        Whether this is a server, of which more will be asked: what looks at files is kept ready.
    """

    def __init__(self, settings: Settings, *, alone: bool = False, serving: bool = False) -> None:
        self.settings = settings
        self._alone = alone
        self._serving = serving
        self.registry = Registry(settings)
        self.standings = Standings()
        self.home = Path(settings.home)
        self.root = Path(settings.root).resolve()
        self._open: dict[str, Any] = {}
        self._lock = threading.RLock()
        self._closed = False

    @property
    def catalog(self) -> Catalog:
        """The index of all harvested Sources."""
        from jupyterlab_datahub.catalog.catalog import Catalog

        return self._opened("catalog", lambda: Catalog(self.home, self.registry.configs))

    @property
    def refresher(self) -> Refresher:
        """What fetches catalogs anew, in a process of its own."""
        from jupyterlab_datahub.catalog.refresh import Refresher

        return self._opened("refresher", lambda: Refresher(self.settings, self.catalog))

    @property
    def queue(self) -> TransferQueue:
        """The durable queue of transfers."""
        from jupyterlab_datahub.transfers.queue.queue import TransferQueue

        return self._opened("queue", lambda: TransferQueue(self.home, self.library))

    @property
    def supervisor(self) -> Supervisor:
        """What keeps a worker alive while there is work."""
        from jupyterlab_datahub.transfers.supervisor import Supervisor

        return self._opened("supervisor", lambda: Supervisor(self.settings, alone=self._alone))

    @property
    def previews(self) -> Previews:
        """What is known of files that are not here."""
        from jupyterlab_datahub.previews.previews import Previews

        def made() -> Previews:
            directory, memory = self.home / "previews", self.settings.memory
            return Previews(directory, self.home, memory, spare=self._serving)

        return self._opened("previews", made)

    @property
    def choosers(self) -> Standing:
        """What answers while somebody chooses cells and genes, in processes that stay."""
        from jupyterlab_datahub.ranged.standing import Standing

        return self._opened("choosers", lambda: Standing("jupyterlab_datahub.selection.chooser"))

    @property
    def listings(self) -> Listings:
        """What is in archives, looked at in processes of their own."""
        from jupyterlab_datahub.anndata_io.listings import Listings

        return self._opened("listings", lambda: Listings(self.home, self.settings.memory))

    @property
    def images(self) -> Images:
        """What looks at images, in processes of their own."""
        from jupyterlab_datahub.images.images import Images

        return self._opened("images", lambda: Images(self.settings, spare=self._serving))

    @property
    def library(self) -> Library:
        """The verified files."""
        from jupyterlab_datahub.transfers.library.library import Library

        shared = self.settings.shared_library
        return self._opened(
            "library",
            lambda: Library(self.home, Path(shared) if shared else None, self.settings.reserve),
        )

    def close(self) -> None:
        """Stop what runs beside this process, and close the index."""
        with self._lock:
            self._closed = True
        closing = {
            "refresher": "stop",
            "supervisor": "stop",
            "previews": "close",
            "choosers": "close",
            "listings": "close",
            "images": "close",
            "catalog": "close",
        }
        for name, close in closing.items():
            if room := self._open.get(name):
                getattr(room, close)()

    def _opened(self, name: str, make: Callable[[], Room]) -> Room:
        with self._lock:
            if self._closed:
                raise ConflictError("the server is stopping", hint="Start it again.")
            if name not in self._open:
                self._open[name] = make()
            room: Room = self._open[name]
            return room
