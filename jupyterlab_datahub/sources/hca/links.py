"""Where a project leads on the web: its page, its papers, its accessions elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

from jupyterlab_datahub.model import Link
from jupyterlab_datahub.sources.hca.records import first, objects, values

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from jupyterlab_datahub.sources.hca.records import Record

EXPLORER = "https://explore.data.humancellatlas.org"
CELLXGENE = "https://cellxgene.cziscience.com/collections"

ARCHIVES: Mapping[str, tuple[str, str]] = {
    "geo_series": ("GEO", "https://www.ncbi.nlm.nih.gov/geo/query/acc.cgi?acc={}"),
    "array_express": ("ArrayExpress", "https://www.ebi.ac.uk/biostudies/arrayexpress/studies/{}"),
    "insdc_project": ("INSDC project", "https://www.ebi.ac.uk/ena/browser/view/{}"),
    "insdc_study": ("INSDC study", "https://www.ebi.ac.uk/ena/browser/view/{}"),
    "biostudies": ("BioStudies", "https://www.ebi.ac.uk/biostudies/studies/{}"),
    "ega": ("EGA", "https://ega-archive.org/search/{}"),
    "dbgap": (
        "dbGaP",
        "https://www.ncbi.nlm.nih.gov/projects/gap/cgi-bin/study.cgi?study_id={}",
    ),
}
"""Archives by what Azul calls the namespace of an accession."""


def page_of(explorer: str, project: str) -> str:
    """Return the address of a project's page, empty where there are no pages."""
    return f"{explorer.rstrip('/')}/projects/{quote(project, safe='')}" if explorer else ""


def links_of(project: Record) -> tuple[Link, ...]:
    """Return the links of a project, each address once."""
    found = {link.url: link for link in (*_papers(project), *_accessions(project), *_more(project))}
    return tuple(link for url, link in found.items() if on_the_web(url))


def archive_of(namespace: str, accession: str) -> tuple[str, str]:
    """Return what an archive is called and its page of an accession, empty where it is unknown."""
    title, url = ARCHIVES.get(namespace, ("", ""))
    return title, url.format(quote(accession, safe=""))


def collection_link(collection: str) -> Link:
    """Return the link to a collection of CELLxGENE with the same data."""
    return Link(
        title="The same study in CELLxGENE",
        url=f"{CELLXGENE}/{quote(collection, safe='')}",
        kind="collection",
    )


def on_the_web(url: str) -> bool:
    """Return whether an address can be followed without anybody's credentials."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.username is None


def _papers(project: Record) -> Iterator[Link]:
    for paper in objects(project, "publications"):
        doi = first(paper, "doi")
        url = f"https://doi.org/{doi}" if doi else first(paper, "publicationUrl")
        yield Link(title=first(paper, "publicationTitle") or "Publication", url=url, kind="paper")


def _accessions(project: Record) -> Iterator[Link]:
    for accession in objects(project, "accessions"):
        value = first(accession, "accession")
        title, url = archive_of(first(accession, "namespace"), value)
        if url and value:
            yield Link(title=f"{title} {value}", url=url, kind="accession")


def _more(project: Record) -> Iterator[Link]:
    for url in values(project, "supplementaryLinks"):
        # Some have words in front of the address.
        yield Link(title="Supplementary material", url=url.split()[-1], kind="supplement")
    for portal in objects(project, "analysisPortals"):
        url = first(portal, "url")
        yield Link(title=first(portal, "name") or "Analysis portal", url=url, kind="portal")
