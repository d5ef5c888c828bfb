"""What can be known of a file without having it, in a process of its own.

A file on a host is read in blocks by ranged requests (:mod:`jupyterlab_datahub.ranged`), HDF5 in
it only through :mod:`.hdf5`, which follows nothing out of the file and reads nothing without a
bound. What is found goes to the disk by the state of the file, and is asked of
:class:`~jupyterlab_datahub.preview.previews.Previews`.
"""

import sys
from importlib import import_module
from types import ModuleType
from typing import Any


class _Room(ModuleType):
    """This room, which users of ``import jupyterlab_datahub as datahub`` call by its name.

    ``datahub.preview`` is the function as long as nothing has imported the room, and the room from
    then on: both do the same.
    """

    def __call__(self, ref: str) -> Any:
        """Return what is in a file; see :func:`jupyterlab_datahub.interactive.preview`."""
        return import_module("jupyterlab_datahub.interactive").preview(ref)


sys.modules[__name__].__class__ = _Room
