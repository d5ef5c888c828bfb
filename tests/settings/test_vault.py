"""Secrets are kept where only their user finds them, and show nowhere else."""

from __future__ import annotations

import logging
import os
import stat
import subprocess
import sys
from typing import TYPE_CHECKING

import keyring
import msgspec
import pytest
from keyring.backend import KeyringBackend
from keyring.errors import KeyringLocked, PasswordDeleteError

from jupyterlab_datahub.errors import SettingsError
from jupyterlab_datahub.model import ConnectionRequest, Credentials, Secret
from jupyterlab_datahub.settings import vault as vault_module
from jupyterlab_datahub.settings.vault import IN_FILE, IN_KEYRING, Vault

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TOKEN = "scientist-260101120000000xC0FFEE"
SECRET = Secret(
    token=TOKEN, user="scientist", expires="2027-01-01T00:00:00Z", url="https://lab.example.org"
)


class Chain(KeyringBackend):
    """A keyring in memory, as good as a desktop's."""

    priority = 5

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # keyring declares no types here
        self.entries: dict[tuple[str, str], str] = {}
        self.locked = False

    def get_password(self, service: str, username: str) -> str | None:
        self._check()
        return self.entries.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self._check()
        self.entries[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        self._check()
        if self.entries.pop((service, username), None) is None:
            raise PasswordDeleteError("not there")

    def _check(self) -> None:
        if self.locked:
            raise KeyringLocked("locked")


class Weak(Chain):
    """A keyring that keeps passwords in a plain file."""

    priority = 0.5  # type: ignore[assignment]  # what keyring calls a class property


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    return Vault(tmp_path / "home")


@pytest.fixture
def chain() -> Iterator[Chain]:
    """A keyring that is the system's during a test."""
    yield from _in_force(Chain())


@pytest.fixture
def weak_chain() -> Iterator[Chain]:
    yield from _in_force(Weak())


def _in_force(backend: Chain) -> Iterator[Chain]:
    before = keyring.get_keyring()
    keyring.set_keyring(backend)
    vault_module.system_keyring.cache_clear()
    yield backend
    keyring.set_keyring(before)
    vault_module.system_keyring.cache_clear()


def files(directory: Path) -> list[Path]:
    return [path for path in directory.rglob("*") if path.is_file()]


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_secret_comes_back_and_goes(vault: Vault) -> None:
    assert vault.get("lab") is None
    assert vault.kept("lab") == ""
    assert vault.put("lab", SECRET) == IN_FILE
    assert vault.get("lab") == SECRET
    assert vault.kept("lab") == IN_FILE
    vault.remove("lab")
    vault.remove("lab")
    assert vault.get("lab") is None
    assert vault.kept("lab") == ""


def test_nobody_else_can_read_the_file(vault: Vault, tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        vault.put("lab", SECRET)
    finally:
        os.umask(before)
    (file,) = files(tmp_path)
    assert mode(file) == 0o600
    assert mode(file.parent) == 0o700
    assert mode(file.parent.parent) == 0o700


def test_a_directory_that_others_can_look_into_is_closed(vault: Vault, tmp_path: Path) -> None:
    directory = tmp_path / "home" / "secrets"
    directory.mkdir(parents=True)
    directory.chmod(0o755)
    vault.put("lab", SECRET)
    assert mode(directory) == 0o700


def test_a_server_is_not_shown_what_another_one_gave(vault: Vault) -> None:
    vault.put("lab", SECRET)
    assert vault.get("lab", SECRET.url) == SECRET
    assert vault.get("lab", "https://other.example.org") is None


@pytest.mark.parametrize(
    "names",
    [
        ("lab", "Lab", "LAB"),
        ("a/b", "a_b", "a%2Fb", "../a"),
        (".", "..", " ", "lab ", ""),
        ("ä" * 200, "ä" * 199),
        ("con\0nection", "con\nnection"),
    ],
)
def test_each_name_has_a_file_of_its_own_in_the_directory(
    vault: Vault, tmp_path: Path, names: tuple[str, ...]
) -> None:
    for name in names:
        vault.put(name, msgspec.structs.replace(SECRET, user=name))
    for name in names:
        found = vault.get(name)
        assert found is not None
        assert found.user == name
    written = files(tmp_path)
    assert {path.parent for path in written} == {tmp_path / "home" / "secrets"}
    assert len({path.name.lower() for path in written}) == len(names)


def test_a_file_that_cannot_be_read_counts_as_none(vault: Vault, tmp_path: Path) -> None:
    vault.put("lab", SECRET)
    (file,) = files(tmp_path)
    file.write_bytes(b'{"secret": {"tok')
    assert vault.get("lab") is None
    assert vault.kept("lab") == ""
    vault.put("lab", SECRET)
    assert vault.get("lab") == SECRET


def test_what_cannot_be_kept_is_told_without_the_secret(vault: Vault, tmp_path: Path) -> None:
    (tmp_path / "home").write_text("a file where the home should be")
    with pytest.raises(SettingsError) as told:
        vault.put("lab", SECRET)
    assert TOKEN not in f"{told.value} {told.value.hint}"
    assert "lab" in told.value.message


def test_nothing_is_left_beside_the_file_when_it_cannot_be_put_in_place(
    vault: Vault, tmp_path: Path
) -> None:
    vault.put("lab", SECRET)
    (file,) = files(tmp_path)
    file.unlink()
    file.mkdir()
    (file / "in the way").touch()
    with pytest.raises(SettingsError):
        vault.put("lab", SECRET)
    assert files(tmp_path) == [file / "in the way"]


def test_two_processes_see_one_secret_or_the_other(vault: Vault, tmp_path: Path) -> None:
    program = (
        "import sys\n"
        "from pathlib import Path\n"
        "from jupyterlab_datahub.model import Secret\n"
        "from jupyterlab_datahub.settings.vault import Vault\n"
        "vault = Vault(Path(sys.argv[1]))\n"
        "for number in range(200):\n"
        "    vault.put('lab', Secret(token=sys.argv[2] * (1 + number % 50), user=sys.argv[2]))\n"
    )
    home = str(tmp_path / "home")
    writers = [subprocess.Popen([sys.executable, "-c", program, home, letter]) for letter in "ab"]
    seen = set()
    while any(writer.poll() is None for writer in writers):
        found = vault.get("lab")
        if found is not None:
            assert set(found.token) == {found.user}
            seen.add(found.user)
    assert [writer.wait() for writer in writers] == [0, 0]
    assert seen <= {"a", "b"}
    last = vault.get("lab")
    assert last is not None
    assert set(last.token) == {last.user}
    assert len(files(tmp_path)) == 1


def test_a_keyring_is_preferred_and_no_file_then_holds_the_secret(
    vault: Vault, tmp_path: Path, chain: Chain
) -> None:
    assert vault.put("lab", SECRET) == IN_KEYRING
    assert vault.kept("lab") == IN_KEYRING
    assert vault.get("lab") == SECRET
    assert all(TOKEN not in path.read_text() for path in files(tmp_path))
    vault.remove("lab")
    assert chain.entries == {}
    assert vault.get("lab") is None


def test_two_homes_share_no_entry_of_the_keyring(tmp_path: Path, chain: Chain) -> None:
    mine, other = Vault(tmp_path / "one"), Vault(tmp_path / "two")
    mine.put("lab", SECRET)
    other.put("lab", msgspec.structs.replace(SECRET, user="other"))
    other.remove("lab")
    assert mine.get("lab") == SECRET
    assert len(chain.entries) == 1


def test_a_locked_keyring_is_done_without(vault: Vault, chain: Chain) -> None:
    vault.put("lab", SECRET)
    chain.locked = True
    assert vault.get("lab") is None
    assert vault.put("lab", SECRET) == IN_FILE
    assert vault.get("lab") == SECRET
    vault.remove("lab")
    assert vault.get("lab") is None


def test_what_went_into_a_file_leaves_the_keyring(vault: Vault, chain: Chain) -> None:
    vault.put("lab", SECRET)
    chain.locked = True
    vault.put("lab", SECRET)
    chain.locked = False
    vault.put("lab", SECRET)
    vault.remove("lab")
    assert chain.entries == {}


def test_a_keyring_that_keeps_plain_files_is_not_used(vault: Vault, weak_chain: Chain) -> None:
    assert vault.put("lab", SECRET) == IN_FILE
    assert weak_chain.entries == {}


@pytest.mark.parametrize(
    "holder",
    [
        SECRET,
        Credentials(user="scientist", password=TOKEN),
        Credentials(token=TOKEN),
        ConnectionRequest(url="https://lab.example.org", password=TOKEN, token=TOKEN),
    ],
)
def test_models_do_not_show_their_secrets(
    holder: msgspec.Struct, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    logging.getLogger("lab").info("%s %r", holder, [holder])
    assert TOKEN not in caplog.text
    assert TOKEN not in f"{holder} {holder!r} {holder!s}"
    assert type(holder).__name__ in repr(holder)
