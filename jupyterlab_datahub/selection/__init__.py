"""Some cells and genes of a file, without the rest of it.

:mod:`.where` is the language that cells are chosen in, :mod:`.estimate` says what a choice costs.
"""
