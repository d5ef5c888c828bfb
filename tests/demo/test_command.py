"""``jupyter datahub demo`` starts what it says and leaves nothing behind."""

import argparse
import json
import os
import shutil
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import nbformat
import psutil
import pytest
import requests
from filelock import FileLock

from jupyterlab_datahub.demo import command, lab
from jupyterlab_datahub.demo.command import add_arguments
from jupyterlab_datahub.demo.data import is_prepared
from jupyterlab_datahub.demo.hub import DemoHub
from jupyterlab_datahub.demo.lab import (
    EXAMPLES,
    default_directory,
    environment,
    make_work_directory,
    sources_yaml,
)
from jupyterlab_datahub.settings import read_sources

SCRIPT = """
import argparse, sys
from jupyterlab_datahub.demo import command
parser = argparse.ArgumentParser()
command.add_arguments(parser)
sys.exit(command.run(parser.parse_args()))
"""
PATIENCE = 90

Start = Callable[..., subprocess.Popen[str]]


@pytest.fixture(scope="module")
def all_files(demo_data: Path) -> Path:
    """Return a directory with all files of the demo, the big one among them, made once."""
    directory = demo_data.with_name("all")
    with FileLock(f"{directory}.lock"):
        if not is_prepared(directory):
            shutil.rmtree(directory, ignore_errors=True)
            shutil.copytree(demo_data, directory, copy_function=os.link)
        # What takes long to measure is remembered, too, once a hub has run on it.
        with DemoHub(directory):
            pass
    return directory


@pytest.fixture
def directory(all_files: Path, tmp_path: Path) -> Path:
    """Return a demo directory that has all files already."""
    made = tmp_path / "demo directory"
    shutil.copytree(all_files, made / "files", copy_function=os.link)
    return made


@pytest.fixture
def start(directory: Path, tmp_path: Path) -> Iterator[Start]:
    """Start the command as a process; what is left of it at the end is killed."""
    started: list[subprocess.Popen[str]] = []

    def begin(*arguments: str) -> subprocess.Popen[str]:
        environment = {
            **os.environ,
            "JUPYTER_CONFIG_DIR": str(tmp_path / "config"),
            "JUPYTER_RUNTIME_DIR": str(tmp_path / "runtime"),
        }
        process = subprocess.Popen(
            [sys.executable, "-c", SCRIPT, "--dir", str(directory), *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=environment,
        )
        started.append(process)
        return process

    yield begin
    for process in started:
        if process.poll() is None:
            # A killed demo cannot stop its JupyterLab, so that is done here.
            children = psutil.Process(process.pid).children(recursive=True)
            process.kill()
            for child in children:
                child.kill()
        process.communicate(timeout=PATIENCE)


def first_line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline()


def wait_until_it_listens(base: str) -> None:
    """Wait for a Jupyter Server, which prints its address a moment before it listens."""
    for _ in range(PATIENCE * 5):
        try:
            requests.get(f"{base}/api", timeout=PATIENCE)
        except requests.ConnectionError:
            time.sleep(0.2)
        else:
            return
    pytest.fail(f"nothing listens at {base}")


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_services_only_prints_one_line_and_serves_until_stopped(
    start: Start, directory: Path, tmp_path: Path, how: signal.Signals
) -> None:
    out = tmp_path / "sources.yaml"
    process = start("--services-only", "--sources-out", str(out), "--faults", "status=418*1")
    services = json.loads(first_line(process))
    assert services.keys() >= {"cellxgene", "gen3", "hca", "openbis", "s3"}
    url, assets = services["cellxgene"]["url"], services["cellxgene"]["assets"]
    assert urlsplit(url).path == "/curation"
    assert urlsplit(url).port != urlsplit(assets).port
    assert requests.get(f"{url}/v1/collections", timeout=60).status_code == 418
    index = requests.get(f"{url}/v1/datasets", timeout=60).json()
    biggest = max(index, key=lambda dataset: dataset["assets"][0]["filesize"])
    assert biggest["assets"][0]["filesize"] > 10**9
    head = requests.head(biggest["assets"][0]["url"], timeout=60)
    assert int(head.headers["Content-Length"]) == biggest["assets"][0]["filesize"]
    sources = {source.kind: source for source in read_sources(out)}
    for kind in ("cellxgene", "gen3", "hca", "openbis"):
        assert sources[kind].url == services[kind]["url"]
    assert list(Path(sources["folder"].options["path"]).rglob("*.h5ad"))
    process.send_signal(how)
    rest, errors = process.communicate(timeout=PATIENCE)
    assert (process.returncode, rest, errors) == (0, "", "")
    with pytest.raises(requests.ConnectionError):
        requests.get(url, timeout=60)


def test_jupyterlab_starts_on_the_demo_and_stops_with_it(start: Start, directory: Path) -> None:
    process = start("--no-browser")
    assert process.stderr is not None
    address = next(
        word for line in process.stderr for word in line.split() if word.startswith("http://127.")
    )
    (child,) = psutil.Process(process.pid).children()
    environment = child.environ()
    assert environment["DATAHUB_HOME"] == str(directory / "home")
    sources = read_sources(Path(environment["DATAHUB_SOURCES"]))
    kinds = [source.kind for source in sources]
    assert kinds == [
        "cellxgene",
        "folder",
        "openbis",
        "hca",
        "gen3",
        "s3",
        "s3",
        "synapse",
        "tissue-atlas",
    ]
    key = directory / "work" / "gen3-credentials.json"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert json.loads(key.read_text(encoding="utf-8")).keys() == {"api_key", "key_id"}
    assert requests.get(f"{sources[0].url}/v1/collections", timeout=60).ok
    base = "{0.scheme}://{0.netloc}".format(urlsplit(address))
    wait_until_it_listens(base)
    contents = requests.get(
        f"{base}/api/contents/Welcome.ipynb?{urlsplit(address).query}", timeout=PATIENCE
    )
    assert contents.json()["type"] == "notebook"
    assert requests.get(f"{base}/api/contents", timeout=60).status_code == 403
    for outside in ("news", "update"):
        asked = requests.get(f"{base}/lab/api/{outside}?{urlsplit(address).query}", timeout=60)
        assert not any(asked.json().values())
    plugin = "@jupyterlab/apputils-extension:notification"
    url = f"{base}/lab/api/settings/{plugin}?{urlsplit(address).query}"
    shown = requests.get(url, timeout=PATIENCE).json()["schema"]["properties"]
    assert shown["fetchNews"]["default"] == "false"
    assert shown["checkForUpdates"]["default"] is False
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=PATIENCE)
    assert process.returncode == 0
    assert not child.is_running()


def test_a_taken_port_is_told_in_a_sentence(start: Start) -> None:
    first = start("--services-only")
    port = urlsplit(json.loads(first_line(first))["cellxgene"]["url"]).port
    second = start("--services-only", "--port", str(port))
    output, errors = second.communicate(timeout=PATIENCE)
    assert (second.returncode, output) == (1, "")
    assert errors.startswith("The demo cannot start: ")
    assert errors.count("\n") == 1


def test_a_wrong_fault_is_told_at_once(start: Start) -> None:
    process = start("--services-only", "--faults", "fire=5")
    output, errors = process.communicate(timeout=PATIENCE)
    assert (process.returncode, output) == (2, "")
    assert "fire" in errors


@pytest.mark.parametrize("package", ["scanpy", "jupyterlab"])
def test_a_missing_package_is_told_in_a_sentence(
    package: str,
    directory: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    from importlib.util import find_spec

    def without(name: str) -> object:
        return None if name == package else find_spec(name)

    monkeypatch.setattr("jupyterlab_datahub.demo.pbmc.find_spec", without)
    monkeypatch.setattr(lab, "find_spec", without)
    if package == "scanpy":
        shutil.rmtree(directory)
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    assert command.run(parser.parse_args(["--no-browser", "--dir", str(directory)])) == 1
    output = capsys.readouterr()
    assert output.out == ""
    sentence = output.err.splitlines()[-1]
    assert sentence.startswith("The demo cannot start: The demo needs ")
    assert "pip install 'jupyterlab-datahub[demo]'" in sentence
    assert "Traceback" not in output.err
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_the_work_directory_is_the_users_once_it_is_made(directory: Path) -> None:
    work = make_work_directory(directory, directory / "files")
    data = sorted(path.relative_to(work).as_posix() for path in work.rglob("*.h5ad"))
    assert data == [
        "my-data/T cells/nk cells (sorted).h5ad",
        "my-data/T cells/t-cells.h5ad",
        "my-data/monocytes.h5ad",
    ]
    notebook = nbformat.read(work / "Welcome.ipynb", as_version=4)  # type: ignore[no-untyped-call]  # nbformat declares no types
    nbformat.validate(notebook)
    example = work / "hca-pancreas.ipynb"
    assert f"`{example.name}`" in notebook.cells[0].source
    assert example.read_bytes() == (EXAMPLES / example.name).read_bytes()
    example.write_text("changed")
    (work / "Welcome.ipynb").write_text("changed")
    (work / "my-data" / "monocytes.h5ad").write_text("changed")
    make_work_directory(directory, directory / "files")
    assert example.read_text() == (work / "Welcome.ipynb").read_text() == "changed"
    assert (work / "my-data" / "monocytes.h5ad").read_text() == "changed"


def test_kernels_and_terminals_find_the_command_line(tmp_path: Path) -> None:
    found = environment(tmp_path / "home", tmp_path / "datahub-sources.yaml")
    program = shutil.which("jupyter-datahub", path=found["PATH"])
    assert program is not None
    assert Path(program).parent == Path(sys.executable).parent
    assert found["DATAHUB_HOME"] == str(tmp_path / "home")


def test_the_sources_file_takes_any_folder(tmp_path: Path) -> None:
    services = {
        "cellxgene": {"url": "http://127.0.0.1:9/curation", "assets": "http://127.0.0.1:8"},
        "openbis": {"url": "http://127.0.0.1:7"},
    }
    folder = '/data/Zellen "α": #1\\x'
    path = tmp_path / "datahub-sources.yaml"
    path.write_text(sources_yaml(services, folder), encoding="utf-8")
    assert read_sources(path)[1].options["path"] == folder


def test_the_default_directory_is_among_the_users_data() -> None:
    assert default_directory().name == "datahub-demo"
    assert default_directory().is_absolute()
