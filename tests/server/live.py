"""A Jupyter server with the extension in a process of its own, as users have it."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SECONDS = 60
OTHERS = ("jupyter_lsp", "jupyter_server_terminals", "jupyterlab", "notebook", "notebook_shim")
"""Extensions that the environment of the tests has, and that only take time here."""

TOKEN = "token-of-a-test"


@dataclass
class Live:
    """A running server."""

    url: str
    process: subprocess.Popen[bytes]
    log: Path

    @property
    def headers(self) -> dict[str, str]:
        """What a request needs to be let in."""
        return {"Authorization": f"token {TOKEN}"}


@contextlib.contextmanager
def live_server(
    directory: Path, datahub: dict[str, Any], *command: str, **server: Any
) -> Iterator[Live]:
    """Run a server below `directory` until the block ends.

    Parameters
    ----------
    datahub
        What stands in ``c.DataHub``.
    command
        What Python runs; by default Jupyter Server.
    server
        What stands in ``c.ServerApp`` beside what every test needs.
    """
    root, config, runtime = (directory / name for name in ("root", "config", "runtime"))
    for folder in (root, config, runtime):
        folder.mkdir(parents=True, exist_ok=True)
    settings = {
        "allow_root": True,
        "base_url": "/user/me/",
        "ip": "127.0.0.1",
        "jpserver_extensions": {"jupyterlab_datahub": True, **dict.fromkeys(OTHERS, False)},
        "open_browser": False,
        "port": 0,
        "root_dir": str(root),
        **server,
    }
    (config / "jupyter_server_config.json").write_text(
        json.dumps(
            {"ServerApp": settings, "IdentityProvider": {"token": TOKEN}, "DataHub": datahub}
        ),
        encoding="utf-8",
    )
    environment = os.environ | {
        "JUPYTER_CONFIG_DIR": str(config),
        "JUPYTER_NO_CONFIG": "",
        "JUPYTER_RUNTIME_DIR": str(runtime),
    }
    log = directory / "server.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, *(command or ("-m", "jupyter_server"))],
            env=environment,
            stdout=output,
            stderr=output,
        )
        try:
            yield Live(f"{_address(runtime, process, log)}datahub", process, log)
        finally:
            process.terminate()
            try:
                process.wait(SECONDS)
            finally:
                process.kill()
                process.wait()


def _address(runtime: Path, process: subprocess.Popen[bytes], log: Path) -> str:
    """Return the server's URL as soon as it listens; it is written down a little earlier."""
    for _ in range(SECONDS * 10):
        for info in runtime.glob(f"jpserver-{process.pid}.json"):
            text = info.read_text("utf-8")
            if text.endswith("}") and _listens(told := json.loads(text)):
                url: str = told["url"]
                return url
        assert process.poll() is None, log.read_text("utf-8")
        time.sleep(0.1)
    raise AssertionError(log.read_text("utf-8"))


def _listens(told: dict[str, Any]) -> bool:
    with contextlib.suppress(ConnectionRefusedError):
        socket.create_connection((told["hostname"], told["port"]), SECONDS).close()
        return True
    return False
