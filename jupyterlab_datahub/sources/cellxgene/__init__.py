"""CZ CELLxGENE Discover, through its public curation API.

See :mod:`jupyterlab_datahub.sources.cellxgene.source` for how it is asked and
:mod:`jupyterlab_datahub.sources.cellxgene.refs` for its identifiers.
"""

from jupyterlab_datahub.sources.cellxgene.source import CellxgeneSource

__all__ = ["CellxgeneSource"]
