"""Configuration: which Sources there are, where data lives, what a transfer may use.

Three places, the later wins: what the project ships, ``datahub-sources.yaml`` on the Jupyter
config path (or the file named by the environment variable ``DATAHUB_SOURCES``), and
administrators' traitlets (``c.DataHub.…`` in a Jupyter configuration file). Added to these are
the openBIS servers that are known from elsewhere (:mod:`.preconfigured`), and while the server
runs what users connect to (:mod:`.saved`).

:class:`jupyterlab_datahub.settings.traits.DataHub` is not among the names here, because worker
processes need no traitlets.
"""

from jupyterlab_datahub.settings.config import NEVER, Settings, SourceConfig, data_home
from jupyterlab_datahub.settings.sources_file import SOURCES_FILE, read_sources, sources_file

__all__ = [
    "NEVER",
    "SOURCES_FILE",
    "Settings",
    "SourceConfig",
    "data_home",
    "read_sources",
    "sources_file",
]
