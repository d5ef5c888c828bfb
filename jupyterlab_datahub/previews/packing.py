"""Arrays on their way to the browser: a small header in JSON, then the numbers as they are.

======================  ==========================================================
bytes 0 to 3            ``DHA1``
bytes 4 to 7            length of the header, ``uint32``, little-endian
then                    the header, JSON in UTF-8, padded with spaces so that what
                        follows begins at a multiple of 8
then                    the arrays, little-endian, each at a multiple of 8
======================  ==========================================================

The header has ``arrays``: ``{"name", "dtype", "shape", "offset", "length"}``, with ``dtype`` one
of ``uint8``, ``uint16``, ``uint32`` and ``float32``, ``offset`` in bytes from the end of the
header and ``length`` in bytes; and whatever else belongs to them.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

MAGIC = b"DHA1"
ALIGNED = 8
MEDIA = "application/vnd.jupyterlab-datahub.arrays"
NOWHERE = 0xFFFF
"""A quantised coordinate of what has none."""


def pack(header: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> bytes:
    """Return arrays with their header as bytes."""
    import numpy as np

    told, bodies, offset = [], [], 0
    for name, array in arrays.items():
        little = np.ascontiguousarray(array, dtype=array.dtype.newbyteorder("<"))
        body = little.tobytes()
        told.append(
            {
                "name": name,
                "dtype": array.dtype.name,
                "shape": list(array.shape),
                "offset": offset,
                "length": len(body),
            }
        )
        body += bytes(-len(body) % ALIGNED)
        bodies.append(body)
        offset += len(body)
    text = msgspec.json.encode({**header, "arrays": told})
    text += b" " * (-(len(text) + 8) % ALIGNED)
    return b"".join([MAGIC, struct.pack("<I", len(text)), text, *bodies])


def unpack(packed: bytes) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
    """Return what was packed: the header, and the arrays as views of the bytes."""
    import numpy as np

    (length,) = struct.unpack_from("<I", packed, 4)
    header: dict[str, Any] = msgspec.json.decode(packed[8 : 8 + length])
    arrays = {}
    for told in header["arrays"]:
        dtype = np.dtype(told["dtype"]).newbyteorder("<")
        count = told["length"] // dtype.itemsize
        flat = np.frombuffer(packed, dtype, count, 8 + length + told["offset"])
        arrays[told["name"]] = flat.reshape(told["shape"])
    return header, arrays


def quantised(values: NDArray[Any]) -> tuple[NDArray[Any], float, float]:
    """Return coordinates as ``uint16`` from 0 to 65534, and the range these are spread over.

    What is no finite number becomes `NOWHERE`.
    """
    import numpy as np

    values = values.astype(np.float64)
    finite = np.isfinite(values)
    if not finite.any():
        return np.full(len(values), NOWHERE, np.uint16), 0.0, 0.0
    low, high = float(values[finite].min()), float(values[finite].max())
    # Halves, because the range of two numbers near the end of what a double holds is infinite.
    half = high / 2 - low / 2
    steps = np.zeros(len(values)) if half == 0 else (values / 2 - low / 2) / half * (NOWHERE - 1)
    steps[~finite] = NOWHERE
    return np.rint(steps).astype(np.uint16), low, high


def smallest(codes: NDArray[Any], categories: int) -> NDArray[Any]:
    """Return codes in the smallest unsigned type, its highest value for what is missing (-1)."""
    import numpy as np

    kind: Any = np.uint8 if categories < 0xFF else np.uint16 if categories < 0xFFFF else np.uint32
    return codes.astype(kind)
