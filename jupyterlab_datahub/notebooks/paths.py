"""Hand-off cells in other languages: a path in R, Octave, MATLAB, Bash and SoS, data in Julia.

What reads a file there is for the user to say; the cell gives a variable with a path that is
right, whatever is in it.
"""

from __future__ import annotations

import re
from abc import abstractmethod
from typing import TYPE_CHECKING, ClassVar, NoReturn

from jupyterlab_datahub.errors import BadRequestError, ConflictError
from jupyterlab_datahub.notebooks import quoting, reserved
from jupyterlab_datahub.notebooks.comments import comment
from jupyterlab_datahub.notebooks.languages import Language, Origin, Remote
from jupyterlab_datahub.notebooks.names import ChosenName, free_name, name_from_title
from jupyterlab_datahub.sources.contents import Form

if TYPE_CHECKING:
    from collections.abc import Collection

    from jupyterlab_datahub.sources.contents import Content

FALLBACK = "data_file"

_R_READERS = """
if (requireNamespace("anndataR", quietly = TRUE)) {{
  {0} <- anndataR::read_h5ad({0})
}} else if (requireNamespace("zellkonverter", quietly = TRUE)) {{
  {0} <- zellkonverter::readH5AD({0})
}}"""

R_VALUES = 2**31 - 1
"""Values that a sparse matrix of R's package Matrix holds, whose indices have 32 bits."""
_JULIA_READERS = {Form.H5AD: "readh5ad", Form.H5MU: "readh5mu"}
_R_TABLES = {Form.CSV_TABLE: "read.csv", Form.TSV_TABLE: "read.delim"}


class PathLanguage(Language):
    """A language whose cell sets a variable to the path and shows it."""

    mark: ClassVar[str] = "#"
    """What begins a comment."""

    names: ClassVar[re.Pattern[str]] = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,62}")
    """What a variable may be called."""

    reserved: ClassVar[frozenset[str]]
    """Names that the language keeps for itself, or that everybody needs."""

    def variable(self, title: str, wished: str, taken: Collection[str]) -> ChosenName:
        """Return a free name of the language; see :meth:`Language.variable`."""
        if not wished:
            return free_name(name_from_title(title, self.reserved, FALLBACK), taken)
        name = wished.strip()
        if not self.names.fullmatch(name):
            raise BadRequestError(
                f"{wished[:80]!r} cannot be the name of a variable in {self.title}",
                hint="Use letters from a to z, digits and underscores, and begin with a letter.",
            )
        if name in self.reserved:
            raise BadRequestError(
                f"{name!r} is a name that {self.title} uses itself", hint="Choose another name."
            )
        return free_name(name, taken)

    def load(self, origin: Origin, variable: str, path: str, content: Content) -> str:
        """Return the cell with the path; see :meth:`Language.load`."""
        lines = (
            comment(origin, self.mark),
            *self.hints(variable, content),
            self.read(variable, path, content),
            self.show(variable),
        )
        return "\n".join(lines)

    def fetch(
        self,
        origin: Origin,
        variable: str,
        path: str,
        content: Content,
        remote: Remote,
    ) -> NoReturn:
        """Refuse: such a cell is written in Python only."""
        raise ConflictError(
            f"This kernel cannot see the server's files, and no cell in {self.title} fetches them",
            hint="Use a kernel on the same machine as the server, or a Python kernel.",
        )

    def hints(self, variable: str, content: Content) -> tuple[str, ...]:
        """Return comment lines that say what reads such a file."""
        return ()

    def read(self, variable: str, path: str, content: Content) -> str:
        """Return the line that sets the variable to what the file holds, else to its path.

        Raises
        ------
        ConflictError
            If the language cannot write the path.
        """
        return self.assign(variable, path)

    @abstractmethod
    def assign(self, variable: str, path: str) -> str:
        """Return the line that sets the variable.

        Raises
        ------
        ConflictError
            If the language cannot write the path.
        """

    def show(self, variable: str) -> str:
        """Return the line that shows the variable."""
        return variable


class R(PathLanguage):
    """R, as IRkernel runs it."""

    name = "r"
    title = "R"
    names = re.compile(r"(?:[A-Za-z]|\.(?![0-9]))[A-Za-z0-9._]{0,99}")
    reserved = reserved.R

    def hints(self, variable: str, content: Content) -> tuple[str, ...]:
        """Say how else an ``.h5ad`` is read in R, or why R cannot hold it."""
        if content.form is not Form.H5AD:
            return ()
        if (content.values or 0) > R_VALUES:
            return (
                f"# X has {content.values:,} values. A sparse matrix of R holds {R_VALUES:,}:",
                f"# leave it on the disk, zellkonverter::readH5AD({variable}, use_hdf5 = TRUE), or",
                "# select some of its cells first.",
            )
        return (
            "# Read by anndataR or zellkonverter, whichever is there; else it stays a path.",
            '# For Seurat: anndataR::read_h5ad(<path>, as = "Seurat").',
        )

    def read(self, variable: str, path: str, content: Content) -> str:
        """Read a table, whose columns keep their names; see :meth:`PathLanguage.read`."""
        reader = _R_TABLES.get(content.form)
        if reader is None:
            given = self.assign(variable, path)
            fits = content.form is Form.H5AD and (content.values or 0) <= R_VALUES
            return given + _R_READERS.format(variable) if fits else given
        return f"{variable} <- {reader}({quoting.r_literal(path)}, check.names = FALSE)"

    def assign(self, variable: str, path: str) -> str:
        """Return the line that sets the variable; see :meth:`PathLanguage.assign`."""
        return f"{variable} <- {quoting.r_literal(path)}"


class Octave(PathLanguage):
    """GNU Octave. Its kernel takes a line that begins with ``%`` for a command to itself."""

    name = "octave"
    title = "Octave"
    reserved = reserved.OCTAVE

    def hints(self, variable: str, content: Content) -> tuple[str, ...]:
        """Name what reads an ``.h5ad``; Octave has it from its package hdf5oct."""
        if content.form is not Form.H5AD:
            return ()
        needs = "" if self.name == "matlab" else ", with the package hdf5oct"
        return (
            f"{self.mark} It is HDF5{needs}: h5disp({variable}) shows what is in it,",
            f"{self.mark} h5read({variable}, '/X/data') and '/X/indices', '/X/indptr' its matrix.",
        )

    def assign(self, variable: str, path: str) -> str:
        """Return the line that sets the variable; see :meth:`PathLanguage.assign`."""
        return f"{variable} = {quoting.octave_literal(path)};"

    def show(self, variable: str) -> str:
        """Return the line that shows the variable."""
        return f"disp({variable})"


class Matlab(Octave):
    """MATLAB, where only ``%`` begins a comment."""

    name = "matlab"
    title = "MATLAB"
    mark = "%"


class Bash(PathLanguage):
    """Bash."""

    name = "bash"
    title = "Bash"
    aliases = ("shell", "sh")
    # Names in capitals are the shell's own, or belong to the environment.
    names = re.compile(r"(?![A-Z][A-Z0-9_]*$)[A-Za-z][A-Za-z0-9_]{0,99}")
    reserved = reserved.BASH

    def hints(self, variable: str, content: Content) -> tuple[str, ...]:
        """Name what shows what is in an ``.h5ad``."""
        if content.form is not Form.H5AD:
            return ()
        return (f'# What is in it: h5ls -r "${variable}"',)

    def assign(self, variable: str, path: str) -> str:
        """Return the line that sets the variable; see :meth:`PathLanguage.assign`."""
        # What begins with a hyphen would be an option of every command it is given to.
        return f"{variable}={quoting.bash_literal(f'./{path}' if path.startswith('-') else path)}"

    def show(self, variable: str) -> str:
        """Return the line that shows the variable."""
        return f"printf '%s\\n' \"${variable}\""


class Julia(PathLanguage):
    """Julia, where Muon.jl reads an AnnData."""

    name = "julia"
    title = "Julia"
    names = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,99}")
    reserved = reserved.JULIA

    def hints(self, variable: str, content: Content) -> tuple[str, ...]:
        """Say where the package comes from that reads an ``.h5ad``."""
        if content.form not in _JULIA_READERS:
            return ()
        return ('# Muon.jl reads it; where it is not there: import Pkg; Pkg.add("Muon")',)

    def read(self, variable: str, path: str, content: Content) -> str:
        """Read an ``.h5ad`` or ``.h5mu``; see :meth:`PathLanguage.read`."""
        reader = _JULIA_READERS.get(content.form)
        if reader is None:
            return self.assign(variable, path)
        return f"using Muon\n\n{variable} = {reader}({quoting.julia_literal(path)})"

    def assign(self, variable: str, path: str) -> str:
        """Return the line that sets the variable; see :meth:`PathLanguage.assign`."""
        return f"{variable} = {quoting.julia_literal(path)}"


class Sos(PathLanguage):
    """SoS, whose own cells are Python; a plain string is what it hands to every other language."""

    name = "sos"
    title = "SoS"
    names = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,99}")
    reserved = reserved.SOS

    def assign(self, variable: str, path: str) -> str:
        """Return the line that sets the variable; see :meth:`PathLanguage.assign`."""
        return f"{variable} = {quoting.literal(path)}"
