"""The users of the demo's Synapse and their personal access tokens.

Tokens have the form of Synapse's, JSON web tokens, and are signed by nobody: no client of Synapse
can check a signature. The texts are the same in every run, so that a notebook keeps working.
"""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass

SCIENTIST = "demo-scientist"


@dataclass(frozen=True)
class User:
    """Somebody with a token; ``scopes`` are what it may be used for."""

    id: int
    name: str
    scopes: tuple[str, ...] = ("view", "download")

    @property
    def token(self) -> str:
        """The personal access token."""
        return ".".join(
            (
                _part({"typ": "JWT", "alg": "RS256"}),
                _part(
                    {
                        "token_type": "PERSONAL_ACCESS_TOKEN",
                        "access": {"scope": list(self.scopes), "oidc_claims": {}},
                        "sub": str(self.id),
                        "jti": f"demo-{self.id}-{'-'.join(self.scopes)}",
                    }
                ),
                _part({"signed": "by nobody"}),
            )
        )


def _part(document: dict[str, object]) -> str:
    text = json.dumps(document, separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


READER = User(3300001, SCIENTIST)
LOOKER = User(3300001, SCIENTIST, ("view",))
"""The same user with a token that may not be used to download."""

STRANGER = User(3300002, "demo-stranger")
"""A user with whom nothing is shared."""

OWNER = User(3300009, "demo-owner")
"""The user whose projects they are; has no part in the demo."""

USERS = (READER, LOOKER, STRANGER)
