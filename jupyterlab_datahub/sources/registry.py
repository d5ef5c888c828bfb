"""The Sources in force, found by entry point and made from the configuration."""

from __future__ import annotations

from importlib.metadata import entry_points
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from jupyterlab_datahub.errors import BadRequestError, NotFoundError, SettingsError
from jupyterlab_datahub.model import kind_of
from jupyterlab_datahub.vault import Vault

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyterlab_datahub.settings import Settings, SourceConfig
    from jupyterlab_datahub.sources.source import Source

GROUP = "jupyterlab_datahub.sources"


class Registry:
    """All configured Sources, in the order of the configuration.

    A Source's code is imported when the Source is first used, so a server with a broken or
    slow third-party Source still starts.
    """

    def __init__(self, settings: Settings) -> None:
        self._configs = {config.name: config for config in settings.sources}
        self._made: dict[str, Source] = {}
        self._lock = Lock()
        self._cache = Path(settings.home) / "cache"
        self._root = Path(settings.root)
        self._vault = Vault(Path(settings.home))

    def __iter__(self) -> Iterator[Source]:
        return (self[name] for name in self._configs)

    def __getitem__(self, name: str) -> Source:
        """Return the Source of that name.

        Raises
        ------
        NotFoundError
            If no Source has that name.
        SettingsError
            If no installed package provides its kind, or the one that does is broken.
        """
        if name not in self._configs:
            known = ", ".join(self._configs) or "none"
            raise NotFoundError(f"no source is named {name!r}", hint=f"Configured are: {known}.")
        with self._lock:
            if name not in self._made:
                self._made[name] = self._make(self._configs[name])
            return self._made[name]

    @property
    def configs(self) -> tuple[SourceConfig, ...]:
        """The configuration entries, without importing any Source's code."""
        return tuple(self._configs.values())

    def for_ref(self, ref: str, name: str = "") -> Source:
        """Return the Source a ref belongs to.

        Parameters
        ----------
        ref
            A dataset's or asset's identifier.
        name
            The Source that is known to have it, where several of a kind are configured.

        Raises
        ------
        BadRequestError
            If the text is not a ref.
        NotFoundError
            If no configured Source could have it.
        """
        if name:
            return self[name]
        try:
            kind = kind_of(ref)
        except ValueError as error:
            raise BadRequestError(
                str(error), hint="Copy the identifier from the dataset's page."
            ) from error
        # Only Sources of its kind are made, so a Source that cannot be made hides no other's data.
        of_kind = (self[config.name] for config in self.configs if config.kind == kind)
        owner = next((source for source in of_kind if source.owns(ref)), None)
        if owner is None:
            raise NotFoundError(
                f"no configured source has identifiers like {ref[:80]!r}",
                hint="Add its source, or check the part before the first colon.",
            )
        return owner

    def _make(self, config: SourceConfig) -> Source:
        found = [point for point in entry_points(group=GROUP) if point.name == config.kind]
        if not found:
            kinds = sorted({point.name for point in entry_points(group=GROUP)})
            raise SettingsError(
                f"source {config.name!r} is of kind {config.kind!r}, which is not installed",
                source=config.name,
                hint=f"Installed kinds: {', '.join(kinds)}.",
            )
        try:
            made_of = found[0].load()
        except (ImportError, AttributeError, SyntaxError) as error:
            raise SettingsError(
                f"the kind {config.kind!r} of source {config.name!r} cannot be loaded: {error}",
                source=config.name,
                hint="Install its package again, or take the source out of the configuration.",
            ) from error
        made: Source = made_of(config, self._cache / config.name, self._root, self._vault)
        return made
