"""Tables: the records of one type, what the explorer finds, lists of an answer in GraphQL."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

from jupyterlab_datahub.errors import AccessError, BadRequestError, NotFoundError
from jupyterlab_datahub.model import (
    Asset,
    Dataset,
    Download,
    GraphQuestion,
    Property,
    Related,
)
from jupyterlab_datahub.sources.gen3 import graph, names, programs, refs, rights, tables, tree
from jupyterlab_datahub.sources.gen3.session import KIND

if TYPE_CHECKING:
    from collections.abc import Iterable
    from io import BufferedIOBase

    from jupyterlab_datahub.sources.gen3.dictionary import Dictionary
    from jupyterlab_datahub.sources.gen3.explorer import Explorer
    from jupyterlab_datahub.sources.gen3.made import Made
    from jupyterlab_datahub.sources.gen3.refs import Named
    from jupyterlab_datahub.sources.gen3.rights import Rights
    from jupyterlab_datahub.sources.gen3.session import Session

RECORDS = "Records"
TABLES = "Tables, made when they are asked for"
"""Headings of a project's page."""

LIVE = "live"
"""The version of what is asked for anew each time."""


class Exports:
    """The tables of one commons.

    Parameters
    ----------
    session, known_rights, dictionary
        Who asks, what they may do, and of what.
    made
        Where answers wait.
    explorer
        Where tables of documents come from.
    """

    def __init__(
        self,
        session: Session,
        known_rights: Rights,
        dictionary: Dictionary,
        made: Made,
        explorer: Explorer,
    ) -> None:
        self._session = session
        self._rights = known_rights
        self._dictionary = dictionary
        self._made = made
        self._explorer = explorer

    def project(self, named: Named) -> Dataset:
        """Return a project, with the tables of all types that it has records of.

        Raises
        ------
        NotFoundError, AccessError, CatalogError
        """
        types = self._dictionary.types()
        project = f"{named.program}-{named.project}"
        self._refuse_what_is_not_ours(named)
        counts = tree.counts(self._session, project, tuple(types))
        kinds = [types[name] for name, count in counts.items() if count]
        assets = [
            self._asset(named._replace(node=one.name, format=ending), counts[one.name])
            for one in sorted(kinds, key=lambda one: (one.category, one.name))
            for ending in refs.TABLES[:1]
        ]
        return self._dataset(
            refs.project_ref(self._session, named.program, named.project),
            project,
            tuple(assets),
            description="",
            properties=tuple(
                Property(
                    code=one.name,
                    label=one.title,
                    value=f"{counts[one.name]:,}",
                    section=RECORDS,
                    ref=refs.project_ref(self._session, named.program, named.project, one.name),
                )
                for one in kinds
            ),
        )

    def node(self, named: Named) -> Dataset:
        """Return the records of one type of a project, with the tables that are made of them.

        Raises
        ------
        NotFoundError, AccessError, CatalogError
        """
        types = self._dictionary.types()
        if named.node not in types:
            raise NotFoundError(
                f"{self._session.who.title} has no records of the type {named.node!r}",
                source=self._session.who.source,
                host=self._session.host,
                hint="Look for the type in the tree of the commons.",
            )
        self._refuse_what_is_not_ours(named)
        one = types[named.node]
        project = f"{named.program}-{named.project}"
        count = tree.counts(self._session, project, (named.node,)).get(named.node, 0)
        ref = refs.project_ref(self._session, named.program, named.project, named.node)
        return self._dataset(
            ref,
            f"{one.title} of {project}",
            tuple(self._asset(named._replace(format=end), count) for end in refs.TABLES),
            description=one.description,
            properties=(
                Property(code="records", label="Records", value=f"{count:,}"),
                Property(code="type", label="Type", value=one.name),
                Property(code="category", label="Category", value=one.category),
            ),
            owner=Related(
                ref=refs.project_ref(self._session, named.program, named.project),
                title=project,
                type="project",
            ),
        )

    def question(self, named: Named) -> Dataset:
        """Return a list of an answer in GraphQL, or a table of the explorer, as a dataset.

        Raises
        ------
        BadRequestError
            If the ref holds no such question.
        """
        said = named.question
        what = str(said.get("table") or said.get("type") or "table")
        digest = hashlib.sha256(named.value.encode()).hexdigest()[:8]
        ending = _format(said)
        asset = Asset(
            ref=named.ref,
            name=f"{_plain(what)}-{digest}.{ending}",
            volatile=True,
            format=ending,
        )
        shown = str(said.get("query") or "")
        return self._dataset(
            named.ref,
            f"{what} of {self._session.who.title}",
            (asset,),
            description=shown[:2000],
            identifier=digest,
        )

    def resolve(self, asset: Asset, named: Named) -> Download:
        """Return how to get a table; answers to questions are asked for now, and kept.

        Raises
        ------
        NotFoundError, AccessError, BadRequestError, CatalogError
        """
        if named.kind == refs.TABLE:
            self._refuse_closed(named)
            query = {"node_label": named.node, "format": named.format}
            path = "/".join(quote(part, safe="") for part in (named.program, named.project))
            url = f"{self._session.url}{programs.SUBMISSION}{path}/export/?{urlencode(query)}"
            return Download(url=url, headers=self._session.headers(), ranges=False)

        def fill(file: BufferedIOBase) -> None:
            if named.kind == refs.GUPPY:
                self._explorer.table(named.question, file)
            else:
                file.writelines(self._answer(named))

        return Download(size=self._made.write(asset.ref, fill))

    def _answer(self, named: Named) -> Iterable[bytes]:
        said = named.question
        variables = said.get("variables")
        question = GraphQuestion(
            query=str(said.get("query") or ""),
            variables=variables if isinstance(variables, dict) else {},
            endpoint=str(said.get("endpoint") or ""),
        )
        answer = graph.ask(self._session, question)
        if answer.errors:
            raise BadRequestError(
                f"{self._session.who.title} does not understand the question: "
                f"{'; '.join(answer.errors)[:300]}",
                source=self._session.who.source,
                hint="Try it in the GraphQL panel.",
            )
        wanted = str(said.get("table") or "")
        found = next((one for one in answer.tables if one.name == wanted), None)
        if found is None:
            raise NotFoundError(
                f"the answer has no list {wanted!r} any more",
                source=self._session.who.source,
                hint="Try the question in the GraphQL panel.",
            )
        if _format(said) == "json":
            return (tables.as_json(answer.data, wanted),)
        return tables.as_tsv(found)

    def _asset(self, named: Named, count: int) -> Asset:
        ref = refs.project_ref(self._session, named.program, named.project, named.node)
        name = f"{named.program}-{named.project}_{named.node}.{named.format}"
        return Asset(
            ref=f"{ref}.{named.format}",
            name=_plain(name),
            volatile=True,
            format=named.format,
            section=TABLES,
            note=f"{count:,} {'record' if count == 1 else 'records'}",
        )

    def _dataset(
        self,
        ref: str,
        title: str,
        assets: tuple[Asset, ...],
        *,
        description: str,
        properties: tuple[Property, ...] = (),
        owner: Related | None = None,
        identifier: str = "",
    ) -> Dataset:
        return Dataset(
            ref=ref,
            source=self._session.who.source,
            kind=KIND,
            id=identifier or ref.partition("//")[2],
            version=LIVE,
            title=title,
            description=description,
            assets=assets,
            properties=properties,
            owner=owner,
        )

    def _refuse_closed(self, named: Named) -> None:
        resource = rights.project_resource(named.program, named.project)
        if self._rights.may(rights.READ, resource):
            return
        connected = self._session.connected
        title = self._session.who.title
        raise AccessError(
            f"You have no access to {named.program}-{named.project}",
            source=self._session.who.source,
            host=self._session.host,
            hint=f"Ask {title} for access to it." if connected else f"Connect to {title} first.",
        )

    def _refuse_what_is_not_ours(self, named: Named) -> None:
        """Refuse a project that there is not, or that we may not read."""
        if self._session.connected:
            # To others not even the list of projects is told.
            self._refuse_missing(named)
        self._refuse_closed(named)

    def _refuse_missing(self, named: Named) -> None:
        found = programs.projects(self._session, named.program)
        if named.project not in found:
            raise NotFoundError(
                f"{named.program} of {self._session.who.title} has no project {named.project!r}",
                source=self._session.who.source,
                host=self._session.host,
                hint="Look for it in the tree of the commons.",
            )


def _format(said: dict[str, Any]) -> str:
    ending = said.get("format")
    return ending if isinstance(ending, str) and ending in refs.TABLES else refs.TABLES[0]


def _plain(text: str) -> str:
    return names.safe_name(text.replace("/", "_"))
