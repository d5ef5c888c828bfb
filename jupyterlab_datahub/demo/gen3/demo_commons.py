"""The demo's commons as the hub starts it: with its files, its bucket and everybody's keys."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from jupyterlab_datahub.demo.gen3 import contents
from jupyterlab_datahub.demo.gen3.bucket import BucketHost
from jupyterlab_datahub.demo.gen3.commons import Commons
from jupyterlab_datahub.demo.gen3.service import Gen3Service
from jupyterlab_datahub.demo.gen3.users import ALICE, BOB, CLOSED, PROGRAM, PROJECT

if TYPE_CHECKING:
    from pathlib import Path

    from jupyterlab_datahub.demo.faults import Faults
    from jupyterlab_datahub.demo.messages import Seen

FOLDER = "gen3"
CREDENTIALS = {"credentials": ALICE, "reader_credentials": BOB}
ELSEWHERE = "https://commons.example.org/user"
"""The fence of a commons that is not this one."""


class DemoCommons:
    """A commons with the demo's data, on two ports.

    Parameters
    ----------
    demo_files
        The demo's data directory.
    directory
        Where uploads and the keys of the users are kept; it is there before :meth:`start`.
    big
        Whether there is a file of more than a gigabyte.
    port, faults, log
        See :class:`~jupyterlab_datahub.demo.wire.Host`.

    Attributes
    ----------
    commons : Commons
        What it holds.
    api : Gen3Service
        The commons itself.
    bucket : BucketHost
        Where the bytes are.
    """

    def __init__(
        self,
        demo_files: Path,
        directory: Path,
        *,
        big: bool = True,
        port: int = 0,
        faults: Faults | None = None,
        log: list[Seen] | None = None,
    ) -> None:
        self._directory = directory / FOLDER
        self.commons = Commons(self._directory / "uploads")
        contents.fill(self.commons, demo_files, big=big)
        self.bucket = BucketHost(
            self.commons.storage, self.commons.signer, demo_files, faults=faults, log=log
        )
        self.api = Gen3Service(self.commons, port=port, faults=faults, log=log)

    @property
    def service(self) -> dict[str, str]:
        """Addresses, users, and where their keys are; known once started."""
        return {
            "url": self.api.url,
            "host": self.api.host,
            "bucket": self.bucket.url,
            "user": ALICE.name,
            "credentials": str(self._key_file("credentials")),
            "reader": BOB.name,
            "reader_credentials": str(self._key_file("reader_credentials")),
            "expired_credentials": str(self._key_file("expired_credentials")),
            "foreign_credentials": str(self._key_file("foreign_credentials")),
            "program": PROGRAM,
            "project": PROJECT,
            "secret_project": CLOSED,
        }

    def start(self) -> str:
        """Listen, write the keys, and return the address of the commons."""
        self.bucket.start()
        try:
            self.api.start()
            self._write_keys()
        except BaseException:
            self.stop()
            raise
        return self.api.url

    def stop(self) -> None:
        """Stop both hosts; stopping twice is fine."""
        self.api.stop()
        self.bucket.stop()

    def _write_keys(self) -> None:
        tokens = self.commons.tokens
        self._directory.mkdir(mode=0o700, exist_ok=True)
        for name, user in CREDENTIALS.items():
            self._write(name, tokens.api_key(user))
        self._write("expired_credentials", tokens.api_key(ALICE, life=-3600))
        other = Commons(self._directory).tokens
        other.issuer = ELSEWHERE
        self._write("foreign_credentials", other.api_key(ALICE))

    def _write(self, name: str, document: dict[str, str]) -> None:
        path = self._key_file(name)
        path.touch(mode=0o600)
        path.write_text(json.dumps(document), encoding="utf-8")

    def _key_file(self, name: str) -> Path:
        return self._directory / f"{name}.json"
