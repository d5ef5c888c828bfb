"""How long and how often a Source asks its hosts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import msgspec

from jupyterlab_datahub.errors import SettingsError
from jupyterlab_datahub.model import Struct
from jupyterlab_datahub.model.decoding import from_values

if TYPE_CHECKING:
    from jupyterlab_datahub.settings import SourceConfig

Seconds = Annotated[float, msgspec.Meta(gt=0)]
Count = Annotated[int, msgspec.Meta(ge=1)]


class Patience(Struct, frozen=True):
    """How long and how often a Source asks; each field may be an option of its entry.

    Times are seconds. ``longest_wait`` bounds what a ``Retry-After`` may make us wait: a host
    that asks for more is reported as busy at once. ``deadline`` bounds one answer, first byte
    to last. ``connections`` is the number of requests a host gets at once. ``largest`` is the
    number of bytes at which an answer is given up.
    """

    attempts: Count = 4
    backoff: Annotated[float, msgspec.Meta(ge=0)] = 0.5
    longest_wait: Annotated[float, msgspec.Meta(ge=0)] = 30.0
    connect_timeout: Seconds = 20.0
    read_timeout: Seconds = 60.0
    deadline: Seconds = 300.0
    connections: Count = 4
    largest: Count = 256 * 1024**2

    @classmethod
    def of(cls, config: SourceConfig) -> Patience:
        """Return the patience that the options of a Source's entry ask for.

        Raises
        ------
        SettingsError
            If an option is not a number in its range.
        """
        chosen = {key: config.options[key] for key in cls.__struct_fields__ & config.options.keys()}
        try:
            return from_values(chosen, cls)
        except msgspec.ValidationError as error:
            raise SettingsError(
                f"source {config.name!r}: {error}",
                source=config.name,
                hint="Correct the entry of the source.",
            ) from error
