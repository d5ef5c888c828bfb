"""A Jupyter server with the extension that is asked, and asked, while something happens.

It answers ``/api/status`` a hundred times a second, and its event loop counts how late it wakes a
task that sleeps 5 ms (`bench.ticks`); what was seen so is a table of medians.
"""

from __future__ import annotations

import http.client
import json
import os
import statistics
import subprocess
import sys
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SOURCE = "bench"
TOKEN = "bench"  # noqa: S105 - of a server that nobody else reaches
EVERY = 0.01
"""Seconds between two requests."""

LONGEST = 60.0
OTHERS = ("jupyter_lsp", "jupyter_server_terminals", "jupyterlab", "notebook", "notebook_shim")


class Window(NamedTuple):
    """What was seen in a time: seconds of each answer, lateness of each tick.

    ``started`` counts the processes that the server started, ``processor`` are its own seconds.
    """

    answers: list[float]
    ticks: list[float]
    started: int
    processor: float


class Server:
    """A connection to the server under test."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self.url = url
        self._base = parts.path.rstrip("/")
        self._connection = http.client.HTTPConnection(parts.netloc, timeout=LONGEST)

    def ask(self, path: str, method: str = "GET", body: object = None) -> Any:
        """Send a request and return its JSON, as :meth:`fetch` does."""
        return json.loads(self.fetch(path, method, body))

    def fetch(self, path: str, method: str = "GET", body: object = None) -> bytes:
        """Send a request and return what comes.

        Raises
        ------
        RuntimeError
            If the answer is no success.
        """
        headers = {"Authorization": f"token {TOKEN}", "Content-Type": "application/json"}
        content = None if body is None else json.dumps(body)
        self._connection.request(method, f"{self._base}/{path}", content, headers)
        response = self._connection.getresponse()
        text = response.read()
        if response.status >= 300:
            message = f"{method} {path}: {response.status} {text[:200]!r}"
            raise RuntimeError(message)
        return text

    def watch(self, goes_on: Callable[[int], bool]) -> Window:
        """Ask for the status again and again, as long as something goes on."""
        self.ask("bench/ticks")
        answers: list[float] = []
        with _as_if_elsewhere():
            while goes_on(len(answers)):
                start = time.perf_counter()
                self.ask("api/status")
                answers.append(time.perf_counter() - start)
                time.sleep(max(0.0, EVERY - answers[-1]))
        return Window(answers, **self.ask("bench/ticks"))


@contextmanager
def _as_if_elsewhere() -> Iterator[None]:
    """Have whoever asks wait for nobody but the server, as a browser on another machine does.

    Otherwise its own waking up behind those who compute, and the processor that it takes from the
    server, would count as the server's. So it stays where the work is, goes before all of it where
    that is allowed, and leaves the first processor to the server.
    """
    mine = sorted(os.sched_getaffinity(0))
    os.sched_setaffinity(0, mine[1:] or mine)
    with suppress(PermissionError):
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))
    try:
        yield
    finally:
        os.sched_setscheduler(0, os.SCHED_OTHER, os.sched_param(0))
        os.sched_setaffinity(0, mine)


@contextmanager
def running(directory: Path, source: dict[str, Any]) -> Iterator[Server]:
    """Start a server with one Source for a block."""
    root, home = directory / "root", directory / "home"
    root.mkdir()
    config = {
        "ServerApp": {
            "allow_root": True,
            "ip": "127.0.0.1",
            "jpserver_extensions": {
                "jupyterlab_datahub": True,
                "bench.ticks": True,
                **dict.fromkeys(OTHERS, False),
            },
            "open_browser": False,
            "port": 0,
            "root_dir": str(root),
        },
        "IdentityProvider": {"token": TOKEN},
        "DataHub": {
            "home": str(home),
            "offline": True,
            "reserve_gb": 0.0,
            "sources": [source],
        },
    }
    (directory / "jupyter_server_config.json").write_text(json.dumps(config), "utf-8")
    environment = os.environ | {
        "JUPYTER_CONFIG_DIR": str(directory),
        "JUPYTER_RUNTIME_DIR": str(directory / "runtime"),
        "PYTHONPATH": str(Path(__file__).resolve().parents[1]),
    }
    with (directory / "log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "jupyter_server"], env=environment, stdout=log, stderr=log
        )
        try:
            yield Server(address(process, directory / "runtime"))
        finally:
            process.terminate()
            process.wait(LONGEST)


def address(process: subprocess.Popen[bytes], runtime: Path) -> str:
    """Return where a server listens, which it writes down.

    Raises
    ------
    TimeoutError
    """
    info = runtime / f"jpserver-{process.pid}.json"
    until = time.monotonic() + LONGEST
    while time.monotonic() < until and process.poll() is None:
        with suppress(OSError, RuntimeError, json.JSONDecodeError):
            url = str(json.loads(info.read_text("utf-8"))["url"])
            Server(url).ask("api/status")
            return url
        time.sleep(0.05)
    message = "the server did not start"
    raise TimeoutError(message)


def quantile(values: list[float], share: float) -> float:
    """Return the value that a share of all do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def table(rounds: list[tuple[Window, Window]], busy: str) -> Iterator[str]:
    """Yield the lines of a table of medians over the rounds."""
    yield f"| | idle | {busy} | ratio |"
    yield "|---|---|---|---|"
    for name, share, field in (
        ("`GET /api/status`, p50", 0.5, "answers"),
        ("`GET /api/status`, p99", 0.99, "answers"),
        ("5 ms tick late by, p50", 0.5, "ticks"),
        ("5 ms tick late by, p99", 0.99, "ticks"),
    ):
        idle = [quantile(getattr(one, field), share) * 1000 for one, _ in rounds]
        working = [quantile(getattr(one, field), share) * 1000 for _, one in rounds]
        pairs = zip(idle, working, strict=True)
        ratio = statistics.median(after / before for before, after in pairs)
        middle = (statistics.median(idle), statistics.median(working))
        yield f"| {name} | {middle[0]:.2f} ms | {middle[1]:.2f} ms | {ratio:.2f} |"
    columns = list(zip(*rounds, strict=True))
    most = (statistics.median(max(one.ticks) * 1000 for one in column) for column in columns)
    yield "| 5 ms tick late by, most | {:.2f} ms | {:.2f} ms | |".format(*most)
    own = [statistics.median(one.processor for one in column) for column in columns]
    yield f"| processor of the server | {own[0]:.2f} s | {own[1]:.2f} s | {own[1] / own[0]:.2f} |"
    begun = (statistics.median(one.started for one in column) for column in columns)
    yield "| processes it started | {:.0f} | {:.0f} | |".format(*begun)


def by_turns(
    server: Server, count: int, busy: Callable[[], Window]
) -> tuple[list[tuple[Window, Window]], str]:
    """Watch the server while it works and while it does not; return that, and how much it is."""
    server.watch((100).__gt__)
    rounds = []
    for _ in range(count):
        working = busy()
        rounds.append((server.watch(len(working.answers).__gt__), working))
    requests = sum(len(one.answers) for pair in rounds for one in pair)
    seconds = statistics.median(len(working.answers) for _, working in rounds) * EVERY
    return rounds, f"{count} times about {seconds:.0f} s, {requests} requests\n"
