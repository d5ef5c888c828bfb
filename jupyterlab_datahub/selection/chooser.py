"""The process that answers while somebody chooses (``python -m`` and the name of this module).

It reads only what looks at files have left on the disk, and what it has read of that stays loaded
within a bound.
"""

from __future__ import annotations

from jupyterlab_datahub.errors import DataHubError
from jupyterlab_datahub.ranged.process import stand
from jupyterlab_datahub.selection.choosing import Answer, Question, answered
from jupyterlab_datahub.selection.table import Loaded

SHARE = 4
"""How many times as much memory the process may take as what stays loaded."""


class Chooser:
    """What answers, with what it has loaded."""

    def __init__(self) -> None:
        self._loaded: Loaded | None = None

    def answered(self, question: Question) -> tuple[Answer, bytes]:
        """Return what there is to say."""
        if self._loaded is None:
            self._loaded = Loaded(question.memory // SHARE)
        try:
            return answered(question, self._loaded)
        except DataHubError as error:
            return Answer(error=error.body()), b""


def prepare() -> None:
    """Import what every answer needs."""
    import numpy as np  # noqa: F401 - so that it is there later


if __name__ == "__main__":
    stand(Question, Chooser().answered, prepare)
