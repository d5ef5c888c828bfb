"""Where a page says that its data are: buckets, DOIs of repositories, Synapse, addresses."""

from __future__ import annotations

import re

from jupyterlab_datahub.model import Struct

_BUCKET = re.compile(r"\bs3://([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(/[\w./+=-]*)?")
_ZENODO = re.compile(r"\b10\.5281/zenodo\.(\d+)|\bzenodo\.org/records?/(\d+)", re.IGNORECASE)
_SYNAPSE = re.compile(r"\bsyn\d{5,}\b")
_MAIL = re.compile(r"\b([\w.+-]+)\s?(?:@|\(at\)|\[at\])\s?([\w-]+(?:\.[\w-]+)+)")
_DOI = re.compile(r"\b10\.\d{4,9}/[^\s\"<>()\[\]]+[^\s\"<>()\[\].,;]")
_PMID = re.compile(r"\bPMID:?\s*(\d{4,9})")


class Places(Struct):
    """What a page names, each once and in its order."""

    buckets: tuple[str, ...] = ()
    dois: tuple[str, ...] = ()
    synapse: tuple[str, ...] = ()
    contacts: tuple[str, ...] = ()


def places(text: str) -> Places:
    """Return where a text says that data are, and whom to ask."""
    buckets = (f"s3://{m[1]}{(m[2] or '/').rstrip('.')}" for m in _BUCKET.finditer(text))
    numbers = (m[1] or m[2] for m in _ZENODO.finditer(text))
    return Places(
        buckets=tuple(dict.fromkeys(_closed(bucket) for bucket in buckets)),
        dois=tuple(dict.fromkeys(f"10.5281/zenodo.{number}" for number in numbers)),
        synapse=tuple(dict.fromkeys(_SYNAPSE.findall(text))),
        contacts=tuple(dict.fromkeys(f"{m[1]}@{m[2]}" for m in _MAIL.finditer(text))),
    )


def doi_of(*texts: str) -> str:
    """Return the first DOI in some texts, empty if there is none."""
    found = (matched[0] for text in texts if (matched := _DOI.search(text)))
    return next(found, "")


def pmid_of(text: str) -> str:
    """Return the PubMed number in a text, empty if there is none."""
    matched = _PMID.search(text)
    return matched[1] if matched else ""


def _closed(bucket: str) -> str:
    return bucket if bucket.endswith("/") else f"{bucket}/"
