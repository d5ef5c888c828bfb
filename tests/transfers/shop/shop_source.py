"""A third party's Source: its answers are scripted in a file, and every question is noted.

It lies in a directory of its own with the metadata of an installed package, so that a worker
process finds it as it finds any package's Source.
"""

# ruff: noqa: INP001 - it is found by its path, as an installed module is

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from jupyterlab_datahub.errors import NotFoundError, NotReadyError, UnreachableError
from jupyterlab_datahub.model import Asset, Download
from jupyterlab_datahub.model.decoding import from_json
from jupyterlab_datahub.sources.source import Source

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyterlab_datahub.model import Dataset


class ShopSource(Source):
    """Answers :meth:`resolve` from a script, the last answer again and again."""

    kind = "shop"

    def dataset(self, ref: str) -> Dataset:
        """Know no dataset: transfers do not ask."""
        raise NotFoundError(f"{ref} is not sold here", source=self.name)

    def resolve(self, asset: Asset) -> Download:
        """Return the next scripted answer for an asset."""
        script = Path(self.config.options["script"])
        answers = from_json(script.read_bytes(), dict[str, list[Download | None]])
        log = script.with_suffix(".log")
        with log.open("a", encoding="utf-8") as lines:
            lines.write(f"{asset.ref}\n")
        asked = log.read_text(encoding="utf-8").splitlines().count(asset.ref)
        mine = answers[asset.ref]
        answer = mine[min(asked, len(mine)) - 1]
        if answer == Download(etag="preparing"):
            raise NotReadyError("the shop packs it", source=self.name, retry_after=0.05)
        if answer is None:
            raise UnreachableError("the shop is closed", source=self.name, host="shop.example")
        return answer

    def members(self, group: Asset) -> Iterator[Asset]:
        """Yield the files that the script lists for a group."""
        listed = Path(self.config.options["script"]).with_suffix(f".{group.name}.json")
        yield from from_json(listed.read_bytes(), list[Asset])
