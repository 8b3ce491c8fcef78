"""The components themselves, and the factories by which spaCy makes them.

See https://spacy.io/usage/processing-pipelines#custom-components and, for the entry points,
https://spacy.io/usage/saving-loading#entry-points-components.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from spacy.language import Language
from spacy.tokens import Doc

from pipeline.components.attributes import KEYS, mark, register
from pipeline.records import Organisation, Reference, Statistic

if TYPE_CHECKING:
    from pipeline.api import Reading
    from pipeline.configuration import Configuration
    from pipeline.user_lexicon import UserLexicon

_LEXICON = "lexicon.csv"
_Choices = tuple["Configuration", str | None]
# What was read of a Doc for one component, for the others; gone with the Doc. Unlike its user_data
# it cannot be of another text or of other choices without anyone noticing.
_READ: WeakKeyDictionary[Doc, tuple[str, dict[_Choices, Reading]]] = WeakKeyDictionary()


class Component:
    """Finds the mentions of one ``kind`` in a ``Doc``; see ``organisations`` for the choices.

    It is saved and loaded with its pipeline: the choices are in the pipeline's ``config.cfg``, a
    lexicon goes with it as a file, and of an engine for names only the setting is kept.
    """

    def __init__(
        self,
        kind: str,
        lang: str,
        *,
        language: str | None = None,
        min_language_score: float | None = None,
        ner: str | dict[str, str] | None = None,
        lexicon: str | None = None,
        place: str | None = None,
        spans_key: str | None = None,
    ) -> None:
        """``lang`` is the code of the pipeline that it is part of. Raises as ``organisations``."""
        from pipeline.configuration import MIN_LANGUAGE_SCORE, Configuration, chosen_engines
        from pipeline.extraction import languages_with_model

        chosen = chosen_engines([ner]) if isinstance(ner, str) else dict(ner or {})
        if language is None and lang in languages_with_model(chosen):
            language = lang
        self.kind = kind
        self.spans_key = spans_key or KEYS[kind]  # type: ignore[index]
        self.place = place
        self._lexicon_file = Path(lexicon) if lexicon is not None else None
        self._lexicon: bytes | None = None
        self._configuration = Configuration(
            language=language,
            min_language_score=(
                MIN_LANGUAGE_SCORE if min_language_score is None else min_language_score
            ),
            ner=chosen,
        )
        # A pipeline that was saved has the lexicon of its own, and the file may be gone.
        if self._lexicon_file is not None and self._lexicon_file.exists():
            self._take(None)
        register()

    @property
    def configuration(self) -> Configuration:
        """The choices that it reads with, those of ``pipeline.load``."""
        if self._lexicon_file is not None and self._lexicon is None:
            self._take(None)
        return self._configuration

    def _take(self, data: bytes | None) -> None:
        """Take the lexicon in ``data``, else the one in the file. Raises ``LexiconError``."""
        import dataclasses

        from pipeline.user_lexicon.read import lexicon_in, opened

        file = self._lexicon_file or Path(_LEXICON)
        self._lexicon = opened(file) if data is None else data
        lexicon: UserLexicon = lexicon_in(self._lexicon, file)
        self._configuration = dataclasses.replace(self._configuration, lexicon=lexicon)

    def __call__(self, doc: Doc) -> Doc:
        """Fill ``doc.spans[spans_key]``; the same ``doc`` is given back.

        A text that cannot be read (too short, of a language without a model) gets no spans, and
        ``doc._.selaras`` says why. Raises ``recognise.ModelError`` when the model of the language
        cannot be loaded.
        """
        reading = _reading(doc, self.configuration, self.place)
        mentions = [mention for mention in reading.mentions if mention.kind == self.kind]
        mark(doc, reading.article, self.spans_key, mentions)
        return doc

    def to_bytes(self, exclude: Iterable[str] = ()) -> bytes:
        """The lexicon, as spaCy asks for what a component holds; empty without one."""
        return (self.configuration and self._lexicon) or b""

    def from_bytes(self, data: bytes, exclude: Iterable[str] = ()) -> Component:
        """Take what ``to_bytes`` gave. Raises ``LexiconError`` if it is none."""
        if data:
            self._take(data)
        return self

    def to_disk(self, path: str | Path, exclude: Iterable[str] = ()) -> None:
        """Write the lexicon, if there is one, into the folder ``path``."""
        data = self.to_bytes()
        folder = Path(path)
        folder.mkdir(parents=True, exist_ok=True)
        if data:
            (folder / _LEXICON).write_bytes(data)
        else:
            (folder / _LEXICON).unlink(missing_ok=True)

    def from_disk(self, path: str | Path, exclude: Iterable[str] = ()) -> Component:
        """Take what ``to_disk`` wrote. Raises ``LexiconError`` if it cannot be read."""
        file = Path(path) / _LEXICON
        return self.from_bytes(file.read_bytes() if file.is_file() else b"")


def _reading(doc: Doc, configuration: Configuration, place: str | None) -> Reading:
    """What the text of ``doc`` says; read once, however many components ask."""
    from pipeline.api import Selaras

    text = doc.text
    before, readings = _READ.get(doc, (text, {}))
    if before != text:
        readings = {}
    choices = (configuration, place)
    if choices not in readings:
        readings[choices] = Selaras(configuration)(text, place=place)
        _READ[doc] = (text, readings)
    return readings[choices]


_CHOICES: dict[str, Any] = {
    "language": None,
    "min_language_score": None,
    "ner": None,
    "lexicon": None,
    "place": None,
    "spans_key": None,
}


@Language.factory("selaras_organisations", assigns=["doc.spans"], default_config=_CHOICES)
def organisations(
    nlp: Language,
    name: str,
    language: str | None,
    min_language_score: float | None,
    ner: str | dict[str, str] | None,
    lexicon: str | None,
    place: str | None,
    spans_key: str | None,
) -> Component:
    """``nlp.add_pipe("selaras_organisations", config={...})``: bodies, with their identity.

    ``language`` is the code of the language of every text; by default that of the pipeline if
    Selaras reads it, else each text's language is detected, and must reach ``min_language_score``
    (0 to 1, by default 0.7). ``ner`` is another engine for names, one setting or one per language
    code, as ``pipeline.load`` takes it. ``lexicon`` is the path of a CSV file of your own words.
    ``place`` is where the texts are about when they do not say. ``spans_key`` is the group of spans
    to fill, by default ``organisations``, ``references`` or ``statistics``.

    Raises ``ConfigurationError``, a ``ValueError``, for a choice that cannot be, and
    ``LexiconError``, another, for a lexicon that cannot be used. A lexicon that is not there is an
    error when the first text is read, for a pipeline that is loaded brings its own.
    """
    return Component(
        Organisation.kind,
        nlp.lang or "",
        language=language,
        min_language_score=min_language_score,
        ner=ner,
        lexicon=lexicon,
        place=place,
        spans_key=spans_key,
    )


@Language.factory("selaras_references", assigns=["doc.spans"], default_config=_CHOICES)
def references(
    nlp: Language,
    name: str,
    language: str | None,
    min_language_score: float | None,
    ner: str | dict[str, str] | None,
    lexicon: str | None,
    place: str | None,
    spans_key: str | None,
) -> Component:
    """``nlp.add_pipe("selaras_references", config={...})``: numbered documents.

    Choices and errors are those of ``organisations``. Organisations and figures are read as well,
    for each decides with what the others are, but not marked.
    """
    return Component(
        Reference.kind,
        nlp.lang or "",
        language=language,
        min_language_score=min_language_score,
        ner=ner,
        lexicon=lexicon,
        place=place,
        spans_key=spans_key,
    )


@Language.factory("selaras_statistics", assigns=["doc.spans"], default_config=_CHOICES)
def statistics(
    nlp: Language,
    name: str,
    language: str | None,
    min_language_score: float | None,
    ner: str | dict[str, str] | None,
    lexicon: str | None,
    place: str | None,
    spans_key: str | None,
) -> Component:
    """``nlp.add_pipe("selaras_statistics", config={...})``: figures, with value, unit and body.

    Choices and errors are those of ``organisations``. ``organisation_id`` of a figure is the
    ``kb_id_`` of the body that it is about, whether or not organisations are marked too.
    """
    return Component(
        Statistic.kind,
        nlp.lang or "",
        language=language,
        min_language_score=min_language_score,
        ner=ner,
        lexicon=lexicon,
        place=place,
        spans_key=spans_key,
    )
