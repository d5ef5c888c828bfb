"""The whole of CELLxGENE as one table and the JSON it is made of.

``jupyter datahub harvest cellxgene --out all_datasets_h5ad.csv --json-dir DIR`` writes one line
per dataset; ``DIR`` gets ``collections.json`` and one ``collection_<id>.json`` each, as the
service answered. A run that was stopped goes on where it was, and a later run fetches only the
collections that changed.
"""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from jupyterlab_datahub.errors import BadRequestError, NotSupportedError
from jupyterlab_datahub.model import Struct

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from jupyterlab_datahub.model import Dataset
    from jupyterlab_datahub.sources.cellxgene.wire import Record
    from jupyterlab_datahub.sources.source import Source

COLUMNS = (
    "collection_uuid",
    "collection_version_id",
    "collection_name",
    "dataset_uuid",
    "dataset_version_id",
    "dataset_title",
    "organism",
    "tissue",
    "disease",
    "assay",
    "cell_count",
    "schema_version",
    "doi",
    "published_at",
    "revised_at",
    "h5ad_url",
    "h5ad_size",
)
"""The table's columns, in an order that stays; new ones come last."""

BETWEEN = " | "
"""Between several values of one cell."""


class HarvestReport(Struct):
    """What a harvest did; ``table`` and ``json_directory`` are paths.

    ``fetched``, ``unchanged`` and ``withdrawn`` count collections, ``left_out`` datasets that do
    not say which version they are.
    """

    table: str
    json_directory: str
    collections: int = 0
    datasets: int = 0
    fetched: int = 0
    unchanged: int = 0
    withdrawn: int = 0
    left_out: int = 0


def harvest_csv(
    source: Source,
    out: Path,
    json_dir: Path | None = None,
    progress: Callable[[int, int, str], None] = lambda _done, _total, _words: None,
) -> HarvestReport:
    """Write every dataset of a CELLxGENE Source as a line of a CSV file.

    The table is UTF-8 with a header line (:data:`COLUMNS`), sorted by collection and title. It
    is replaced when all of it is there, and left untouched when nothing changed. Texts are as
    the service has them, line breaks made spaces; numbers that are not known are empty.

    Parameters
    ----------
    source
        A Source of the kind ``cellxgene``.
    out
        The CSV file.
    json_dir
        Where the answers are kept; the Source's own cache where not given.
    progress
        Is told how many collections are there, of how many, and words for the user.

    Raises
    ------
    NotSupportedError
        If the Source is of another kind.
    BadRequestError, SettingsError
        If the table or the directory cannot be written.
    CatalogError
        If some collection cannot be had. What was fetched stays for the next run.
    """
    from jupyterlab_datahub.sources.cellxgene import CellxgeneSource

    if not isinstance(source, CellxgeneSource):
        raise NotSupportedError(
            f"{source.name} is no CELLxGENE source, and only those can be written as a table",
            source=source.name,
            hint="Name a source of the kind cellxgene.",
        )
    if out.is_dir():
        raise BadRequestError(f"{out} is a directory", hint="Name a file, such as datasets.csv.")
    fetched = source.collections(progress, json_dir)
    rows: list[dict[str, str]] = []
    left_out = 0
    for collection in fetched.collections():
        for dataset in _datasets(collection, source.name):
            if dataset is None:
                left_out += 1
            else:
                rows.append(row_of(dataset))
    _write(out, rows)
    return HarvestReport(
        table=str(out),
        json_directory=str(fetched.kept.directory),
        collections=len(fetched.ids),
        datasets=len(rows),
        fetched=len(fetched.fetched),
        unchanged=len(fetched.ids) - len(fetched.fetched),
        withdrawn=len(fetched.gone),
        left_out=left_out,
    )


def row_of(dataset: Dataset) -> dict[str, str]:
    """Return a dataset's line, by column."""
    collection = dataset.collection
    file = next((asset for asset in dataset.assets if asset.format == "h5ad"), None)
    values = (
        collection.id if collection else "",
        collection.version if collection else "",
        collection.title if collection else "",
        dataset.id,
        dataset.version,
        dataset.title,
        *(_labels(dataset, facet) for facet in ("organism", "tissue", "disease", "assay")),
        _number(dataset.cells),
        dataset.schema_version,
        dataset.doi,
        dataset.published,
        dataset.revised,
        file.url if file else "",
        _number(file.size if file else None),
    )
    texts = (" ".join(value.split()) for value in values)
    return dict(zip(COLUMNS, texts, strict=True))


def _datasets(collection: Record, source: str) -> Iterator[Dataset | None]:
    from jupyterlab_datahub.sources.cellxgene.kept import in_collection
    from jupyterlab_datahub.sources.cellxgene.translate import dataset_of

    for record in in_collection(collection):
        yield dataset_of(record, source, collection)


def _write(out: Path, rows: list[dict[str, str]]) -> None:
    from jupyterlab_datahub.sources.files import write_atomically

    keys = ("collection_name", "collection_uuid", "dataset_title", "dataset_uuid")
    rows.sort(key=lambda row: [row[key].casefold() for key in keys])
    text = io.StringIO(newline="")
    table = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    table.writeheader()
    table.writerows(rows)
    content = text.getvalue().encode()
    try:
        if not out.is_file() or out.read_bytes() != content:
            write_atomically(out, content)
    except OSError as error:
        raise BadRequestError(
            f"{out} cannot be written: {error.strerror}",
            hint="Choose a folder you may write to, on a disk with room.",
        ) from error


def _labels(dataset: Dataset, facet: str) -> str:
    return BETWEEN.join(term.label for term in dataset.facets.get(facet, ()))


def _number(value: int | None) -> str:
    return "" if value is None else str(value)
