"""The table of languages that hand-off cells are written in."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, ClassVar

from jupyterlab_datahub.model import LoadWay, Struct
from jupyterlab_datahub.sources.addresses import TokenAddress

if TYPE_CHECKING:
    from collections.abc import Collection

    from jupyterlab_datahub.notebooks.names import ChosenName
    from jupyterlab_datahub.sources.contents import Content


class Origin(Struct):
    """What the comment line of a cell says of the data."""

    title: str
    ref: str
    licence: str


class Remote(Struct):
    """A file that the kernel fetches itself.

    ``url`` never expires; ``size`` (bytes) and ``checksums`` are empty where nobody knows them.
    ``token`` says how a token of the user opens it, where one is needed.
    """

    url: str
    size: int | None
    checksums: dict[str, str]
    token: TokenAddress | None = None


class Language(ABC):
    """One language's way to write the cell. Every value goes in as a literal of the language."""

    name: ClassVar[str]
    """What Jupyter calls it in ``language_info.name``, in lower case."""

    title: ClassVar[str]
    """What people call it."""

    asks_for_tokens: ClassVar[bool] = False
    """Whether :meth:`fetch` can fetch what a token of the user opens."""

    ways: ClassVar[tuple[LoadWay, ...]] = (LoadWay.WHOLE,)
    """How much of a file a cell can read."""

    aliases: ClassVar[tuple[str, ...]] = ()
    """Other names that kernels give it."""

    @abstractmethod
    def variable(self, title: str, wished: str, taken: Collection[str]) -> ChosenName:
        """Return a free name: the wished one if there is one, else one made from the title.

        Raises
        ------
        BadRequestError
            If the wished name is none in this language.
        """

    @abstractmethod
    def load(self, origin: Origin, variable: str, path: str, content: Content) -> str:
        """Return the cell that loads a file the kernel can see.

        Parameters
        ----------
        origin
            What the comment line says.
        variable
            A name from :meth:`variable`.
        path
            The file, absolute or relative to the kernel's working directory.
        content
            What is in it, which decides what reads it.

        Raises
        ------
        ConflictError
            If the language cannot write the path.
        """

    @abstractmethod
    def fetch(
        self, origin: Origin, variable: str, path: str, content: Content, remote: Remote
    ) -> str:
        """Return the cell that fetches the file to `path`, verifies it and loads it.

        Raises
        ------
        ConflictError
            If there is no such cell in this language.
        """
