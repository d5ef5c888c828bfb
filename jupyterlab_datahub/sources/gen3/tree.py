"""The tree of a commons: studies, kept manifests, and programs > projects > types > files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from jupyterlab_datahub.errors import (
    AccessError,
    BadRequestError,
    DataHubError,
    ExpiredError,
    NotFoundError,
)
from jupyterlab_datahub.model import Access, Export, Node, NodePage, Struct
from jupyterlab_datahub.sources.gen3 import (
    filerecords,
    graph,
    manifests,
    programs,
    refs,
    rights,
    studies,
    wire,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from jupyterlab_datahub.sources.gen3.dictionary import Dictionary, NodeType
    from jupyterlab_datahub.sources.gen3.rights import Rights
    from jupyterlab_datahub.sources.gen3.session import Session
    from jupyterlab_datahub.sources.gen3.studies import Studies

MANIFESTS = "/manifests/"
COUNTED_AT_ONCE = 60
"""Types that are counted with one question."""


class _KeptManifest(Struct):
    filename: str
    last_modified: str = ""


class _KeptManifests(Struct):
    manifests: tuple[_KeptManifest, ...] = ()


class Tree:
    """The tree of one commons.

    Parameters
    ----------
    session, rights
        Who asks, and what they may do.
    dictionary, all_studies
        What there is.
    """

    def __init__(
        self, session: Session, known_rights: Rights, dictionary: Dictionary, all_studies: Studies
    ) -> None:
        self._session = session
        self._rights = known_rights
        self._dictionary = dictionary
        self._studies = all_studies
        self._below: dict[str, Callable[[str, int, int], NodePage]] = {
            "": self._root,
            "studies": self._all_studies,
            "study": self._in_study,
            "manifests": self._all_manifests,
            "manifest": self._in_manifest,
            "program": self._in_program,
            "project": self._in_project,
            "node": self._in_node,
        }

    def children(self, node: str, offset: int, limit: int) -> NodePage:
        """Return some children of a node, of the root for an empty `node`.

        Raises
        ------
        BadRequestError
            If it is the id of no node.
        RequestError, CatalogError
        """
        kind, _, name = node.partition(":")
        below = self._below.get(kind)
        if below is None or (not name and kind not in ("", "studies", "manifests")):
            raise BadRequestError(
                f"{node[:80]!r} is not a node of {self._session.who.title}",
                source=self._session.who.source,
                hint="Reload the tree.",
            )
        return below(name, offset, limit)

    def _root(self, _: str, offset: int, limit: int) -> NodePage:
        """Return what there is; a service that a commons lacks hides no other."""
        nodes: list[Node] = []
        failures: list[DataHubError] = []
        for part in (self._studies_root, self._manifests_root, self._programs):
            try:
                nodes += part()
            except (ExpiredError, NotFoundError) as error:
                if isinstance(error, ExpiredError):
                    raise
            except DataHubError as error:
                failures.append(error)
        if failures and not nodes:
            raise failures[-1]
        return _page(nodes, offset, limit)

    def _studies_root(self) -> list[Node]:
        count = len(self._studies.all())
        if not count:
            return []
        return [Node(id="studies", kind="folder", title="Studies", has_children=True, count=count)]

    def _manifests_root(self) -> list[Node]:
        if not self._session.connected:
            return []
        count = len(self._kept_manifests())
        node = Node(
            id="manifests", kind="folder", title="My manifests", has_children=True, count=count
        )
        return [node] if count else []

    def _programs(self) -> list[Node]:
        try:
            names = programs.programs(self._session)
        except AccessError as error:
            if isinstance(error, ExpiredError):
                raise
            return [
                Node(
                    id="programs",
                    kind="folder",
                    title="Programs",
                    access=Access.LOGIN,
                    access_note=f"Connect to {self._session.who.title} to see its programs.",
                )
            ]
        return [
            Node(id=f"program:{name}", kind="program", title=name, code=name, has_children=True)
            for name in names
        ]

    def _in_program(self, program: str, offset: int, limit: int) -> NodePage:
        names = programs.projects(self._session, program)
        return _page([self._project(program, name) for name in names], offset, limit)

    def _project(self, program: str, code: str) -> Node:
        resource = rights.project_resource(program, code)
        readable = self._rights.may(rights.READ, resource)
        note = ""
        if not readable:
            title = self._session.who.title
            asks = f"You have no access to {program}-{code}; ask {title} for it."
            note = asks if self._session.connected else f"Connect to {title} to see what is in it."
        return Node(
            id=f"project:{program}/{code}",
            kind="project",
            title=code,
            code=code,
            identifier=f"{program}-{code}",
            ref=refs.project_ref(self._session, program, code) if readable else "",
            has_children=readable,
            can_save=self._session.connected
            and self._rights.may(rights.CREATE, resource)
            and self._rights.may(rights.WRITE, resource),
            access=Access.OPEN if readable else self._closed,
            access_note=note,
        )

    @property
    def _closed(self) -> Access:
        return Access.CONTROLLED if self._session.connected else Access.LOGIN

    def _in_project(self, name: str, offset: int, limit: int) -> NodePage:
        program, code = _split(name, 2)
        types = self._dictionary.types()
        counted = counts(self._session, f"{program}-{code}", tuple(types))
        # What has records comes first, in the order of a study: from people to files.
        ordered = sorted(
            types.values(),
            key=lambda one: (not counted.get(one.name), one.holds_files, one.category, one.name),
        )
        nodes = [self._type(program, code, one, counted.get(one.name)) for one in ordered]
        return _page(nodes, offset, limit)

    def _type(self, program: str, code: str, one: NodeType, count: int | None) -> Node:
        return Node(
            id=f"node:{program}/{code}/{one.name}",
            kind="node",
            title=one.title,
            code=one.name,
            type=one.category.replace("_", " "),
            ref=refs.project_ref(self._session, program, code, one.name),
            identifier=f"{program}-{code}/{one.name}",
            has_children=one.holds_files and bool(count),
            count=count,
            description=one.description,
            exports=table_exports(self._session, program, code, one.name),
        )

    def _in_node(self, name: str, offset: int, limit: int) -> NodePage:
        program, code, node = _split(name, 3)
        if node not in self._dictionary.types():
            raise BadRequestError(
                f"{self._session.who.title} has no records of the type {node[:80]!r}",
                source=self._session.who.source,
                hint="Reload the tree.",
            )
        project = f"{program}-{code}"
        question = (
            "query Files($first: Int, $offset: Int, $project: [String]) { found: "
            f"{node}(first: $first, offset: $offset, project_id: $project, "
            'order_by_asc: "submitter_id") '
            "{ submitter_id file_name file_size md5sum object_id } "
            f"total: _{node}_count(project_id: $project) }}"
        )
        variables = {"first": limit, "offset": offset, "project": [project]}
        data = graph.query(self._session, question, variables)
        found = data.get("found") or []
        access, note = self._rights.of_resources((rights.project_resource(program, code),))
        nodes = [self._file(record, access, note) for record in found]
        return NodePage(nodes=tuple(nodes), total=int(data.get("total") or 0), offset=offset)

    def _file(self, record: dict[str, Any], access: Access, note: str) -> Node:
        guid = filerecords.guid_of(record)
        name = str(record.get("file_name") or record.get("submitter_id") or guid)
        return Node(
            id=f"file:{guid or name}",
            kind="file",
            title=name.rpartition("/")[2] or name,
            code=str(record.get("submitter_id") or ""),
            ref=refs.file_ref(self._session, guid) if guid else "",
            identifier=guid,
            size=manifests.size_of(record),
            access=access,
            access_note=note or ("" if guid else "It was submitted without a file."),
        )

    def _all_studies(self, _: str, offset: int, limit: int) -> NodePage:
        found = self._studies.all()
        shown = found[offset : offset + limit]
        return NodePage(nodes=tuple(map(self._study, shown)), total=len(found), offset=offset)

    def _study(self, study: studies.Study) -> Node:
        access, note = self._rights.of_resources(study.resources)
        return Node(
            id=f"study:{study.guid}",
            kind="study",
            title=study.title,
            code=study.guid,
            ref=refs.asked_ref(self._session, refs.STUDY, study.guid),
            has_children=bool(study.manifest),
            count=len(study.manifest) or None,
            size=study.size,
            description=wire.clipped(study.description),
            access=access,
            access_note=note,
        )

    def _in_study(self, guid: str, offset: int, limit: int) -> NodePage:
        study = self._studies.one(guid)
        found = studies.files_of(self._session, self._rights, study) if study.manifest else ()
        return _page([_of_asset(asset) for asset in found], offset, limit)

    def _kept_manifests(self) -> Sequence[_KeptManifest]:
        found = self._session.get(MANIFESTS, _KeptManifests).manifests
        return sorted(found, key=lambda one: one.last_modified, reverse=True)

    def _all_manifests(self, _: str, offset: int, limit: int) -> NodePage:
        nodes = [
            Node(
                id=f"manifest:{one.filename}",
                kind="manifest",
                title=one.filename,
                ref=refs.asked_ref(self._session, refs.MANIFEST, one.filename),
                has_children=True,
                date=one.last_modified.replace(" ", "T"),
            )
            for one in self._kept_manifests()
        ]
        return _page(nodes, offset, limit)

    def _in_manifest(self, name: str, offset: int, limit: int) -> NodePage:
        found = kept_manifest(self._session, name)
        return _page([_of_asset(asset) for asset in found], offset, limit)


def kept_manifest(session: Session, name: str) -> tuple[Any, ...]:
    """Return the files of a manifest that the commons keeps for us.

    Raises
    ------
    NotFoundError
        If there is none of that name.
    BadRequestError, AccessError, CatalogError
    """
    entries = session.get(f"{MANIFESTS}file/{quote(name, safe='')}", Any)
    return manifests.assets(session, entries)


def counts(session: Session, project: str, types: Sequence[str]) -> dict[str, int]:
    """Return how many records of each type a project has, as far as we may know.

    Raises
    ------
    AccessError, CatalogError
    """
    found: dict[str, int] = {}
    for start in range(0, len(types), COUNTED_AT_ONCE):
        some = types[start : start + COUNTED_AT_ONCE]
        fields = " ".join(f"{name}: _{name}_count(project_id: $project)" for name in some)
        question = f"query Counts($project: [String]) {{ {fields} }}"
        said = graph.query(session, question, {"project": [project]})
        found |= {name: count for name, count in said.items() if isinstance(count, int)}
    return found


def table_exports(session: Session, program: str, code: str, node: str) -> tuple[Export, ...]:
    """Return the tables that are made of the records of one type."""
    ref = refs.project_ref(session, program, code, node)
    return tuple(
        Export(ref=f"{ref}.{ending}", title=f"Table ({ending.upper()})", format=ending)
        for ending in refs.TABLES
    )


def _of_asset(asset: Any) -> Node:
    guid = asset.ref.partition("/")[2]
    return Node(
        id=f"file:{guid}",
        kind="file",
        title=asset.name,
        ref=asset.ref,
        identifier=guid,
        size=asset.size,
        access=asset.access,
        access_note=asset.access_note,
    )


def _split(name: str, count: int) -> list[str]:
    parts = name.split("/")
    if len(parts) != count or not all(parts):
        raise BadRequestError(f"{name[:80]!r} is not a node", hint="Reload the tree.")
    return parts


def _page(nodes: Iterable[Node], offset: int, limit: int) -> NodePage:
    every = tuple(nodes)
    return NodePage(nodes=every[offset : offset + limit], total=len(every), offset=offset)
