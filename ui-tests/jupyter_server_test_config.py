"""Jupyter's configuration for the UI tests; everybody who reads this file knows the token."""

from __future__ import annotations

import os

from jupyterlab.galata import configure_jupyter_server

configure_jupyter_server(c)

c.ServerApp.ip = "127.0.0.1"
c.ServerApp.port = int(os.environ["DATAHUB_UI_TESTS_PORT"])
c.ServerApp.port_retries = 0
c.ServerApp.base_url = os.environ["DATAHUB_UI_TESTS_BASE_URL"]
c.ServerApp.allow_root = True

# Galata switches both off; behind a JupyterHub both are on.
c.IdentityProvider.token = os.environ["DATAHUB_UI_TESTS_TOKEN"]
c.ServerApp.disable_check_xsrf = False

# Nothing but the tests talks to this server, and it talks to nobody outside.
c.LabApp.news_url = None
c.LabApp.check_for_updates_class = "jupyterlab.NeverCheckForUpdate"

# Each page that is loaded would have Node.js look whether JupyterLab is to be built anew.
c.ServerApp.tornado_settings = {"page_config_data": {"buildAvailable": False, "buildCheck": False}}
