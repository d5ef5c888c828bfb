"""Looking for words: Azul has no search by text, so what its projects say is kept here.

A catalog has a few hundred projects. Their texts are fetched when somebody first looks for a
word, and kept on disk for a day. What is found are projects, samples and files of which are then
asked for by the projects' ids.
"""

from __future__ import annotations

import hashlib
import re
import time
from threading import Lock
from typing import TYPE_CHECKING

import msgspec

from jupyterlab_datahub.model.decoding import from_json
from jupyterlab_datahub.sources.files import write_atomically
from jupyterlab_datahub.sources.hca.api import MOST_HITS
from jupyterlab_datahub.sources.hca.matrices import TREES, leaves
from jupyterlab_datahub.sources.hca.projects import facets_of
from jupyterlab_datahub.sources.hca.records import first, objects, values

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from jupyterlab_datahub.model import Range
    from jupyterlab_datahub.sources.hca.api import AzulApi
    from jupyterlab_datahub.sources.hca.records import Record

SECONDS = 24 * 3600.0
MOST_PAGES = 100

_WORD = re.compile(r"[^\W_]+")
_WEIGHTS = (8, 4, 1)
"""Of a word in the title, in what a project is of, and anywhere else."""


class Text(msgspec.Struct, array_like=True):
    """What one project says: words of three weights, and identifiers to be given whole."""

    id: str
    year: int | None
    words: tuple[str, str, str]
    identifiers: tuple[str, ...]


class Texts:
    """The texts of the projects of one service; may be used from several threads."""

    def __init__(self, api: AzulApi, cache: Path) -> None:
        self._api = api
        self._cache = cache
        self._lock = Lock()
        self._known: dict[str, tuple[float, list[Text]]] = {}

    def matching(
        self, catalog: str, text: str, years: tuple[str, ...] = (), span: Range | None = None
    ) -> dict[str, int]:
        """Return the projects that have all words of a text, each with how well it fits.

        Parameters
        ----------
        catalog
            The catalog to look in.
        text
            Words, of which beginnings are enough; or an id, a DOI, an accession.
        years, span
            The years in which a project may have been submitted.

        Raises
        ------
        CatalogError
            If the texts are not here yet and cannot be had.
        """
        words = [one.casefold() for one in _WORD.findall(text)]
        whole = identifier(text)
        found = {}
        for one in self._texts(catalog):
            score = max(_WEIGHTS) if whole in one.identifiers else _score(one, words)
            if score and _in_years(one.year, years, span):
                found[one.id] = score
        return found

    def having(self, catalog: str, name: str) -> tuple[str, ...]:
        """Return the projects that an identifier names, or that have a matrix of that id.

        Raises
        ------
        CatalogError
            If the texts are not here yet and cannot be had.
        """
        whole = identifier(name)
        return tuple(one.id for one in self._texts(catalog) if whole in one.identifiers)

    def _texts(self, catalog: str) -> list[Text]:
        # Whoever asks meanwhile waits for the same answer.
        with self._lock:
            known = self._known.get(catalog) or self._read(catalog)
            if known is None or time.time() - known[0] > SECONDS:
                known = time.time(), list(self._fetched(catalog))
                self._write(catalog, known[1])
            self._known = {catalog: known}
            return known[1]

    def _fetched(self, catalog: str) -> Iterator[Text]:
        page = self._api.page("projects", catalog, {}, MOST_HITS["projects"])
        for _ in range(MOST_PAGES):
            yield from filter(None, map(text_of, page.hits))
            if not page.pagination.next or not page.hits:
                return
            page = self._api.next_page(page.pagination.next, {})

    def _file(self, catalog: str) -> Path:
        service = hashlib.sha256(f"{self._api.url} {catalog}".encode()).hexdigest()[:12]
        return self._cache / f"texts-{service}.json"

    def _read(self, catalog: str) -> tuple[float, list[Text]] | None:
        path = self._file(catalog)
        try:
            return path.stat().st_mtime, from_json(path.read_bytes(), list[Text])
        except (OSError, msgspec.DecodeError):
            return None

    def _write(self, catalog: str, texts: list[Text]) -> None:
        try:
            write_atomically(self._file(catalog), msgspec.json.encode(texts))
        except OSError:
            # A full disk costs fetching them again, not the search.
            return


def text_of(hit: Record) -> Text | None:
    """Return what a project says, None if it does not say which it is."""
    project = next(objects(hit, "projects"), {})
    id_ = first(hit, "entryId") or first(project, "projectId")
    if not id_:
        return None
    about = [term.label for terms in facets_of(hit).values() for term in terms]
    people = values(project, "contributors", "contactName")
    rest = (
        first(project, "projectDescription"),
        *values(project, "publications", "publicationTitle"),
        *people,
        *values(project, "contributors", "institution"),
        *values(project, "laboratory"),
    )
    title = (first(project, "projectTitle"), first(project, "projectShortname"))
    named = (
        id_,
        first(project, "projectShortname"),
        *values(project, "publications", "doi"),
        *values(project, "accessions", "accession"),
        *(first(leaf, "uuid") for field, _ in TREES for _, leaf in leaves(project.get(field))),
    )
    submitted = first(hit, "dates", "aggregateSubmissionDate")
    submitted = submitted or first(hit, "dates", "submissionDate")
    return Text(
        id=id_,
        year=int(submitted[:4]) if submitted[:4].isdecimal() else None,
        words=(_words(title), _words(about), _words(rest)),
        identifiers=tuple(identifier(one) for one in named if one),
    )


def identifier(text: str) -> str:
    """Return an identifier as it is compared: a DOI without the address in front of it."""
    folded = text.strip().casefold()
    for prefix in ("https://doi.org/", "http://doi.org/", "doi:"):
        folded = folded.removeprefix(prefix)
    return folded


def _words(texts: tuple[str, ...] | list[str]) -> str:
    """Return the words of some texts, each once and with a space before it."""
    found: Mapping[str, None] = dict.fromkeys(
        word for text in texts for word in _WORD.findall(text.casefold())
    )
    return "".join(f" {word}" for word in found)


def _score(text: Text, words: list[str]) -> int:
    """Return how well all words fit, 0 if one of them is nowhere; 1 for no words."""
    score = 1
    for word in words:
        begins = f" {word}"
        found = sum(
            weight for weight, part in zip(_WEIGHTS, text.words, strict=True) if begins in part
        )
        if not found:
            return 0
        score += found
    return score


def _in_years(year: int | None, years: tuple[str, ...], span: Range | None) -> bool:
    if years and str(year) not in years:
        return False
    if span is None:
        return True
    if year is None:
        return False
    return (span.min is None or year >= span.min) and (span.max is None or year <= span.max)
