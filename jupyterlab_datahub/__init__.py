"""JupyterLab DataHub: from a question to an AnnData in the kernel in one click."""

from importlib.metadata import version
from typing import Any

__version__ = version("jupyterlab-datahub")


def _jupyter_labextension_paths() -> list[dict[str, str]]:
    """Tell JupyterLab where the prebuilt front end lies."""
    return [{"src": "labextension", "dest": "jupyterlab-datahub"}]


def _jupyter_server_extension_points() -> list[dict[str, Any]]:
    """Tell Jupyter Server which application to load."""
    # Imported here so that the core, the CLI and the demo never load a web server.
    from jupyterlab_datahub.server.app import DataHubApp

    return [{"module": "jupyterlab_datahub.server", "app": DataHubApp}]
