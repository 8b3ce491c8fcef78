"""A model's names with their edges as the rules of annotation want them."""

from __future__ import annotations

from pipeline import models
from pipeline.normalise.lexicon import match_spans
from pipeline.recognise import Name, Recogniser
from pipeline.recognise.encoder import EncoderRecogniser
from pipeline.recognise.snap import snap


class SnappedRecogniser:
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
            name._replace(reason="model and lexicon") if (name.start, name.end) in agreed else name
            for name in names
        ]


def default_recogniser(language: str) -> Recogniser:
    """The model and the lexicon of ``language``.

    Raises ``recognise.ModelError`` when the model cannot be loaded.
    """
    return SnappedRecogniser(EncoderRecogniser(models.folder(language), language), language)
