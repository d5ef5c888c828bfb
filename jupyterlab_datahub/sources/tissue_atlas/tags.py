"""Tags of stories, which everybody writes as they like, as terms of facets."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

KINDS = {"narrated": "narrated", "curated": "curated", "auto": "automatic"}
"""What a story is, by tag: told step by step, chosen by hand, or made by a program."""

MEANINGS: dict[str, tuple[str, str]] = {
    "cycif": ("assay", "CyCIF"),
    "t-cycif": ("assay", "CyCIF"),
    "3d-cycif": ("assay", "3D CyCIF"),
    "orion": ("assay", "Orion"),
    "mibi": ("assay", "MIBI"),
    "imc": ("assay", "IMC"),
    "codex": ("assay", "CODEX"),
    "geomx": ("assay", "GeoMx"),
    "h&e": ("assay", "H&E"),
    "he": ("assay", "H&E"),
    "ihc": ("assay", "IHC"),
    "mel": ("disease", "melanoma"),
    "melanoma": ("disease", "melanoma"),
    "crc": ("disease", "colorectal carcinoma"),
    "colorectal": ("disease", "colorectal carcinoma"),
    "colorectal cancer": ("disease", "colorectal carcinoma"),
    "brca": ("disease", "breast carcinoma"),
    "breast cancer": ("disease", "breast carcinoma"),
    "ovarian": ("disease", "ovarian carcinoma"),
    "stic": ("disease", "serous tubal intraepithelial carcinoma"),
    "gbm": ("disease", "glioblastoma"),
    "tb": ("disease", "tuberculosis"),
    "tuberculosis": ("disease", "tuberculosis"),
    "hidradenitis suppurativa": ("disease", "hidradenitis suppurativa"),
    "human": ("organism", "Homo sapiens"),
    "mouse": ("organism", "Mus musculus"),
    "breast": ("tissue", "breast"),
    "lung": ("tissue", "lung"),
    "liver": ("tissue", "liver"),
    "tonsil": ("tissue", "tonsil"),
    "heart": ("tissue", "heart"),
    "brain": ("tissue", "brain"),
    "skin": ("tissue", "skin"),
}
"""Facet and label by tag, tags in lower case."""

OTHER = "tag"


def normalised(tags: Iterable[object]) -> tuple[str, ...]:
    """Return tags in lower case and single spaces, each once."""
    texts = (" ".join(tag.split()).lower() for tag in tags if isinstance(tag, str))
    return tuple(dict.fromkeys(text[:80] for text in texts if text))


def kind_of(tags: Iterable[str]) -> str:
    """Return what a story is by its tags, empty where none says it."""
    return next((KINDS[tag] for tag in tags if tag in KINDS), "")


def facets_of(tags: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Return labels by facet; tags whose meaning is not known are a facet of their own."""
    found: dict[str, dict[str, None]] = {}
    for tag in tags:
        if tag not in KINDS:
            facet, label = MEANINGS.get(tag, (OTHER, tag))
            found.setdefault(facet, {})[label] = None
    return {facet: tuple(labels) for facet, labels in found.items()}
