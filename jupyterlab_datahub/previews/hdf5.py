"""HDF5 of unknown origin: nothing out of the file is followed, nothing is read without a bound.

A file may name other files as the place of its content, by external links, virtual datasets and
external storage. Whoever gives us one could have our own files read with it. So only hard links
are opened, and datasets whose bytes are in the file itself; names are taken one by one, as a
path could lead over a link.
"""

from __future__ import annotations

from contextlib import contextmanager
from math import prod
from typing import TYPE_CHECKING, Any

from jupyterlab_datahub.errors import DataHubError, UnreadableError
from jupyterlab_datahub.previews.inflate import inflated
from jupyterlab_datahub.ranged import damage
from jupyterlab_datahub.sources.hdf5_texts import Texts, check_lengths

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import h5py
    from numpy.typing import NDArray

    from jupyterlab_datahub.ranged.bytefile import ByteFile, Span

MOST_MEMBERS = 2000
"""Names of one group that are looked at."""

LARGEST_READ = 256 << 20
"""Bytes of memory for what is read at once, and for one chunk of it."""

LARGEST_ATTRIBUTE = 4 << 20
LONGEST_TEXT = 500
TEXT_BYTES = 80
"""Bytes that a text of unknown length counts for."""

UNREAD = "datahub-unread"
"""An attribute of what was not fetched, which says why (:mod:`.zarr_copy`)."""

FILTERS = {
    1: "gzip",
    2: "shuffle",
    3: "fletcher32",
    4: "szip",
    32000: "lzf",
    32001: "blosc",
    32004: "lz4",
    32008: "bitshuffle",
    32013: "zfp",
    32015: "zstd",
    32026: "blosc2",
}
"""Filters by their number in the registry of the HDF Group."""


class OutsideError(UnreadableError):
    """A part of the file is not in the file."""


@contextmanager
def opened(source: ByteFile) -> Iterator[h5py.File]:
    """Open a file for a block; whatever HDF5 says of a damaged one becomes an error in words.

    Raises
    ------
    UnreadableError
    """
    import h5py

    with in_words(source):
        if not any(_signed(source, at) for at in (0, 512, 1024, 2048)):
            raise UnreadableError("the file is no HDF5 file", hint=damage.HINT)
        # A damaged file makes HDF5 ask for more than there is: it gets zeros, and sees.
        source.padded = True
        source.check = Texts().refuse
        # The cache of chunks would hold what is read once.
        file = h5py.File(source, "r", rdcc_nbytes=1 << 20, locking=False)
        try:
            check_lengths(file)
            yield file
        finally:
            file.close()


@contextmanager
def in_words(source: ByteFile) -> Iterator[None]:
    """Turn what h5py raises into errors with words, and what a host did into what it was."""
    try:
        yield
    except (DataHubError, AttributeError, NameError):
        # Of these the latter would be our own mistakes, whatever is in the file.
        raise
    except MemoryError as error:
        raise UnreadableError(
            "the file wants more memory than a preview gets",
            hint="Download the file instead, or set c.DataHub.memory_gb higher.",
        ) from error
    except Exception as error:
        # h5py raises whatever fits the moment: OSError, KeyError, ValueError, TypeError, …
        if isinstance(source.failure, DataHubError):
            raise source.failure from error
        raise UnreadableError(damage.DAMAGED, hint=damage.HINT) from error


def _signed(source: ByteFile, at: int) -> bool:
    return at + 8 <= source.size and source.bytes_at(at, at + 8) == b"\x89HDF\r\n\x1a\n"


def member(group: Any, name: str) -> Any:
    """Return a member of a group, None if there is none or `group` is none.

    Raises
    ------
    OutsideError
        If it is somewhere else.
    """
    import h5py

    if not isinstance(group, h5py.Group) or not name or "/" in name or name == ".":
        return None
    links, encoded = group.id.links, name.encode()
    if not links.exists(encoded):
        return None
    if links.get_info(encoded).type != h5py.h5l.TYPE_HARD:
        raise OutsideError(
            f"{place(group, name)} is a link that leads elsewhere, which is not followed",
            hint=damage.HINT,
        )
    return checked(group[name])


def checked(node: Any) -> Any:
    """Return an object whose bytes are in the file itself.

    Raises
    ------
    OutsideError
    """
    import h5py

    if isinstance(node, h5py.Dataset):
        plist = node.id.get_create_plist()
        if plist.get_layout() == h5py.h5d.VIRTUAL or plist.get_external_count():
            raise OutsideError(
                f"{place(node)} has its values in other files, which are not opened",
                hint=damage.HINT,
            )
    return node


def group_at(parent: Any, *names: str) -> Any:
    """Return a group below another, None where there is none."""
    import h5py

    node = parent
    for name in names:
        node = member(node, name)
    return node if isinstance(node, h5py.Group) else None


def dataset_at(parent: Any, *names: str) -> Any:
    """Return a dataset below a group, None where there is none."""
    import h5py

    node = parent
    for name in names:
        node = member(node, name)
    return node if isinstance(node, h5py.Dataset) else None


def names_in(group: Any) -> list[str]:
    """Return the names in a group, none where it is none."""
    import h5py

    if not isinstance(group, h5py.Group):
        return []
    names = []
    for number, name in enumerate(group):
        if number == MOST_MEMBERS:
            break
        # Names that are no UTF-8 come as bytes; nothing of that name will be found, and it is said.
        names.append(as_text(name) if isinstance(name, bytes) else name)
    return names


def place(node: Any, name: str = "") -> str:
    """Return where something is in its file, to be shown."""
    return as_text(f"{node.name or ''}/{name}".rstrip("/"))[:LONGEST_TEXT]


def as_text(value: Any) -> str:
    """Return a value of a file as text that can be shown and sent."""
    if isinstance(value, bytes):
        return value.decode(errors="replace")
    return str(value).encode(errors="replace").decode()


def attribute(node: Any, name: str) -> Any:
    """Return an attribute, None where there is none.

    Raises
    ------
    UnreadableError
        If it is too large.
    """
    attributes = node.attrs
    if name not in attributes:
        return None
    held = attributes.get_id(name)
    if held.shape and not prod(held.shape):
        # HDF5 has no size of nothing.
        return attributes[name]
    if held.get_storage_size() > LARGEST_ATTRIBUTE or prod(held.shape or ()) > LARGEST_ATTRIBUTE:
        raise UnreadableError(f"an attribute of {place(node)} is too large", hint=damage.HINT)
    return attributes[name]


def text_attribute(node: Any, name: str) -> str:
    """Return an attribute that is a text, empty where it is none."""
    value = attribute(node, name)
    return as_text(value)[:LONGEST_TEXT] if isinstance(value, str | bytes) else ""


def text_at(parent: Any, *names: str) -> str:
    """Return a text that is stored as a scalar or as the only value of an array."""
    found = dataset_at(parent, *names)
    if found is None or found.size != 1 or found.dtype.kind not in "OSU":
        return ""
    value = read(found).reshape(-1)[0]
    return as_text(value)[:LONGEST_TEXT]


def read(dataset: h5py.Dataset, selection: Any = (), size: int | None = None) -> NDArray[Any]:
    """Return values of a dataset as an array.

    Parameters
    ----------
    dataset
        Where they are.
    selection
        Which of them; all by default.
    size
        Bytes of memory that is, where not all.

    Raises
    ------
    UnreadableError
        If that is too much, or packed in a way that is not known here.
    """
    import numpy as np

    check_readable(dataset)
    size = cost(dataset) if size is None else size
    if size > LARGEST_READ:
        raise UnreadableError(
            f"{place(dataset)} is too large to be looked at ({size:,} bytes)",
            hint="Download the file instead.",
        )
    found = inflated(dataset) if selection == () else None
    return np.asarray(dataset[selection]) if found is None else found


def check_readable(dataset: h5py.Dataset) -> None:
    """Go on if values of a dataset can be read here.

    Raises
    ------
    UnreadableError
    """
    import h5py

    if UNREAD in dataset.attrs:
        raise UnreadableError(
            f"{place(dataset)}: {text_attribute(dataset, UNREAD)}", hint="Download it instead."
        )
    if dataset.dtype.kind == "O" and h5py.check_string_dtype(dataset.dtype) is None:
        raise UnreadableError(f"{place(dataset)} has values of an odd type", hint=damage.HINT)
    if dataset.chunks and prod(dataset.chunks) * dataset.dtype.itemsize > LARGEST_READ:
        raise UnreadableError(
            f"{place(dataset)} is packed in chunks that are too large", hint=damage.HINT
        )
    for number in filters_of(dataset):
        if not h5py.h5z.filter_avail(number):
            name = FILTERS.get(number, "unknown")
            raise UnreadableError(
                f"{place(dataset)} is packed with a filter that is not installed here "
                f"({name}, number {number})",
                hint="Install hdf5plugin where JupyterLab runs.",
            )


def filters_of(dataset: h5py.Dataset) -> list[int]:
    """Return the numbers of the filters of a dataset."""
    plist = dataset.id.get_create_plist()
    return [plist.get_filter(number)[0] for number in range(plist.get_nfilters())]


def compression_of(dataset: h5py.Dataset) -> str:
    """Return what the values of a dataset are packed with, in a word; empty for nothing."""
    packing = [number for number in filters_of(dataset) if number not in (2, 3)]
    return FILTERS.get(packing[0], f"filter {packing[0]}") if packing else ""


def cost(dataset: h5py.Dataset) -> int:
    """Return the bytes of memory for all values of a dataset."""
    each = TEXT_BYTES if dataset.dtype.kind == "O" else dataset.dtype.itemsize
    return prod(dataset.shape or ()) * each


def stored_size(dataset: h5py.Dataset) -> int:
    """Return the bytes of a dataset in the file.

    For one in chunks HDF5 reads its whole index, so this is for small ones.
    """
    return int(dataset.id.get_storage_size())


def spans_of(dataset: h5py.Dataset, most: int = 4096) -> Sequence[Span]:
    """Return where the bytes of a dataset are in the file; of chunks no more than `most`."""
    if dataset.chunks is None:
        start = dataset.id.get_offset()
        return [] if start is None else [(start, start + stored_size(dataset))]
    spans: list[Span] = []

    def note(chunk: Any) -> bool | None:
        spans.append((chunk.byte_offset, chunk.byte_offset + chunk.size))
        return True if len(spans) >= most else None

    dataset.id.chunk_iter(note)
    return spans
