"""Typed decoding that several threads may do at once.

msgspec learns what a struct is made of when something is decoded as one for the first time, and
lets other threads see that before it is complete: two that begin at once end the whole process, and
with it every kernel of a server (msgspec 0.22: a null pointer in its decoder). So each kind is
learnt here, by one thread at a time, before anything is decoded as it. Nothing else in this project
may decode as a kind; a test looks.
"""

from __future__ import annotations

import threading
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar, overload

import msgspec

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")

# A module that is imported meanwhile may ask for decoders of its own.
_learning = threading.RLock()


@overload
def from_json(content: bytes | str, kind: type[T], *, strict: bool = True) -> T: ...


@overload
def from_json(content: bytes | str, kind: Any, *, strict: bool = True) -> Any: ...


def from_json(content: bytes | str, kind: Any, *, strict: bool = True) -> Any:
    """Return what a JSON text says, as a value of a kind.

    Parameters
    ----------
    content
        The text; bytes are UTF-8.
    kind
        A struct, or what else msgspec knows.
    strict
        Whether ``"1"`` is refused where a number is asked for.

    Raises
    ------
    msgspec.DecodeError
        If it is no JSON; as `msgspec.ValidationError` if it is of another kind.
    """
    return json_decoder(kind, strict=strict)(content)


@overload
def from_msgpack(content: bytes, kind: type[T]) -> T: ...


@overload
def from_msgpack(content: bytes, kind: Any) -> Any: ...


def from_msgpack(content: bytes, kind: Any) -> Any:
    """Return what MessagePack says, as a value of a kind.

    Raises
    ------
    msgspec.DecodeError
        As :func:`from_json` does.
    """
    return msgpack_decoder(kind)(content)


@overload
def from_values(values: object, kind: type[T], *, strict: bool = True) -> T: ...


@overload
def from_values(values: object, kind: Any, *, strict: bool = True) -> Any: ...


def from_values(values: object, kind: Any, *, strict: bool = True) -> Any:
    """Return a value of a kind, made of the dicts, lists and texts that it is written as.

    Raises
    ------
    msgspec.ValidationError
        If they are of another kind.
    """
    _learnt(kind, strict=strict)
    return msgspec.convert(values, kind, strict=strict)


@overload
def json_decoder(kind: type[T], *, strict: bool = True) -> Callable[[bytes | str], T]: ...


@overload
def json_decoder(kind: Any, *, strict: bool = True) -> Callable[[bytes | str], Any]: ...


def json_decoder(kind: Any, *, strict: bool = True) -> Callable[[bytes | str], Any]:
    """Return what reads many values of a kind, one after the other, as :func:`from_json`."""
    return _learnt(kind, strict=strict).decode


@overload
def msgpack_decoder(kind: type[T]) -> Callable[[bytes], T]: ...


@overload
def msgpack_decoder(kind: Any) -> Callable[[bytes], Any]: ...


def msgpack_decoder(kind: Any) -> Callable[[bytes], Any]:
    """Return what reads many values of a kind, one after the other, as :func:`from_msgpack`."""
    return _learnt_packed(kind).decode


@cache
def _learnt(kind: Any, *, strict: bool) -> msgspec.json.Decoder[Any]:
    with _learning:
        return msgspec.json.Decoder(kind, strict=strict)


@cache
def _learnt_packed(kind: Any) -> msgspec.msgpack.Decoder[Any]:
    with _learning:
        return msgspec.msgpack.Decoder(kind)
