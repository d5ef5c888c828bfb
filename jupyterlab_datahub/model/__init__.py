"""The words of the project as typed models.

Everything that crosses a boundary (REST, command line, database, worker process) is one of
these structs. The OpenAPI document and the TypeScript types are generated from them, so this
package is the only definition. Field names are the names on the wire.

Sizes are bytes, times are ISO 8601 strings in UTC, rates are bytes per second.
"""

from jupyterlab_datahub.model.base import ErrorBody, FieldError, Struct
from jupyterlab_datahub.model.connection import (
    Connection,
    ConnectionRequest,
    ConnectionState,
    Credentials,
    Discreet,
    Secret,
)
from jupyterlab_datahub.model.dataset import (
    Access,
    Asset,
    Collection,
    Dataset,
    DatasetPage,
    DatasetVersion,
    Download,
    Link,
    Property,
    Related,
    Term,
    kind_of,
)
from jupyterlab_datahub.model.handoff import CellReply, CellRequest, ProvenanceInput
from jupyterlab_datahub.model.notebook import (
    CheckedInput,
    Entity,
    InputState,
    NotebookReply,
    NotebookRequest,
    ProvenanceReport,
    ProvenanceRequest,
    Subject,
    SubjectDataset,
    SubjectKind,
)
from jupyterlab_datahub.model.save import (
    Choice,
    Owner,
    SaveField,
    SaveForm,
    SaveRequest,
    SaveType,
)
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
from jupyterlab_datahub.model.transfer import (
    Direction,
    LibraryItem,
    LibraryListing,
    Transfer,
    TransferState,
)
from jupyterlab_datahub.model.tree import Node, NodePage

__all__ = [
    "Access",
    "Asset",
    "CatalogState",
    "CellReply",
    "CellRequest",
    "CheckedInput",
    "Choice",
    "Collection",
    "Connection",
    "ConnectionRequest",
    "ConnectionState",
    "Credentials",
    "Dataset",
    "DatasetPage",
    "DatasetVersion",
    "Direction",
    "Discreet",
    "Download",
    "Entity",
    "ErrorBody",
    "Facet",
    "FacetValue",
    "FieldError",
    "Hit",
    "InputState",
    "LibraryItem",
    "LibraryListing",
    "Link",
    "Node",
    "NodePage",
    "NotebookReply",
    "NotebookRequest",
    "Owner",
    "Property",
    "ProvenanceInput",
    "ProvenanceReport",
    "ProvenanceRequest",
    "Range",
    "Related",
    "SaveField",
    "SaveForm",
    "SaveRequest",
    "SaveType",
    "SearchQuery",
    "SearchResult",
    "Secret",
    "SourceStatus",
    "Struct",
    "Subject",
    "SubjectDataset",
    "SubjectKind",
    "Summary",
    "Term",
    "Transfer",
    "TransferState",
    "kind_of",
]
