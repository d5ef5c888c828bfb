"""Pixels of one channel as a small picture for the screen."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

PERCENTILES = (1.0, 99.8)
"""What becomes black and white: of a stain, the few brightest pixels say nothing."""


class Picture(NamedTuple):
    """A PNG with its size in pixels and the values shown as black and white."""

    png: bytes
    width: int
    height: int
    low: float | None
    high: float | None


def drawn(pixels: NDArray[Any], size: int) -> Picture:
    """Return a picture of some pixels.

    Parameters
    ----------
    pixels
        Rows and columns; a third axis of three or four is colour.
    size
        Pixels of its longer side at most.
    """
    from PIL import Image

    grey = pixels.ndim == 2
    shown, low, high = _scaled(pixels) if grey else (_colours(pixels), None, None)
    image = Image.fromarray(shown)
    image.thumbnail((size, size), Image.Resampling.BOX)
    file = io.BytesIO()
    image.save(file, "PNG")
    return Picture(file.getvalue(), image.width, image.height, low, high)


def _scaled(pixels: NDArray[Any]) -> tuple[NDArray[np.uint8], float, float]:
    """Return values between two percentiles as shades of grey."""
    import numpy as np

    values = pixels.astype(np.float32)
    finite = values[np.isfinite(values)]
    if finite.size == 0:
        return np.zeros(pixels.shape, np.uint8), 0.0, 0.0
    low, high = (float(one) for one in np.percentile(finite, PERCENTILES))
    if high <= low:
        # Nearly all of it is background: what is not is what there is to see.
        low, high = float(finite.min()), float(finite.max())
    span = high - low or 1.0
    np.nan_to_num(values, copy=False, nan=low, posinf=high, neginf=low)
    shades = np.clip((values - low) * (255 / span), 0, 255)
    return shades.astype(np.uint8), low, high


def _colours(pixels: NDArray[Any]) -> NDArray[np.uint8]:
    import numpy as np

    colours = pixels[..., :3]
    if colours.dtype == np.uint8:
        return np.ascontiguousarray(colours)
    most = np.iinfo(colours.dtype).max if colours.dtype.kind in "iu" else 1
    return (np.clip(colours / most, 0, 1) * 255).astype(np.uint8)
