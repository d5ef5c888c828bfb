"""Start JupyterLab on the demo hub as the UI tests want it: in fresh folders, asking nobody."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

CONFIG = Path(__file__).resolve().parent / "jupyter_server_test_config.py"
PATIENCE = 8  # seconds that a program is given to end what it started


@contextmanager
def running(
    *command: str | Path, env: dict[str, str], stdout: int | IO[str] | None = None
) -> Iterator[subprocess.Popen[str]]:
    """Keep a Jupyter command of this environment running inside the block."""
    words = [sys.executable, "-m", "jupyter", *map(str, command)]
    process = subprocess.Popen(words, env=env, stdout=stdout, encoding="utf-8")
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()


@contextmanager
def demo_hub(folder: Path, sources: Path) -> Iterator[Path]:
    """Serve the demo's catalogs inside the block; yield the folder with the user's own files.

    Where they are is written to `sources`.
    """
    command = ("datahub", "demo", "--services-only", "--dir", folder, "--sources-out", sources)
    with running(*command, env=dict(os.environ), stdout=subprocess.PIPE) as hub:
        if not (hub.stdout and hub.stdout.readline()):
            sys.exit("the demo hub did not start")
        yield folder / "work"


def main() -> int:
    """Serve until stopped, then leave nothing behind."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with tempfile.TemporaryDirectory(prefix="datahub-ui-tests-") as name:
        folder = Path(name)
        sources = folder / "datahub-sources.yaml"
        with demo_hub(folder / "demo", sources) as work:
            env = os.environ | {
                "DATAHUB_HOME": str(folder / "home"),
                "DATAHUB_SOURCES": str(sources),
                "IPYTHONDIR": str(folder / "ipython"),
                "JUPYTERLAB_GALATA_ROOT_DIR": str(work),
                "JUPYTER_CONFIG_DIR": str(folder / "config"),
                "JUPYTER_RUNTIME_DIR": str(folder / "runtime"),
            }
            with running("lab", "--config", CONFIG, env=env) as server:
                return server.wait()


if __name__ == "__main__":
    sys.exit(main())
