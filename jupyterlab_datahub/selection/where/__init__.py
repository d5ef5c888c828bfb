"""The language in which cells are chosen: one expression over the columns of obs.

``cell_type == 'B cell' and tissue in ['lung', 'liver'] and 500 <= n_genes < 2000``. It is cut into
words (:mod:`.tokens`), these become a tree (:mod:`.parse`, :mod:`.tree`), and the tree is
worked out over whole columns (:mod:`.evaluate`). Nothing of it is ever run as Python.
"""
