"""Organisation names by a spaCy pipeline with an entity recogniser."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pipeline.recognise import ModelError, Name

LABEL = "ORG"
_LONGEST = 20_000  # characters to spaCy at once; a longer line is read in windows
_OVERLAP = 400


def _windows(text: str) -> Iterator[tuple[int, int, int, int]]:
    """The lines of ``text``, long ones in overlapping windows: ``(start, end, from, to)``.

    Names that begin in ``[from, to)`` are taken from the window, so that each is taken once.
    """
    position = 0
    for line in text.split("\n"):
        end = position + len(line)
        start = position
        while end - start > _LONGEST:
            cut = text.rfind(" ", start + _LONGEST // 2, start + _LONGEST)
            cut = cut if cut > 0 else start + _LONGEST
            yield (
                start,
                cut,
                start if start == position else start + _OVERLAP // 2,
                cut - _OVERLAP // 2,
            )
            start = cut - _OVERLAP
        if line.strip():
            yield start, end, start if start == position else start + _OVERLAP // 2, end
        position = end + 1


class SpacyRecogniser:
    """The entities labelled ``ORG`` of a spaCy pipeline.

    ``score`` of a name is the precision that the model showed on the dev part of our gold, as
    its ``meta.json`` says; spaCy's recogniser gives none for single names.
    """

    def __init__(self, path: Path) -> None:
        """Load the pipeline at ``path``.

        Raises ``ModelError`` when it is missing, cut short or made for another spaCy.
        """
        import spacy

        if not (path / "meta.json").is_file():
            raise ModelError(f"{path}: no spaCy model here; install selaras again, or train one")
        try:
            self._nlp: Any = spacy.load(path)
        except Exception as error:  # spaCy raises whatever its readers of each part raise
            raise ModelError(
                f"{path}: the model cannot be loaded ({error}); it is damaged or made "
                "for another version of spaCy"
            ) from error
        if "ner" not in self._nlp.pipe_names:
            raise ModelError(f"{path}: this spaCy pipeline has no entity recogniser ('ner')")
        meta = self._nlp.meta
        self.source = f"{meta['name']} {meta['version']}"
        self._precision = float(meta.get("performance", {}).get("precision", 0.5))

    def recognise(self, text: str) -> list[Name]:
        """The organisation names in ``text``, sorted; see ``Recogniser.recognise``."""
        windows = list(_windows(text))
        # One batch per article, so that its numbers do not depend on its neighbours.
        docs = self._nlp.pipe((text[a:b] for a, b, _, _ in windows), batch_size=64)
        return [
            Name(start + entity.start_char, start + entity.end_char, self._precision, "model")
            for (start, _, first, last), doc in zip(windows, docs, strict=True)
            for entity in doc.ents
            if entity.label_ == LABEL and first <= start + entity.start_char < last
        ]
