"""The demo hub: local services that speak the real protocols, with real data."""
