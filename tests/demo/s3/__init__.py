"""The demo's object store, by the client that everybody has."""
