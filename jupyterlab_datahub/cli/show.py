"""``jupyter datahub show``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyterlab_datahub.cli import words
from jupyterlab_datahub.cli.configuration import rooms as open_rooms
from jupyterlab_datahub.cli.terminal import add_command
from jupyterlab_datahub.engine import datasets

if TYPE_CHECKING:
    import argparse

    from jupyterlab_datahub.cli.terminal import Terminal
    from jupyterlab_datahub.model import Dataset, DatasetPage, Related


def add_to(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    parser = add_command(
        commands,
        "show",
        run,
        help="what a dataset is, its files and versions",
        description="Show what a dataset is, its files and its versions.",
    )
    parser.add_argument("ref", metavar="ID", help="identifier of a dataset or one of its files")


def run(arguments: argparse.Namespace, terminal: Terminal) -> int:
    """Print a dataset."""
    page = datasets.page(open_rooms(), arguments.ref)
    terminal.document(page)
    _print(page.dataset, terminal)
    _print_files(page, terminal)
    if page.versions:
        terminal.line()
        terminal.line("Versions")
    for version in page.versions:
        about = words.joined(
            version.ref,
            version.date[:10],
            words.many(version.cells, "cell"),
            "withdrawn" if version.withdrawn else "",
            "current" if version.current else "",
        )
        terminal.indented(about)
    if page.versions_error:
        terminal.complain(page.versions_error, "versions")
    return 0


def _print(dataset: Dataset, terminal: Terminal) -> None:
    terminal.line(dataset.title)
    facets = {
        name.replace("_", " "): ", ".join(term.label for term in terms)
        for name, terms in dataset.facets.items()
    }
    lines = {
        "identifier": dataset.ref,
        "collection": dataset.collection.title if dataset.collection else "",
        **facets,
        "cells": f"{dataset.cells:,}" if dataset.cells is not None else "",
        "genes": f"{dataset.genes:,}" if dataset.genes is not None else "",
        "access": words.joined(dataset.access.value.replace("_", " "), dataset.access_note),
        "licence": words.joined(dataset.licence, dataset.licence_url),
        "citation": dataset.citation,
        "doi": dataset.doi,
        "published": dataset.published[:10],
        "revised": dataset.revised[:10],
        "newest": dataset.newest_ref if dataset.newest_ref != dataset.ref else "",
        "withdrawn": "yes" if dataset.withdrawn else "",
        "status": dataset.status.replace("_", " ").lower(),
        "belongs to": _related(dataset.owner) if dataset.owner else "",
        "page": dataset.url,
    }
    for name, value in lines.items():
        if value:
            terminal.indented(f"{name}: {value}")
    _print_properties(dataset, terminal)


def _print_properties(dataset: Dataset, terminal: Terminal) -> None:
    """Print what a store labels itself, and what the dataset hangs together with."""
    for title, lines in (
        ("Properties", [f"{one.label}: {one.value}" for one in dataset.properties]),
        ("Made from", [_related(one) for one in dataset.parents]),
        ("Used for", [_related(one) for one in dataset.children]),
        ("The same study elsewhere", [_related(one) for one in dataset.related]),
    ):
        if lines:
            terminal.line()
            terminal.line(title)
        for line in lines:
            terminal.indented(line)


def _related(other: Related) -> str:
    return words.joined(other.title, other.type, other.ref)


def _print_files(page: DatasetPage, terminal: Terminal) -> None:
    terminal.line()
    terminal.line("Files")
    for asset in page.dataset.assets:
        about = words.joined(
            asset.path or asset.name,
            words.size(asset.size) or words.about(words.size(asset.rounded_size)),
            asset.note,
            asset.ref,
            "in the library" if asset.ref in page.in_library else "",
        )
        terminal.indented(about)
