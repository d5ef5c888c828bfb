"""The Human Cell Atlas as a Source: the Data Explorer's service, Azul, and what it speaks.

Facts about the protocol are from Azul's own OpenAPI document and from what its Explorer sends.
"""

from jupyterlab_datahub.sources.hca.source import HcaSource

__all__ = ["HcaSource"]
