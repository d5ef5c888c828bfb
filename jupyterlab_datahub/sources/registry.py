"""The Sources in force, found by entry point and made from the configuration."""

from __future__ import annotations

from contextlib import suppress
from functools import cache
from importlib.metadata import entry_points
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from jupyterlab_datahub.errors import BadRequestError, DataHubError, NotFoundError, SettingsError
from jupyterlab_datahub.model import ConnectionState, kind_of
from jupyterlab_datahub.settings.saved import SavedSources
from jupyterlab_datahub.settings.vault import Vault

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyterlab_datahub.settings import Settings, SourceConfig
    from jupyterlab_datahub.sources.source import Source

GROUP = "jupyterlab_datahub.sources"


class Registry:
    """All Sources in force: those of the configuration in its order, then those users added.

    What users add, change or take out, in this process or in another one, is noticed at the
    next look. A Source whose entry changed is made anew.

    A Source's code is imported when the Source is first used, so a server with a broken or
    slow third-party Source still starts.
    """

    def __init__(self, settings: Settings) -> None:
        self.vault = Vault(Path(settings.home))
        self.saved = SavedSources(Path(settings.home), {config.name for config in settings.sources})
        self._configured = settings.sources
        self._configs = {config.name: config for config in settings.sources}
        self._stamp: object = None
        self._made: dict[str, Source] = {}
        self._lock = Lock()
        self._cache = Path(settings.home) / "cache"
        self._root = Path(settings.root)

    def __iter__(self) -> Iterator[Source]:
        return (self[config.name] for config in self.configs)

    def __getitem__(self, name: str) -> Source:
        """Return the Source of that name.

        Raises
        ------
        NotFoundError
            If no Source has that name.
        SettingsError
            If no installed package provides its kind, or the one that does is broken.
        """
        with self._lock:
            self._look()
            if name not in self._configs:
                known = ", ".join(self._configs) or "none"
                raise NotFoundError(
                    f"no source is named {name!r}", hint=f"Configured are: {known}."
                )
            if name not in self._made:
                self._made[name] = self.make(self._configs[name])
            return self._made[name]

    @property
    def configs(self) -> tuple[SourceConfig, ...]:
        """The entries, without importing any Source's code."""
        with self._lock:
            self._look()
            return tuple(self._configs.values())

    def config(self, name: str) -> SourceConfig | None:
        """Return the entry of that name, None if there is none."""
        return next((config for config in self.configs if config.name == name), None)

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
        SettingsError
            If the one that could have it cannot be made.
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
        problem: DataHubError = NotFoundError(
            f"no configured source has identifiers like {ref[:80]!r}",
            hint="Add its source, or check the part before the first colon.",
        )
        owners: list[Source] = []
        for config in self._of_kind(kind) or self._that_understand(ref):
            try:
                source = self[config.name]
            except SettingsError as error:
                problem = error
                continue
            if source.owns(ref):
                owners.append(source)
        if not owners:
            raise problem
        # One server may be connected to under several names: one that lets us in is of more use.
        return next(filter(_lets_us_in, owners), owners[0]) if len(owners) > 1 else owners[0]

    def _of_kind(self, kind: str) -> list[SourceConfig]:
        return [config for config in self.configs if config.kind == kind]

    def _that_understand(self, ref: str) -> list[SourceConfig]:
        """Return the entries whose kinds know other ways to write identifiers, as of GA4GH DRS."""
        found: list[SourceConfig] = []
        for config in self.configs:
            with suppress(SettingsError):
                if kind_named(config.kind, config.name).understands(ref):
                    found.append(config)
        return found

    def make(self, config: SourceConfig) -> Source:
        """Return a new Source for an entry, whether it is in force or not.

        Raises
        ------
        SettingsError
            If no installed package provides its kind, or the one that does is broken.
        """
        made: Source = kind_named(config.kind, config.name)(
            config, self._cache / config.name, self._root, self.vault
        )
        return made

    def _look(self) -> None:
        """Read again what users added, if it is not what it was; the lock is held."""
        stamp = self.saved.stamp()
        if stamp == self._stamp:
            return
        before, self._stamp = self._configs, stamp
        self._configs = {config.name: config for config in (*self._configured, *self.saved.all())}
        for name in [name for name in self._made if self._configs.get(name) != before.get(name)]:
            del self._made[name]


def _lets_us_in(source: Source) -> bool:
    return not source.connectable or source.known().state is ConnectionState.CONNECTED


def kinds_installed() -> tuple[str, ...]:
    """Return the kinds of Sources that installed packages provide."""
    return tuple(sorted({point.name for point in entry_points(group=GROUP)}))


@cache
def kind_named(kind: str, source: str) -> type[Source]:
    """Return the class of a kind of Sources; `source` names the one that is wanted.

    Raises
    ------
    SettingsError
        If no installed package provides it, or the one that does is broken.
    """
    found = [point for point in entry_points(group=GROUP) if point.name == kind]
    if not found:
        raise SettingsError(
            f"source {source!r} is of kind {kind!r}, which is not installed",
            source=source,
            hint=f"Installed kinds: {', '.join(kinds_installed())}.",
        )
    try:
        loaded: type[Source] = found[0].load()
    except (ImportError, AttributeError, SyntaxError) as error:
        raise SettingsError(
            f"the kind {kind!r} of source {source!r} cannot be loaded: {error}",
            source=source,
            hint="Install its package again, or take the source out of the configuration.",
        ) from error
    return loaded
