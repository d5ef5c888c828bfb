"""JupyterLab DataHub: from a question to an AnnData in the kernel in one click.

``import jupyterlab_datahub as datahub`` gives :func:`preview`, :func:`load` and :func:`open_lazy`.
"""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jupyterlab_datahub.interactive import load, open_lazy, preview

    __version__: str

__all__ = ["__version__", "load", "open_lazy", "preview"]


def __getattr__(name: str) -> Any:
    # Imported when they are asked for, as the server and its worker import this package, too.
    if name == "__version__":
        return importlib.import_module("importlib.metadata").version("jupyterlab-datahub")
    if name in ("load", "open_lazy", "preview"):
        return getattr(importlib.import_module("jupyterlab_datahub.interactive"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


def _jupyter_labextension_paths() -> list[dict[str, str]]:
    """Tell JupyterLab where the prebuilt front end lies."""
    return [{"src": "labextension", "dest": "jupyterlab-datahub"}]


def _jupyter_server_extension_points() -> list[dict[str, Any]]:
    """Tell Jupyter Server which application to load."""
    # Imported here so that the core, the CLI and the demo never load a web server.
    from jupyterlab_datahub.server.app import DataHubApp

    return [{"module": "jupyterlab_datahub.server", "app": DataHubApp}]
