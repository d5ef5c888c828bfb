"""The durable queue, as the server and the command line use it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from jupyterlab_datahub.errors import ConflictError, TransferError
from jupyterlab_datahub.model import Asset, Direction, Transfer, TransferState
from jupyterlab_datahub.model.decoding import from_json
from jupyterlab_datahub.sources.saving import Bundle
from jupyterlab_datahub.transfers import schema
from jupyterlab_datahub.transfers.disk import partfile
from jupyterlab_datahub.transfers.disk.owner import Watch, this_process
from jupyterlab_datahub.transfers.library.library import Library
from jupyterlab_datahub.transfers.queue import jobs, limits, members
from jupyterlab_datahub.transfers.queue.actions import ALLOWED, HINTS, LEADS_TO
from jupyterlab_datahub.transfers.queue.rows import put_into, row_of
from jupyterlab_datahub.transfers.schema import Job, next_sequence, transfer_of
from jupyterlab_datahub.transfers.upload import abandoned
from jupyterlab_datahub.transfers.upload import journal as upload_journal

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence

    from jupyterlab_datahub.model import Dataset, Grouping, GroupPage, LibraryItem, Selection
    from jupyterlab_datahub.transfers.queue.actions import Action


class TransferQueue:
    """All transfers of a home directory; safe to use from threads and several processes.

    Parameters
    ----------
    home
        The home directory; the queue is ``transfers.sqlite`` in it.
    library
        Where a file may already be; the library of `home` if not given.
    """

    def __init__(self, home: Path, library: Library | None = None) -> None:
        self._home = home
        self._database = schema.database(home)
        self._library = library or Library(home, None, 0)
        self._watch = Watch()

    def add(
        self,
        dataset: Dataset,
        asset: Asset,
        directory: Path,
        source: str,
        *,
        convert: bool = False,
        selection: Selection | None = None,
        max_usd: float | None = None,
        member: str = "",
    ) -> tuple[Transfer, bool]:
        """Ask for an asset.

        Parameters
        ----------
        dataset, asset
            What is wanted.
        directory
            Where its named link goes.
        source
            Name of the Source that has it.
        convert, member
            Whether an h5ad made of it is wanted rather than the file itself, and of what in it.
        selection
            Which cells and genes of it are wanted; None for the file itself.
        max_usd
            What it may cost at most; None where nobody agreed to pay.

        Returns
        -------
        Transfer, bool
            The transfer, and whether there is something new to do. A transfer of the same
            asset that is not finished gets one more link instead of a twin; a file that is
            in the library is done at once; what failed or was cancelled starts again.

        Raises
        ------
        TransferError
            If the queue cannot be written.
        """
        to = directory.resolve()
        job = jobs.job(dataset, asset, to, source, convert, selection, max_usd, member)
        wanted = jobs.outcome(job)
        item = self._in_library(wanted.asset)
        done = self._take_from_library(wanted, item) if item else {}
        with self._database.write() as connection:
            row = connection.execute("SELECT * FROM transfers WHERE key = ?", (job.key,)).fetchone()
            if row is not None and row["unfinished"]:
                return self._join(connection, row, job), False
            was_done = row is not None and row["state"] == TransferState.DONE
            row = self._insert(connection, row, {**jobs.columns(job), **done})
        return transfer_of(row), not (done and was_done)

    def add_upload(self, bundle: Bundle, title: str) -> Transfer:
        """Ask for a bundle to be put into a store.

        A save of the same that is not finished stands for this one: its transfer is returned.

        Raises
        ------
        TransferError
            If the queue cannot be written.
        """
        job = jobs.upload(bundle)
        values = {
            **jobs.columns(job),
            "title": title,
            "direction": Direction.UPLOAD,
            "save": msgspec.json.encode(bundle),
            "path": bundle.notebook,
            "size": sum(file.size for file in bundle.files),
        }
        with self._database.write() as connection:
            query = "SELECT * FROM transfers WHERE direction = 'upload' AND unfinished"
            for row in connection.execute(query).fetchall():
                same = from_json(row["save"], Bundle)
                if bundle.fingerprint and same.fingerprint == bundle.fingerprint:
                    return transfer_of(row)
            return transfer_of(self._insert(connection, None, values))

    def add_group(
        self,
        group: Asset,
        directory: Path,
        source: str,
        grouping: Grouping,
        files: Sequence[members.Wanted] | None = None,
        max_usd: float | None = None,
    ) -> tuple[Transfer, bool]:
        """Ask for many files, each of which becomes a file of the library.

        Parameters
        ----------
        group
            Names the whole; its name is that of the folder the links go to.
        directory
            Where that folder is made.
        source
            Name of the Source that has the files, empty where several have.
        grouping
            How the files are named in it.
        files
            The files with their places in the folder; None where the Source lists them.
        max_usd
            What all of them may cost at most; None where nobody agreed to pay.

        Returns
        -------
        Transfer, bool
            The transfer, and whether there is something new to do. A group that is not finished
            stands for the same one; what ended before is listed and fetched anew, of which the
            library has most.

        Raises
        ------
        TransferError
            If the queue cannot be written.
        """
        job = jobs.group(group, directory.resolve(), source, max_usd)
        with self._database.write() as connection:
            row = connection.execute("SELECT * FROM transfers WHERE key = ?", (job.key,)).fetchone()
            if row is not None and row["unfinished"]:
                return self._join(connection, row, job), False
            values = {**jobs.columns(job), "grouping": msgspec.json.encode(grouping)}
            row = self._insert(connection, row, values)
            members.forget(connection, row["id"])
            if files is not None:
                members.close(connection, row["id"], members.write(connection, row["id"], files, 0))
            return transfer_of(row_of(connection, row["id"])), True

    def members(
        self, transfer: str, state: TransferState | None, offset: int, limit: int
    ) -> GroupPage:
        """Return some files of a group, all or those in one state, in their order.

        Raises
        ------
        NotFoundError
        """
        with self._database.read() as connection:
            row_of(connection, transfer)
            return members.page(connection, transfer, state, offset, limit)

    def saved(self, transfer: str) -> Bundle | None:
        """Return what an upload saves, with what the store has of it once it is done.

        Raises
        ------
        NotFoundError
        """
        with self._database.read() as connection:
            save = row_of(connection, transfer)["save"]
        return from_json(save, Bundle) if save else None

    def get(self, transfer: str) -> Transfer:
        """Return a transfer.

        Raises
        ------
        NotFoundError
        """
        with self._database.read() as connection:
            return transfer_of(row_of(connection, transfer))

    def list(self) -> Sequence[Transfer]:
        """Return all transfers, the newest first."""
        query = "SELECT * FROM transfers ORDER BY created DESC, sequence DESC"
        with self._database.read() as connection:
            return [transfer_of(row) for row in connection.execute(query)]

    def changes(self, after: int) -> Sequence[Transfer]:
        """Return the transfers that changed after a sequence number, in order of change."""
        query = "SELECT * FROM transfers WHERE sequence > ? ORDER BY sequence"
        with self._database.read() as connection:
            return [transfer_of(row) for row in connection.execute(query, (after,))]

    def pause(self, transfer: str) -> Transfer:
        """Stop a transfer and keep what was fetched.

        Raises
        ------
        NotFoundError, ConflictError
        """
        return self._act(transfer, "pause")

    def resume(self, transfer: str, max_usd: float | None = None) -> Transfer:
        """Let a paused transfer go on, within another limit if one is given.

        Raises
        ------
        NotFoundError, ConflictError
        ConsentError
            If its limit is reached.
        """
        return self._act(transfer, "resume", max_usd)

    def cancel(self, transfer: str) -> Transfer:
        """Stop a transfer and remove what was fetched.

        Raises
        ------
        NotFoundError, ConflictError
        """
        cancelled = self._act(transfer, "cancel")
        self._clean(transfer)
        return cancelled

    def retry(self, transfer: str, max_usd: float | None = None) -> Transfer:
        """Start a failed or cancelled transfer again, from what was kept of it.

        Raises
        ------
        NotFoundError, ConflictError
        ConsentError
            If somebody pays for it and no limit was set, or it is reached.
        """
        return self._act(transfer, "retry", max_usd)

    def agreed(self, source: str, ref: str) -> bool:
        """Return whether somebody agreed to pay for what an unfinished transfer fetches."""
        with self._database.read() as connection:
            return limits.is_agreed(connection, schema.key_of(source, ref))

    def remove(self, transfer: str) -> Transfer:
        """Take a transfer off the list, cancelling it first; a finished file stays.

        Raises
        ------
        NotFoundError
        """
        with self._database.write() as connection:
            row = row_of(connection, transfer)
            if row["state"] in ALLOWED["cancel"]:
                row = put_into(connection, transfer, TransferState.CANCELLED)
            keys = members.keys(connection, row)
            connection.execute("DELETE FROM transfers WHERE id = ?", (transfer,))
            members.forget(connection, transfer)
        if not row["owner"]:
            self._clean_parts(keys)
            if row["save"]:
                folder = upload_journal.folder_of(self._home, row["key"])
                save = from_json(row["save"], Bundle)
                abandoned.leave(folder, row["source"], save)
        return transfer_of(row)

    def _act(self, transfer: str, action: Action, max_usd: float | None = None) -> Transfer:
        with self._database.write() as connection:
            row = row_of(connection, transfer)
            state = TransferState(row["state"])
            if row["landed"] and row["save"]:
                raise ConflictError(
                    "the store is making a dataset of it already", hint="Wait until it is done."
                )
            if row["landed"]:
                raise ConflictError("the file is in the library already", hint="Reload the list.")
            if state not in ALLOWED[action]:
                raise ConflictError(
                    f"a transfer that is {state} cannot {action}",
                    hint=HINTS.get(state, "Pause or cancel it."),
                )
            if LEADS_TO[action] is TransferState.QUEUED:
                limits.renew(connection, transfer, max_usd)
                limits.check(row_of(connection, transfer))
            return transfer_of(put_into(connection, transfer, LEADS_TO[action]))

    def _clean(self, transfer: str) -> None:
        """Remove the part of a transfer that no worker holds; its worker removes others."""
        with self._database.read() as connection:
            row = row_of(connection, transfer)
            keys = members.keys(connection, row)
        if not row["owner"]:
            self._clean_parts(keys)

    def _clean_parts(self, keys: Sequence[str]) -> None:
        if self._library.parts.is_dir():
            for key in keys:
                partfile.clean(self._library.parts, key, this_process(), self._watch)

    def _in_library(self, asset: Asset) -> LibraryItem | None:
        if asset.volatile:
            return None
        content = asset.checksums.get("sha256", "")
        return self._library.find_asset(asset.ref) or self._library.find_content(content)

    def _join(self, connection: sqlite3.Connection, row: sqlite3.Row, job: Job) -> Transfer:
        """Let a transfer that is not finished stand for a wish for the same."""
        folders = from_json(row["directories"], list[str])
        if job.directories[0] not in folders:
            connection.execute(
                "UPDATE transfers SET directories = ? WHERE id = ?",
                (msgspec.json.encode([*folders, job.directories[0]]), row["id"]),
            )
        if job.max_usd is None:
            return transfer_of(row)
        limits.renew(connection, row["id"], job.max_usd)
        if limits.is_at_limit(row):
            return transfer_of(put_into(connection, row["id"], TransferState.QUEUED))
        return transfer_of(row_of(connection, row["id"]))

    def _insert(
        self, connection: sqlite3.Connection, row: sqlite3.Row | None, values: dict[str, Any]
    ) -> sqlite3.Row:
        """Write a fresh row; one of the same asset that is finished makes room for it."""
        values = {
            **values,
            "id": row["id"] if row else values["id"],
            "owner": row["owner"] if row else "",
            "sequence": next_sequence(connection),
        }
        marks = ", ".join(f":{column}" for column in values)
        connection.execute(
            f"INSERT OR REPLACE INTO transfers ({', '.join(values)}) VALUES ({marks})",  # noqa: S608 - names of our own columns
            values,
        )
        return row_of(connection, values["id"])

    def _take_from_library(self, job: Job, item: LibraryItem) -> dict[str, Any]:
        """Make the link of a file that is there, and return what that makes of the row."""
        note = ""
        try:
            path = str(self._library.link(item, Path(job.directories[0]), job.name))
        except TransferError as error:
            path, note = item.path, error.message
        if item.ref != job.asset.ref and not item.shared:
            self._library.record(job, item.sha256, item.size)
        return {
            "state": TransferState.DONE,
            "done": item.size,
            "size": item.size,
            "path": path,
            "sha256": item.sha256,
            "note": note,
        }
