"""One file, and everything that fetching it needs."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from jupyterlab_datahub.spending.purse import FREE

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from jupyterlab_datahub.settings import Settings
    from jupyterlab_datahub.spending.purse import Purse
    from jupyterlab_datahub.transfers.disk.partfile import PartFile, Version
    from jupyterlab_datahub.transfers.network.address import Address
    from jupyterlab_datahub.transfers.network.hosts import Hosts
    from jupyterlab_datahub.transfers.network.ranges import Client
    from jupyterlab_datahub.transfers.network.stopping import Halt


class Signs:
    """What a user may know while bytes do not come."""

    def __init__(self, hosts: Hosts) -> None:
        self._hosts = hosts
        self._host = ""
        self._words = ""

    def at(self, host: str) -> None:
        """Remember which host is asked."""
        self._host = host

    def say(self, words: str) -> None:
        """Show some words until bytes come."""
        self._words = words

    @property
    def words(self) -> str:
        """What the transfer waits for; nothing while bytes come."""
        return (self._hosts[self._host].words() if self._host else "") or self._words


@dataclass(frozen=True, slots=True)
class Task:
    """One file to fetch.

    ``size`` and ``checksums`` are what the catalog publishes, ``on_start`` is told what the
    host has before its bytes are fetched and may refuse by raising, ``halt`` ends everything,
    ``purse`` pays.
    """

    name: str
    size: int | None
    checksums: Mapping[str, str]
    part: PartFile
    client: Client
    address: Address
    hosts: Hosts
    settings: Settings
    halt: Halt
    signs: Signs
    on_start: Callable[[Version], None]
    remarks: list[str] = field(default_factory=list)
    purse: Purse = FREE
