"""Where the secrets of connections are kept.

In the system keyring where there is one, else in a file that only its user can read. Passwords
are never kept, only what they were exchanged for. Several processes use one vault: a secret is
read at the moment of its use, so one that is renewed by the server is used by a worker at once.
"""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from functools import cache
from typing import TYPE_CHECKING
from urllib.parse import quote

import msgspec

from jupyterlab_datahub.errors import SettingsError
from jupyterlab_datahub.model import Secret, Struct
from jupyterlab_datahub.model.decoding import from_json

if TYPE_CHECKING:
    from pathlib import Path

    from keyring.backend import KeyringBackend

SERVICE = "JupyterLab DataHub"
"""What the entries are filed under in the keyring."""

IN_KEYRING = "in the system keyring"
IN_FILE = "in a file only you can read"

_NAME_BYTES = 200


class Slip(Struct):
    """What the file of a connection holds: the secret itself, or that the keyring has it."""

    secret: Secret | None = None
    keyring: bool = False


class Vault:
    """The secrets of connections, by the name of the Source; usable from any thread.

    Parameters
    ----------
    home
        The home directory.
    """

    def __init__(self, home: Path) -> None:
        self._directory = home / "secrets"

    def get(self, name: str, url: str = "") -> Secret | None:
        """Return the secret of a connection, None where none is kept.

        Parameters
        ----------
        name
            Name of the Source.
        url
            The address it is to be shown to. A secret that was given by another address is not
            returned, so that no server is shown what belongs to its namesake.
        """
        slip = self._slip(name)
        if slip is None:
            return None
        secret = _from_keyring(self._entry(name)) if slip.keyring else slip.secret
        if secret is not None and url and secret.url not in ("", url):
            return None
        return secret

    def put(self, name: str, secret: Secret) -> str:
        """Keep a secret in place of the one there was, and say in words where it is.

        Raises
        ------
        SettingsError
            If it can be kept nowhere.
        """
        before = self._slip(name)
        kept = _to_keyring(self._entry(name), secret)
        if before is not None and before.keyring and not kept:
            _out_of_keyring(self._entry(name))
        try:
            self._write(name, Slip(keyring=True) if kept else Slip(secret=secret))
        except OSError as error:
            raise SettingsError(
                f"what was given to be let in to {name} cannot be kept in {self._directory}: "
                f"{error.strerror}",
                source=name,
                hint="See that this directory can be written and its disk has room.",
            ) from error
        return IN_KEYRING if kept else IN_FILE

    def remove(self, name: str) -> None:
        """Forget the secret of a connection.

        Raises
        ------
        SettingsError
            If it cannot be removed.
        """
        slip = self._slip(name)
        if slip is not None and slip.keyring:
            _out_of_keyring(self._entry(name))
        try:
            self._path(name).unlink(missing_ok=True)
        except OSError as error:
            raise SettingsError(
                f"the secret of {name} cannot be removed from {self._directory}: {error.strerror}",
                source=name,
                hint="Delete the file yourself.",
            ) from error

    def kept(self, name: str) -> str:
        """Return in words where the secret of a connection is, empty where none is kept."""
        slip = self._slip(name)
        if slip is None:
            return ""
        return IN_KEYRING if slip.keyring else IN_FILE

    def _entry(self, name: str) -> str:
        # Homes of one user must not share entries: their connections may be named alike.
        return f"{name} ({self._directory.parent})"

    def _path(self, name: str) -> Path:
        return self._directory / f"{_file_name(name)}.json"

    def _slip(self, name: str) -> Slip | None:
        try:
            return from_json(self._path(name).read_bytes(), Slip)
        except (OSError, msgspec.DecodeError):
            # What cannot be read cannot be used: the user connects again, and it is replaced.
            return None

    def _write(self, name: str, slip: Slip) -> None:
        """Replace the file in one step: another process sees the one secret or the other."""
        self._directory.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._directory.mkdir(mode=0o700, exist_ok=True)
        self._directory.chmod(0o700)
        path = self._path(name)
        fresh = path.with_name(f".{secrets.token_hex(8)}.tmp")
        try:
            descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.write(msgspec.json.encode(slip))
                file.flush()
                os.fsync(file.fileno())
            fresh.replace(path)
        except OSError:
            fresh.unlink(missing_ok=True)
            raise


def _file_name(name: str) -> str:
    """Return a name for a file that no other connection's has, on any file system."""
    # Upper case is written apart: to some file systems Lab and lab are one name.
    spelt = "".join(f"^{letter.lower()}" if letter.isupper() else letter for letter in name)
    quoted = quote(spelt, safe="^ ")
    if len(quoted) <= _NAME_BYTES and quoted.strip(" .") == quoted != "":
        return quoted
    import hashlib

    return hashlib.sha256(name.encode()).hexdigest()


@cache
def system_keyring() -> KeyringBackend | None:
    """Return the keyring of the system, None where there is none worth the name."""
    try:
        import keyring
        import keyring.core
    except ImportError:
        return None
    try:
        backend = keyring.get_keyring()
        # Others keep secrets in plain files, or nowhere.
        return backend if keyring.core.recommended(backend) else None
    except Exception:  # noqa: BLE001 - its back ends raise what they like; there is the file
        return None


def _from_keyring(entry: str) -> Secret | None:
    backend = system_keyring()
    if backend is None:
        return None
    try:
        text = backend.get_password(SERVICE, entry)
        return from_json(text, Secret) if text else None
    except Exception:  # noqa: BLE001 - locked, gone or garbled: the user connects again
        return None


def _to_keyring(entry: str, secret: Secret) -> bool:
    backend = system_keyring()
    if backend is None:
        return False
    try:
        backend.set_password(SERVICE, entry, msgspec.json.encode(secret).decode())
    except Exception:  # noqa: BLE001 - locked or too small: there is the file
        return False
    return True


def _out_of_keyring(entry: str) -> None:
    backend = system_keyring()
    if backend is not None:
        with suppress(Exception):
            backend.delete_password(SERVICE, entry)
