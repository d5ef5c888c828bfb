"""Gen3 data commons: connections, browsing, search, downloads, GraphQL and uploads."""
