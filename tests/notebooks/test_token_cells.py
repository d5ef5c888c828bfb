"""Cells for a kernel that does not see our disk, with files that only a user's token opens."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec
import pytest

from jupyterlab_datahub.demo.openbis.contents import CELLS, MANY
from jupyterlab_datahub.errors import ConflictError
from jupyterlab_datahub.model import CellRequest, Credentials
from jupyterlab_datahub.notebooks.handoff import hand_off
from jupyterlab_datahub.settings import SourceConfig
from jupyterlab_datahub.settings.vault import Vault
from jupyterlab_datahub.sources.openbis.source import OpenbisSource

if TYPE_CHECKING:
    from pathlib import Path

    from jupyterlab_datahub.demo.hub import DemoHub
    from jupyterlab_datahub.model import CellReply
    from tests.notebooks.conftest import Kernel

SHOWN = "AnnData object with n_obs"


class Lab(NamedTuple):
    """An openBIS where the scientist is connected, and a token of hers."""

    source: OpenbisSource
    host: str
    token: str

    def cell(self, path: Path, permid: str = CELLS, language: str = "python") -> CellReply:
        dataset = self.source.dataset(f"openbis:{self.host}/{permid}")
        asset = dataset.assets[-1]
        request = CellRequest(ref=asset.ref, language=language, path_visible=False)
        token = self.source.with_token(asset)
        return hand_off(request, dataset, asset, None, str(path), None, token)


@pytest.fixture
def lab(hub: DemoHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Lab:
    monkeypatch.setenv("HOME", str(tmp_path))
    service = hub.services["openbis"]
    config = SourceConfig(name="lab", kind="openbis", url=service["url"])
    source = OpenbisSource(config, tmp_path / "cache", tmp_path, Vault(tmp_path / "vault"))
    source.connect(Credentials(user=service["user"], password=service["password"]))
    return Lab(source, hub.openbis.host, source.session.token())


@pytest.fixture(autouse=True)
def environment(kernel: Kernel) -> None:
    """Let the kernel know no token."""
    kernel.run("import os; os.environ.pop('OPENBIS_URL', 0), os.environ.pop('OPENBIS_TOKEN', 0)")


def test_a_kernel_elsewhere_asks_for_the_token_and_fetches(
    kernel: Kernel, lab: Lab, hub: DemoHub, tmp_path: Path
) -> None:
    target = tmp_path / "kernel" / "cells.h5ad"
    cell = lab.cell(target)
    assert lab.token not in str(msgspec.to_builtins(cell))
    assert "asks for your token" in cell.note
    ran = kernel.run(cell.code, lab.token)
    assert ran.error == ""
    assert ran.results[0].startswith(SHOWN)
    assert [lab.host in question for question in ran.questions] == [True]
    stored = hub.openbis.store.dataset(CELLS).files[0]
    assert target.read_bytes() == stored.file.read_bytes()
    assert [path.name for path in target.parent.iterdir()] == ["cells.h5ad"]
    # The file is there now: nothing is asked for again.
    again = kernel.run(cell.code)
    assert (again.error, again.questions) == ("", [])


def test_a_token_of_the_environment_is_used_for_its_own_server_alone(
    kernel: Kernel, lab: Lab, tmp_path: Path
) -> None:
    kernel.run(f"os.environ['OPENBIS_TOKEN'] = {lab.token!r}")
    for number, (url, asked) in enumerate(
        [(f"http://{lab.host}/openbis", 0), ("https://elsewhere.org", 1)]
    ):
        kernel.run(f"os.environ['OPENBIS_URL'] = {url!r}")
        ran = kernel.run(lab.cell(tmp_path / f"{number}.h5ad").code, lab.token)
        assert ran.error == ""
        assert ran.results[0].startswith(SHOWN)
        assert len(ran.questions) == asked


def test_a_wrong_token_is_told_and_nothing_is_kept(
    kernel: Kernel, lab: Lab, tmp_path: Path
) -> None:
    target = tmp_path / "kernel" / "cells.h5ad"
    ran = kernel.run(lab.cell(target).code, "scientist-no-such-token")
    assert "session expired" in ran.error
    assert "no-such-token" not in ran.error
    assert list(target.parent.iterdir()) == []


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ({"kind": "changed"}, "other bytes"),
        ({"kind": "truncated", "size": 1000}, "other bytes"),
        ({"kind": "status", "status": 503}, "did not send"),
    ],
)
def test_other_bytes_than_those_of_the_store_are_never_kept(
    kernel: Kernel, lab: Lab, hub: DemoHub, tmp_path: Path, fault: dict[str, Any], words: str
) -> None:
    target = tmp_path / "kernel" / "cells.h5ad"
    cell = lab.cell(target)
    hub.faults.add(method="GET", **fault)
    ran = kernel.run(cell.code, lab.token)
    hub.faults.clear()
    assert words in ran.error
    assert lab.token not in ran.error
    assert list(target.parent.iterdir()) == []


def test_a_file_of_that_name_is_not_overwritten(kernel: Kernel, lab: Lab, tmp_path: Path) -> None:
    target = tmp_path / "cells.h5ad"
    target.write_bytes(b"mine")
    assert "is another file" in kernel.run(lab.cell(target).code).error
    assert target.read_bytes() == b"mine"


def test_a_folder_or_another_language_cannot_fetch(lab: Lab, tmp_path: Path) -> None:
    for permid, language in ((MANY, "python"), (CELLS, "R")):
        with pytest.raises(ConflictError, match="cannot see"):
            lab.cell(tmp_path / "x", permid, language)
