"""pyBIS's own published tests, unmodified, against the demo's openBIS.

``dev.py setup`` puts them below the environment; scripts/pybis.py says which releases.
"""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from jupyterlab_datahub.demo.openbis.defaults import ADMIN, furnish
from jupyterlab_datahub.demo.openbis.service import OpenbisService
from jupyterlab_datahub.demo.openbis.store import Store
from scripts import pybis

RELEASES = Path(sys.prefix) / "datahub" / "pybis"
NAMES = (
    "dataset",  # the first, since one of its tests wants an empty trash can
    "openbis",
    "space",
    "project",
    "experiment",
    "sample",
    "person",
    "property",
    "vocabulary",
    "tag",
)
SUITES = tuple(f"test_{name}.py" for name in NAMES)
SUITES_OF_NEXT = (*SUITES, "afs/test_afs_client.py", "search/test_search_criteria.py")
CONFTEST = Path(__file__).with_name("pybis_conftest.py")
MORE_THAN_A_SLICE = (10 << 20) + 12_345


def run(tests: Path, folder: Path, url: str, path: Path | None) -> dict[str, str]:
    """Run the published tests of a release and return what became of each."""
    suites = SUITES_OF_NEXT if path else SUITES
    for suite in suites:
        (folder / suite).parent.mkdir(exist_ok=True)
        shutil.copyfile(tests / suite, folder / suite)
    shutil.copyfile(CONFTEST, folder / "conftest.py")
    (folder / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
    (folder / "testdir").mkdir()
    (folder / "testdir" / "testfile").write_text("some content\n" * 20, encoding="utf-8")
    (folder / "testdir" / "testfile_big").write_bytes(os.urandom(MORE_THAN_A_SLICE))
    report = folder / "report.xml"
    environment = {
        **os.environ,
        # pyBIS looks for tokens of other servers at home.
        "HOME": str(folder),
        "DATAHUB_TEST_OPENBIS": url,
        # The tests of searching look for their server here.
        "OPENBIS_URL": url,
        "OPENBIS_USER": ADMIN,
        "OPENBIS_PASSWORD": ADMIN,
        "PYTHONPATH": str(path) if path else "",
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
    }
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "--tb=short", f"--junit-xml={report}", *suites],
        cwd=folder,
        env=environment,
        check=False,
        capture_output=True,
        text=True,
        timeout=240,
    )
    assert report.exists(), done.stdout + done.stderr
    # The report was written by the pytest that has just run.
    cases = ET.parse(report).getroot().iter("testcase")  # noqa: S314 - written by the pytest that has just run
    outcomes = {
        f"{case.get('classname')}.{case.get('name')}": next((c.tag for c in case), "passed")
        for case in cases
    }
    bad = [name for name, outcome in outcomes.items() if outcome in ("failure", "error")]
    assert not bad, done.stdout
    return outcomes


def published(tests: Path, suites: tuple[str, ...]) -> int:
    """Return how many test functions the files have."""
    assert tests.is_dir(), f"{tests} is missing: run python3 dev.py setup"
    text = "".join((tests / suite).read_text("utf-8") for suite in suites)
    return len(re.findall(r"^ *def test_", text, re.MULTILINE))


@pytest.mark.timeout(300)
@pytest.mark.parametrize("release", [pybis.STABLE, pybis.NEXT])
def test_all_of_them_pass(tmp_path: Path, release: str) -> None:
    candidate = release == pybis.NEXT
    tests = RELEASES / release / "tests" if candidate else RELEASES / f"{release}-tests"
    count = published(tests, SUITES_OF_NEXT if candidate else SUITES)
    store = Store(tmp_path / "store", version="7.0.0" if candidate else "20.10.12")
    furnish(store)
    folder = tmp_path / "published"
    folder.mkdir()
    with OpenbisService(store, tmp_path / "work") as service:
        outcomes = run(tests, folder, service.url, RELEASES / release if candidate else None)
    assert set(outcomes.values()) == {"passed"}
    # A function with parameters is several tests.
    assert len(outcomes) >= count >= (145 if candidate else 55)
