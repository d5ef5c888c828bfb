"""The demo's object store as the hub starts it: with its buckets and everybody's profiles."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from jupyterlab_datahub.demo.s3 import contents
from jupyterlab_datahub.demo.s3.buckets import REGION
from jupyterlab_datahub.demo.s3.service import S3Service
from jupyterlab_datahub.demo.s3.users import READER, USERS, WRITER

if TYPE_CHECKING:
    from pathlib import Path

    from jupyterlab_datahub.demo.faults import Faults
    from jupyterlab_datahub.demo.messages import Seen

FOLDER = "s3"


class DemoStore:
    """An object store with the demo's data.

    Parameters
    ----------
    demo_files
        The demo's data directory.
    big
        Whether the MCMICRO project is the great one.
    directory
        Where the profiles of its users are kept; it is there before :meth:`start`.
    port, faults, log
        See :class:`~jupyterlab_datahub.demo.wire.Host`.

    Attributes
    ----------
    api : S3Service
        The store; its ``charged`` says what was paid for, its ``buckets`` may be changed.
    """

    def __init__(
        self,
        demo_files: Path,
        directory: Path,
        *,
        big: bool = False,
        port: int = 0,
        faults: Faults | None = None,
        log: list[Seen] | None = None,
    ) -> None:
        self._directory = directory / FOLDER
        fill = partial(contents.fill, demo_files=demo_files, big=big)
        self.api = S3Service(fill, port=port, faults=faults, log=log)

    @property
    def service(self) -> dict[str, str]:
        """Address, buckets, and where the profiles are; known once started."""
        return {
            "url": self.api.url,
            "region": REGION,
            "credentials": str(self._directory / "credentials"),
            "profile": READER.name,
            "writer_profile": WRITER.name,
            "bucket": contents.OPEN,
            "paid_bucket": contents.PAID,
            "lab_bucket": contents.LAB,
        }

    def start(self) -> str:
        """Listen, write the profiles, and return the address."""
        address = self.api.start()
        try:
            self._write_profiles()
        except BaseException:
            self.stop()
            raise
        return address

    def stop(self) -> None:
        """Stop the host; stopping twice is fine."""
        self.api.stop()

    def _write_profiles(self) -> None:
        """Write everybody's keys as the AWS command line keeps them."""
        lines = []
        for user in USERS:
            lines += [f"[{user.name}]", f"aws_access_key_id = {user.key}"]
            lines += [f"aws_secret_access_key = {user.secret}"]
            lines += [f"aws_session_token = {user.token}"] if user.token else []
        self._directory.mkdir(mode=0o700, exist_ok=True)
        path = self._directory / "credentials"
        path.touch(mode=0o600)
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
