"""The Sources that users added themselves, in ``<home>/connections.json``; no secret is in it.

All processes that use a home see a change at once: the file is small, and is read again when it
is another one than before.
"""

from __future__ import annotations

import logging
import os
import secrets
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from jupyterlab_datahub.errors import SettingsError
from jupyterlab_datahub.model import Struct
from jupyterlab_datahub.model.decoding import from_json
from jupyterlab_datahub.settings.config import SourceConfig

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from jupyterlab_datahub.settings.config import Settings

FILE = "connections.json"

MINE = "you"
"""What ``configured_by`` says of them."""

LOCKED_FOR = 10.0
"""Seconds after which the lock of a process that died is broken."""

PAUSE = 0.02

log = logging.getLogger(__name__)


class Entry(Struct):
    """What is written of a Source."""

    name: str
    kind: str
    title: str = ""
    url: str = ""
    ca_bundle: str = ""
    verify_tls: bool = True


class Document(Struct):
    """The file."""

    connections: tuple[Entry, ...] = ()


def sources_in_force(settings: Settings) -> tuple[SourceConfig, ...]:
    """Return the configured Sources and, behind them, those that users added."""
    saved = SavedSources(Path(settings.home), {config.name for config in settings.sources})
    return (*settings.sources, *saved.all())


class SavedSources:
    """The file, safe to use from several threads and processes.

    Parameters
    ----------
    home
        The home directory.
    taken
        Names of configured Sources. A saved one that was given such a name before it was
        configured gets a number.
    """

    def __init__(self, home: Path, taken: Collection[str] = ()) -> None:
        self._path = home / FILE
        self._taken = frozenset(taken)

    def stamp(self) -> tuple[int, int, int] | None:
        """Return what is another when the file is another; None while there is none."""
        try:
            status = self._path.stat()
        except OSError:
            return None
        return status.st_mtime_ns, status.st_ino, status.st_size

    def all(self) -> tuple[SourceConfig, ...]:
        """Return the Sources in the order in which they were added."""
        try:
            return tuple(self._named(self._read()).values())
        except SettingsError as error:
            # What is configured works all the same, and the next change says it to the user.
            log.warning("%s", error)
            return ()

    def put(self, config: SourceConfig) -> None:
        """Add a Source, or write it in place of the one of its name.

        Raises
        ------
        SettingsError
            If the file cannot be read or written.
        """
        fresh = Entry(
            name=config.name,
            kind=config.kind,
            title=config.title,
            url=config.url,
            ca_bundle=config.ca_bundle,
            verify_tls=config.verify_tls,
        )
        with self._locked():
            entries = self._read()
            named = self._named(entries)
            place = list(named).index(config.name) if config.name in named else len(entries)
            self._write((*entries[:place], fresh, *entries[place + 1 :]))

    def remove(self, name: str) -> None:
        """Take a Source out.

        Raises
        ------
        SettingsError
            If the file cannot be read or written.
        """
        with self._locked():
            entries = self._read()
            names = self._named(entries)
            self._write(
                tuple(entry for shown, entry in zip(names, entries, strict=True) if shown != name)
            )

    def _named(self, entries: tuple[Entry, ...]) -> dict[str, SourceConfig]:
        """Return the Sources by the names they have here, in the order of the file."""
        named: dict[str, SourceConfig] = {}
        for entry in entries:
            config = SourceConfig(**msgspec.structs.asdict(entry), configured_by=MINE)
            config = config.renamed(self._taken | named.keys())
            named[config.name] = config
        return named

    def _read(self) -> tuple[Entry, ...]:
        try:
            return from_json(self._path.read_bytes(), Document).connections
        except FileNotFoundError:
            return ()
        except (OSError, msgspec.DecodeError) as error:
            raise SettingsError(
                f"{self._path} cannot be read: {error}",
                hint="Correct it, or move it away to begin with an empty list.",
            ) from error

    def _write(self, entries: tuple[Entry, ...]) -> None:
        fresh = self._path.with_name(f".{secrets.token_hex(8)}.tmp")
        text = msgspec.json.format(msgspec.json.encode(Document(connections=entries)), indent=2)
        try:
            with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as to:
                to.write(text)
            fresh.replace(self._path)
        except OSError as error:
            fresh.unlink(missing_ok=True)
            raise self._unwritable(error) from error

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Let no other process read and write meanwhile."""
        lock = self._path.with_suffix(".lock")
        try:
            lock.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            while not _taken(lock):
                time.sleep(PAUSE)
        except OSError as error:
            raise self._unwritable(error) from error
        try:
            yield
        finally:
            lock.unlink(missing_ok=True)

    def _unwritable(self, error: OSError) -> SettingsError:
        return SettingsError(
            f"{self._path} cannot be written: {error.strerror}",
            hint="See that its directory can be written and its disk has room.",
        )


def _taken(lock: Path) -> bool:
    """Return whether the lock is ours now; one that is too old belongs to nobody."""
    try:
        os.close(os.open(lock, os.O_CREAT | os.O_EXCL, 0o600))
    except FileExistsError:
        try:
            if time.time() - lock.stat().st_mtime > LOCKED_FOR:
                lock.unlink()
        except FileNotFoundError:
            return False
        return False
    return True
