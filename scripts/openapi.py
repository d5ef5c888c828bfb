"""Write the OpenAPI document from the server's table of routes."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from jupyterlab_datahub.server.openapi import document

DOCUMENT = Path(__file__).parent.parent / "docs" / "openapi.json"


def main(arguments: list[str]) -> None:
    """Write the document to the path given, by default to its place in docs/."""
    target = Path(arguments[0]) if arguments else DOCUMENT
    text = json.dumps(document(), indent=2, ensure_ascii=False) + "\n"
    target.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
