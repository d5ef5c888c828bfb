"""Text as the search sees it: folded words without case, accents or punctuation.

Indexing and searching use the same functions, so ``CD14+``, ``10x 3' v2``, ``SARS-CoV-2`` and
``TNFα`` become the same words on both sides, and there is no punctuation left to be misread.
"""

from __future__ import annotations

import re
import unicodedata

_LONGEST = 64
_ASCII_WORD = re.compile(r"[a-z0-9]+")
_WORD = re.compile(r"[^\W_]+")
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.IGNORECASE)

# Spelled out, so that "TNFα" and "TNF-alpha" are the same two words.
_GREEK = {
    ord(letter): f" {name} "
    for letter, name in {
        "α": "alpha",
        "β": "beta",
        "γ": "gamma",
        "δ": "delta",
        "ε": "epsilon",
        "ζ": "zeta",
        "η": "eta",
        "θ": "theta",
        "κ": "kappa",
        "λ": "lambda",
        "μ": "mu",
        "σ": "sigma",
        "τ": "tau",
        "φ": "phi",
        "χ": "chi",
        "ψ": "psi",
        "ω": "omega",
    }.items()
}


def fold(text: str) -> str:
    """Return `text` in lower case, without accents, Greek letters spelled out."""
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(char for char in decomposed if not unicodedata.combining(char))
    return bare.casefold().translate(_GREEK)


def words(text: str) -> list[str]:
    """Return the folded words of `text`, runs of letters and digits, in their order."""
    folded = fold(text)
    found = (_ASCII_WORD if folded.isascii() else _WORD).findall(folded)
    return [word[:_LONGEST] for word in found]


def without_uuids(text: str) -> str:
    """Return `text` without UUIDs, whose hexadecimal parts would pass for gene names."""
    return _UUID.sub(" ", text) if "-" in text else text


def singular(word: str) -> str:
    """Return an English plural without its "s", or nothing if `word` is not like one."""
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else ""
