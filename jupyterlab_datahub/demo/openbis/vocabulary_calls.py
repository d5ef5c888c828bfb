"""The calls that make, change and delete vocabularies and their terms."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyterlab_datahub.demo.openbis.failures import OpenbisError, not_found
from jupyterlab_datahub.demo.openbis.records import Term, Vocabulary
from jupyterlab_datahub.demo.openbis.references import id_text
from jupyterlab_datahub.demo.openbis.render_types import term_perm_id
from jupyterlab_datahub.demo.openbis.sessions import now
from jupyterlab_datahub.demo.openbis.type_calls import field_changed

if TYPE_CHECKING:
    from jupyterlab_datahub.demo.openbis.references import Json
    from jupyterlab_datahub.demo.openbis.rpc import Method
    from jupyterlab_datahub.demo.openbis.store import Store


class VocabularyCalls:
    """Calls on one store; only administrators of the instance may make them."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def methods(self) -> dict[str, Method]:
        """Return the calls by name."""
        return {
            "createVocabularies": self._create,
            "updateVocabularies": self._update,
            "createVocabularyTerms": self._create_terms,
            "updateVocabularyTerms": self._update_terms,
            "deleteVocabularyTerms": self._delete_terms,
        }

    def _admin(self, token: object) -> str:
        user = self._store.session(token).user
        self._store.check_write(user, None)
        return user

    def _create(self, token: object, creations: list[Json]) -> list[Json]:
        user = self._admin(token)
        made = []
        with self._store.lock:
            for creation in creations:
                code = str(creation.get("code") or "").upper()
                vocabulary = Vocabulary(
                    code=code,
                    perm_id=code,
                    description=creation.get("description") or "",
                    url_template=creation.get("urlTemplate"),
                    chosen_from_list=creation.get("chosenFromList") is not False,
                    managed_internally=bool(creation.get("managedInternally")),
                    registrator=user,
                    registered=now(),
                    modified=now(),
                )
                for term in creation.get("terms") or ():
                    _add_term(vocabulary, term, user)
                made.append(self._store.add(vocabulary).code)
        return [{"@type": "as.dto.vocabulary.id.VocabularyPermId", "permId": c} for c in made]

    def _update(self, token: object, updates: list[Json]) -> None:
        self._admin(token)
        with self._store.lock:
            for update in updates:
                vocabulary = self._store.get(Vocabulary, id_text(update.get("vocabularyId")))
                if field_changed(update.get("description")):
                    vocabulary.description = update["description"].get("value") or ""
                if field_changed(update.get("chosenFromList")):
                    vocabulary.chosen_from_list = bool(update["chosenFromList"].get("value"))
                if field_changed(update.get("urlTemplate")):
                    vocabulary.url_template = update["urlTemplate"].get("value")
                vocabulary.modified = now()

    def _create_terms(self, token: object, creations: list[Json]) -> list[Json]:
        user = self._admin(token)
        with self._store.lock:
            return [
                term_perm_id(_add_term(self._vocabulary(creation), creation, user))
                for creation in creations
            ]

    def _vocabulary(self, creation: Json) -> Vocabulary:
        return self._store.get(Vocabulary, id_text(creation.get("vocabularyId")))

    def _update_terms(self, token: object, updates: list[Json]) -> None:
        self._admin(token)
        with self._store.lock:
            for update in updates:
                vocabulary, term = self._term(update.get("vocabularyTermId"))
                for name in ("label", "description"):
                    if field_changed(update.get(name)):
                        setattr(term, name, update[name].get("value") or "")
                if field_changed(update.get("previousTermId")):
                    previous = update["previousTermId"].get("value")
                    _move(vocabulary, term, previous)
                term.modified = now()

    def _delete_terms(self, token: object, ids: list[object], options: Json) -> None:
        self._admin(token)
        if not options.get("reason"):
            raise OpenbisError("Deletion reason cannot be null.")
        with self._store.lock:
            for id_ in ids:
                vocabulary, term = self._term(id_)
                vocabulary.terms.remove(term)

    def _term(self, id_: object) -> tuple[Vocabulary, Term]:
        code = id_text(id_).upper()
        owner = str(id_.get("vocabularyCode")) if isinstance(id_, dict) else ""
        vocabulary = self._store.get(Vocabulary, owner)
        for term in vocabulary.terms:
            if term.code == code:
                return vocabulary, term
        raise not_found("VocabularyTermPermId", f"{code} ({owner})")


def _add_term(vocabulary: Vocabulary, creation: Json, user: str) -> Term:
    code = str(creation.get("code") or "").upper()
    if any(term.code == code for term in vocabulary.terms):
        raise OpenbisError(f"Vocabulary term '{code}' already exists.")
    term = Term(
        code=code,
        perm_id=code,
        vocabulary=vocabulary.code,
        label=creation.get("label") or "",
        description=creation.get("description") or "",
        ordinal=len(vocabulary.terms) + 1,
        registrator=user,
        registered=now(),
        modified=now(),
    )
    vocabulary.terms.append(term)
    return term


def _move(vocabulary: Vocabulary, term: Term, previous: object) -> None:
    """Put a term after another one, or first."""
    others = [other for other in vocabulary.terms if other is not term]
    codes = [other.code for other in others]
    code = id_text(previous).upper() if previous else ""
    place = codes.index(code) + 1 if code in codes else 0
    vocabulary.terms = [*others[:place], term, *others[place:]]
    for ordinal, other in enumerate(vocabulary.terms, 1):
        other.ordinal = ordinal
