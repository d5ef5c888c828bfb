"""A server extension for `bench.watched_server`: how late the event loop wakes a task.

Beside that it counts the processes that the server starts and the time of its processor, which says
more than answers do on a machine with other work.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from typing import Any

from jupyter_server.base.handlers import JupyterHandler
from jupyter_server.utils import url_path_join
from tornado import web

PERIOD = 0.005
"""Seconds a task sleeps."""


class TicksHandler(JupyterHandler):
    """Answers what was seen since the last question.

    That is by how many seconds each tick was late, how many processes were started, and the seconds
    of the server's processor.
    """

    lateness: list[float] = []
    started = 0
    before = 0.0

    @web.authenticated
    def get(self) -> None:
        """Hand the numbers out and forget them."""
        now = time.process_time()
        seen = {
            "ticks": TicksHandler.lateness,
            "started": TicksHandler.started,
            "processor": now - TicksHandler.before,
        }
        TicksHandler.lateness, TicksHandler.started, TicksHandler.before = [], 0, now
        self.finish(json.dumps(seen))


def notice(event: str, _: Any) -> None:
    """Count what starts a process; called for all that Python is audited for."""
    if event == "subprocess.Popen":
        TicksHandler.started += 1


async def tick() -> None:
    """Sleep again and again, and note how late one wakes up."""
    while True:
        start = time.perf_counter()
        await asyncio.sleep(PERIOD)
        TicksHandler.lateness.append(time.perf_counter() - start - PERIOD)


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": "bench.ticks"}]


def _load_jupyter_server_extension(server: Any) -> None:
    pattern = url_path_join(server.base_url, "bench", "ticks")
    server.web_app.add_handlers(".*$", [(pattern, TicksHandler)])
    server.io_loop.add_callback(tick)
    sys.addaudithook(notice)
