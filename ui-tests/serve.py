"""Start JupyterLab as the UI tests want it: in fresh folders, and nobody outside is asked."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

CONFIG = Path(__file__).resolve().parent / "jupyter_server_test_config.py"
PATIENCE = 8  # seconds that a server is given to end its kernels


@contextmanager
def running(*command: str | Path, env: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """Keep a program of this environment running inside the block."""
    process = subprocess.Popen([sys.executable, "-m", *map(str, command)], env=env)
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()


def main() -> int:
    """Serve until stopped, then leave nothing behind."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with tempfile.TemporaryDirectory(prefix="datahub-ui-tests-") as name:
        folder = Path(name)
        (folder / "work").mkdir()
        env = os.environ | {
            "DATAHUB_HOME": str(folder / "home"),
            "IPYTHONDIR": str(folder / "ipython"),
            "JUPYTERLAB_GALATA_ROOT_DIR": str(folder / "work"),
            "JUPYTER_CONFIG_DIR": str(folder / "config"),
            "JUPYTER_RUNTIME_DIR": str(folder / "runtime"),
        }
        with running("jupyter", "lab", "--config", CONFIG, env=env) as server:
            return server.wait()


if __name__ == "__main__":
    sys.exit(main())
