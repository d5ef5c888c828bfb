"""openBIS servers that are known from where other openBIS tools look.

Whoever used pyBIS, the older Jupyter extension or a hub of openBIS finds the same servers here,
without configuring them again:

* ``openbis-connections.yaml`` in each directory of the Jupyter config path: ``connections``, a
  list of mappings with name, url, verify_certificates, username, password, http_only
* ``OPENBIS_URL`` (or ``OPENBIS_HOST``) in the environment, with ``OPENBIS_TOKEN``
* ``~/.pybis/<host>.token``, where pyBIS keeps sessions, and hubs put those of their users

Tokens and passwords stay where they are and are read at the moment of use: no setting holds one.
"""

from __future__ import annotations

import logging
import os
import re
import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from jupyterlab_datahub.model import Discreet
from jupyterlab_datahub.settings.config import SourceConfig

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

CONNECTIONS_FILE = "openbis-connections.yaml"
KIND = "openbis"

log = logging.getLogger(__name__)


class Given(Discreet):
    """What lets us in without anybody asking the user: a token, or user and password.

    ``place`` says where it stands, in words.
    """

    place: str
    token: str = ""
    user: str = ""
    password: str = ""


def found_sources(known: Iterable[SourceConfig]) -> tuple[SourceConfig, ...]:
    """Return the openBIS servers that are named in these places and are not `known` yet.

    A name that is taken gets a number. A file may name one server for several users.
    """
    configured = tuple(known)
    found: list[SourceConfig] = []
    for config in _of_files():
        if not _has(configured, config.url):
            found.append(_renamed(config, (*configured, *found)))
    for config in _of_environment():
        if not _has((*configured, *found), config.url):
            found.append(_renamed(config, (*configured, *found)))
    for config in _of_pybis((*configured, *found)):
        found.append(_renamed(config, (*configured, *found)))
    return tuple(found)


def given(config: SourceConfig) -> Given | None:
    """Return what lets us in to a server according to these places, None if nothing does.

    The environment wins over pyBIS, a password in a file comes last.
    """
    url = os.environ.get("OPENBIS_URL") or os.environ.get("OPENBIS_HOST") or ""
    token = os.environ.get("OPENBIS_TOKEN", "").strip()
    if url and token and same_server(url, config.url):
        return Given(place="in the environment (OPENBIS_TOKEN)", token=token)
    host = _host(config.url)
    token = _pybis_token(host) if host else ""
    if token:
        return Given(place=f"in ~/.pybis/{host}.token", token=token)
    # A file may name one server for several users: then the name decides.
    entries = sorted(_entries(), key=lambda found: str(found[1].get("name")) != config.title)
    for path, entry in entries:
        user, password = str(entry.get("username") or ""), str(entry.get("password") or "")
        if user and password and same_server(_url(entry), config.url):
            return Given(place=f"in {path}", user=user, password=password)
    return None


def server_address(text: str) -> str:
    """Return the address of an openBIS server as its interfaces build on it, empty if it is none.

    What people copy from their browser has a page of the ELN behind it, or the path ``/openbis``
    that all of openBIS's own addresses start with.
    """
    text = text.strip()
    try:
        parts = urlsplit(text if "://" in text else f"https://{text}")
        usable = parts.scheme.lower() in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        return ""
    if not usable or re.search(r"[\s\\]", parts.netloc):
        return ""
    path = re.sub(r"/openbis(/.*)?$", "", parts.path)
    server = parts.netloc.rpartition("@")[2].lower()
    return f"{parts.scheme.lower()}://{server}{path.rstrip('/')}"


def same_server(one: str, other: str) -> bool:
    """Return whether two addresses lead to one server."""
    return server_address(one) == server_address(other) != ""


def name_for(title: str) -> str:
    """Return a name that is easy to type, made of a title."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:40].strip("-") or KIND


def _has(configs: Iterable[SourceConfig], url: str) -> bool:
    return any(config.kind == KIND and same_server(config.url, url) for config in configs)


def _renamed(config: SourceConfig, others: Iterable[SourceConfig]) -> SourceConfig:
    return config.renamed({other.name for other in others})


def _of_files() -> Iterator[SourceConfig]:
    for path, entry in _entries():
        url = _url(entry)
        title = str(entry.get("name") or _host(url))
        yield SourceConfig(
            name=name_for(title),
            kind=KIND,
            title=title,
            url=url,
            verify_tls=entry.get("verify_certificates") is not False,
            options={"allow_http": True} if entry.get("http_only") is True else {},
            configured_by=f"the file {path}",
        )


def _of_environment() -> Iterator[SourceConfig]:
    for variable in ("OPENBIS_URL", "OPENBIS_HOST"):
        url = server_address(os.environ.get(variable, ""))
        if url:
            yield SourceConfig(
                name=KIND,
                kind=KIND,
                title=urlsplit(url).netloc,
                url=url,
                configured_by=f"the environment ({variable})",
            )
            return


def _of_pybis(known: Iterable[SourceConfig]) -> Iterator[SourceConfig]:
    hosts = {_host(config.url) for config in known if config.kind == KIND}
    directory = _pybis_directory()
    for path in sorted(directory.glob("*.token")) if directory.is_dir() else ():
        host = path.name.removesuffix(".token").lower()
        if host not in hosts and re.fullmatch(r"[a-z0-9][a-z0-9.-]*", host):
            yield SourceConfig(
                name=name_for(host),
                kind=KIND,
                title=host,
                url=f"https://{host}",
                configured_by="pyBIS (~/.pybis)",
            )


def _entries() -> Iterator[tuple[Path, dict[str, Any]]]:
    """Yield the entries of all connection files, those of the user first."""
    import yaml
    from jupyter_core.paths import jupyter_config_path

    for directory in dict.fromkeys(jupyter_config_path()):
        path = Path(directory) / CONNECTIONS_FILE
        try:
            document = yaml.safe_load(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            continue
        except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
            # It may be a file that only the older extension is to read; the rest works without.
            # Only the kind of the error is told, as YAML quotes the line, which may be a password.
            log.warning("%s cannot be read: %s", path, type(error).__name__)
            continue
        listed = document.get("connections") if isinstance(document, dict) else document
        if not isinstance(listed, list):
            if document is not None:
                log.warning("%s has no list of connections", path)
            continue
        entries = [entry for entry in listed if isinstance(entry, dict)]
        yield from ((path, entry) for entry in entries if _url(entry))


def _url(entry: dict[str, Any]) -> str:
    text = str(entry.get("url") or "")
    scheme = "http" if entry.get("http_only") is True else "https"
    return server_address(text if "://" in text else f"{scheme}://{text}")


def _pybis_directory() -> Path:
    return Path("~/.pybis").expanduser()


def _pybis_token(host: str) -> str:
    try:
        return (_pybis_directory() / f"{host}.token").read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return ""


def _host(url: str) -> str:
    """Return the host without its port, as pyBIS names its files."""
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""
