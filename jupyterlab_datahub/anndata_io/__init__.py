"""Bytes as AnnData: what other formats hold, written once as h5ad.

Nothing here needs anndata itself: files are read and written with h5py, a slab at a time, so that
neither the size of a matrix nor the start of a large package is felt.
"""
