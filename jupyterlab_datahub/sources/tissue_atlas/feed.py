"""The feed: every study of an atlas with its stories and files, made of the site's pages.

A card belongs to the study whose id is the name of its folder, as the site's own templates have
it. Cards of a folder without a page are kept, as a study that has nothing but stories.
"""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from jupyterlab_datahub.model import Struct
from jupyterlab_datahub.sources.tissue_atlas import front_matter, tables, tags
from jupyterlab_datahub.sources.tissue_atlas.front_matter import items, mapping, words
from jupyterlab_datahub.sources.tissue_atlas.places import Places, doi_of, places, pmid_of
from jupyterlab_datahub.sources.tissue_atlas.tables import Row

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyterlab_datahub.sources.tissue_atlas.snapshot import Snapshot

DATASETS, CARDS, LIST = "_atlas-datasets", "_data-cards", "-file-list"
LOOSE = "other-stories"
"""The study of the cards that are in no folder."""

_ID = re.compile(r"[^A-Za-z0-9._-]+")
_LIQUID = re.compile(r"{%.*?%}|{{.*?}}", re.DOTALL)


class Card(Struct):
    """A story: ``url`` is where it is told, ``picture`` its thumbnail, both as the card has them.

    ``kind`` is narrated, curated, automatic or nothing.
    """

    id: str
    title: str
    url: str = ""
    picture: str = ""
    kind: str = ""
    date: str = ""
    tags: tuple[str, ...] = ()
    featured: bool = False


class Named(Struct):
    """An address with its label; it may be relative to the site."""

    label: str
    url: str


class Study(Struct):
    """A study; ``orphan`` says that there are stories and no page."""

    id: str
    title: str
    authors: str = ""
    journal: str = ""
    description: str = ""
    doi: str = ""
    pmid: str = ""
    links: tuple[Named, ...] = ()
    places: Places = Places()
    files: tuple[Row, ...] = ()
    cards: tuple[Card, ...] = ()
    orphan: bool = False


class Feed(Struct):
    """All studies of an atlas at a commit; ``problems`` are pages that were hard to read.

    ``date`` is that of the commit, ``fetched`` when the archive was asked for last; ``url`` and
    ``etag`` are the archive's.
    """

    studies: tuple[Study, ...]
    commit: str = ""
    date: str = ""
    fetched: str = ""
    url: str = ""
    etag: str = ""
    problems: tuple[str, ...] = ()


def feed_of(snapshot: Snapshot) -> Feed:
    """Return the feed of a snapshot of the site."""
    read = {path: front_matter.read(page) for path, page in sorted(snapshot.pages.items())}
    problems = [f"{path} {words_}" for path, page in read.items() for words_ in page.problems]
    cards: dict[str, list[Card]] = {}
    for path, page in read.items():
        parts = PurePosixPath(path).parts
        if parts[0] == CARDS and not _is(page.fields, "hide"):
            folder = _safe(parts[1]) if len(parts) > 2 else LOOSE
            cards.setdefault(folder, []).append(_card(path, page.fields))
    studies = [study for study in _studies(read, cards) if study is not None]
    known = {study.id for study in studies}
    studies += [
        Study(id=folder, title=_title(folder), cards=tuple(told), orphan=True)
        for folder, told in cards.items()
        if folder not in known
    ]
    return Feed(
        studies=tuple(sorted(studies, key=lambda study: study.id)),
        commit=snapshot.commit,
        date=snapshot.date,
        problems=tuple(problems),
    )


def _studies(
    read: dict[str, front_matter.Page], cards: dict[str, list[Card]]
) -> Iterator[Study | None]:
    for path, page in read.items():
        parts = PurePosixPath(path)
        id_ = _safe(parts.stem)
        if parts.parts[0] != DATASETS or len(parts.parts) != 2 or id_.endswith(LIST):
            continue
        hidden = _is(page.fields, "hide") or words(page.fields, "published").lower() == "false"
        included = read.get(f"{DATASETS}/{parts.stem}{LIST}.md")
        text = _LIQUID.sub("", page.body) + "\n" + (included.body if included else "")
        yield None if hidden else _study(id_, page.fields, text, tuple(cards.get(id_, ())))


def _study(id_: str, fields: front_matter.Fields, text: str, told: tuple[Card, ...]) -> Study:
    said = mapping(mapping(fields, "data"), "publication")
    journal = words(said, "journal")
    links = tuple(_links(items(said, "links")))
    published = [link.url for link in links if "publication" in link.label.lower()]
    rest = tables.without_tables(text)
    named = " ".join((rest, *(link.url for link in links)))
    return Study(
        id=id_,
        title=words(said, "title") or _title(id_),
        authors=words(said, "authors", 5000),
        journal=re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", journal),
        description=words(said, "description", 20_000),
        doi=doi_of(*published, journal, *(link.url for link in links if "doi.org" in link.url)),
        pmid=pmid_of(journal),
        links=links,
        places=places(named),
        files=tables.rows(text),
        cards=told,
    )


def _links(entries: list[Any]) -> Iterator[Named]:
    for entry in entries:
        if isinstance(entry, dict):
            for label in entry:
                if isinstance(label, str) and words(entry, label):
                    yield Named(label=label.strip()[:200], url=words(entry, label, 2000))


def _card(path: str, fields: front_matter.Fields) -> Card:
    found = tags.normalised(items(fields, "tags"))
    id_ = _safe(PurePosixPath(path).stem)
    return Card(
        id=id_,
        title=words(fields, "title") or id_,
        url=words(fields, "minerva_link", 2000) or words(fields, "cbio_portal_link", 2000),
        picture=words(fields, "image", 2000),
        kind=tags.kind_of(found),
        date=words(fields, "date", 40),
        tags=found,
        featured=_is(fields, "featured"),
    )


def _is(fields: front_matter.Fields, key: str) -> bool:
    return words(fields, key).lower() in ("true", "yes", "1")


def _safe(name: str) -> str:
    return _ID.sub("-", name).strip("-.")[:100] or "unnamed"


def _title(id_: str) -> str:
    """Return a title for what has none: its id in words."""
    spaced = id_.replace("-", " ").replace("_", " ").strip()
    return spaced[:1].upper() + spaced[1:]
