"""What can go wrong between a catalog and a laptop, as switches.

A :class:`Fault` says what happens, to which requests and how often. :mod:`.wire` asks for the
faults of each request and counts a fault as used only when it really had an effect, so that
"cut once after 1 MB" is not spent on a HEAD request that came first.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypedDict, Unpack, get_args

import msgspec

from jupyterlab_datahub.model import Struct
from jupyterlab_datahub.model.decoding import from_values

if TYPE_CHECKING:
    from collections.abc import Iterable

Kind = Literal[
    "cut",
    "reset",
    "stall",
    "corrupt",
    "length",
    "truncated",
    "changed",
    "status",
    "html",
    "truncated_json",
    "empty",
    "ignore_range",
    "no_head",
    "expired",
    "slow",
    "latency",
    "down",
    "drop",
    "short",
    "filtered",
    "busy",
]

HostName = Literal[
    "",
    "api",
    "assets",
    "openbis",
    "gen3",
    "bucket",
    "hca",
    "hca-storage",
    "s3",
    "synapse",
    "synapse-storage",
    "tissue-atlas",
]
"""How faults call the hosts of the demo; "" is any of them."""

KINDS: tuple[str, ...] = get_args(Kind)

Natural = Annotated[int, msgspec.Meta(ge=0)]
Positive = Annotated[int, msgspec.Meta(ge=1)]

FOREVER = 1_000_000_000
"""``times`` of a fault that lasts until it is cleared."""

LASTING: frozenset[str] = frozenset(
    {"changed", "truncated", "ignore_range", "no_head", "slow", "latency", "down"}
)
"""Kinds that describe a host rather than an accident; they last unless told otherwise."""

FIELD_OF_VALUE: dict[str, str] = {
    "cut": "after",
    "reset": "after",
    "stall": "after",
    "corrupt": "offset",
    "length": "by",
    "truncated": "size",
    "status": "status",
    "html": "status",
    "slow": "rate",
    "latency": "seconds",
    "drop": "after",
    "short": "by",
    "filtered": "by",
}
"""What the number after ``=`` means in the short form of the command line."""

UNITS: dict[str, float] = {
    "": 1,
    "b": 1,
    "kb": 1e3,
    "mb": 1e6,
    "gb": 1e9,
    "kib": 2**10,
    "mib": 2**20,
    "gib": 2**30,
    "s": 1,
    "ms": 1e-3,
}


class FaultFields(TypedDict, total=False):
    """The fields of :class:`Fault` beside its kind."""

    host: HostName
    path: str
    method: str
    times: int
    skip: int
    after: int
    offset: int
    by: int
    size: int
    status: int
    retry_after: str
    seconds: float
    rate: float


class Fault(Struct):
    """One thing that goes wrong.

    ``host``, ``path`` (a shell pattern) and ``method`` say for which requests, ``times`` for
    how many of them, after the first ``skip`` went well. Where all calls of a service share one
    path, the pattern is for ``path#call``: ``*#download``. The kinds, with the fields they read:

    ================  ==========================================================================
    cut               close the connection after ``after`` bytes of the body
    reset             the same with a TCP reset, which may also lose bytes on their way
    stall             send ``after`` bytes, then nothing for ``seconds`` (0: until cleared)
    corrupt           flip the bits of the file's byte at ``offset``
    length            promise ``by`` bytes more (or fewer) in Content-Length than are sent
    truncated         the file on the host has only ``size`` bytes, and says so
    changed           the file has another ETag, date and content (every bit flipped)
    status            answer ``status`` with ``retry_after``, if given, as Retry-After
    html              answer ``status`` with a gateway's HTML page
    truncated_json    send the first half of a body, with a matching Content-Length
    empty             send an empty body with status 200
    ignore_range      answer a range request with the whole file, and promise no ranges
    no_head           refuse HEAD
    expired           refuse as an object store refuses a signed URL after its time
    slow              send at most ``rate`` bytes a second on each connection
    latency           wait ``seconds`` before answering, or until cleared
    down              reset every connection without an answer
    drop              reset the connection after ``after`` bytes of the request's body
    short             the data store keeps (and says so) ``by`` bytes less than it was sent
    filtered          the data store leaves the last ``by`` files out of a download, silently
    busy              the data store has no download streams left at the moment
    ================  ==========================================================================
    """

    kind: Kind
    host: HostName = ""
    path: str = "*"
    method: str = ""
    times: Positive = 1
    skip: Natural = 0
    after: Natural = 0
    offset: Natural = 0
    by: int = 0
    size: Natural = 0
    status: Annotated[int, msgspec.Meta(ge=400, le=599)] = 503
    retry_after: str = ""
    seconds: Annotated[float, msgspec.Meta(ge=0)] = 0.0
    rate: Annotated[float, msgspec.Meta(ge=0)] = 0.0

    def concerns(self, host: str, method: str, path: str) -> bool:
        """Return whether a request is one of those this fault is for."""
        return (
            self.host in ("", host) and self.method in ("", method) and fnmatchcase(path, self.path)
        )


@dataclass
class _Left:
    fault: Fault
    skip: int
    times: int


class Faults:
    """The faults in force; safe to change from any thread while requests run."""

    def __init__(self, faults: Iterable[Fault] = ()) -> None:
        self._lock = threading.Lock()
        self._left: list[_Left] = []
        self._cleared = threading.Event()
        self.extend(faults)

    def add(self, kind: Kind, **fields: Unpack[FaultFields]) -> Fault:
        """Switch a fault on and return it.

        Kinds that describe a host (``slow``, ``down``, …) last until cleared unless ``times``
        is given; the others happen once.
        """
        fields.setdefault("times", FOREVER if kind in LASTING else 1)
        fault = Fault(kind=kind, **fields)
        self.extend((fault,))
        return fault

    def extend(self, faults: Iterable[Fault]) -> None:
        """Switch several faults on."""
        with self._lock:
            self._left.extend(_Left(fault, fault.skip, fault.times) for fault in faults)

    def remove(self, fault: Fault) -> None:
        """Switch one fault off; nothing happens if it is off already."""
        with self._lock:
            self._left = [left for left in self._left if left.fault is not fault]

    def clear(self) -> None:
        """Switch all faults off and let responses that wait go on."""
        with self._lock:
            self._left = []
            released, self._cleared = self._cleared, threading.Event()
        released.set()

    @property
    def active(self) -> list[Fault]:
        """The faults that can still happen, with the ``skip`` and ``times`` that are left."""
        with self._lock:
            return [
                msgspec.structs.replace(left.fault, skip=left.skip, times=left.times)
                for left in self._left
            ]

    @property
    def cleared(self) -> threading.Event:
        """An event that :meth:`clear` sets; a response that is held back waits for it."""
        with self._lock:
            return self._cleared

    def find(self, kind: Kind, host: str, method: str, path: str) -> Fault | None:
        """Return the first fault of a kind that concerns a request, without using it up."""
        with self._lock:
            of_kind = (left.fault for left in self._left if left.fault.kind == kind)
            return next((f for f in of_kind if f.concerns(host, method, path)), None)

    def use(self, fault: Fault) -> bool:
        """Count one effect of a fault; False if it is not (or no longer) to happen now."""
        with self._lock:
            left = next((left for left in self._left if left.fault is fault), None)
            if left is None:
                return False
            if left.skip:
                left.skip -= 1
                return False
            left.times -= 1
            if not left.times:
                self._left.remove(left)
            return True

    def take(self, kind: Kind, host: str, method: str, path: str) -> Fault | None:
        """Return a fault that concerns a request and count it as used."""
        fault = self.find(kind, host, method, path)
        return fault if fault is not None and self.use(fault) else None


def fault_of(document: dict[str, Any]) -> Fault:
    """Read one fault from JSON.

    Raises
    ------
    ValueError
        If it is not a fault; the text says which field is wrong.
    """
    try:
        fault = from_values(document, Fault)
    except msgspec.ValidationError as error:
        raise ValueError(str(error)) from error
    if "times" not in document and fault.kind in LASTING:
        return msgspec.structs.replace(fault, times=FOREVER)
    return fault


def parse_faults(text: str) -> tuple[Fault, ...]:
    """Read the short form ``slow=5MB/s,cut=1MiB*3,status=429``.

    Each item is ``kind``, ``kind=value`` (what the value means is in `FIELD_OF_VALUE`), then
    optionally ``*N`` for how often, ``*`` for always.

    Raises
    ------
    ValueError
        With the item that is wrong.
    """
    return tuple(_parse_item(item.strip()) for item in text.split(",") if item.strip())


def _parse_item(item: str) -> Fault:
    body, star, times = item.partition("*")
    kind, _, value = body.partition("=")
    if kind not in KINDS:
        msg = f"{kind!r} is no fault; there are: {', '.join(KINDS)}"
        raise ValueError(msg)
    document: dict[str, Any] = {"kind": kind}
    if value:
        if kind not in FIELD_OF_VALUE:
            msg = f"fault {item!r}: {kind!r} takes no value"
            raise ValueError(msg)
        field = FIELD_OF_VALUE[kind]
        number = _number(value, item)
        document[field] = number if field in ("rate", "seconds") else int(number)
    if star:
        document["times"] = int(_number(times, item)) if times else FOREVER
    try:
        return fault_of(document)
    except ValueError as error:
        msg = f"fault {item!r}: {error}"
        raise ValueError(msg) from error


def _number(text: str, item: str) -> float:
    digits = text.strip().lower().removesuffix("/s")
    unit = digits.lstrip("0123456789.-")
    try:
        return float(digits.removesuffix(unit)) * UNITS[unit.strip()]
    except (KeyError, ValueError) as error:
        msg = f"fault {item!r}: {text!r} is no number such as 3, 1MiB, 5MB/s or 200ms"
        raise ValueError(msg) from error
