"""Jupyter's configuration for the UI tests. Never use it elsewhere: it asks nobody who they are."""

from __future__ import annotations

import os

from jupyterlab.galata import configure_jupyter_server

configure_jupyter_server(c)

c.ServerApp.ip = "127.0.0.1"
c.ServerApp.port = int(os.environ["DATAHUB_UI_TESTS_PORT"])
c.ServerApp.allow_root = True

# Nothing but the tests talks to this server, and it talks to nobody outside.
c.LabApp.news_url = None
c.LabApp.check_for_updates_class = "jupyterlab.NeverCheckForUpdate"
