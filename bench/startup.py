"""Measure what the extension costs a Jupyter server at its start.

    python -m bench.startup --runs 15

starts a server without and with the extension by turns, each in a fresh process and home, and
prints the medians of both and of the difference within each pair. ``answers`` is the time from
the start of the process to its first HTTP answer, ``cpu`` what the process had spent by then.
Nothing is asked of any catalog: the one Source is an empty folder, which is looked through
beside the server as any catalog is.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple
from urllib.error import URLError

import psutil

TOKEN = "bench"  # noqa: S105 - of a server that lives for seconds
EVERY = 0.005
"""Seconds between two tries."""

LONGEST = 60.0
HEAVY = ("anndata", "h5py", "numpy", "pandas", "pybis", "requests", "scanpy", "scipy")
EXTENSION = "jupyterlab_datahub"
OTHERS = ("jupyter_lsp", "jupyter_server_terminals", "jupyterlab", "notebook", "notebook_shim")

PROGRAM = f"""
import atexit, sys
loaded = lambda: [name for name in {HEAVY!r} if name in sys.modules]
atexit.register(lambda: print("loaded:", *loaded(), flush=True))
from jupyter_server.serverapp import main
main()
"""


class Run(NamedTuple):
    """One start: seconds to the first answer, seconds of CPU until then, heavy packages."""

    answers: float
    cpu: float
    loaded: tuple[str, ...]


def configuration(directory: Path, *, extension: bool) -> dict[str, object]:
    """Return the configuration of a server that has nothing but our extension, or not even it."""
    root = directory / "root"
    root.mkdir()
    return {
        "ServerApp": {
            "allow_root": True,
            "ip": "127.0.0.1",
            "jpserver_extensions": {EXTENSION: extension, **dict.fromkeys(OTHERS, False)},
            "open_browser": False,
            "port": 0,
            "root_dir": str(root),
        },
        "IdentityProvider": {"token": TOKEN},
        "DataHub": {
            "home": str(directory / "home"),
            "sources": [{"name": "folder", "kind": "folder"}],
        },
    }


def run(*, extension: bool) -> Run:
    """Start a server, wait for its first answer, stop it."""
    with tempfile.TemporaryDirectory(prefix="datahub-startup-") as name:
        directory = Path(name)
        config = directory / "jupyter_server_config.json"
        config.write_text(json.dumps(configuration(directory, extension=extension)), "utf-8")
        environment = os.environ | {
            "JUPYTER_CONFIG_DIR": name,
            "JUPYTER_RUNTIME_DIR": str(directory / "runtime"),
        }
        log = directory / "log"
        with log.open("wb") as output:
            before = time.perf_counter()
            process = subprocess.Popen(
                [sys.executable, "-c", PROGRAM], env=environment, stdout=output, stderr=output
            )
            try:
                wait_for_answer(process, directory / "runtime")
                answers = time.perf_counter() - before
                times = psutil.Process(process.pid).cpu_times()
            finally:
                process.terminate()
                process.wait(LONGEST)
        line = next(line for line in log.read_text("utf-8").splitlines() if "loaded:" in line)
        return Run(answers, times.user + times.system, tuple(line.split()[1:]))


def wait_for_answer(process: subprocess.Popen[bytes], runtime: Path) -> None:
    """Return when the server answers; it writes down where it listens.

    Raises
    ------
    TimeoutError
    """
    info = runtime / f"jpserver-{process.pid}.json"
    until = time.monotonic() + LONGEST
    while time.monotonic() < until and process.poll() is None:
        with suppress(OSError, URLError, json.JSONDecodeError):
            url = json.loads(info.read_text("utf-8"))["url"]
            with urllib.request.urlopen(f"{url}api", timeout=LONGEST):  # noqa: S310 - 127.0.0.1
                return
        time.sleep(EVERY)
    raise TimeoutError("the server did not start")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--runs", type=int, default=15, help="starts of each kind (default: 15)")
    runs = parser.parse_args().runs
    run(extension=False)
    run(extension=True)
    pairs = [(run(extension=False), run(extension=True)) for _ in range(runs)]
    print(f"{'':12}{'without':>12}{'with':>12}{'difference':>12}   (medians of {runs} pairs)")
    for field in ("answers", "cpu"):
        values = [(getattr(plain, field), getattr(ours, field)) for plain, ours in pairs]
        columns = (
            [plain for plain, _ in values],
            [ours for _, ours in values],
            [ours - plain for plain, ours in values],
        )
        print(f"{field:12}", *(f"{statistics.median(column) * 1000:9.0f} ms" for column in columns))
    loaded = sorted({name for _, ours in pairs for name in ours.loaded})
    print(f"loaded of {', '.join(HEAVY)}: {', '.join(loaded) or 'none'}")


if __name__ == "__main__":
    main()
