"""What a kernel is asked before something large is handed to it."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from jupyterlab_datahub.notebooks import free_memory

# It runs in a namespace of its own: no name of the user's is used, and none is left behind.
_PYTHON = (
    "(lambda scope: [__import__('builtins').exec({source!r}, scope), "
    "__import__('json').dumps(scope['measured']()).encode().hex()][1])({{}})"
)


@cache
def probe_of(language: str) -> str:
    """Return the expression whose value tells a kernel's free memory, empty if there is none.

    Its value is the hexadecimal digits of JSON with the answer of :func:`.free_memory.measured`.
    """
    if language != "python":
        return ""
    source = Path(free_memory.__file__).read_text(encoding="utf-8")
    return _PYTHON.format(source=source)
