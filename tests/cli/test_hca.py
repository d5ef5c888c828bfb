"""The demo's Human Cell Atlas in a terminal: searched, shown, and its tables and files fetched."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

import anndata as ad

from jupyterlab_datahub.model import DatasetPage, SearchResult
from jupyterlab_datahub.model.decoding import from_values

if TYPE_CHECKING:
    from collections.abc import Callable

    from jupyterlab_datahub.demo.hub import DemoHub
    from tests.cli.conftest import Ran

    Run = Callable[..., Ran]


def test_projects_are_found_with_the_figures_of_the_explorer(run: Run) -> None:
    ran = run("search", "--source", "hca", "--facet", "tissue=pancreas")
    assert ran.code == 0, ran.err
    first = ran.out.splitlines()[0]
    assert "projects · " in first
    assert "donors · " in first
    assert "estimated cells · " in first
    assert "File manifest · hca:dcp60/manifest/compact?" in ran.out


def test_files_are_found_by_names_as_the_explorer_shows_them(run: Run) -> None:
    arguments = ("--source", "hca", "--entity", "files", "--facet", "Format=h5ad")
    ran = run("search", *arguments, "--range", "size=1..", "--json")
    assert ran.code == 0, ran.err
    result = from_values(ran.document, SearchResult)
    assert result.entity == "files"
    assert result.hits
    assert {hit.format for hit in result.hits} == {"h5ad"}
    donors = run("search", "--source", "hca", "--range", "donorCount=100..", "--json")
    assert [hit["title"].startswith("Airways") for hit in donors.document["hits"]] == [True]


def test_ranges_of_its_own_are_refused_where_it_is_not_asked_alone(run: Run) -> None:
    ran = run("search", "--range", "donorCount=1..", "--no-refresh")
    assert ran.code != 0
    assert "is not a range" in ran.err


def test_a_project_is_shown_with_the_same_study_elsewhere(run: Run, hub: DemoHub) -> None:
    assert run("search", "monocytes").code == 0
    ran = run("show", hub.hca.ref("pbmc68k"), "--json")
    assert ran.code == 0, ran.err
    page = from_values(ran.document, DatasetPage)
    assert page.dataset.doi == "10.1038/ncomms14049"
    kinds = {one.ref.partition(":")[0] for one in page.dataset.related}
    assert {"cellxgene"} <= kinds <= {"cellxgene", "folder"}
    shown = run("show", hub.hca.ref("pbmc68k")).out
    assert "The same study elsewhere" in shown
    unrelated = run("show", hub.hca.ref("kidney-two-species"), "--json").document
    assert unrelated["dataset"]["related"] == []


def test_a_matrix_arrives_verified(run: Run, hub: DemoHub) -> None:
    hub.hca.api.repository.rounds = 2
    ref = hub.hca.ref("kidney-two-species", "kidney-both.h5ad")
    ran = run("get", ref, "--json")
    assert ran.code == 0, ran.err
    path = Path(ran.document[0]["path"])
    assert path.name == "kidney-both.h5ad"
    assert path.read_bytes()[:4] == b"\x89HDF"


def test_a_loom_is_converted_once_and_the_h5ad_is_what_is_told(run: Run, hub: DemoHub) -> None:
    ref = hub.hca.ref("pancreas", "pancreas-islets-human-SS2.loom")
    first = run("get", ref, "--convert", "--json")
    assert first.code == 0, first.err
    [made] = first.document
    assert made.keys() == {"ref", "path", "size", "sha256"}
    path = Path(made["path"])
    assert (made["ref"], path.name) == (ref, "pancreas-islets-human-SS2.h5ad")
    assert path.stat().st_size == made["size"]
    assert hashlib.sha256(path.read_bytes()).hexdigest() == made["sha256"]
    again = run("get", ref, "--convert")
    assert again.code == 0, again.err
    assert again.out.splitlines() == [str(path)]
    kept = {item["sha256"]: item["name"] for item in run("library", "--json").document["items"]}
    assert sorted(kept.values()) == [path.name, "pancreas-islets-human-SS2.loom"]
    assert kept[made["sha256"]] == path.name
    # What needs no conversion is fetched as it is.
    plain = run("get", hub.hca.ref("kidney-two-species", "kidney-both.h5ad"), "--convert")
    assert plain.out.splitlines() == [str(path.with_name("kidney-both.h5ad"))]


def test_cells_of_a_loom_are_chosen_of_what_it_is_converted_to(run: Run, hub: DemoHub) -> None:
    ref = hub.hca.ref("pancreas", "pancreas-islets-human-SS2.loom")
    assert run("preview", ref, "--json").document["format"] == "loom"
    refused = run("get", ref, "--where", "nowhere > 1")
    assert refused.code == 1
    assert "nowhere" in refused.err
    whole = ad.read_h5ad(run("get", ref, "--convert").out.strip())
    facts = run("preview", ref, "--json").document
    assert (facts["format"], facts["shape"]) == ("h5ad", list(whole.shape))
    name = whole.obs["CellID"].iloc[3]
    ran = run("get", ref, "--where", f"CellID == '{name}'", "--genes", whole.var_names[0])
    assert ran.code == 0, ran.err
    part = ad.read_h5ad(ran.out.strip())
    assert part.shape == (1, 1)


def test_a_manifest_and_all_files_of_a_selection_arrive(run: Run, hub: DemoHub) -> None:
    hub.hca.api.jobs.retry_after = 0
    found = run("search", "--source", "hca", "--facet", "tissue=spleen", "--json").document
    refs = {export["title"]: export["ref"] for export in found["exports"]}
    ran = run("get", refs["File manifest"], "--json")
    assert ran.code == 0, ran.err
    lines = Path(ran.document[0]["path"]).read_text().splitlines()
    assert lines[0].split("\t")[0] == "source_id"
    several = run("get", refs["All files"], "--json")
    assert several.code == 1
    failed = {one["ref"] for one in several.document if "error" in one}
    # These are in the catalog, and in no repository.
    assert failed == {hub.hca.ref("phantoms", name) for name in ("spleen.rds", "R3.fastq.gz")}
    fetched = [Path(one["path"]) for one in several.document if "error" not in one]
    assert len(fetched) > 2
    assert all(path.is_file() for path in fetched)
