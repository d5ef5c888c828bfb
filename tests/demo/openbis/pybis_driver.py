"""A program that uses pyBIS as scientists do, and tells what came of it.

It reads a job as JSON from standard input: the server, the user, and steps; it writes one line
of JSON for each step. It runs in a process of its own since pyBIS prints, leaves its
connections open, and there is more than one release of it to be tried.
"""

from __future__ import annotations

import json
import sys
from contextlib import redirect_stdout
from io import StringIO
from typing import Any

import pybis


def download(o: Any, step: dict[str, Any]) -> Any:
    """Download files, all of them where none are named."""
    dataset = o.get_dataset(step["permId"])
    return dataset.download(
        files=step.get("files"),
        destination=step["destination"],
        create_default_folders=step.get("folders", True),
    )


def upload(o: Any, step: dict[str, Any]) -> Any:
    """Register a dataset."""
    dataset = o.new_dataset(**step["dataset"])
    dataset.save()
    return {"permId": dataset.permId, "files": dataset.file_list, "parents": dataset.parents}


def listing(o: Any, step: dict[str, Any]) -> Any:
    """List the files of a dataset with sizes and checksums."""
    frame = o.get_dataset(step["permId"]).get_files()
    return [
        [path, int(size), checksum]
        for folder, path, size, checksum in zip(
            frame["isDirectory"],
            frame["pathInDataSet"],
            frame["fileSize"],
            frame["crc32Checksum"],
            strict=True,
        )
        if not folder
    ]


def stores(o: Any, step: dict[str, Any]) -> Any:
    """List the data stores, with the file server where that is asked for."""
    found = o.get_datastores(**step.get("options", {}))
    return dict(zip(found["code"], found["downloadUrl"], strict=True))


def afs(o: Any, step: dict[str, Any]) -> Any:
    """Call a method of the file server's client."""
    from pybis.afs import AfsClient

    # What a client without verification prints of its warnings is not of interest here.
    client = AfsClient(step["url"], o.token, True)
    result = getattr(client, step["method"])(*step.get("arguments", ()), **step.get("more", {}))
    if isinstance(result, bytes):
        return result.decode()
    if isinstance(result, list):
        return [[file.path, file.directory, file.size] for file in result]
    return vars(result) if hasattr(result, "__dict__") else result


def write(o: Any, step: dict[str, Any]) -> Any:
    """Write text to the file server."""
    content = step["text"].encode()
    more = {**step, "method": "write", "arguments": [*step["arguments"], len(content), content]}
    return afs(o, more)


DO = {
    "download": download,
    "upload": upload,
    "listing": listing,
    "stores": stores,
    "afs": afs,
    "write": write,
}


def main() -> None:
    """Do a job."""
    job = json.load(sys.stdin)
    lenient = "allow_http_but_do_not_use_this_in_production_and_only_within_safe_networks"
    o = pybis.Openbis(job["url"], **{lenient: True})
    o.login(job["user"], job["password"])
    for step in job["steps"]:
        printed = StringIO()
        try:
            with redirect_stdout(printed):
                told = {"value": DO[step["do"]](o, step)}
        except Exception as error:  # noqa: BLE001 - whatever pyBIS raises is what we want to know
            told = {"error": f"{type(error).__name__}: {error}"}
        sys.stdout.write(json.dumps({**told, "printed": printed.getvalue()}) + "\n")


if __name__ == "__main__":
    main()
