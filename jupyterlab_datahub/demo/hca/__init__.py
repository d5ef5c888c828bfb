"""A Human Cell Atlas to try things on: the Azul service, and the store its signed URLs lead to.

What it answers is held to the service's own OpenAPI; docs/protocol/hca.md says how it looks.
"""
