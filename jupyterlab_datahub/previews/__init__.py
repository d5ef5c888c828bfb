"""What can be known of a file without having it, in a process of its own.

A file on a host is read in blocks by ranged requests (:mod:`jupyterlab_datahub.ranged`), HDF5 in
it only through :mod:`.hdf5`, which follows nothing out of the file and reads nothing without a
bound. What is found goes to the disk by the state of the file, and is asked of
:class:`~jupyterlab_datahub.previews.previews.Previews`.
"""
