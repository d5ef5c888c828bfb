"""Writing the simplest R object there is, as R's ``saveRDS`` would.

The format is R Internals 1.8 "Serialization Formats": gzip, then XDR (big-endian) items.
"""

from __future__ import annotations

import gzip
import struct
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

STRSXP = 16
CHARSXP = 9
ASCII_CHARSXP = CHARSXP | 1 << 18
"""A string whose 64-bit "ASCII" level flag is set (flag bits start at bit 12)."""

VERSION = 2
WRITER = 0x00040300
OLDEST_READER = 0x00020300


def character_vector(values: Sequence[str]) -> bytes:
    """Return an .rds file that holds a character vector.

    Raises
    ------
    UnicodeEncodeError
        If a string is not ASCII.
    """
    parts = [b"X\n", struct.pack(">iii", VERSION, WRITER, OLDEST_READER)]
    parts.append(struct.pack(">ii", STRSXP, len(values)))
    for value in values:
        content = value.encode("ascii")
        parts.append(struct.pack(">ii", ASCII_CHARSXP, len(content)) + content)
    return gzip.compress(b"".join(parts), mtime=0)
