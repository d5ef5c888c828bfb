"""Until when a signed address is good, read from the address itself."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit


def expiry(url: str) -> float | None:
    """Return until when a signed address is good (Unix time), None if it is not signed.

    Amazon writes the time it was signed and how long it is good, as Google does under names of
    its own; Amazon's older form and Azure write the end.
    """
    query = {name.lower(): values[-1] for name, values in parse_qs(urlsplit(url).query).items()}
    for prefix in ("x-amz", "x-goog"):
        signed, life = query.get(f"{prefix}-date", ""), query.get(f"{prefix}-expires", "")
        if life.isdecimal():
            begun = _time(signed) if signed else time.time()
            return None if begun is None else begun + float(life)
    if query.get("expires", "").isdecimal():
        return float(query["expires"])
    return None


def _time(text: str) -> float | None:
    """Return a time as in ``20261121T103000Z``, None if it is none."""
    try:
        return datetime.strptime(text, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC).timestamp()
    except ValueError:
        return None
