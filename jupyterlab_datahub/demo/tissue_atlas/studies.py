"""The pages of the demo's tissue atlas, in the layout of a Jekyll site; everything is made up.

``{site}`` in a text is the address of the site, which is known once it is started.
"""

from __future__ import annotations

from dataclasses import dataclass

CONTACT = "tissue-atlas(at)demo.example.org"


@dataclass(frozen=True)
class Study:
    """A dataset page: what its front matter says, its text, and its table of files."""

    id: str
    title: str
    authors: str
    journal: str
    description: str
    links: tuple[tuple[str, str], ...] = ()
    body: str = ""
    files: str = ""
    text: str = ""

    @property
    def page(self) -> str:
        """The page as it stands in the repository; ``text`` replaces what would be made."""
        if self.text:
            return self.text
        links = "".join(f"      - {label}: {url}\n" for label, url in self.links)
        included = f"{{% include_relative {self.id}-file-list.md %}}\n" if self.files else ""
        return (
            "---\nlayout: secondary\ntitle: Data\nsection_id: data\n\ndata:\n  publication:\n"
            f"    title: {self.title}\n"
            f"    authors: '{self.authors}'\n"
            f"    journal: '{self.journal}'\n"
            f"    description: {self.description}\n"
            + (f"    links:\n{links}" if links else "")
            + "---\n\n{% include atlas-dataset-info.html pubData=page.data %}\n\n"
            + f"{self.body}\n{included}"
        )


MELANOMA_FILES = """### Download the primary data
The images and metadata are in a bucket of Amazon Web Services S3 at the following location:

```
s3://paid-atlas/mcmicro/
```
Whoever downloads pays for it (requester pays).

|FIELD1|Level 2 WSI (OME-TIFF)|File size (WSI)|Spatial feature tables (CSV)|File size (table)|
|---|---|---|---|---|
|DMEL01-0|DMEL01-0-HE.ome.tif|0.4 GB|                            |                         |
|DMEL01-1|DMEL01-1.ome.tif|195 GB|DMEL01-1-features.zip       |335 MB                   |
|DMEL02-1|DMEL02-1.ome.tif|34 GB|DMEL02-1-features.zip       |11 MB                    |
"""

LUNG_FILES = """### Download the primary data
Each folder is of a patient. The files are on
[Synapse (synID syn90000001)](https://www.synapse.org/#!Synapse:syn90000001/wiki/1) or on Amazon
Web Services (AWS). Free account registration is required to download files from Synapse. Files on
AWS are in the bucket at the following location: s3://demo-lung-2023

|File Type   | Description            | Location|
|--------    | -----------------------|---------|
|N.ome.tif   | Image pyramid          | AWS     |
|markers.csv | All markers            | Synapse |

<br>
**N.ome.tif**

|Patient | File Name       | Location| File size |
|------- | ----------------|---------|-----------|
|Q101    | Q101.ome.tif    | AWS     | 90.6 GB   |
|Q102    | Q102.ome.tif    | AWS     | 1.107 GB  |

**markers.csv**

|Patient | File Name   | Synapse ID  | File size|
|------- | ----------- |------------ |----------|
|Q101    | markers.csv | syn90000011 | 530 bytes|
|Q102    | markers.csv | syn90000012 | 579 bytes|

**raw/**

|Patient | Number of Files | Folder size| Location|
|------- |-----------------|------------|---------|
|Q101    | 13              | 78.9 GB    | AWS     |
|Q102    | 9               | 75.6 GB    | AWS     |
"""

COLON_FILES = """### Download the primary data
The data are in folders on Synapse
(Synapse ID: [syn90000002](https://www.synapse.org/#!Synapse:syn90000002/wiki/2).

| Dataset/Folder Name | Description           |
| ------------------- | --------------------- |
| DATASET01\\_ColonTMA | Figures: 1 (A-C), 2(A) |
| README              |                       |
"""

TONSIL_FILES = """### Download the data
The tables are small, and everybody may have them.

| File Name | Level | File size |
| --------- | ----- | --------- |
| [TON01_cell.csv]({site}/files/TON01_cell.csv) | 4 | 14 KB |
| [TON01_markers.csv]({site}/files/TON01_markers.csv) | 4 | 68 bytes |
| TON01.ome.tif | 2 | 1.5 GB |
"""

PROJECT_FILES = """### Download the data
Image and table are in a bucket that everybody may read: s3://open-images/mcmicro/tonsil-1/

| File Name | Level | File size |
| --------- | ----- | --------- |
| registration/tonsil-1.ome.tif | 2 | 91 MB |
| quantification/unmicst-tonsil-1_cell.csv | 4 | 26 MB |
| markers.csv | 4 | 229 bytes |
"""

BROKEN = """---
layout: secondary
title: Data
data:
  publication:
    title: "Neighbours of macrophages in a made-up granuloma
    authors: 'Nowak A, Quist B'
    journal: 'Journal of Demonstrations, DOI: [10.5555/demo.2019.7](https://doi.org/10.5555/demo.2019.7)'
    description: A quotation mark of this page is never closed: no strict reader takes it.
---

Nothing is said about the data of this study.
"""

STUDIES: tuple[Study, ...] = (
    Study(
        id="vega-lund-2024",
        title="Immune borders in thin melanoma, a made-up study",
        authors="Vega C, Lund P, Okafor D",
        journal="Journal of Demonstrations. 2024 Jun; 12(6): 15-41. PMID: 00000001",
        description="Multiplexed images of three sections that nobody ever cut.",
        links=(
            ("Publication", "https://doi.org/10.5555/demo.2024.1"),
            ("Melanoma atlas", "/atlases/melanoma"),
            ("Access Primary Data", "/atlas-datasets/vega-lund-2024#primary-data-access"),
        ),
        body="## Primary Data Access\nAll images are level 2 (OME-TIFF).\n",
        files=MELANOMA_FILES,
    ),
    Study(
        id="okafor-brandt-2023",
        title="Heterogeneity inside lung tumors of two invented patients",
        authors="Okafor D, Brandt E",
        journal="Journal of Demonstrations. 2023 Aug; 2(8): 100165",
        description="Stitched images and tables of single cells.",
        links=(("Publication", "https://doi.org/10.5555/demo.2023.8"),),
        body="## Data Access\n",
        files=LUNG_FILES,
    ),
    Study(
        id="ito-salas-2022",
        title="Folders of colon microarrays for a demonstration",
        authors="Ito S, Salas M",
        journal="Journal of Demonstrations, DOI: [10.5555/demo.2022.3](https://doi.org/10.5555/demo.2022.3)",
        description="A project of Synapse with folders.",
        files=COLON_FILES,
    ),
    Study(
        id="mbeki-2021",
        title="Three dimensions of a colorectal tumor that is not there",
        authors="Mbeki T",
        journal="Journal of Demonstrations. 2021",
        description="The data are large, and described elsewhere.",
        links=(("Publication", "https://doi.org/10.5555/demo.2021.2"),),
        body=(
            "## Data access\nThe images comprise a ~4.5 TB dataset. How to get them is described "
            "at DOI: [10.5281/zenodo.90000003](https://doi.org/10.5281/zenodo.90000003). "
            f"Questions are answered by {CONTACT}.\n"
        ),
    ),
    Study(
        id="larsen-2020",
        title="Stories of a breast tumor without any data",
        authors="Larsen J",
        journal="Journal of Demonstrations. 2020",
        description="Only pictures can be looked at.",
        links=(("Publication", "https://doi.org/10.5555/demo.2020.5"),),
    ),
    Study(
        id="open-tonsil-2025",
        title="An open tonsil for everybody",
        authors="Vega C, Ito S",
        journal="Journal of Demonstrations. 2025. DOI: 10.5555/demo.2025.4",
        description="Cells of a tonsil as a table of features, made by dice.",
        links=(("Publication", "https://doi.org/10.5555/demo.2025.4"),),
        files=TONSIL_FILES,
    ),
    Study(
        id="sato-reyes-2026",
        title="A tonsil in six colours, from its image to its cells",
        authors="Sato K, Reyes M",
        journal="Journal of Demonstrations. 2026. DOI: 10.5555/demo.2026.1",
        description="A tonsil that was never taken out, as MCMICRO writes one, with a pyramid of "
        "six channels, the list of its markers, and what was measured in each cell.",
        links=(("Publication", "https://doi.org/10.5555/demo.2026.1"),),
        files=PROJECT_FILES,
    ),
    Study(
        id="nowak-2019",
        title="",
        authors="",
        journal="",
        description="",
        text=BROKEN,
    ),
)
