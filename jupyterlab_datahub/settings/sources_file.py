"""The list of Sources in a file, or in an administrator's configuration."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import msgspec

from jupyterlab_datahub.errors import SettingsError
from jupyterlab_datahub.model.decoding import from_values
from jupyterlab_datahub.settings.config import SourceConfig

SOURCES_FILE = "datahub-sources.yaml"

DEFAULT_SOURCES: tuple[dict[str, Any], ...] = (
    {
        "name": "cellxgene",
        "kind": "cellxgene",
        "title": "CELLxGENE",
        "url": "https://api.cellxgene.cziscience.com/curation",
    },
    {
        "name": "hca",
        "kind": "hca",
        "title": "Human Cell Atlas",
        "url": "https://service.azul.data.humancellatlas.org",
    },
    {"name": "folder", "kind": "folder", "title": "This folder", "path": "."},
)


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
        return from_values(fields, SourceConfig)
    except msgspec.ValidationError as error:
        raise SettingsError(
            f"{where}: source {entry['name']!r}: {error}", hint="Correct the entry of the source."
        ) from error


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
        raise SettingsError(
            f"{path} cannot be read: {reason}", hint="Make it a readable file in YAML."
        ) from error
    if isinstance(document, dict):
        document = document.get("sources")
    if not isinstance(document, list):
        raise SettingsError(
            f"{path} is not a list of sources",
            hint="An entry looks like '- {name: lab, kind: folder, path: /data}'.",
        )
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


def by_administrator(entries: list[dict[str, Any]], where: str) -> tuple[SourceConfig, ...]:
    """Check the entries of an administrator's configuration; `where` names it in messages.

    Raises
    ------
    SettingsError
    """
    return tuple(source_config(entry, where, "an administrator") for entry in entries)
