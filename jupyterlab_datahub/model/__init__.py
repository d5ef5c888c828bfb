"""The words of the project as typed models.

Everything that crosses a boundary (REST, command line, database, worker process) is one of
these structs. The OpenAPI document and the TypeScript types are generated from them, so this
package is the only definition. Field names are the names on the wire.

Sizes are bytes, times are ISO 8601 strings in UTC, rates are bytes per second.
"""

from jupyterlab_datahub.model.base import ErrorBody, Struct
from jupyterlab_datahub.model.dataset import (
    Access,
    Asset,
    Collection,
    Dataset,
    DatasetPage,
    DatasetVersion,
    Download,
    Link,
    Term,
    kind_of,
)
from jupyterlab_datahub.model.handoff import CellReply, CellRequest, ProvenanceInput
from jupyterlab_datahub.model.search import (
    CatalogState,
    Facet,
    FacetValue,
    Hit,
    Range,
    SearchQuery,
    SearchResult,
    SourceStatus,
    Summary,
)
from jupyterlab_datahub.model.transfer import LibraryItem, LibraryListing, Transfer, TransferState

__all__ = [
    "Access",
    "Asset",
    "CatalogState",
    "CellReply",
    "CellRequest",
    "Collection",
    "Dataset",
    "DatasetPage",
    "DatasetVersion",
    "Download",
    "ErrorBody",
    "Facet",
    "FacetValue",
    "Hit",
    "LibraryItem",
    "LibraryListing",
    "Link",
    "ProvenanceInput",
    "Range",
    "SearchQuery",
    "SearchResult",
    "SourceStatus",
    "Struct",
    "Summary",
    "Term",
    "Transfer",
    "TransferState",
    "kind_of",
]
