"""Names of files as a commons has them, made safe and kept apart."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from jupyterlab_datahub.sources.contents import Form, form_of
from jupyterlab_datahub.sources.files import file_name

if TYPE_CHECKING:
    from collections.abc import Iterable

_ENDING = re.compile(
    r"(\.(?:tar|csv|tsv|vcf|fastq|bed|h5ad|json|txt|mtx|bam|xml))?\.[A-Za-z0-9]{1,8}$"
)
_UP = frozenset({"", ".", ".."})


def safe_path(text: str, guid: str) -> str:
    """Return the path of a file within a folder; its last part is the file's name.

    Parameters
    ----------
    text
        A name as a commons or a manifest gives it, maybe with folders; nothing of it leads out
        of the folder it is put into.
    guid
        What the file is called where there is no name.
    """
    parts = [part for part in re.split(r"[/\\]", text) if part.strip() not in _UP]
    if not parts:
        parts = [guid.rpartition("/")[2] or guid]
    *folders, last = parts
    return "/".join((*(file_name(folder, "") for folder in folders), safe_name(last)))


def safe_name(text: str) -> str:
    """Return a file name that any file system takes, with the ending it had."""
    ending = _ENDING.search(text)
    stem = text[: ending.start()] if ending else ""
    if ending is None or not stem.strip(". "):
        return file_name(text, "")
    return file_name(stem, ending[0])


def format_of(name: str) -> str:
    """Return the format that a name's ending tells, without the dot; empty if it has none."""
    suffix = PurePosixPath(name.lower().removesuffix(".gz")).suffix
    return suffix.removeprefix(".") if re.fullmatch(r"\.[a-z0-9]{1,8}", suffix) else ""


def becomes_anndata(name: str) -> bool:
    """Return whether a cell makes an AnnData of a file, judged by its name."""
    return form_of(name) is not Form.PATH


def apart(paths: Iterable[tuple[str, str]]) -> list[str]:
    """Return paths that name each file once, in the order given.

    Parameters
    ----------
    paths
        The path and the GUID of each file. Where two have one path, whatever its case, all but
        the first go into folders that are called after their GUIDs.
    """
    taken: set[str] = set()
    made: list[str] = []
    for path, guid in paths:
        chosen = path
        if chosen.casefold() in taken:
            chosen = f"{file_name(guid.replace('/', '_'), '')}/{path}"
        number = 2
        while chosen.casefold() in taken:
            chosen = f"{file_name(guid.replace('/', '_'), '', str(number))}/{path}"
            number += 1
        taken.add(chosen.casefold())
        made.append(chosen)
    return made
