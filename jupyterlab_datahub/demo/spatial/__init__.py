"""A multiplexed image of a tissue and the table of its cells, as MCMICRO leaves them."""
