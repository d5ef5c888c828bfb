"""Hold the demo's Synapse to the real client, where synapseclient is installed.

Run it with an interpreter that has synapseclient (no other package is needed), with the address
and the token that ``jupyter datahub demo --services-only`` prints. It ends with 0 if everything is
as synapseclient expects it of synapse.org.
"""

from __future__ import annotations

import importlib
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

CELLS = "syn90000110"
PLATES = "syn90000102"
CONTROLLED = "syn90000120"
LINK = "syn90000133"
TRASHED = "syn90000135"


def main(url: str, token: str) -> int:
    """Use the demo's Synapse as a user of synapseclient does."""
    with tempfile.TemporaryDirectory(prefix="datahub-synapse-") as name:
        folder = Path(name)
        # Neither the profile nor the cache of whoever runs it.
        os.environ["HOME"] = name
        client: Any = importlib.import_module("synapseclient")
        synapse = _client(client, url, folder)
        synapse.login(authToken=token)
        children = list(synapse.getChildren(PLATES))
        newest = synapse.get(CELLS, downloadLocation=str(folder / "newest"))
        older = synapse.get(CELLS, version=1, downloadLocation=str(folder / "older"))
        led = synapse.get(LINK, followLink=True, downloadLocation=str(folder / "led"))
        seen = {
            "a folder of 320 files": len(children) == 320,
            "its files by name": children[0]["name"] == "reading-001.csv",
            "a file of two versions": (newest.versionNumber, older.versionNumber) == (2, 1),
            "other bytes in each": newest.md5 != older.md5,
            "annotations": newest.annotations["species"] == ["Homo sapiens"],
            "a link": led.id == CELLS,
            "a restriction": _refused(synapse, CONTROLLED, "access restrictions"),
            "the trash can": _refused(synapse, TRASHED, "is in trash can"),
            "a wrong token": _kept_out(_client(client, url, folder)),
        }
    for what, right in seen.items():
        sys.stdout.write(f"{'as expected' if right else 'NOT AS EXPECTED'}: {what}\n")
    return 0 if all(seen.values()) else 1


def _client(client: Any, url: str, folder: Path) -> Any:
    return client.Synapse(
        repoEndpoint=f"{url}/repo/v1",
        authEndpoint=f"{url}/auth/v1",
        fileHandleEndpoint=f"{url}/file/v1",
        portalEndpoint=f"{url}/",
        cache_root_dir=str(folder / "cache"),
        skip_checks=True,
        silent=True,
    )


def _refused(synapse: Any, id_: str, words: str) -> bool:
    try:
        synapse.get(id_, downloadLocation=os.environ["HOME"])
    except Exception as error:  # noqa: BLE001 - its kinds of errors are its own
        return words in str(error)
    return False


def _kept_out(synapse: Any) -> bool:
    try:
        synapse.login(authToken="nonsense")
    except Exception as error:  # noqa: BLE001 - its kinds of errors are its own
        return "Authentication" in type(error).__name__
    return False


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:3]))
