"""The default recogniser: a trained model, and a lexicon of heads and fields beside it."""

from __future__ import annotations

from pipeline import models
from pipeline.normalise.lexicon import match_spans
from pipeline.recognise import Name, Recogniser
from pipeline.recognise.spacy_ner import SpacyRecogniser

# What a name found by only one of the two is worth beside one that both found.
_AGREED = 0.97


class DefaultRecogniser:
    """Names that the model finds, and those of the lexicon where the model is silent."""

    def __init__(self, model: Recogniser, language: str) -> None:
        """Join ``model`` with the lexicon of ``language``."""
        self._model = model
        self._language = language
        self.source = f"{model.source} + lexicon"

    def recognise(self, text: str) -> list[Name]:
        """The organisation names in ``text``, sorted; see ``Recogniser.recognise``."""
        return combine(self._model.recognise(text), match_spans(text, self._language))


def combine(model: list[Name], lexicon: list[tuple[int, int, float]]) -> list[Name]:
    """The names of the model; where it has none, those of the lexicon. Both sorted by place."""
    names: list[Name] = []
    position = 0
    agreed = {(start, end) for start, end, _ in lexicon}
    merged = [
        name._replace(score=max(name.score, _AGREED), reason="model and lexicon")
        if (name.start, name.end) in agreed
        else name
        for name in model
    ]
    starts = sorted((n.start, n.end) for n in merged)
    for start, end, score in lexicon:
        while position < len(starts) and starts[position][1] <= start:
            position += 1
        if position == len(starts) or starts[position][0] >= end:
            merged.append(Name(start, end, score, "lexicon"))
    names = sorted(merged)
    return names


def default_recogniser(language: str) -> Recogniser:
    """The model and the lexicon of ``language``.

    Raises ``recognise.ModelError`` when the model cannot be loaded.
    """
    return DefaultRecogniser(SpacyRecogniser(models.folder(language)), language)
