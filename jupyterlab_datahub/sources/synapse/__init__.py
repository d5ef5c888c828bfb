"""Synapse (synapse.org): projects, folders and files, by its published REST services."""
