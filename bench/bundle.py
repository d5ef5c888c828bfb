"""Report what a browser fetches of the extension, at most.

    jlpm build:prod && python -m bench.bundle

prints the size of all built files, plain and as gzip sends them. JupyterLab fetches a part of
them at its start; the rest waits until somebody opens the sidebar, a dataset's page or a dialog.
"""

from __future__ import annotations

import gzip
from pathlib import Path

STATIC = Path(__file__).resolve().parents[1] / "jupyterlab_datahub" / "labextension" / "static"


def main() -> None:
    """Print the table."""
    contents = [path.read_bytes() for path in STATIC.glob("*.js")]
    plain = sum(map(len, contents)) / 1000
    packed = sum(len(gzip.compress(content, 9)) for content in contents) / 1000
    print("| files | kB | kB as gzip |\n|---|---|---|")
    print(f"| {len(contents)} | {plain:,.0f} | {packed:,.0f} |")


if __name__ == "__main__":
    main()
