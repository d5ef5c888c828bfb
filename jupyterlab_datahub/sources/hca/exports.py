"""What can be made of a selection: tables of its files, and all of them as one group."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from msgspec.structs import replace

from jupyterlab_datahub.model import Access, Asset, Export
from jupyterlab_datahub.sources.files import file_name
from jupyterlab_datahub.sources.hca import refs
from jupyterlab_datahub.sources.hca.filters import without_files

if TYPE_CHECKING:
    from jupyterlab_datahub.sources.hca.refs import Filters, Wanted

SECTION = "Tables and scripts"
ALL_FILES = "All files"


class Kind(NamedTuple):
    """A format of manifests: how it is asked for, and what people read of it."""

    azul: str
    ending: str
    title: str
    description: str


KINDS = {
    "compact": Kind(
        "compact",
        ".tsv",
        "File manifest",
        "A table with a line for each file: its checksum and address, and what is known of its "
        "project, donor and sample",
    ),
    refs.METADATA: Kind(
        "compact",
        ".tsv",
        "Metadata",
        "The same table for all files of the projects and samples found, whatever files are chosen",
    ),
    "curl": Kind(
        "curl", ".txt", "Script for curl", "A configuration file with which curl fetches the files"
    ),
    "verbatim.jsonl": Kind(
        "verbatim.jsonl",
        ".jsonl",
        "Metadata as they were submitted",
        "A line of JSON for each entity of the metadata graph",
    ),
}


def exports_of(
    catalog: str, filters: Filters, members: int | None, size: int | None
) -> tuple[Export, ...]:
    """Return what can be made of all that a search found."""
    tables = tuple(
        Export(
            ref=refs.manifest_ref(catalog, name, _for(name, filters)),
            title=kind.title,
            format=kind.ending.lstrip("."),
            description=kind.description,
        )
        for name, kind in KINDS.items()
    )
    group = Export(
        ref=refs.files_ref(catalog, filters),
        title=ALL_FILES,
        format="group",
        description="Every file that fits, into one folder",
        members=members,
        size=size,
    )
    return (*tables, group)


def assets_of(
    catalog: str,
    filters: Filters,
    title: str,
    members: int | None,
    size: int | None,
    access: tuple[Access, str] = (Access.OPEN, ""),
) -> tuple[Asset, ...]:
    """Return the same as assets of a dataset, the group last, with what is said of its access."""
    wanted = [
        refs.Wanted(refs.Thing.MANIFEST, catalog, format=name, filters=_for(name, filters))
        for name in KINDS
    ]
    group = refs.Wanted(refs.Thing.FILES, catalog, filters=filters)
    return (
        *(asset_of(one, title) for one in wanted),
        replace(
            asset_of(group, title, members=members, size=size),
            access=access[0],
            access_note=access[1],
        ),
    )


def asset_of(
    wanted: Wanted, title: str, *, members: int | None = None, size: int | None = None
) -> Asset:
    """Return what a ref of a table or a group names, as an asset."""
    if wanted.thing is refs.Thing.FILES:
        return Asset(
            ref=wanted.ref,
            name=file_name(title, ""),
            format="group",
            group=True,
            volatile=True,
            size=size,
            section=ALL_FILES,
            note="" if members is None else f"{members:,} files",
            members=members,
        )
    kind = KINDS[wanted.format]
    return Asset(
        ref=wanted.ref,
        name=file_name(f"{title} {kind.title.lower()}", kind.ending),
        format=kind.ending.lstrip("."),
        volatile=True,
        section=SECTION,
        note=kind.description,
    )


def _for(name: str, filters: Filters) -> Filters:
    return without_files(filters) if name == refs.METADATA else filters
