"""An openBIS to try things on: application server, data store server, and file server.

Its requests and answers are those of the V3 API; docs/protocol/openbis.md says how they look
and which clients prove it.
"""
