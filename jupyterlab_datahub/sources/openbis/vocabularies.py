"""What the terms of controlled vocabularies are called."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyterlab_datahub.sources.openbis import options

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jupyterlab_datahub.sources.openbis.records import PropertyType
    from jupyterlab_datahub.sources.openbis.session import Session


def labels(
    session: Session, given: Mapping[str, Any], kinds: Mapping[str, PropertyType | None]
) -> dict[tuple[str, str], str]:
    """Return the label of each term in some properties, by property and code of the term.

    Only the terms in use are asked for, as a vocabulary may have thousands.

    Parameters
    ----------
    session
        Who asks.
    given
        Values by code of the property; several are a list.
    kinds
        The property types by code, where they are known.

    Raises
    ------
    RequestError, CatalogError
    """
    used: dict[tuple[str, str], list[str]] = {}
    for code, value in given.items():
        kind = kinds.get(code)
        if kind is None or kind.vocabulary is None:
            continue
        for term in value if isinstance(value, list) else [value]:
            used.setdefault((kind.vocabulary.code, str(term)), []).append(code)
    if not used:
        return {}
    ids = [
        {
            "code": term,
            "vocabularyCode": vocabulary,
            "@type": "as.dto.vocabulary.id.VocabularyTermPermId",
        }
        for vocabulary, term in used
    ]
    answer = session.call("getVocabularyTerms", ids, options.of("vocabulary.VocabularyTerm"))
    found: dict[tuple[str, str], str] = {}
    for term in answer.values() if isinstance(answer, dict) else ():
        label = term.get("label")
        vocabulary = (term.get("permId") or {}).get("vocabularyCode", "")
        code = str(term.get("code"))
        for (of, used_code), properties in used.items():
            if label and used_code == code and vocabulary in ("", of):
                found.update({(name, code): label for name in properties})
    return found
