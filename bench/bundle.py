"""Report what a browser fetches of the extension.

    jlpm build:prod && python -m bench.bundle

prints the built files with their sizes, plain and as gzip sends them. What is fetched when
JupyterLab starts comes first; the rest waits until somebody opens the sidebar, a dataset's page
or a dialog.
"""

from __future__ import annotations

import gzip
from pathlib import Path

STATIC = Path(__file__).resolve().parents[1] / "jupyterlab_datahub" / "labextension" / "static"
AT_START = ("remoteEntry", "lib_index", "style")


def main() -> None:
    """Print the table."""
    files = sorted(STATIC.glob("*.js"), key=lambda path: -path.stat().st_size)
    groups = {
        "at the start of JupyterLab": [one for one in files if one.name.startswith(AT_START)],
        "when first needed": [one for one in files if not one.name.startswith(AT_START)],
    }
    print("| | files | kB | kB as gzip |\n|---|---|---|---|")
    for name, group in groups.items():
        contents = [path.read_bytes() for path in group]
        plain = sum(map(len, contents)) / 1000
        packed = sum(len(gzip.compress(content, 9)) for content in contents) / 1000
        print(f"| {name} | {len(group)} | {plain:,.0f} | {packed:,.0f} |")


if __name__ == "__main__":
    main()
