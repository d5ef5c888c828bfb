"""Our questions are made of the names that pyBIS sends to real servers."""

from __future__ import annotations

import re
from pathlib import Path

import pybis

from jupyterlab_datahub.sources import openbis

NAME = re.compile(r"\b(?:as|dss)\.dto\.[\w.]*[A-Z]\w*")

OURS_ALONE = {
    "as.dto.common.fetchoptions.SortOrder",
    "as.dto.common.fetchoptions.Sorting",
    "as.dto.datastore.search.DataStoreKindSearchCriteria",
    "as.dto.experiment.search.NoExperimentSearchCriteria",
    "as.dto.person.search.RegistratorSearchCriteria",
    "as.dto.project.id.ProjectIdentifier",
    "as.dto.project.search.NoProjectSearchCriteria",
    "as.dto.rights.fetchoptions.RightsFetchOptions",
    "as.dto.sample.search.NoSampleSearchCriteria",
}
"""What pyBIS has no use for; these are names of classes of openBIS's published V3 API."""


def names_in(package: str | None) -> set[str]:
    """Return the names of the V3 API's classes that the modules of a package hold."""
    assert package
    modules = Path(package).parent.rglob("*.py")
    return {name for module in modules for name in NAME.findall(module.read_text("utf-8"))}


def test_names_of_the_api_are_those_of_pybis() -> None:
    ours = names_in(openbis.__file__)
    assert len(ours) > 40
    assert ours - names_in(pybis.__file__) == OURS_ALONE
