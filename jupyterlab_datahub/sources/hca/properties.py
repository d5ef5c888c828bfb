"""What a project's page tells beside its facets, in the sections of the Explorer."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from jupyterlab_datahub.model import Property
from jupyterlab_datahub.sources.hca.links import archive_of, on_the_web
from jupyterlab_datahub.sources.hca.records import first, number, objects, raw, total, values

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyterlab_datahub.sources.hca.records import Record

OVERVIEW = "Overview"
PUBLICATIONS = "Publications"
CONTRIBUTORS = "Contributors"
CURATORS = "Data curators"
ACCESSIONS = "Accessions"
FILES = "Files"

UNITS = ("kB", "MB", "GB", "TB", "PB")
MAIL = re.compile(r"[^\s<>()?&]+@[^\s<>()?&]+\.[^\s<>()?&]+")

WRANGLER = "wrangler"
CURATOR = "curator"


def properties_of(hit: Record, project: Record) -> tuple[Property, ...]:
    """Return the lines of a project's page."""
    return (
        *_overview(hit, project),
        *_publications(project),
        *_people(project),
        *_accessions(project),
        *_files(hit),
    )


def authors(project: Record) -> str:
    """Return the contributors of a project who are not those that curated its record."""
    return ", ".join(_name(one) for one in objects(project, "contributors") if not _curates(one))


def contact(project: Record) -> str:
    """Return the corresponding contributors with their addresses."""
    people = [
        one for one in objects(project, "contributors") if one.get("correspondingContributor")
    ]
    return ", ".join(
        f"{_name(one)} <{first(one, 'email')}>" if first(one, "email") else _name(one)
        for one in people
    )


def _overview(hit: Record, project: Record) -> Iterator[Property]:
    lines = {
        "project_label": ("Project label", first(project, "projectShortname")),
        "laboratory": ("Laboratory", ", ".join(values(project, "laboratory"))),
        "network": ("Biological network", ", ".join(values(project, "bionetworkName"))),
        "atlas": ("Tissue atlas", ", ".join(_atlases(project))),
        "use": ("Data use restriction", ", ".join(values(project, "dataUseRestriction"))),
        "duos": ("DUOS id", ", ".join(values(project, "duosId"))),
        "donors": ("Donors", _count(total(hit, "donorOrganisms", "donorCount"))),
        "samples": ("Samples", _count(len(values(hit, "samples", "id")) or None)),
    }
    for code, (label, value) in lines.items():
        if value:
            yield Property(code=code, label=label, value=value, section=OVERVIEW)


def _publications(project: Record) -> Iterator[Property]:
    for paper in objects(project, "publications"):
        title = first(paper, "publicationTitle")
        doi = first(paper, "doi")
        page = f"https://doi.org/{doi}" if doi else first(paper, "publicationUrl")
        official = "HCA publication" if True in raw(paper, "officialHcaPublication") else ""
        value = " · ".join(filter(None, (f"doi:{doi}" if doi else "", official)))
        if title or value:
            yield Property(
                code="publication",
                label=title or "Publication",
                value=value or page or "in print",
                section=PUBLICATIONS,
                url=page if on_the_web(page) else "",
            )


def _people(project: Record) -> Iterator[Property]:
    for person in objects(project, "contributors"):
        where = ", ".join(filter(None, (first(person, "laboratory"), first(person, "institution"))))
        role = first(person, "projectRole")
        leading = "corresponding" if person.get("correspondingContributor") else ""
        email = first(person, "email")
        yield Property(
            code="contributor",
            label=_name(person),
            value=" · ".join(filter(None, (where, role, leading))),
            section=CURATORS if _curates(person) else CONTRIBUTORS,
            url=f"mailto:{email}" if leading and MAIL.fullmatch(email) else "",
        )


def _accessions(project: Record) -> Iterator[Property]:
    for accession in objects(project, "accessions"):
        namespace, value = first(accession, "namespace"), first(accession, "accession")
        if value:
            name, page = archive_of(namespace, value)
            label = name or namespace.replace("_", " ") or "accession"
            yield Property(code=namespace, label=label, value=value, section=ACCESSIONS, url=page)


def _files(hit: Record) -> Iterator[Property]:
    """Yield the number of files of each format, most bytes first."""
    kinds = sorted(objects(hit, "fileTypeSummaries"), key=lambda k: -(number(k, "totalSize") or 0))
    for kind in kinds:
        format_ = first(kind, "format") or first(kind, "fileType") or "unknown"
        size, count = number(kind, "totalSize"), number(kind, "count")
        files = f"{count or 0:,} file{'' if count == 1 else 's'}"
        yield Property(
            code=f"files:{format_}",
            label=format_,
            value=" · ".join(filter(None, (files, _amount(size or 0)))),
            section=FILES,
        )


def _atlases(project: Record) -> Iterator[str]:
    for atlas in objects(project, "tissueAtlas"):
        yield " ".join(filter(None, (first(atlas, "atlas"), first(atlas, "version"))))


def _name(person: Record) -> str:
    """Return a name as people write it; Azul has ``First,Middle,Last`` with empty parts."""
    parts = [part.strip() for part in first(person, "contactName").split(",")]
    return " ".join(filter(None, parts)) or first(person, "institution") or "unnamed"


def _curates(person: Record) -> bool:
    role = first(person, "projectRole").lower()
    return WRANGLER in role or CURATOR in role


def _amount(size: int) -> str:
    """Return bytes as people read them, to three digits; empty for none."""
    if size < 1000:
        return f"{size} B" if size else ""
    amount, unit = float(size), -1
    while amount >= 999.5 and unit < len(UNITS) - 1:
        amount, unit = amount / 1000, unit + 1
    return f"{amount:.3g} {UNITS[unit]}"


def _count(number_: int | None) -> str:
    return "" if number_ is None else f"{number_:,}"
