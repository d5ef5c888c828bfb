"""Which process holds something, and whether it still lives.

A claim in a database or a lock on a file is not enough on a shared disk: on some network file
systems locks silently succeed for everybody. So what must not be written by two processes has
a record beside it that only one of them can make (:class:`Lease`), with a heartbeat.
"""

from __future__ import annotations

import os
import secrets
import socket
import sys
import time
from pathlib import Path
from typing import Self

import msgspec

from jupyterlab_datahub.model import Struct
from jupyterlab_datahub.model.decoding import from_json

STALE = 45.0
"""Seconds without a heartbeat after which an owner on another host counts as dead."""


class Owner(Struct):
    """A process: its host, its id there, when it started, and a token that names it alone."""

    host: str
    pid: int
    started: float
    token: str

    def text(self) -> str:
        """Return the owner as databases and records hold it."""
        return msgspec.json.encode(self).decode()


class Record(Struct):
    """What an owner's record holds; ``beat`` grows with each heartbeat."""

    owner: Owner
    beat: int = 0


def this_process() -> Owner:
    """Return an owner for the process that asks."""
    pid = os.getpid()
    return Owner(host=_host(), pid=pid, started=_started(pid) or 0.0, token=secrets.token_hex(8))


class Watch:
    """Judges owners: at once on this host, by their heartbeat on another.

    Heartbeats are compared with what was seen before, by this process's own clock, so that
    hosts whose clocks differ do not take each other for dead.
    """

    def __init__(self, stale: float = STALE) -> None:
        self._stale = stale
        self._seen: dict[str, tuple[int, float]] = {}

    def dead(self, text: str, beat: int) -> bool:
        """Return whether the owner written as `text` is gone for good."""
        try:
            owner = from_json(text, Owner)
        except msgspec.DecodeError:
            return self._silent(text, beat)
        if owner.host == _host():
            return not _lives(owner)
        return self._silent(owner.token, beat)

    def _silent(self, name: str, beat: int) -> bool:
        at = time.monotonic()
        last, since = self._seen.get(name, (None, at))
        if last != beat:
            self._seen[name] = (beat, at)
            return False
        return at - since > self._stale


class Lease:
    """The right to write some file, shown by a record that was made exclusively.

    Parameters
    ----------
    path
        The record.
    owner
        The process that holds it.
    """

    def __init__(self, path: Path, owner: Owner) -> None:
        self.path = path
        self.owner = owner
        self._beat = 0

    @classmethod
    def take(cls, path: Path, owner: Owner, watch: Watch) -> Self | None:
        """Return the lease, None while a living process has it.

        A record of a dead process is moved aside by a rename, which only one of several
        successors can do.
        """
        for _ in range(8):
            try:
                descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            except FileExistsError:
                if not _clear(path, watch):
                    return None
                continue
            with os.fdopen(descriptor, "wb") as record:
                record.write(msgspec.json.encode(Record(owner=owner)))
            return cls(path, owner)
        return None

    def held(self) -> bool:
        """Return whether the record is still ours."""
        record = _read(self.path)
        return record is not None and record.owner.token == self.owner.token

    def beat(self) -> bool:
        """Show that the owner lives; False if the record went to somebody else."""
        if not self.held():
            return False
        self._beat += 1
        text = msgspec.json.encode(Record(owner=self.owner, beat=self._beat))
        # In place and without truncation: a reader never finds the record empty or gone.
        with self.path.open("r+b") as record:
            record.write(text)
        return True

    def release(self) -> None:
        """Give the right back."""
        if self.held():
            self.path.unlink(missing_ok=True)


def _clear(path: Path, watch: Watch) -> bool:
    """Move a dead owner's record away; True if another try to make one is worth it."""
    try:
        text = path.read_bytes()
        if not _dead(text, path, watch):
            return False
    except FileNotFoundError:
        # Given back, or moved away by another successor, while we looked.
        return True
    aside = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    try:
        path.rename(aside)
        if aside.read_bytes() != text:
            # A faster successor had made its own record in between: it goes back.
            os.link(aside, path)
    except (FileNotFoundError, FileExistsError):
        return True
    finally:
        aside.unlink(missing_ok=True)
    return True


def _dead(text: bytes, path: Path, watch: Watch) -> bool:
    try:
        record = from_json(text, Record)
    except msgspec.DecodeError:
        # Its maker was killed between making and writing it, or is about to write.
        return time.time() - path.stat().st_mtime > STALE
    return watch.dead(record.owner.text(), record.beat)


def _read(path: Path) -> Record | None:
    try:
        return from_json(path.read_bytes(), Record)
    except (FileNotFoundError, msgspec.DecodeError):
        return None


def _lives(owner: Owner) -> bool:
    return _started(owner.pid) == owner.started


if sys.platform == "linux":

    def _started(pid: int) -> float | None:
        """Return when a process started, None if it is not running.

        Linux counts from the boot, so setting the clock makes no living process look dead.
        """
        try:
            stat = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
        except OSError:
            return None
        fields = stat.rpartition(")")[2].split()
        return None if fields[0] in "ZX" else float(fields[19])

else:

    def _started(pid: int) -> float | None:
        """Return when a process started, None if it is not running."""
        import psutil

        try:
            return round(psutil.Process(pid).create_time())
        except psutil.NoSuchProcess:
            return None


def _host() -> str:
    """Name the world in which a process id means something.

    A container can have its neighbour's host name, so the boot and the process namespace count.
    """
    parts = [socket.gethostname()]
    try:
        parts.append(Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip())
        parts.append(str(Path("/proc/self/ns/pid").readlink()))
    except OSError:
        parts.append("")
    return "/".join(parts)
