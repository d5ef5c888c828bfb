"""What the bytes of a bucket cost whoever fetches them, at most.

A gigabyte is 10^9 bytes, and the amount that Amazon gives away each month is not taken off, since
nobody here knows what is left of it. The prices are those that Amazon publishes for data transfer
out of S3 in us-east-1; the entry of a Source may have others, under ``prices``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from jupyterlab_datahub.errors import SettingsError
from jupyterlab_datahub.model import Struct, in_usd
from jupyterlab_datahub.model.decoding import from_values

if TYPE_CHECKING:
    from jupyterlab_datahub.settings import SourceConfig

GIGABYTE = 1e9


class Prices(Struct, forbid_unknown_fields=True):
    """USD for a gigabyte, as of a date; ``here`` is the AWS region that this machine is in."""

    as_of: str = "2026-06"
    same_region: float = 0.0
    other_region: float = 0.02
    internet: float = 0.09
    here: str = ""

    @classmethod
    def of(cls, config: SourceConfig) -> Prices:
        """Return the prices that a Source's entry has.

        Raises
        ------
        SettingsError
        """
        try:
            return from_values(config.options.get("prices", {}), cls)
        except msgspec.ValidationError as error:
            raise SettingsError(
                f"the prices of source {config.name!r} cannot be used: {error}",
                source=config.name,
                hint="They look like {as_of: 2026-06, internet: 0.09, here: us-east-1}.",
            ) from error

    def per_gigabyte(self, region: str) -> float:
        """Return USD for a gigabyte of a bucket in `region`."""
        if not self.here:
            return self.internet
        return self.same_region if self.here == region else self.other_region

    def words(self, size: int | None, region: str) -> str:
        """Return who pays how much at most, for people."""
        each = self.per_gigabyte(region)
        rate = f"{in_usd(each)} per GB, prices of {self.as_of}"
        if size is None:
            return f"Whoever fetches it pays Amazon for it: {rate}."
        return (
            "Whoever fetches it pays Amazon for it: "
            f"at most {in_usd(size / GIGABYTE * each)} ({size:,} bytes at {rate})."
        )
