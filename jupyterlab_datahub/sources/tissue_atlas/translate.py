"""Studies of a feed as datasets."""

from __future__ import annotations

import re
from collections import Counter
from datetime import datetime
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urljoin, urlsplit

from jupyterlab_datahub.model import (
    Asset,
    Collection,
    Dataset,
    Link,
    Property,
    Story,
    Term,
)
from jupyterlab_datahub.sources.contents import Form, form_of
from jupyterlab_datahub.sources.files import file_name
from jupyterlab_datahub.sources.tissue_atlas import refs, tags
from jupyterlab_datahub.sources.tissue_atlas.rights import (
    Right,
    Rules,
    easiest,
    right_of_file,
    right_of_study,
)

if TYPE_CHECKING:
    from collections.abc import Collection as Some

    from jupyterlab_datahub.sources.tissue_atlas.feed import Card, Feed, Study
    from jupyterlab_datahub.sources.tissue_atlas.tables import Row

LEVELS = {
    1: "Level 1: raw data",
    2: "Level 2: images",
    3: "Level 3: segmentation",
    4: "Level 4: feature tables",
    5: "Level 5: stories",
}
TABLES_FIRST = (4, 5, 3, 2, 1, 0)
UNKNOWN = "unknown"
_YEAR = re.compile(r"(?:19|20)\d\d$")


class Atlas(NamedTuple):
    """What is true of a whole atlas: its Source, its site, the hosts of pictures, its rules."""

    source: str
    title: str
    site: str
    hosts: Some[str]
    rules: Rules


def dataset_of(study: Study, feed: Feed, atlas: Atlas) -> Dataset:
    """Return a study as a dataset."""
    assets, rights = _assets(study, atlas)
    right = right_of_study(study, atlas.rules)
    if rights and (best := easiest(rights)).access is not right.access:
        right = best
    page = "" if study.orphan else _address(f"/atlas-datasets/{study.id}/", atlas.site)
    return Dataset(
        ref=refs.dataset_ref(atlas.source, study.id),
        source=atlas.source,
        kind=refs.KIND,
        id=study.id,
        version=feed.commit[:12] or feed.date or UNKNOWN,
        title=study.title,
        collection=Collection(
            id=study.id,
            title=study.journal or atlas.title,
            doi=study.doi,
            authors=study.authors,
            url=page,
        ),
        description=study.description,
        facets=_facets(study),
        assets=assets,
        access=right.access,
        access_note=right.note,
        citation=_citation(study),
        doi=study.doi,
        url=page,
        links=_links(study, atlas.site),
        stories=tuple(_story(study, card, atlas) for card in _ordered(study.cards)),
        properties=tuple(_properties(study, feed)),
    )


def as_of(feed: Feed) -> str:
    """Return the state of the atlas that a feed is of, in words."""
    parts = []
    if feed.date:
        parts.append(f"{datetime.fromisoformat(feed.date):%Y-%m-%d}")
    if feed.commit:
        parts.append(f"commit {feed.commit[:12]}")
    return ", ".join(parts) or "a day that is not known"


def _facets(study: Study) -> dict[str, tuple[Term, ...]]:
    found = tags.facets_of(tag for card in study.cards for tag in card.tags)
    kinds = dict.fromkeys(card.kind for card in study.cards if card.kind)
    levels = dict.fromkeys(LEVELS[row.level] for row in study.files if row.level)
    year = _YEAR.search(study.id)
    extra = {
        "story": tuple(kinds),
        "level": tuple(levels),
        "publication_year": (year[0],) if year else (),
    }
    labels = {name: some for name, some in {**found, **extra}.items() if some}
    return {name: tuple(Term(label=label) for label in some) for name, some in labels.items()}


def _assets(study: Study, atlas: Atlas) -> tuple[tuple[Asset, ...], list[Right]]:
    names = Counter(row.name for row in study.files)
    made: dict[str, Asset] = {}
    rights: list[Right] = []
    for row in sorted(study.files, key=lambda row: TABLES_FIRST.index(row.level)):
        path = f"{row.of}/{row.name}" if row.of and names[row.name] > 1 else row.name
        ref = refs.asset_ref(atlas.source, study.id, path)
        if ref not in made:
            right = right_of_file(row, study, atlas.rules)
            made[ref] = _asset(row, ref, right, path)
            rights.append(right)
    return tuple(made.values()), rights


def _asset(row: Row, ref: str, right: Right, path: str) -> Asset:
    ending = "" if row.folder else PurePosixPath(row.name).suffix
    # What a page says is rounded, so it is told and not taken for the size.
    said = f"about {row.said}" if row.said and row.size is None else ""
    of = row.of if row.of and row.of not in row.name else ""
    return Asset(
        ref=ref,
        name=file_name(path.replace("/", " ").removesuffix(ending), ending),
        format=_format(row),
        access=right.access,
        access_note=right.note,
        loads_as_anndata=not row.folder and _is_cells(row),
        url=right.url,
        section=LEVELS.get(row.level, row.section),
        rounded_size=row.size,
        note=" · ".join(filter(None, (of, said, "folder" if row.folder else ""))),
        elsewhere=right.elsewhere,
    )


def _format(row: Row) -> str:
    name = row.name.lower()
    if row.folder:
        return ""
    if name.endswith((".ome.tif", ".ome.tiff")):
        return "ome-tiff"
    return PurePosixPath(name).suffix.removeprefix(".")


def _is_cells(row: Row) -> bool:
    """Return whether a file is a table of cells; what lists markers or regions is none."""
    name = row.name.lower()
    return form_of(row.name) is not Form.PATH and not any(
        word in name for word in ("marker", "_roi", "readme")
    )


def _links(study: Study, site: str) -> tuple[Link, ...]:
    found = [Link(title=link.label, url=_address(link.url, site)) for link in study.links]
    places = study.places
    found += [Link(title="Data", url=f"https://doi.org/{doi}", kind="data") for doi in places.dois]
    found += [
        Link(title=f"Synapse {id_}", url=f"https://www.synapse.org/Synapse:{id_}", kind="data")
        for id_ in places.synapse
    ]
    if study.pmid:
        found.append(Link(title="PubMed", url=f"https://pubmed.ncbi.nlm.nih.gov/{study.pmid}/"))
    return tuple({link.url: link for link in found if link.url}.values())


def _story(study: Study, card: Card, atlas: Atlas) -> Story:
    return Story(
        id=card.id,
        title=card.title,
        url=_address(card.url, atlas.site),
        picture=(
            refs.picture_ref(atlas.source, study.id, card.id)
            if may_show(_address(card.picture, atlas.site), atlas.hosts)
            else ""
        ),
        kind=card.kind,
        date=card.date,
    )


def picture_address(card: Card, site: str) -> str:
    """Return where the thumbnail of a story is, empty if it is not on the web."""
    return _address(card.picture, site)


def may_show(url: str, hosts: Some[str]) -> bool:
    """Return whether a picture is on one of the hosts that are asked for pictures."""
    return bool(url) and urlsplit(url).netloc in hosts


def _ordered(cards: tuple[Card, ...]) -> list[Card]:
    """Return stories as people want them: featured, told and chosen ones before made ones."""
    kinds = ("narrated", "curated", "", "automatic")
    return sorted(cards, key=lambda card: (not card.featured, kinds.index(card.kind), card.title))


def _address(url: str, site: str) -> str:
    """Return an address on the web, of one that may be relative to the site; empty for others."""
    if not url:
        return ""
    try:
        whole = urljoin(f"{site}/", url) if site else url
        parts = urlsplit(whole)
        usable = parts.scheme in ("http", "https") and parts.hostname and not parts.username
    except ValueError:
        return ""
    return whole if usable else ""


def _citation(study: Study) -> str:
    address = f"https://doi.org/{study.doi}" if study.doi else ""
    parts = (study.authors, study.title, study.journal, address)
    return ". ".join(part.rstrip(".") for part in parts if part) if study.journal else ""


def _properties(study: Study, feed: Feed) -> list[Property]:
    found = [Property(code="as_of", label="Atlas as of", value=as_of(feed))]
    if study.orphan:
        found.append(
            Property(
                code="orphan",
                label="Page",
                value="The atlas has stories of this study and no page about it.",
            )
        )
    return found
