"""Keeps a worker process alive while there is something to transfer."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from jupyterlab_datahub.errors import TransferError, redact
from jupyterlab_datahub.transfers.disk.owner import Watch, this_process
from jupyterlab_datahub.transfers.disk.private import make_private
from jupyterlab_datahub.transfers.queue.claims import Claims
from jupyterlab_datahub.transfers.upload.abandoned import any_left

if TYPE_CHECKING:
    from typing import IO

    from jupyterlab_datahub.settings import Settings

MODULE = "jupyterlab_datahub.transfers.worker"
LOG = Path("logs") / "transfers.log"
LOG_LIMIT = 1_000_000
"""Bytes after which the log starts again; one older log is kept."""

CRASHES = 4
"""Crashes in a row after which what waits is failed instead of tried again."""

BACKOFF = 0.25
"""Seconds before the first new try, doubled with each crash."""

HEALTHY = 60.0
"""Seconds that a worker has to live for its crash to be the first of a row."""

GRACE = 10.0


class Supervisor:
    """Starts the worker when it is needed and ends it with the server.

    Parameters
    ----------
    settings
        What the worker gets.
    alone
        Whether a command waits for the worker, so that it leaves no processor to a server.
    """

    def __init__(self, settings: Settings, *, alone: bool = False) -> None:
        self._settings = settings
        self._arguments = ["--alone"] if alone else []
        self._home = Path(settings.home)
        self._lock = threading.Lock()
        self._watch = Watch()
        self._claims = Claims(self._home, this_process())
        self._process: subprocess.Popen[bytes] | None = None
        self._reader: threading.Thread | None = None
        self._started = 0.0
        self._crashes = 0
        self._not_before = 0.0

    @property
    def pid(self) -> int | None:
        """Process id of the living worker."""
        process = self._process
        return process.pid if process is not None and process.poll() is None else None

    def ensure(self) -> None:
        """Start a worker if there is work and none alive; cheap enough to call often.

        Raises
        ------
        TransferError
            If the queue cannot be read or no process can be started.
        """
        with self._lock:
            if self.pid is not None:
                return
            self._bury()
            if time.monotonic() < self._not_before or not self._has_work():
                return
            self._start()

    def stop(self) -> None:
        """End the worker; its transfers write their journals and are queued again."""
        with self._lock:
            process = self._process
            if process is None:
                return
            if process.stdin is not None:
                process.stdin.close()
            for end in (process.terminate, process.kill):
                try:
                    process.wait(GRACE)
                    break
                except subprocess.TimeoutExpired:
                    end()
            process.wait()
            self._close(process)

    def _has_work(self) -> bool:
        path = self._home / "transfers.sqlite"
        waiting = path.exists() and self._claims.has_work(self._watch)
        return waiting or any_left(self._home)

    def _start(self) -> None:
        log = self._home / LOG
        make_private(log.parent)
        try:
            # -P: a user's own module in the working directory must not shadow a library.
            process = subprocess.Popen(
                [sys.executable, "-P", "-m", MODULE, *self._arguments],
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                cwd=self._home,
                start_new_session=True,
            )
        except OSError as error:
            raise TransferError(
                f"no worker process could be started: {error.strerror}",
                hint="There may be too little memory or too many processes; free some, then retry.",
            ) from error
        self._process = process
        self._started = time.monotonic()
        if process.stderr is not None:
            self._reader = threading.Thread(
                target=_keep_log, args=(process.stderr, log), name="transfers-log", daemon=True
            )
            self._reader.start()
        if process.stdin is not None:
            try:
                process.stdin.write(msgspec.json.encode(self._settings) + b"\n")
                process.stdin.flush()
            except BrokenPipeError:
                # It died at once; the next call sees that and counts it.
                return

    def _bury(self) -> None:
        """Look at how the last worker ended, and become careful if it crashed."""
        process = self._process
        if process is None:
            return
        self._close(process)
        if process.returncode == 0:
            self._crashes = 0
            return
        lived = time.monotonic() - self._started
        self._crashes = 1 if lived > HEALTHY else self._crashes + 1
        self._not_before = time.monotonic() + BACKOFF * 2**self._crashes
        if self._crashes >= CRASHES:
            self._crashes = 0
            self._give_up(process.returncode)

    def _give_up(self, code: int) -> None:
        self._claims.requeue_dead(self._watch)
        how = f"signal {-code}" if code < 0 else f"status {code}"
        error = TransferError(
            f"the worker process ended {CRASHES} times in a row, the last time with {how}",
            hint=f"The reason is in {self._home / LOG}; retry when it is gone.",
        )
        self._claims.fail_queued(error.body())

    def _close(self, process: subprocess.Popen[bytes]) -> None:
        if process.stdin is not None:
            with suppress(BrokenPipeError):
                # What it had not read is of no use to anybody now.
                process.stdin.close()
        if self._reader is not None:
            self._reader.join(GRACE)
            self._reader = None
        self._process = None


def _keep_log(stream: IO[bytes], path: Path) -> None:
    """Write what a worker says to a file that does not grow without bound."""
    with stream:
        for line in stream:
            # On a full disk the line is lost; a reader that gave up would block the worker.
            with suppress(OSError):
                _append(path, redact(line.decode(errors="replace")))


def _append(path: Path, text: str) -> None:
    if path.exists() and path.stat().st_size > LOG_LIMIT:
        path.replace(path.with_suffix(".log.1"))
    with path.open("a", encoding="utf-8") as file:
        file.write(text)
