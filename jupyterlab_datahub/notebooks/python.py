"""Hand-off cells in Python. They need anndata and the standard library, nothing of ours."""

from __future__ import annotations

import builtins
import keyword
from typing import TYPE_CHECKING

from jupyterlab_datahub.notebooks.languages import Language, Origin, Remote
from jupyterlab_datahub.notebooks.names import (
    ChosenName,
    chosen_name,
    free_name,
    name_from_title,
)
from jupyterlab_datahub.notebooks.words import one_line

if TYPE_CHECKING:
    from collections.abc import Collection

# Names that a cell imports, that everybody imports, and that IPython keeps for itself.
_CONVENTIONS = ("ad", "np", "pd", "plt", "sc", "sns", "hashlib", "os", "urllib", "display", "path")
RESERVED = frozenset((*keyword.kwlist, *keyword.softkwlist, *dir(builtins), *_CONVENTIONS))

READERS = {
    ".h5ad": ("import anndata as ad", "ad.read_h5ad({path})"),
    ".loom": ("import anndata as ad", "ad.io.read_loom({path})"),
}
"""Import and call that make an AnnData, by suffix; any other file becomes a path."""

_PATH = ("from pathlib import Path", "Path({path})")

# Kept as plain text: no value is ever put into it, they are arguments of the call below it.
_FETCH = '''\
def _fetch_verified(url, path, size, checksums):
    """Fetch a file, continuing where an earlier run stopped; keep it only if it is whole."""
    path = pathlib.Path(path)
    part = path.with_name(path.name + ".part")

    def whole(file):
        if size is not None and file.stat().st_size != size:
            return False
        for algorithm, expected in checksums.items():
            digest = hashlib.new(algorithm)
            with file.open("rb") as opened:
                for block in iter(lambda: opened.read(1 << 20), b""):
                    digest.update(block)
            if digest.hexdigest() != expected:
                return False
        return True

    if path.exists():
        if whole(path):
            return path
        raise OSError(f"{path} is another file: move it away and run the cell again")
    path.parent.mkdir(parents=True, exist_ok=True)
    have = part.stat().st_size if part.exists() else 0
    if size is None or have != size:
        headers = {"User-Agent": "jupyterlab-datahub"}
        if size is not None and 0 < have < size:
            headers["Range"] = f"bytes={have}-"
        request = urllib.request.Request(url, headers=headers)
        with urllib.request.urlopen(request, timeout=60) as answer:
            resumed = (answer.headers.get("Content-Range") or "").startswith(f"bytes {have}-")
            with part.open("ab" if resumed else "wb") as file:
                shutil.copyfileobj(answer, file, 1 << 20)
    got = part.stat().st_size
    if size is not None and got < size:
        raise OSError(f"{got:,} of {size:,} bytes came: run the cell again to fetch the rest")
    if not whole(part):
        part.unlink()
        raise OSError(f"{url}: the bytes are not those that were published")
    os.replace(part, path)
    return path
'''
_FETCH_IMPORTS = (
    "import hashlib",
    "import os",
    "import pathlib",
    "import shutil",
    "import urllib.request",
)


class Python(Language):
    """Python, as IPython runs it."""

    name = "python"
    title = "Python"

    def variable(self, title: str, wished: str, taken: Collection[str]) -> ChosenName:
        """Return a free Python name; see :meth:`Language.variable`."""
        name = chosen_name(wished, RESERVED) if wished else name_from_title(title, RESERVED)
        return free_name(name, taken)

    def load(self, origin: Origin, variable: str, path: str, suffix: str) -> str:
        """Return the cell that loads a visible file; see :meth:`Language.load`."""
        imports, call = READERS.get(suffix, _PATH)
        return _cell(
            _comment(origin),
            imports,
            "",
            f"{variable} = {call.format(path=literal(path))}",
            variable,
        )

    def fetch(self, origin: Origin, variable: str, path: str, suffix: str, remote: Remote) -> str:
        """Return the cell that fetches the file first; see :meth:`Language.fetch`."""
        imports, call = READERS.get(suffix, ("", "{path}"))
        arguments = (
            literal(remote.url),
            literal(path),
            repr(remote.size),
            "{" + ", ".join(f"{literal(k)}: {literal(v)}" for k, v in checks(remote)) + "}",
        )
        fetched = "_fetch_verified(\n    " + ",\n    ".join(arguments) + ",\n)"
        return _cell(
            _comment(origin),
            *_FETCH_IMPORTS,
            *(("", imports) if imports else ()),
            "",
            "",
            _FETCH,
            "",
            f"{variable} = {call.format(path=fetched)}",
            variable,
        )


def checks(remote: Remote) -> list[tuple[str, str]]:
    """Return the checksum that the cell compares: the strongest that every Python has."""
    known = ("sha256", "sha512", "sha1", "md5")
    return [(name, remote.checksums[name]) for name in known if name in remote.checksums][:1]


def literal(text: str) -> str:
    """Return `text` as a Python string literal, in double quotes where that needs no escape."""
    quoted = repr(text)
    if quoted.startswith("'") and '"' not in text:
        return f'"{quoted[1:-1]}"'
    return quoted


def _comment(origin: Origin) -> str:
    parts = (origin.title, origin.ref, origin.licence)
    return "# " + " · ".join(line for part in parts if (line := one_line(part)))


def _cell(*lines: str) -> str:
    return "\n".join(lines)
