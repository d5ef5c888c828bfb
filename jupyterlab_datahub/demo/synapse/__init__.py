"""A local Synapse: its REST services with made-up projects, and the store behind them."""
