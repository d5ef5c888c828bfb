"""What users may ask of a transfer, and when."""

from __future__ import annotations

from typing import Literal

from jupyterlab_datahub.model import TransferState

Action = Literal["pause", "resume", "cancel", "retry"]

_S = TransferState

ALLOWED: dict[Action, tuple[TransferState, ...]] = {
    "pause": (_S.QUEUED, _S.RESOLVING, _S.RUNNING, _S.VERIFYING),
    "resume": (_S.PAUSED,),
    "cancel": (_S.QUEUED, _S.RESOLVING, _S.RUNNING, _S.VERIFYING, _S.PAUSED, _S.FAILED),
    "retry": (_S.FAILED, _S.CANCELLED),
}
"""The states in which a user may ask for something."""

LEADS_TO: dict[Action, TransferState] = {
    "pause": _S.PAUSED,
    "resume": _S.QUEUED,
    "cancel": _S.CANCELLED,
    "retry": _S.QUEUED,
}

HINTS: dict[TransferState, str] = {
    _S.DONE: "It is finished; take it off the list or remove the file from the library.",
    _S.FAILED: "Retry it or take it off the list.",
    _S.CANCELLED: "Retry it or take it off the list.",
    _S.PAUSED: "Resume or cancel it.",
}
