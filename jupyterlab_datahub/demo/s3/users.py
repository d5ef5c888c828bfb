"""Who has keys to the demo's object store."""

from __future__ import annotations

from typing import NamedTuple


class User(NamedTuple):
    """Somebody with a key; ``token`` goes with temporary keys, which may have ``expired``."""

    name: str
    key: str
    secret: str
    token: str = ""
    expired: bool = False


READER = User("reader", "DEMOREADERKEY0000001", "reader-secret-of-the-demo")
"""May read what is not private, and pays for what costs."""

WRITER = User("writer", "DEMOWRITERKEY0000001", "writer-secret-of-the-demo")
"""May also write to the lab's bucket."""

VISITOR = User("visitor", "DEMOVISITORKEY000001", "visitor-secret-of-the-demo", "visitor-session")
"""May read, with keys that are temporary."""

LATE = User("late", "DEMOLATEKEY000000001", "late-secret-of-the-demo", "late-session", expired=True)
"""Has temporary keys that have run out."""

USERS = (READER, WRITER, VISITOR, LATE)
