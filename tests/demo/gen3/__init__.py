"""The demo's Gen3 commons, by its protocols."""
