"""What attributes of Loom files are called, which the format leaves to whoever writes one."""

CELL_NAMES = ("cell_names", "CellID", "obs_names", "Cell_ID", "barcode")
GENE_NAMES = ("ensembl_ids", "Accession", "gene_ids", "Gene", "gene_names", "var_names")
"""Those that name cells and genes, the best first: the HCA's ``CellID`` is a barcode, which two
samples may share, and ``Gene`` a symbol; ``cell_names`` and ``ensembl_ids`` are unique."""

COORDINATES = {
    ("_X", "_Y"): "X_embedding",
    ("UMAP_1", "UMAP_2"): "X_umap",
    ("tSNE_1", "tSNE_2"): "X_tsne",
    ("_tSNE1", "_tSNE2"): "X_tsne",
}
"""Pairs that are coordinates of cells, as loompy and velocyto call them, and what scanpy calls such
an embedding; loompy does not say which one it is that it draws."""
