"""The lexicon as a feature: what it finds, written on the tokens for the recogniser to weigh.

A spaCy component. It writes into ``token.tag_`` whether the token begins (``B``), continues (``I``)
or ends (``E``) a name that the lexicon of heads and fields finds, is one alone (``U``), or none of
these (``O``). The recogniser's embedding has ``TAG`` among its attributes, so that it learns from
gold where to trust the lexicon and where not.
"""

from __future__ import annotations

from spacy.language import Language
from spacy.tokens import Doc

from pipeline.normalise.lexicon import match_spans

NAME = "selaras_lexicon"


class LexiconTagger:
    """Tags the tokens of a document by the lexicon of one language."""

    def __init__(self, language: str) -> None:
        """Keep the ISO 639-1 code of the language whose lexicon is asked."""
        self._language = language

    def __call__(self, doc: Doc) -> Doc:
        """Set ``tag_`` of every token of ``doc`` and return it."""
        tags = ["O"] * len(doc)
        for start, end, _ in match_spans(doc.text, self._language):
            span = doc.char_span(start, end, alignment_mode="expand")
            if span is None:
                continue
            tags[span.start : span.end] = ["I"] * len(span)
            tags[span.start] = "B"
            tags[span.end - 1] = "E" if len(span) > 1 else "U"
        for token, tag in zip(doc, tags, strict=True):
            token.tag_ = tag
        return doc


@Language.factory(NAME)
def make(nlp: Language, name: str) -> LexiconTagger:
    """The tagger for the language of the pipeline it is added to."""
    return LexiconTagger(str(nlp.lang))
