"""Hand-off cells in Python. They need anndata and the standard library, nothing of ours."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyterlab_datahub.notebooks import reserved
from jupyterlab_datahub.notebooks.comments import comment
from jupyterlab_datahub.notebooks.languages import Language, Origin, Remote
from jupyterlab_datahub.notebooks.names import (
    ChosenName,
    chosen_name,
    free_name,
    name_from_title,
)
from jupyterlab_datahub.sources.contents import Form

if TYPE_CHECKING:
    from collections.abc import Collection

    from jupyterlab_datahub.sources.contents import Content

RESERVED = reserved.PYTHON

_ANNDATA = "import anndata as ad"
_SCANPY = "import scanpy as sc"
_PANDAS = "import pandas as pd"
_TABLE = """\
pd.read_csv({path}{more}, index_col=0).rename(index=str).pipe(
    lambda table: ad.AnnData(
        table.select_dtypes("number"), obs=table.select_dtypes(exclude="number")
    )
)"""

READERS = {
    Form.H5AD: ((_ANNDATA,), "ad.read_h5ad({path}{more})"),
    Form.LOOM: ((_ANNDATA,), "ad.io.read_loom({path}{more})"),
    Form.CSV: ((_ANNDATA, _PANDAS), _TABLE),
    Form.TSV: ((_ANNDATA, _PANDAS), _TABLE),
    # Without the argument scanpy drops all that is no gene, such as antibodies, without a word.
    Form.TENX_H5: ((_SCANPY,), "sc.read_10x_h5({path}, gex_only=False{more})"),
    Form.TENX_MTX: ((_SCANPY,), "sc.read_10x_mtx({path}, gex_only=False{more})"),
    Form.PATH: (("from pathlib import Path",), "Path({path}{more})"),
}
"""Imports and expression by what a file holds."""

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

    def load(self, origin: Origin, variable: str, path: str, content: Content) -> str:
        """Return the cell that loads a visible file; see :meth:`Language.load`."""
        if content.below:
            path = f"{path}/{content.below}"
        imports, value = _reader(content, literal(path))
        return _cell(
            comment(origin, "#"), *notes(content), *imports, "", f"{variable} = {value}", variable
        )

    def fetch(
        self, origin: Origin, variable: str, path: str, content: Content, remote: Remote
    ) -> str:
        """Return the cell that fetches the file first; see :meth:`Language.fetch`."""
        arguments = (
            literal(remote.url),
            literal(path),
            repr(remote.size),
            "{" + ", ".join(f"{literal(k)}: {literal(v)}" for k, v in checks(remote)) + "}",
        )
        fetched = "_fetch_verified(\n    " + ",\n    ".join(arguments) + ",\n)"
        # What fetches it gives a Path already.
        imports, value = (
            _reader(content, fetched) if content.form is not Form.PATH else ((), fetched)
        )
        return _cell(
            comment(origin, "#"),
            *notes(content),
            *_FETCH_IMPORTS,
            *(("", *imports) if imports else ()),
            "",
            "",
            _FETCH,
            "",
            f"{variable} = {value}",
            variable,
        )


def notes(content: Content) -> tuple[str, ...]:
    """Return what a reader of the cell should know beside its first line."""
    if content.form in (Form.CSV, Form.TSV):
        return ("# A row is a cell, named by the first column; other columns of text go to obs.",)
    return ()


def _reader(content: Content, path: str) -> tuple[tuple[str, ...], str]:
    """Return the imports and the expression that read `path`, itself an expression."""
    imports, template = READERS[content.form]
    return imports, template.format(path=path, more=_more(content))


def _more(content: Content) -> str:
    arguments = ""
    if content.form is Form.TSV:
        arguments += ', sep="\\t"'
    if content.prefix:
        arguments += f", prefix={literal(content.prefix)}"
    if content.compressed is not None:
        arguments += f", compressed={content.compressed}"
    return arguments


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


def _cell(*lines: str) -> str:
    return "\n".join(lines)
