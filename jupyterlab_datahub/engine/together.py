"""Files of a dataset that are of use only together: the three of a matrix in coordinates."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

import msgspec

from jupyterlab_datahub.sources.contents import ROLES, role_of, stem_of

if TYPE_CHECKING:
    from jupyterlab_datahub.model import Asset, Dataset


def put_together(found: Dataset) -> Dataset:
    """Return a dataset in which each matrix has its barcodes and features beside it.

    They are those that lie where it lies, and are called as it is called. Where one is missing, or
    there twice, or cannot be had like the matrix, it stays a file as others.
    """
    lying: defaultdict[str, defaultdict[str, list[Asset]]] = defaultdict(lambda: defaultdict(list))
    for asset in found.assets:
        path = asset.path or asset.name
        if role := role_of(path).removesuffix(".gz"):
            lying[stem_of(path)][role].append(asset)
    whole = {}
    for files in lying.values():
        if {role: len(files[role]) for role in ROLES} == dict.fromkeys(ROLES, 1):
            matrix, *beside = (files[role][0] for role in ROLES)
            if {one.access for one in beside} == {matrix.access}:
                whole[matrix.ref] = msgspec.structs.replace(
                    matrix, loads_as_anndata=True, beside=tuple(beside)
                )
    if not whole:
        return found
    assets = tuple(whole.get(one.ref, one) for one in found.assets)
    return msgspec.structs.replace(found, assets=assets)
