"""DataHub in Python: what ``import jupyterlab_datahub as datahub`` offers in a notebook or script.

It is the engine of the server and the command line, with the configuration that these read.
"""

from jupyterlab_datahub.interactive.calls import load, open_lazy, preview

__all__ = ["load", "open_lazy", "preview"]
