"""Configuration: which Sources there are, where data lives, what a transfer may use.

Three places, the later wins: what the project ships, ``datahub-sources.yaml`` on the Jupyter
config path (or the file named by the environment variable ``DATAHUB_SOURCES``), and
administrators' traitlets (``c.DataHub.…`` in a Jupyter configuration file). Added to these are
the openBIS servers that are known from elsewhere (:mod:`jupyterlab_datahub.preconfigured`), and
while the server runs what users connect to (:mod:`jupyterlab_datahub.saved`).
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
from traitlets import Bool, Float, Int, List, Unicode
from traitlets.config import Configurable

from jupyterlab_datahub.errors import SettingsError
from jupyterlab_datahub.model import Struct

if TYPE_CHECKING:
    from collections.abc import Collection

SOURCES_FILE = "datahub-sources.yaml"

NEVER = 1e12
"""Seconds that stand for never; unlike infinity they survive JSON."""

DEFAULT_SOURCES: tuple[dict[str, Any], ...] = (
    {
        "name": "cellxgene",
        "kind": "cellxgene",
        "title": "CELLxGENE",
        "url": "https://api.cellxgene.cziscience.com/curation",
    },
    {"name": "folder", "kind": "folder", "title": "This folder", "path": "."},
)


class SourceConfig(Struct):
    """One entry of the list of Sources; ``options`` holds what only its kind understands.

    ``configured_by`` says in words who named it, as in "an administrator".
    """

    name: str
    kind: str
    title: str = ""
    url: str = ""
    ca_bundle: str = ""
    verify_tls: bool = True
    options: dict[str, Any] = {}
    configured_by: str = ""

    @property
    def origin(self) -> str:
        """A digest of what decides which datasets there are.

        A catalog fetched with another one, say from another address or folder, is not this
        Source's, though it may have its name.
        """
        decisive = (self.kind, self.url, sorted(self.options.items()))
        return hashlib.sha256(msgspec.json.encode(decisive, enc_hook=str)).hexdigest()[:16]

    def renamed(self, taken: Collection[str]) -> SourceConfig:
        """Return the entry under a name that is not `taken`, with a number where it is."""
        name, number = self.name, 2
        while name in taken:
            name = f"{self.name}-{number}"
            number += 1
        return msgspec.structs.replace(self, name=name)

    def below(self, root: Path) -> SourceConfig:
        """Return the entry with its ``path``, if it has one, made absolute."""
        path = self.options.get("path")
        if not isinstance(path, str):
            return self
        absolute = str(root / Path(path).expanduser())
        return msgspec.structs.replace(self, options=self.options | {"path": absolute})


class Settings(Struct):
    """All configuration as plain values, so that it can be handed to a worker process.

    Sizes are bytes, times seconds, rates bytes per second (0: no limit).
    """

    home: str
    root: str
    sources: tuple[SourceConfig, ...] = ()
    shared_library: str = ""
    link_directory: str = "datahub"
    reserve: int = 2 * 1024**3
    transfers_at_once: int = 3
    connections_per_transfer: int = 8
    connections_per_host: int = 8
    rate_per_host: int = 0
    connect_timeout: float = 20.0
    read_timeout: float = 60.0
    attempts: int = 8
    refresh_after: float = 6 * 3600.0


def data_home() -> Path:
    """Return the directory of library, queue, index and caches (``DATAHUB_HOME`` overrides)."""
    named = os.environ.get("DATAHUB_HOME")
    if named:
        return Path(named).expanduser().absolute()
    import platformdirs

    return Path(platformdirs.user_data_dir("jupyterlab-datahub", appauthor=False))


def sources_file() -> Path | None:
    """Return the sources file in force, None where there is none.

    Raises
    ------
    SettingsError
        If ``DATAHUB_SOURCES`` names a file that does not exist.
    """
    named = os.environ.get("DATAHUB_SOURCES")
    if named:
        path = Path(named).expanduser()
        if not path.is_file():
            raise SettingsError(
                f"DATAHUB_SOURCES names {path}, which is not a file",
                hint="Correct the variable or unset it.",
            )
        return path
    from jupyter_core.paths import jupyter_config_path

    candidates = (Path(directory) / SOURCES_FILE for directory in jupyter_config_path())
    return next((path for path in candidates if path.is_file()), None)


def source_config(entry: object, where: str, configured_by: str = "") -> SourceConfig:
    """Check one entry of a list of Sources.

    Parameters
    ----------
    entry
        A mapping with ``name`` and ``kind``; keys that are not a field of
        :class:`SourceConfig` become ``options``.
    where
        What the entry was read from, for the message.
    configured_by
        Who wrote it, in words.

    Raises
    ------
    SettingsError
    """
    if not isinstance(entry, dict) or not entry.get("name") or not entry.get("kind"):
        raise SettingsError(
            f"{where}: each source needs a name and a kind",
            hint="An entry looks like '- {name: lab, kind: folder, path: /data}'.",
        )
    known = set(SourceConfig.__struct_fields__) - {"options", "configured_by"}
    fields = {key: value for key, value in entry.items() if key in known}
    fields["options"] = {key: value for key, value in entry.items() if key not in known}
    fields["configured_by"] = configured_by
    try:
        return msgspec.convert(fields, SourceConfig)
    except msgspec.ValidationError as error:
        raise SettingsError(f"{where}: source {entry['name']!r}: {error}") from error


def read_sources(path: Path) -> tuple[SourceConfig, ...]:
    """Read a sources file: a YAML list, or a mapping with the list under ``sources``.

    Raises
    ------
    SettingsError
        If the file cannot be read or is not such a list.
    """
    import yaml

    try:
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        reason = str(error).splitlines()[0]
        raise SettingsError(f"{path} cannot be read: {reason}") from error
    if isinstance(document, dict):
        document = document.get("sources")
    if not isinstance(document, list):
        raise SettingsError(f"{path} is not a list of sources")
    return unique(tuple(source_config(entry, str(path), f"the file {path}") for entry in document))


def unique(sources: tuple[SourceConfig, ...]) -> tuple[SourceConfig, ...]:
    """Return `sources` if no two have one name.

    Raises
    ------
    SettingsError
    """
    names = [source.name for source in sources]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise SettingsError(f"two sources are named {twice[0]!r}", hint="Rename one of them.")
    return sources


def _by_administrator(entries: list[dict[str, Any]], where: str) -> tuple[SourceConfig, ...]:
    return tuple(source_config(entry, where, "an administrator") for entry in entries)


class DataHub(Configurable):
    """What an administrator or user may set as ``c.DataHub.<name>``."""

    home = Unicode(help="Directory of library, queue, index and caches.").tag(config=True)
    sources: List[dict[str, Any]] = List(
        help="Sources, in place of the sources file: mappings with name, kind, url, …"
    ).tag(config=True)
    extra_sources: List[dict[str, Any]] = List(
        help="Sources added to those of the sources file."
    ).tag(config=True)
    shared_library = Unicode(help="A read-only library that is looked into first.").tag(config=True)
    link_directory = Unicode(
        "datahub", help="Folder under the server's root that gets the named links."
    ).tag(config=True)
    reserve_gb = Float(2.0, help="Gigabytes that stay free on the disk.").tag(config=True)
    transfers_at_once = Int(3, help="Transfers that run at the same time.").tag(config=True)
    connections_per_transfer = Int(8, help="Ranges of one file fetched at once.").tag(config=True)
    connections_per_host = Int(8, help="Connections to one host at once.").tag(config=True)
    rate_per_host_mb = Float(0.0, help="Megabytes a second from one host; 0: no limit.").tag(
        config=True
    )
    connect_timeout = Float(20.0, help="Seconds to wait for a connection.").tag(config=True)
    read_timeout = Float(60.0, help="Seconds without a byte before a retry.").tag(config=True)
    attempts = Int(8, help="Tries without progress before a transfer fails.").tag(config=True)
    refresh_hours = Float(6.0, help="Age at which a catalog is fetched again.").tag(config=True)
    offline = Bool(False, help="Never refresh a catalog by itself.").tag(config=True)

    def settings(self, root: Path) -> Settings:
        """Return the settings in force for a server (or command) whose root is `root`.

        Raises
        ------
        SettingsError
        """
        from jupyterlab_datahub.preconfigured import found_sources

        if self.sources:
            sources = _by_administrator(self.sources, "c.DataHub.sources")
        elif path := sources_file():
            sources = read_sources(path)
        else:
            sources = tuple(source_config(entry, "defaults") for entry in DEFAULT_SOURCES)
        extra = _by_administrator(self.extra_sources, "c.DataHub.extra_sources")
        configured = unique(sources + extra)
        home = Path(self.home).expanduser().absolute() if self.home else data_home()
        return Settings(
            home=str(home),
            root=str(root),
            sources=tuple(
                config.below(root) for config in (*configured, *found_sources(configured))
            ),
            shared_library=self.shared_library,
            link_directory=self.link_directory,
            reserve=int(self.reserve_gb * 1024**3),
            transfers_at_once=self.transfers_at_once,
            connections_per_transfer=self.connections_per_transfer,
            connections_per_host=self.connections_per_host,
            rate_per_host=int(self.rate_per_host_mb * 1e6),
            connect_timeout=self.connect_timeout,
            read_timeout=self.read_timeout,
            attempts=self.attempts,
            refresh_after=NEVER if self.offline else self.refresh_hours * 3600,
        )
