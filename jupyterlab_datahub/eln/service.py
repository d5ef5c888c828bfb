"""What the calls of ELN-LIMS to the web service beside a JupyterHub share."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from jupyterlab_datahub.eln.folders import Folders
from jupyterlab_datahub.eln.identity import Identity
from jupyterlab_datahub.eln.limits import BadTokens, TooManyError
from jupyterlab_datahub.eln.settings import checked
from jupyterlab_datahub.errors import AccessError

if TYPE_CHECKING:
    from collections.abc import Callable

    from jupyterlab_datahub.eln.settings import ElnSettings

AT_ONCE = 8
"""Calls that wait for openBIS or a disk at the same time."""


class Service:
    """What the handlers share.

    Parameters
    ----------
    settings
        What the administrator decided.

    Raises
    ------
    SettingsError
    """

    def __init__(self, settings: ElnSettings) -> None:
        self.settings = checked(settings)
        self.identity = Identity(settings.source, lower_case=settings.lower_case)
        self.folders = Folders(settings.homes)
        self.bad_tokens = BadTokens(settings.bad_tokens, settings.bad_seconds)
        self.turns = asyncio.Semaphore(AT_ONCE)
        self.threads = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="eln")

    async def run(self, work: Callable[..., Any], *arguments: Any) -> Any:
        """Run what waits for a disk or another host in a thread."""
        return await asyncio.get_running_loop().run_in_executor(self.threads, work, *arguments)

    async def user(self, token: str, address: str) -> str:
        """Return whose token it is.

        Raises
        ------
        AccessError
            If it is nobody's; the address is then remembered.
        TooManyError
            If too many wrong ones came from the address.
        """
        async with self.turns:
            if seconds := self.bad_tokens.wait(address):
                raise TooManyError(
                    f"too many invalid tokens, try again in {seconds} s", retry_after=seconds
                )
            try:
                user: str = await self.run(self.identity.user, token)
            except AccessError:
                self.bad_tokens.add(address)
                raise
            return user
