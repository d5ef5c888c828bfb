"""Small pictures that look like stained tissue, and tables of cells: made by dice, once."""

from __future__ import annotations

import random
import struct
import zlib

WIDTH, HEIGHT = 96, 72
CELLS = 120
MARKERS = ("DNA_1", "CD3D", "CD20", "KERATIN")


def thumbnail(name: str) -> bytes:
    """Return a PNG of coloured cells on dark ground, always the same for a name."""
    dice = random.Random(name)  # noqa: S311 - dice for made-up data, no secrets
    pixels = [[(14, 12, 24)] * WIDTH for _ in range(HEIGHT)]
    for _ in range(60):
        x, y, radius = dice.randrange(WIDTH), dice.randrange(HEIGHT), dice.randrange(2, 6)
        colour = dice.choice(((70, 110, 255), (240, 90, 120), (90, 220, 150), (250, 210, 90)))
        for row in range(max(y - radius, 0), min(y + radius, HEIGHT)):
            for column in range(max(x - radius, 0), min(x + radius, WIDTH)):
                if (row - y) ** 2 + (column - x) ** 2 < radius**2:
                    pixels[row][column] = colour
    rows = b"".join(b"\0" + bytes(part for pixel in row for part in pixel) for row in pixels)
    header = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 2, 0, 0, 0)
    chunks = (b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, content) for kind, content in chunks)


def cells() -> bytes:
    """Return a table of cells as MCMICRO writes it."""
    dice = random.Random("cells")  # noqa: S311 - dice for made-up data, no secrets
    lines = [",".join(("CellID", *MARKERS, "X_centroid", "Y_centroid", "Area"))]
    for number in range(1, CELLS + 1):
        means = [f"{dice.lognormvariate(6, 0.5):.3f}" for _ in MARKERS]
        place = [f"{dice.uniform(0, 900):.2f}", f"{dice.uniform(0, 700):.2f}"]
        lines.append(",".join((str(number), *means, *place, str(dice.randrange(40, 220)))))
    return ("\n".join(lines) + "\n").encode()


def markers() -> bytes:
    """Return the list of markers that goes with the table."""
    lines = ["channel_number,cycle_number,marker_name"]
    lines += [f"{number},1,{name}" for number, name in enumerate(MARKERS, 1)]
    return ("\n".join(lines) + "\n").encode()


def _chunk(kind: bytes, content: bytes) -> bytes:
    checked = kind + content
    return struct.pack(">I", len(content)) + checked + struct.pack(">I", zlib.crc32(checked))
