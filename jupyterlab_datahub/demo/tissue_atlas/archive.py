"""The archive of the site's repository, as GitHub makes it.

One directory holds everything, the first record is a global PAX header whose comment is the
commit, and every member has the commit's time.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import tarfile
from datetime import UTC, datetime

from jupyterlab_datahub.demo.tissue_atlas.cards import CARDS
from jupyterlab_datahub.demo.tissue_atlas.studies import STUDIES

REPOSITORY = "demo-tissue-atlas"
COMMITTED = datetime(2026, 4, 15, 9, 30, tzinfo=UTC)

LEGACY = "_data-cards/open-tonsil-2025/latin.md"
"""A card that is not UTF-8, with carriage returns and a byte order mark of its own."""


def texts(site: str) -> dict[str, bytes]:
    """Return the files of the repository by their paths, for a site of that address."""
    made = {
        "README.md": "# A tissue atlas\nMade up for a demonstration.\n",
        "_config.yml": "collections:\n  atlas-datasets:\n    output: true\n  data-cards:\n",
        "index.html": "---\nlayout: home\n---\n",
        "_publications/vega.md": "---\ntitle: Immune borders\ngroup: other\n---\n",
    }
    for study in STUDIES:
        made[f"_atlas-datasets/{study.id}.md"] = study.page
        if study.files:
            made[f"_atlas-datasets/{study.id}-file-list.md"] = study.files
    made |= {card.path: card.page for card in CARDS}
    found = {path: text.replace("{site}", site).encode() for path, text in made.items()}
    found[LEGACY] = (
        "---\r\ntitle: Caf\xe9 tonsil\r\nhide: false\r\n"
        f"minerva_link: {site}/data/tonsil-cafe\r\n"
        "tags: [tonsil, curated, 'H&E']\r\ndate: 2025-02-30\r\n---\r\n"
    ).encode("latin-1")
    return found


def commit_of(files: dict[str, bytes]) -> str:
    """Return 40 hex digits that stand for these files."""
    digest = hashlib.sha256()
    for path, content in sorted(files.items()):
        digest.update(f"{path}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()[:40]


def archive(files: dict[str, bytes]) -> bytes:
    """Return a ``.tar.gz`` of the files."""
    commit = commit_of(files)
    moment = int(COMMITTED.timestamp())
    top = f"{REPOSITORY}-{commit}"
    packed = io.BytesIO()
    with tarfile.open(
        fileobj=packed, mode="w", format=tarfile.PAX_FORMAT, pax_headers={"comment": commit}
    ) as tar:
        folders = {top} | {f"{top}/{parent}" for path in files for parent in _parents(path)}
        for name in sorted(folders):
            folder = tarfile.TarInfo(name)
            folder.type, folder.mode, folder.mtime = tarfile.DIRTYPE, 0o775, moment
            tar.addfile(folder)
        for path, content in sorted(files.items()):
            member = tarfile.TarInfo(f"{top}/{path}")
            member.size, member.mode, member.mtime = len(content), 0o664, moment
            tar.addfile(member, io.BytesIO(content))
    return gzip.compress(packed.getvalue(), mtime=0)


def _parents(path: str) -> list[str]:
    parts = path.split("/")[:-1]
    return ["/".join(parts[: number + 1]) for number in range(len(parts))]
