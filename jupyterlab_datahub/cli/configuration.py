"""The configuration in force, read where the server reads it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_core.application import JupyterApp
from traitlets.config import Application

from jupyterlab_datahub.engine.rooms import Rooms
from jupyterlab_datahub.settings.traits import DataHub

if TYPE_CHECKING:
    from jupyterlab_datahub.settings import Settings

# In the order in which a Jupyter server, JupyterLab and our extension read them.
CONFIG_FILES = (
    "jupyter_config",
    "jupyter_server_config",
    "jupyter_lab_config",
    "jupyter_jupyterlab_datahub_config",
)


class _Configured(JupyterApp):
    """Reads the files; it is never started."""

    name = "jupyter-datahub"
    classes = [DataHub]

    def read(self) -> DataHub:
        for name in CONFIG_FILES:
            Application.load_config_file(self, name, path=self.config_file_paths)
        return DataHub(config=self.config)


def settings() -> Settings:
    """Return the settings for a command that is run in the current directory.

    Raises
    ------
    SettingsError
    """
    return _Configured().read().settings(Path.cwd())


def rooms(*, alone: bool = True) -> Rooms:
    """Return the rooms to work with.

    Parameters
    ----------
    alone
        Whether this is a command of its own; a kernel has a server beside it.

    Raises
    ------
    SettingsError
    """
    return Rooms(settings(), alone=alone)
