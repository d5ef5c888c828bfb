"""The cases and samples of the demo's commons: made up, with the words that commons use.

Their cells are real (scanpy's subset of PBMC 68k), their people are not: the cells came from one
healthy donor and are dealt out to the samples here, so that there is something to choose from.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

from jupyterlab_datahub.demo.gen3.users import CLOSED, PROJECT

STAND_IN = (
    "The cells are real (10x PBMC 68k, Zheng et al. 2017); cases, samples and everything said "
    "of them are made up for the demo."
)

SEXES = ("Female", "Male", "Female", "Male", "Unknown")
DISEASES = ("Normal", "Normal", "Systemic lupus erythematosus", "COVID-19", "Influenza")
ETHNICITIES = ("Not Hispanic or Latino", "Hispanic or Latino", "Not reported")
TISSUES = ("Blood", "Bone marrow", "Spleen")
CASES = {PROJECT: 24, CLOSED: 4}
SAMPLES_PER_CASE = {PROJECT: 2, CLOSED: 1}


@dataclass(frozen=True, kw_only=True)
class Experiment:
    """What a project did."""

    project: str
    number: int
    title: str
    disease: str

    @property
    def submitter_id(self) -> str:
        """What the lab calls it."""
        return f"DEV-{self.project}-experiment-{self.number}"


@dataclass(frozen=True, kw_only=True)
class Case:
    """Somebody of whom there are samples; ``age`` in years, None where it is not known."""

    project: str
    number: int
    experiment: Experiment
    sex: str
    ethnicity: str
    disease: str
    age: int | None

    @property
    def submitter_id(self) -> str:
        """What the lab calls it."""
        return f"DEV-{self.project}-case-{self.number:03}"


@dataclass(frozen=True, kw_only=True)
class Sample:
    """What was taken; ``number`` counts over the whole project, from 1."""

    case: Case
    number: int
    tissue: str

    @property
    def submitter_id(self) -> str:
        """What the lab calls it."""
        return f"DEV-{self.case.project}-sample-{self.number:03}"


class Cohort(NamedTuple):
    """A project's experiments, cases and samples."""

    experiments: tuple[Experiment, ...]
    cases: tuple[Case, ...]
    samples: tuple[Sample, ...]


@cache
def cohort(project: str) -> Cohort:
    """Return what a project holds, the same at every start."""
    titles = (
        ("Immune cells of healthy donors", "Normal"),
        ("Immune cells in autoimmunity", "Systemic lupus erythematosus"),
        ("Immune cells in acute infection", "COVID-19"),
    )
    experiments = tuple(
        Experiment(project=project, number=at, title=f"{title} (stand-in)", disease=disease)
        for at, (title, disease) in enumerate(titles, 1)
    )
    cases = tuple(_case(project, number, experiments) for number in range(1, CASES[project] + 1))
    per_case = SAMPLES_PER_CASE[project]
    samples = tuple(
        Sample(
            case=case,
            number=(case.number - 1) * per_case + at + 1,
            tissue=TISSUES[0 if at == 0 else 1 + case.number % 2],
        )
        for case in cases
        for at in range(per_case)
    )
    return Cohort(experiments, cases, samples)


def _case(project: str, number: int, experiments: tuple[Experiment, ...]) -> Case:
    disease = DISEASES[number % len(DISEASES)]
    of_disease = {"Normal": 0, "Systemic lupus erythematosus": 1}
    return Case(
        project=project,
        number=number,
        experiment=experiments[of_disease.get(disease, 2)],
        sex=SEXES[number * 3 % len(SEXES)],
        ethnicity=ETHNICITIES[number * 2 % len(ETHNICITIES)],
        disease=disease,
        age=None if number % 11 == 0 else 19 + number * 37 % 61,
    )
