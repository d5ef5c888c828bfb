"""A dataset taken apart into what the index keeps of it."""

from __future__ import annotations

import hashlib
import re
import struct
import zlib
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import unquote

import msgspec

from jupyterlab_datahub.catalog.words import fold, without_uuids, words
from jupyterlab_datahub.model import Collection, Dataset, Hit
from jupyterlab_datahub.model.decoding import msgpack_decoder

if TYPE_CHECKING:
    from collections.abc import Iterator

UNKNOWN = -1
"""Stands for a number the catalog does not give."""

PART = ""
"""The facet, shown to nobody, whose value is the part a dataset is in."""

NUMBERS = struct.Struct("<qqq")
"""Cells, size in bytes and date as in :func:`date_number`: the head of a packed row."""

_DATE = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d))?)?)?)?", re.ASCII)
# What surrounds the path in an address whose scheme is taken off.
_PATH = re.compile(r"^//[^/]*|[?#].*$", re.DOTALL)
_SORT_TITLE_CHARACTERS = 200
_LARGEST = 2**53  # sums of these stay exact in 64 bits, and the browser can count so far
_encode = msgspec.msgpack.Encoder().encode
_decode_dataset = msgpack_decoder(Dataset)


class FacetLabel(NamedTuple):
    """One value of one facet of one dataset."""

    facet: str
    label: str
    term: str


class Entry(NamedTuple):
    """What is written for one dataset.

    Texts are words separated by blanks; the fingerprint changes when the dataset does.
    """

    ref: str
    fingerprint: bytes
    record: bytes
    hit: bytes
    sort_title: str
    title: str
    body: str
    numbers: bytes
    labels: tuple[FacetLabel, ...]
    identifiers: tuple[int, ...]


def dataset_of(record: bytes) -> Dataset:
    """Return the dataset that an entry's record was made of."""
    return _decode_dataset(zlib.decompress(record))


def entry_of(dataset: Dataset, source: str, part: str) -> Entry:
    """Return what the index keeps of a dataset of a Source, and of one of its parts."""
    packed = _encode(dataset)
    labels = (FacetLabel(PART, part, ""), *labels_of(dataset, source))
    title, body = texts_of(dataset)
    return Entry(
        ref=dataset.ref,
        fingerprint=hashlib.blake2b(packed, digest_size=16).digest(),
        record=zlib.compress(packed),
        hit=_encode(hit_of(dataset, source)),
        sort_title=fold(dataset.title)[:_SORT_TITLE_CHARACTERS],
        title=title,
        body=body,
        numbers=NUMBERS.pack(
            _number(dataset.cells), _number(dataset.size), date_number(dataset.date)
        ),
        labels=labels,
        identifiers=tuple(sorted(identifiers_of(dataset))),
    )


def hit_of(dataset: Dataset, source: str) -> Hit:
    """Return a dataset's line in a result list."""
    asset = dataset.main_asset
    return Hit(
        ref=dataset.ref,
        id=dataset.id,
        source=source,
        kind=dataset.kind,
        title=dataset.title,
        collection=dataset.collection.title if dataset.collection else "",
        organism=_labels(dataset, "organism"),
        tissue=_labels(dataset, "tissue"),
        disease=_labels(dataset, "disease"),
        assay=_labels(dataset, "assay"),
        cells=dataset.cells,
        size=dataset.size,
        format=asset.format if asset else "",
        loads_as_anndata=asset.loads_as_anndata if asset else False,
        stories=len(dataset.stories),
        access=dataset.access,
        date=dataset.date,
    )


def labels_of(dataset: Dataset, source: str) -> Iterator[FacetLabel]:
    """Yield the facet values of a dataset, each once, those we derive among them."""
    seen: set[tuple[str, str]] = set()
    for facet, label, term in _all_labels(dataset, source):
        if label and (facet, label) not in seen:
            seen.add((facet, label))
            yield FacetLabel(facet, label, term)


def _all_labels(dataset: Dataset, source: str) -> Iterator[tuple[str, str, str]]:
    yield "source", source, ""
    yield "access", dataset.access.value, ""
    for asset in dataset.assets:
        yield "format", asset.format, ""
    date = date_number(dataset.date)
    if date != UNKNOWN:
        yield "year", str(year_of(date)), ""
    for facet, terms in dataset.facets.items():
        # A catalog cannot say that a dataset is another Source's, or another access than it has.
        if facet and facet not in ("source", "access"):
            for term in terms:
                yield facet, term.label.strip(), term.ontology_term_id


def texts_of(dataset: Dataset) -> tuple[str, str]:
    """Return the words of the title and those of everything else that can be searched."""
    collection = dataset.collection or Collection(id="", title="")
    parts = [
        collection.title,
        collection.authors,
        dataset.description,
        collection.description,
        *(term.label for terms in dataset.facets.values() for term in terms),
        *(asset.name for asset in dataset.assets),
        *(link.title for link in dataset.links),
    ]
    title = words(without_uuids(dataset.title))
    body = words(without_uuids(" ; ".join(filter(None, parts))))
    # Each word once: the index keeps no positions.
    return " ".join(dict.fromkeys(title)), " ".join(dict.fromkeys(body))


def identifiers_of(dataset: Dataset) -> set[int]:
    """Return the hashes of everything that names the dataset by itself."""
    names = {dataset.ref, dataset.id, dataset.version, dataset.doi}
    names.update(asset.ref for asset in dataset.assets)
    if dataset.collection:
        names.update((dataset.collection.id, dataset.collection.version, dataset.collection.doi))
    return {identifier_hash(form) for name in names if name for form in identifier_forms(name)}


def identifier_forms(text: str) -> Iterator[str]:
    """Yield what in `text` (an identifier, a DOI, an address) could be an identifier.

    ``https://doi.org/10.1/x`` gives ``10.1/x``, the address of a dataset's page or file gives
    the ids in its path, ``cellxgene:<id>`` also gives the id.
    """
    text = text.strip()
    yield text
    if text.lower().startswith("doi:"):
        yield text[4:].strip()
    scheme, _, rest = text.partition(":")
    if not scheme or not rest.startswith("//"):
        yield rest
        return
    path = unquote(_PATH.sub("", rest)).strip("/")
    yield path
    for segment in path.split("/"):
        yield segment
        yield segment.partition(".")[0]


def identifier_hash(identifier: str) -> int:
    """Return 64 bits that stand for an identifier, upper and lower case alike."""
    folded = identifier.casefold().encode(errors="surrogatepass")
    digest = hashlib.blake2b(folded, digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)


def date_number(date: str) -> int:
    """Return an ISO date as the number YYYYMMDDhhmmss, UNKNOWN where there is none.

    >>> date_number("2026-06-11T16:54:39+00:00")
    20260611165439
    """
    found = _DATE.match(date)
    if not found:
        return UNKNOWN
    year, *rest = found.groups(default="0")
    return int(year + "".join(part.zfill(2) for part in rest))


def year_of(date: int) -> int:
    """Return the year of a number made by :func:`date_number`."""
    return date // 10**10


def _labels(dataset: Dataset, facet: str) -> tuple[str, ...]:
    return tuple(term.label for term in dataset.facets.get(facet, ()))


def _number(value: int | None) -> int:
    # CELLxGENE writes -1 where it does not know a file's size.
    return UNKNOWN if value is None or value < 0 else min(value, _LARGEST)
