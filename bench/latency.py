"""Measure what a download does to the answers of the server it belongs to.

    python -m bench.latency --rounds 5

starts a Jupyter server with the extension, and asks it for ``/api/status`` a hundred times a
second while its event loop counts how late it wakes a task that sleeps 5 ms; by turns while
nothing happens and while a large file comes at full speed from a host on this machine. Files
are in memory where there is such a place.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlsplit

from bench.host import make_file, serve
from jupyterlab_datahub.model import Asset, Dataset
from jupyterlab_datahub.transfers.queue.queue import TransferQueue

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

MIB = 1024**2
NAME = "cells.h5ad"
SOURCE = "bench"
TOKEN = "bench"  # noqa: S105 - of a server that nobody else reaches
EVERY = 0.01
"""Seconds between two requests."""

CONNECTIONS = 8
"""What a transfer opens to its host."""

LONGEST = 60.0
OTHERS = ("jupyter_lsp", "jupyter_server_terminals", "jupyterlab", "notebook", "notebook_shim")


class Window(NamedTuple):
    """What was seen in a time: seconds of each answer, lateness of each tick."""

    answers: list[float]
    ticks: list[float]


class Server:
    """A connection to the server under test."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._base = parts.path.rstrip("/")
        self._connection = http.client.HTTPConnection(parts.netloc, timeout=LONGEST)

    def ask(self, path: str, method: str = "GET", body: object = None) -> Any:
        """Send a request and return its JSON.

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
        return json.loads(text)

    def watch(self, goes_on: Callable[[int], bool]) -> Window:
        """Ask for the status again and again, as long as something goes on."""
        self.ask("bench/ticks")
        answers: list[float] = []
        while goes_on(len(answers)):
            start = time.perf_counter()
            self.ask("api/status")
            answers.append(time.perf_counter() - start)
            time.sleep(max(0.0, EVERY - answers[-1]))
        return Window(answers, self.ask("bench/ticks"))


@contextmanager
def running(directory: Path) -> Iterator[Server]:
    """Start a server for a block."""
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
            "sources": [{"name": SOURCE, "kind": "cellxgene", "url": "http://127.0.0.1:9"}],
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


def while_downloading(server: Server, queue: TransferQueue, url: str, size: int) -> Window:
    """Let the server fetch a file, and watch it until the file is there."""
    version = str(uuid.uuid4())
    asset = Asset(ref=f"cellxgene:{version}/{NAME}", name=NAME, size=size, url=f"{url}/{NAME}")
    dataset = Dataset(
        ref=f"cellxgene:{version}",
        source=SOURCE,
        kind="cellxgene",
        id=version,
        version=version,
        title="Cells",
        assets=(asset,),
    )
    transfer, _ = queue.add(dataset, asset, Path(tempfile.gettempdir()), SOURCE)
    # It waits in the list until the server is told to go on with it.
    queue.pause(transfer.id)
    server.ask(f"datahub/transfers/{transfer.id}", "PATCH", {"action": "resume"})
    window = server.watch(lambda _: not queue.get(transfer.id).state.final)
    last = queue.get(transfer.id)
    if last.error is not None:
        raise RuntimeError(last.error.message)
    server.ask(f"datahub/library/{last.sha256}", "DELETE")
    server.ask(f"datahub/transfers/{transfer.id}", "DELETE")
    return window


def quantile(values: list[float], share: float) -> float:
    """Return the value that a share of all do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def table(rounds: list[tuple[Window, Window]]) -> Iterator[str]:
    """Yield the lines of a table of medians over the rounds."""
    yield "| | idle | downloading | ratio |"
    yield "|---|---|---|---|"
    for name, share, field in (
        ("`GET /api/status`, p50", 0.5, "answers"),
        ("`GET /api/status`, p99", 0.99, "answers"),
        ("5 ms tick late by, p50", 0.5, "ticks"),
        ("5 ms tick late by, p99", 0.99, "ticks"),
    ):
        idle = [quantile(getattr(one, field), share) * 1000 for one, _ in rounds]
        busy = [quantile(getattr(one, field), share) * 1000 for _, one in rounds]
        ratio = statistics.median(after / before for before, after in zip(idle, busy, strict=True))
        middle = (statistics.median(idle), statistics.median(busy))
        yield f"| {name} | {middle[0]:.2f} ms | {middle[1]:.2f} ms | {ratio:.2f} |"


def measure(rate: int, size: int, count: int, place: Path) -> Iterator[str]:
    """Yield the lines of a table for downloads at some rate (bytes a second, 0: no limit)."""
    files = place / "files"
    files.mkdir(parents=True)
    make_file(files / NAME, size)
    rounds = []
    with (
        serve(files, place / "nginx", rate // CONNECTIONS, modest=True) as host,
        running(place) as server,
    ):
        queue = TransferQueue(place / "home")
        server.watch((100).__gt__)
        for _ in range(count):
            busy = while_downloading(server, queue, host.url, size)
            idle = server.watch(len(busy.answers).__gt__)
            rounds.append((idle, busy))
    requests = sum(len(one.answers) for pair in rounds for one in pair)
    seconds = statistics.median(len(busy.answers) for _, busy in rounds) * EVERY
    speed = f"{rate / 1e6:.0f} MB/s" if rate else "no limit"
    yield f"\n{speed}: {count} downloads of {size // MIB} MiB, about {seconds:.0f} s each"
    yield f"({requests} requests)\n"
    yield from table(rounds)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--size", type=int, default=1024, help="MiB of the file")
    parser.add_argument(
        "--rates", type=int, nargs="+", default=[125, 0], help="MB/s, 0 for no limit"
    )
    options = parser.parse_args()
    memory = Path("/dev/shm")  # noqa: S108 - a place in memory is what is wanted
    print(f"load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors at the start")
    for rate in options.rates:
        with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as name:
            lines = measure(rate * 1_000_000, options.size * MIB, options.rounds, Path(name))
            print(*lines, sep="\n")
    print(f"\nload average {os.getloadavg()[0]:.1f} at the end")


if __name__ == "__main__":
    main()
