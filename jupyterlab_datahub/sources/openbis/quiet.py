"""pyBIS with our own transport; imported when it is needed, as it brings pandas with it.

pyBIS as it is prints requests, with token and password, when a server reports an error, reads
``~/.pybis`` by itself, and waits without a limit. This one asks through the client that all our
Sources use, and prints nothing.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

import pybis

if TYPE_CHECKING:
    from jupyterlab_datahub.sources.openbis.session import Session


def _unsaid(*_: Any, **__: Any) -> None:
    """Take the place of print in the modules of pyBIS."""


for _name, _module in list(sys.modules.items()):
    if _name.split(".")[0] == "pybis":
        vars(_module).setdefault("print", _unsaid)


class Quiet(pybis.Openbis):  # type: ignore[misc] # pyBIS has no types
    """pyBIS at one openBIS, as the user of a session.

    Parameters
    ----------
    session
        Says where, and asks.
    token
        What lets us in; it is not tried now.
    """

    def __init__(self, session: Session, token: str) -> None:
        self._session = session
        super().__init__(
            session.url,
            # Certificates are verified by our own client, as the Source's entry says.
            verify_certificates=True,
            allow_http_but_do_not_use_this_in_production_and_only_within_safe_networks=True,
        )
        self.__dict__["token"] = token

    def _post_request_full_url(self, full_url: str, request: dict[str, Any]) -> Any:
        return self._session.ask(
            request["method"], request["params"], url=urljoin(self.url, full_url)
        )

    def _get_saved_token(self) -> None:
        """Give none: which tokens there are is not decided here."""

    def _save_token_to_disk(self, os_home: Any = None) -> None:
        """Keep none: tokens are kept by the vault alone."""

    def _recover_session(self, full_url: str, request: dict[str, Any]) -> None:
        """Try nobody else's token."""

    def __repr__(self) -> str:
        return f"openBIS at {self.hostname}"

    def _repr_html_(self) -> str:
        return repr(self)
