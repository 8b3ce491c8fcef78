"""The default recogniser: a trained model that weighs a lexicon of heads and fields."""

from __future__ import annotations

from pipeline import models
from pipeline.normalise.lexicon import match_spans
from pipeline.recognise import Name, Recogniser
from pipeline.recognise.snap import snap
from pipeline.recognise.spacy_ner import SpacyRecogniser

# A name that the lexicon reads with the same borders is right more often than others.
_AGREED = 0.97


class DefaultRecogniser:
    """The names that the model finds, their edges put right by the lexicon."""

    def __init__(self, model: Recogniser, language: str) -> None:
        """Join ``model`` with the lexicon of ``language``."""
        self._model = model
        self._language = language
        self.source = model.source

    def recognise(self, text: str) -> list[Name]:
        """The organisation names in ``text``, sorted; see ``Recogniser.recognise``."""
        lexicon = match_spans(text, self._language)
        agreed = {(start, end) for start, end, _ in lexicon}
        names = snap(self._model.recognise(text), lexicon, text, self._language)
        return [
            name._replace(score=max(name.score, _AGREED), reason="model and lexicon")
            if (name.start, name.end) in agreed
            else name
            for name in names
        ]


def default_recogniser(language: str) -> Recogniser:
    """The model and the lexicon of ``language``.

    Raises ``recognise.ModelError`` when the model cannot be loaded.
    """
    return DefaultRecogniser(SpacyRecogniser(models.folder(language)), language)
