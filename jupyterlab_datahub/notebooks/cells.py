"""The cells of a notebook about datasets of openBIS, in the order of ELN-LIMS."""

from __future__ import annotations

import json
import re
import secrets
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from jupyterlab_datahub.model import SubjectKind
from jupyterlab_datahub.notebooks.quoting import literal
from jupyterlab_datahub.notebooks.words import one_line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jupyterlab_datahub.model import Entity, SubjectDataset

Cell = dict[str, Any]

_MARKDOWN = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|~$&:@])")

_HTTP = "allow_http_but_do_not_use_this_in_production_and_only_within_safe_networks"

_CONNECT = """\
import os
from urllib.parse import urlsplit

from pybis import Openbis

url = {url}
{before}o = Openbis(url{arguments})

# The token is not in this notebook: it comes from ~/.pybis, or from the environment.
named = urlsplit(os.environ.get("OPENBIS_URL", "")).netloc
if not o.is_session_active() and named == urlsplit(url).netloc:
    o.set_token(os.environ.get("OPENBIS_TOKEN", ""))
print("Connected" if o.is_session_active() else "Not connected: the next cell asks for a token")"""

_REFRESH = """\
from getpass import getpass

if not o.is_session_active():
    o.set_token(getpass("Token (openBIS shows it in your user profile): "))"""

_HTML = """\
from nbconvert import HTMLExporter

body, _ = HTMLExporter().from_filename(fileName)
with open(fileName + ".html", "w", encoding="utf-8") as file:
    file.write(body)"""

_SAVE = """\
ds_new = o.new_dataset(
    type="ANALYSIS_NOTEBOOK",
    {owner},
    parents=resultDatasetParents,
    files=[fileName, fileName + ".html"],
    props={{
        "$name": resultDatasetName,
        "notes": resultDatasetNotes,
        "$history_id": resultDatasetHistoryId,
    }},
)
ds_new.save()"""


def heading(title: str, about: Sequence[str]) -> Cell:
    """Return the first cell: a title to be changed, and what the notebook is about."""
    listed = "".join(f"\n- {plain(one)}" for one in about)
    return markdown(f"# {plain(title) or 'Untitled'}\n\nChange this title.\n{listed}")


def variables(file_name: str, parents: Sequence[str], history: str) -> list[Cell]:
    """Return the cells that other programs find by name and rewrite."""
    return [
        markdown(
            "The variables below are used when the results are saved. Change their values as you "
            "like, but keep their names and run their cells."
        ),
        markdown("What this file is called; change it when you rename the file."),
        code(assignment("fileName", file_name), "fileName"),
        markdown("The datasets that the results are made from, by their permIds."),
        code(parents_assignment(parents), "resultDatasetParents"),
        markdown("What groups the versions of this notebook."),
        code(assignment("resultDatasetHistoryId", history), "resultDatasetHistoryId"),
        markdown("What the results are called."),
        code(assignment("resultDatasetName", "Name your dataset!"), "resultDatasetName"),
        markdown("Notes on the results; may be empty."),
        code(
            assignment("resultDatasetNotes", "Write some notes or leave empty this property!"),
            "resultDatasetNotes",
        ),
    ]


def connecting(url: str, *, verify_tls: bool, ca_bundle: str) -> list[Cell]:
    """Return the cells that connect; the token is in the environment or in a file, never here."""
    arguments = "" if verify_tls else ", verify_certificates=False"
    if urlsplit(url).scheme == "http":
        arguments += f",\n    {_HTTP}=True,\n"
    bundle = f'os.environ.setdefault("REQUESTS_CA_BUNDLE", {literal(ca_bundle)})\n'
    connect = _CONNECT.format(
        url=literal(url), arguments=arguments, before=bundle if ca_bundle else ""
    )
    return [
        markdown("## Connect to openBIS"),
        code(connect),
        markdown("## openBIS session refresh (optional)"),
        code(_REFRESH),
    ]


def datasets_information(datasets: Sequence[SubjectDataset]) -> list[Cell]:
    """Return the cells that show each dataset and what it belongs to."""
    made = [markdown("## Datasets information")]
    for number, dataset in enumerate(datasets):
        made.append(markdown(f"### {plain(dataset.title or dataset.id)}"))
        if dataset.owner:
            made.append(code(f"s{number} = {getter(dataset.owner)}\ns{number}.attrs"))
        made.append(code(f"ds{number} = o.get_dataset({literal(dataset.id)})\nds{number}.attrs"))
        made.append(code(f'ds{number}.get_files(start_folder="/")'))
    return made


def datasets_download(count: int) -> list[Cell]:
    """Return the cells that fetch each dataset's files."""
    download = "ds{0}.download(files=ds{0}.file_list, destination='./', wait_until_finished=True)"
    return [markdown("## Datasets download"), *(code(download.format(n)) for n in range(count))]


def processing() -> list[Cell]:
    """Return the place for one's own work."""
    return [markdown("## Process your data here"), code("")]


def saving(owner: Entity | None) -> list[Cell]:
    """Return the cells that save the notebook with its HTML as a dataset of `owner`."""
    if owner is None:
        argument = 'experiment=o.get_experiment("/SPACE/PROJECT/COLLECTION")'
        words = " Name the experiment or object that they belong to first."
    else:
        what = "experiment" if owner.kind is SubjectKind.EXPERIMENT else "sample"
        argument = f"{what}={getter(owner)}"
        words = ""
    return [
        markdown("## Saving the results"),
        markdown("Save the notebook before you run this: the HTML shows what is in the file."),
        code(_HTML),
        markdown(f"This saves the notebook and its HTML as a dataset.{words}"),
        code(_SAVE.format(owner=argument)),
    ]


def getter(entity: Entity) -> str:
    """Return the expression that gets an experiment or object."""
    if entity.kind is SubjectKind.EXPERIMENT:
        return f"o.get_experiment({literal(entity.identifier or entity.id)})"
    return f"o.get_object({literal(entity.id)})"


def assignment(name: str, value: str) -> str:
    """Return a line as ELN-LIMS writes and jupyterlab-openbis finds it: no spaces, one quote."""
    return f"{name}={value!r}"


def parents_assignment(permids: Sequence[str]) -> str:
    """Return the line with the parents of the result."""
    return f"resultDatasetParents={json.dumps(list(permids))}"


def plain(text: str) -> str:
    """Return text from outside as Markdown that shows it as it is."""
    return _MARKDOWN.sub(r"\\\1", one_line(text))


def markdown(text: str) -> Cell:
    """Return a cell of text."""
    return {
        "cell_type": "markdown",
        "id": secrets.token_hex(4),
        "metadata": {},
        "source": text.splitlines(keepends=True),
    }


def code(text: str, name: str | None = None) -> Cell:
    """Return a cell of code, with the name under which other programs find it."""
    return {
        "cell_type": "code",
        "execution_count": None,
        "id": secrets.token_hex(4),
        "metadata": {"code_cell_id": name, "collapsed": False},
        "outputs": [],
        "source": text.splitlines(keepends=True),
    }
