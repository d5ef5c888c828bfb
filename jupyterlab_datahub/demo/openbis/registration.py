"""Making datasets of what is in a session workspace, by the V3 API and by the plugin before it."""

from __future__ import annotations

import shutil
import zipfile
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from jupyterlab_datahub.demo.openbis.failures import OpenbisError

if TYPE_CHECKING:
    from jupyterlab_datahub.demo.openbis.references import Json
    from jupyterlab_datahub.demo.openbis.sessions import Session
    from jupyterlab_datahub.demo.openbis.store import Store
    from jupyterlab_datahub.demo.openbis.workspace import Workspaces

PLUGIN = "dataset-uploader-api"
"""The aggregation service through which clients register with API 3.5 and before."""

ORIGINAL = "original"
FOLDER = "DEFAULT"
"""Where the plugin puts files that come without a folder."""


def create_uploaded(store: Store, workspaces: Workspaces, session: Session, creation: Json) -> Json:
    """Register the files of one upload and return the dataset's permId.

    One file or folder is the dataset's content itself; several are put in one folder.

    Raises
    ------
    OpenbisError
        With the first thing that is wrong; the files stay in the workspace then.
    """
    upload = str(creation.get("uploadId") or "")
    if not upload.strip():
        raise OpenbisError("Upload id cannot be null or empty")
    if "/" in upload:
        raise OpenbisError("Upload id must not contain '/'")
    source = workspaces.find(session.token, upload)
    entries = sorted(source.iterdir()) if source and source.is_dir() else []
    if not source or not entries:
        raise OpenbisError(f"No uploaded files found for upload id '{upload}'")
    content = entries[0] if len(entries) == 1 else source
    perm_id = _register(store, session, creation, [(content, PurePosixPath(content.name))])
    shutil.rmtree(source, ignore_errors=True)
    return {"@type": "as.dto.dataset.id.DataSetPermId", "permId": perm_id}


def aggregation_service(
    store: Store, workspaces: Workspaces, session: Session, plugin: str, wanted: Json
) -> Json:
    """Run the plugin with which datasets are registered through the V1 API.

    It answers with a row of cells: OK, words and the permId; or Error and words.
    """
    try:
        if plugin != PLUGIN or wanted.get("method") != "insertDataSet":
            raise OpenbisError(f"No such plugin or method: {plugin} {wanted.get('method')}")
        perm_id = _insert_dataset(store, workspaces, session, wanted)
    except OpenbisError as error:
        return _row("Error", str(error))
    return _row("OK", "Operation Successful", perm_id)


def _insert_dataset(store: Store, workspaces: Workspaces, session: Session, wanted: Json) -> str:
    folder = PurePosixPath(str(wanted.get("folderName") or FOLDER).strip("/"))
    found = [
        (name, workspaces.find(session.token, str(name))) for name in wanted.get("fileNames") or ()
    ]
    missing = [str(name) for name, path in found if path is None]
    if missing or not found:
        raise OpenbisError(f"No such files in the session workspace: {', '.join(missing)}")
    paths = [path for _, path in found if path is not None]
    if wanted.get("isZipDirectoryUpload"):
        moves = [(_unpacked(path), folder) for path in paths]
    elif len(paths) == 1 and not wanted.get("folderName"):
        # pyBIS's tests expect a single file at the top, as the V3 API puts it.
        moves = [(paths[0], PurePosixPath(paths[0].name))]
    else:
        moves = [(path, folder / path.name) for path in paths]
    creation: dict[str, Any] = {
        "typeId": {"permId": wanted.get("dataSetType")},
        "properties": wanted.get("properties") or {},
        "parentIds": [{"permId": code} for code in wanted.get("parentIdentifiers") or ()],
    }
    for owner in ("sample", "experiment"):
        if identifier := wanted.get(f"{owner}Identifier"):
            creation[f"{owner}Id"] = {"identifier": identifier}
    return _register(store, session, creation, moves)


def _unpacked(path: Path) -> Path:
    """Return a folder beside an archive with what is in it."""
    target = path.with_name(f"{path.name}.unpacked")
    try:
        with zipfile.ZipFile(path) as archive:
            archive.extractall(target)
    except zipfile.BadZipFile as error:
        raise OpenbisError(f"'{path.name}' is no zip archive") from error
    return target


def _register(
    store: Store, session: Session, creation: Json, moves: list[tuple[Path, PurePosixPath]]
) -> str:
    """Move files into the store and register them; move them back if that is refused."""
    code = store.new_perm_id()
    place = store.directory / code
    done: list[tuple[Path, Path]] = []
    try:
        for source, path in moves:
            target = place / ORIGINAL / path
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.move(source, target)
            done.append((source, target))
        return store.register(session, {**creation, "code": code}, place)
    except OpenbisError:
        for source, target in done:
            shutil.move(target, source)
        shutil.rmtree(place, ignore_errors=True)
        raise


def _row(*values: str) -> Json:
    headers = ("STATUS", "MESSAGE", "RESULT")[: len(values)]
    return {
        "columns": [{"title": title} for title in headers],
        "rows": [[{"value": value} for value in values]],
    }
