"""The site as a service: its archive, pictures, stories, pages and a few open files."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from jupyterlab_datahub.demo.messages import Reply, Request, Seen, json_reply, problem
from jupyterlab_datahub.demo.ranges import UnsatisfiableError, parse_range
from jupyterlab_datahub.demo.tissue_atlas import archive, pictures
from jupyterlab_datahub.demo.tissue_atlas.cards import CARDS
from jupyterlab_datahub.demo.tissue_atlas.studies import CONTACT, STUDIES
from jupyterlab_datahub.demo.wire import Host

if TYPE_CHECKING:
    from jupyterlab_datahub.demo.faults import Faults

ARCHIVE = f"/demo/{archive.REPOSITORY}/archive/refs/heads/main.tar.gz"
STORE = f"/codeload/demo/{archive.REPOSITORY}/tar.gz/refs/heads/main"
OPEN = {"TON01_cell.csv": pictures.cells, "TON01_markers.csv": pictures.markers}


class TissueAtlasSite(Host):
    """A tissue atlas whose content is all made up.

    Parameters
    ----------
    port, faults, log
        See :class:`~jupyterlab_datahub.demo.wire.Host`; faults know it as ``tissue-atlas``.

    Attributes
    ----------
    changes : dict
        Files of the repository that are other than they were, by path; None takes one away.
        What is archived next has them, under another commit.
    """

    def __init__(
        self, *, port: int = 0, faults: Faults | None = None, log: list[Seen] | None = None
    ) -> None:
        super().__init__("tissue-atlas", port=port, faults=faults, log=log)
        self.changes: dict[str, bytes | None] = {}
        self._open = {name: make() for name, make in OPEN.items()}

    @property
    def services(self) -> dict[str, str]:
        """The addresses, known once started; ``host`` has the pictures."""
        return {
            "url": f"{self.url}{ARCHIVE}",
            "site": self.url,
            "host": f"127.0.0.1:{self.port}",
            "contact": CONTACT.replace("(at)", "@"),
        }

    @property
    def files(self) -> dict[str, bytes]:
        """The files of the repository as they are now, by path."""
        merged = archive.texts(self.url) | self.changes
        return {path: content for path, content in merged.items() if content is not None}

    @property
    def commit(self) -> str:
        """The commit that is archived now."""
        return archive.commit_of(self.files)

    def answer(self, request: Request) -> Reply:
        """Return what is at a path, or a problem."""
        area, _, name = request.path.removeprefix("/").partition("/")
        if request.path == ARCHIVE:
            return Reply(302, {"Location": f"{self.url}{STORE}"})
        if request.path == STORE:
            return self._archive(request)
        answers = {
            "images": self._picture,
            "data": self._story,
            "files": self._file,
            "atlas-datasets": self._page,
        }
        return answers[area](request, name.removesuffix("/")) if area in answers else problem(404)

    def _archive(self, request: Request) -> Reply:
        files = self.files
        etag = f'W/"{archive.commit_of(files)}"'
        headers = {"ETag": etag, "Content-Type": "application/x-gzip"}
        if request.header("if-none-match") == etag:
            return Reply(304, headers)
        return Reply(200, headers, archive.archive(files))

    def _picture(self, _: Request, name: str) -> Reply:
        stem = name.removesuffix(".png")
        if stem not in {card.name for card in CARDS}:
            return problem(404)
        return Reply(200, {"Content-Type": "image/png"}, pictures.thumbnail(stem))

    def _story(self, _request: Request, name: str) -> Reply:
        id_, _, file = name.partition("/")
        title = next((card.title or card.name for card in CARDS if card.name == id_), "")
        if not title:
            return problem(404)
        if file == "exhibit.json":
            return json_reply(_exhibit(title, id_))
        if file not in ("", "index.html"):
            return problem(404)
        picture = f'<img src="/images/{escape(id_)}.png" alt="">'
        return _html(title, f"<p>A story of the demo, told in one picture.</p>{picture}")

    def _file(self, request: Request, name: str) -> Reply:
        content = self._open.get(name)
        if content is None:
            return problem(404)
        headers = {
            "Content-Type": "text/csv",
            "Accept-Ranges": "bytes",
            "ETag": f'"{len(content):x}-{hash_of(content)}"',
        }
        wanted = request.header("range") if request.method == "GET" else ""
        try:
            span = parse_range(wanted, len(content)) if wanted else None
        except UnsatisfiableError:
            return Reply(416, {**headers, "Content-Range": f"bytes */{len(content)}"})
        if span is None:
            return Reply(200, headers, content)
        headers["Content-Range"] = f"bytes {span.start}-{span.stop - 1}/{len(content)}"
        return Reply(206, headers, content[span.start : span.stop])

    def _page(self, _: Request, name: str) -> Reply:
        study = next((study for study in STUDIES if study.id == name), None)
        if study is None:
            return problem(404)
        return _html(study.title or study.id, f"<p>{escape(study.description)}</p>")


def hash_of(content: bytes) -> str:
    """Return what tells two contents apart."""
    return archive.commit_of({"": content})[:16]


def _html(title: str, inner: str) -> Reply:
    page = (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{escape(title)}</title>'
        f"<h1>{escape(title)}</h1>{inner}</html>"
    )
    return Reply(200, {"Content-Type": "text/html; charset=utf-8"}, page.encode())


def _exhibit(title: str, id_: str) -> dict[str, object]:
    """Return what Minerva reads of a story: one image, one waypoint."""
    waypoint = {
        "Name": title,
        "Description": "Nothing here is real.",
        "Arrows": [],
        "Overlays": [],
        "Group": "Overview",
        "Masks": [],
        "Zoom": 1,
        "Pan": [0.5, 0.5],
    }
    return {
        "Images": [{"Name": "i0", "Path": f"/images/{id_}.png", "MaxLevel": 0}],
        "Header": title,
        "Layout": {"Grid": [["i0"]]},
        "Stories": [{"Name": "", "Description": "", "Waypoints": [waypoint]}],
        "Groups": [{"Name": "Overview", "Colors": ["ffffff"], "Channels": ["DNA_1"]}],
    }
