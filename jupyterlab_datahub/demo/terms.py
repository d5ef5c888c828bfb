"""The ontology terms that the demo's records and files use, by their labels.

Ids and labels are those of the ontology releases of CELLxGENE schema 7.1 (CL, EFO, HANCESTRO,
HsapDv, MmusDv, MONDO, NCBITaxon, PATO, UBERON).
"""

from __future__ import annotations

TERMS: dict[str, str] = {
    # organism
    "Homo sapiens": "NCBITaxon:9606",
    "Mus musculus": "NCBITaxon:10090",
    "Macaca mulatta": "NCBITaxon:9544",
    # tissue
    "blood": "UBERON:0000178",
    "bone marrow": "UBERON:0002371",
    "bronchus": "UBERON:0002185",
    "colon": "UBERON:0001155",
    "cortex of kidney": "UBERON:0001225",
    "heart left ventricle": "UBERON:0002084",
    "hippocampal formation": "UBERON:0002421",
    "ileum": "UBERON:0002116",
    "kidney": "UBERON:0002113",
    "liver": "UBERON:0002107",
    "lung": "UBERON:0002048",
    "lymph node": "UBERON:0000029",
    "middle temporal gyrus": "UBERON:0002771",
    "spleen": "UBERON:0002106",
    # disease
    "normal": "PATO:0000461",
    "Alzheimer disease": "MONDO:0004975",
    "COVID-19": "MONDO:0100096",
    "Crohn disease": "MONDO:0005011",
    "chronic kidney disease": "MONDO:0005300",
    "dilated cardiomyopathy": "MONDO:0005021",
    "hepatocellular carcinoma": "MONDO:0007256",
    "influenza": "MONDO:0005812",
    "lung adenocarcinoma": "MONDO:0005061",
    "systemic lupus erythematosus": "MONDO:0007915",
    "ulcerative colitis": "MONDO:0005101",
    # assay
    "10x 3' v1": "EFO:0009901",
    "10x 3' v2": "EFO:0009899",
    "10x 3' v3": "EFO:0009922",
    "10x 5' v1": "EFO:0011025",
    "10x 5' v2": "EFO:0009900",
    "10x multiome": "EFO:0030059",
    "Drop-seq": "EFO:0008722",
    "Smart-seq2": "EFO:0008931",
    # sex
    "female": "PATO:0000383",
    "male": "PATO:0000384",
    # self-reported ethnicity
    "African American": "HANCESTRO:0568",
    "East Asian": "HANCESTRO:0849",
    "European American": "HANCESTRO:0590",
    "Japanese": "HANCESTRO:0019",
    "South Asian": "HANCESTRO:0848",
    # development stage
    "8-year-old stage": "HsapDv:0000102",
    "28-year-old stage": "HsapDv:0000122",
    "34-year-old stage": "HsapDv:0000128",
    "48-year-old stage": "HsapDv:0000142",
    "52-year-old stage": "HsapDv:0000146",
    "61-year-old stage": "HsapDv:0000155",
    "68-year-old stage": "HsapDv:0000162",
    "79-year-old stage": "HsapDv:0000173",
    "adult stage": "HsapDv:0000258",
    "8-week-old stage": "MmusDv:0000154",
    "18-month-old stage": "MmusDv:0000089",
    # cell type
    "B cell": "CL:0000236",
    "CD14-positive monocyte": "CL:0001054",
    "CD4-positive, CD25-positive, alpha-beta regulatory T cell": "CL:0000792",
    "CD4-positive, alpha-beta memory T cell": "CL:0000897",
    "CD8-positive, alpha-beta cytotoxic T cell": "CL:0000794",
    "dendritic cell": "CL:0000451",
    "hematopoietic precursor cell": "CL:0008001",
    "naive thymus-derived CD4-positive, alpha-beta T cell": "CL:0000895",
    "naive thymus-derived CD8-positive, alpha-beta T cell": "CL:0000900",
    "natural killer cell": "CL:0000623",
    # values the schema allows in place of a term
    "na": "na",
    "unknown": "unknown",
}

CELL_TYPE_OF_LABEL: dict[str, str] = {
    "CD14+ Monocyte": "CD14-positive monocyte",
    "CD19+ B": "B cell",
    "CD34+": "hematopoietic precursor cell",
    "CD4+/CD25 T Reg": "CD4-positive, CD25-positive, alpha-beta regulatory T cell",
    "CD4+/CD45RA+/CD25- Naive T": "naive thymus-derived CD4-positive, alpha-beta T cell",
    "CD4+/CD45RO+ Memory": "CD4-positive, alpha-beta memory T cell",
    "CD56+ NK": "natural killer cell",
    "CD8+ Cytotoxic T": "CD8-positive, alpha-beta cytotoxic T cell",
    "CD8+/CD45RA+ Naive Cytotoxic": "naive thymus-derived CD8-positive, alpha-beta T cell",
    "Dendritic": "dendritic cell",
}
"""The cell type of each label that the authors of PBMC 68k gave (``obs.bulk_labels``)."""
