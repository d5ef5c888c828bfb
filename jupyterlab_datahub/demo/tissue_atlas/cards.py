"""The cards of the demo's tissue atlas: one for each story, with the traps of real ones."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Card:
    """A card: its folder, its name, what it says, and how tags are written.

    ``text`` replaces what would be made; ``story`` says whether there is a story to open.
    """

    folder: str
    name: str
    title: str
    tags: tuple[str, ...]
    date: str = "'2024-01-31'"
    more: str = ""
    story: bool = True
    text: str = ""

    @property
    def path(self) -> str:
        """Where the card lies in the repository."""
        return f"_data-cards/{self.folder}/{self.name}.md"

    @property
    def page(self) -> str:
        """The card as it stands in the repository, with ``{site}`` for the site's address."""
        if self.text:
            return self.text
        link = f"minerva_link: {{site}}/data/{self.name}\n" if self.story else ""
        tags = "".join(f"    - {tag}\n" for tag in self.tags)
        return (
            f"---\ntitle: {self.title}\nimage: {{site}}/images/{self.name}.png\n"
            f"date: {self.date}\n{link}info_link: /atlas-datasets/{self.folder}/\n"
            f"show_page_link: false\n{self.more}tags:\n{tags}---\n"
        )


UNCLOSED = """---
title: DCRC22 - overview - Mbeki, 2021
image: {site}/images/dcrc22.png
date: '2008-03-01'
minerva_link: {site}/data/dcrc22
date: 2021-07-09
info_link: /atlas-datasets/mbeki-2021/
tags:
    - overview-crc
    - auto
    - CRC
    - orion
"""

ELSEWHERE = """---
title: A picture that is kept elsewhere
image: http://198.51.100.7/picture.png
date: 2020-02-02
minerva_link: {site}/data/larsen-elsewhere
tags: [BRCA, cycif, curated]
---
"""

UNREADABLE = """---
title: Stains in a [bracket that is never closed
tags:
    - breast
    - H&E
    - curated
minerva_link: {site}/data/larsen-stains
image: {site}/images/larsen-stains.png
date: 2020-05-01
   odd: indent
---
"""

CARDS: tuple[Card, ...] = (
    Card(
        "vega-lund-2024",
        "dmel01-story",
        "Two ways round a guard (for non-experts)",
        ("narrated", "melanoma", "MEL", "CyCIF", "human"),
        more="featured: true\n",
    ),
    Card(
        "vega-lund-2024",
        "dmel01-overview",
        "DMEL01-1 - overview - Vega, Lund et al., 2024",
        ("MEL", "melanoma", "cycif", "human", "auto"),
    ),
    Card(
        "vega-lund-2024",
        "dmel02-hidden",
        "DMEL02-1 - not shown",
        ("MEL", "cycif", "auto"),
        more="hide: true\n",
    ),
    Card(
        "okafor-brandt-2023",
        "q101-overview",
        "Q101 - overview",
        ("Lung", "cycif", "Human", "auto"),
    ),
    Card(
        "okafor-brandt-2023",
        "q102-portal",
        "Mutations of Q102",
        ("lung", "curated"),
        more="cbio_portal_link: https://www.cbioportal.org/study/summary?id=demo\n",
        story=False,
    ),
    Card(
        "ito-salas-2022",
        "colon-tma",
        "Colon microarray",
        ("CRC", "TMA", "3d-cycif", "curated"),
        more="iinfo_link: /atlas-datasets/ito-salas-2022/\n",
    ),
    Card("mbeki-2021", "dcrc22", "", (), text=UNCLOSED),
    Card(
        "mbeki-2021",
        "dcrc01-introduction",
        "Pathological annotations - DCRC01",
        ("narrated", "CRC", "human", "CyCIF"),
    ),
    Card("larsen-2020", "larsen-stains", "", (), text=UNREADABLE),
    Card("larsen-2020", "larsen-elsewhere", "", (), text=ELSEWHERE),
    Card(
        "open-tonsil-2025",
        "tonsil",
        "The open tonsil",
        ("tonsil", "MIBI", "human", "curated"),
    ),
    Card(
        "sato-reyes-2026",
        "tonsil-walk",
        "A walk through a tonsil",
        ("narrated", "tonsil", "CyCIF", "human"),
        date="'2026-02-14'",
        more="featured: true\n",
    ),
    Card(
        "sato-reyes-2026",
        "tonsil-follicles",
        "Follicles and their zones",
        ("curated", "tonsil", "CyCIF", "human"),
        date="'2026-02-20'",
    ),
    Card(
        "sato-reyes-2026",
        "tonsil-overview",
        "tonsil-1 - overview - Sato, Reyes, 2026",
        ("auto", "tonsil", "cycif", "human"),
        date="'2026-02-10'",
    ),
    Card(
        "nowak-2019",
        "granuloma",
        "Granuloma - overview",
        ("TB", "tuberculosis", "MIBI", "auto"),
    ),
    Card(
        "quist-heart-2018",
        "heart-left",
        "Left heart - overview - Quist, 2018",
        ("mouse", "cycif", "auto"),
        more="",
    ),
    Card(
        "quist-heart-2018",
        "heart-right",
        "Right heart - overview - Quist, 2018",
        ("mouse", "CyCIF", "auto"),
    ),
)
