"""The demo CELLxGENE: curation API and asset host, with real data."""
