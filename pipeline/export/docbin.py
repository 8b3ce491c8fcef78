"""spaCy's ``DocBin``: texts as ``Doc`` objects with the mentions as spans, in ``.spacy`` files.

See https://spacy.io/api/docbin. The files are compressed msgpack, with no pickle in them.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.export.results import Results
from pipeline.export.spans import Marked, marked
from pipeline.export.tokens import blank, code_of, doc, sentence_starts, tokens

if TYPE_CHECKING:
    from spacy.tokens import DocBin

# What one file has at most: a DocBin is made and read as a whole.
_ARTICLES, _CHARACTERS = 1_000, 2_000_000
_ATTRIBUTES = ("ORTH", "SENT_START", "ENT_IOB", "ENT_TYPE", "ENT_KB_ID", "ENT_ID")


class _Language:
    """The articles of one language, of which the next file is in the making."""

    def __init__(self, code: str, folder: Path) -> None:
        self._code, self._folder = code, folder
        self._number = 0
        self._begin()

    def _begin(self) -> None:
        from spacy.tokens import DocBin

        # A new vocabulary for each file: it keeps every word that it meets.
        self._nlp = blank(self._code)
        self._bin: DocBin = DocBin(_ATTRIBUTES, store_user_data=True)
        self._characters = 0

    def add(self, found: Marked, read: frozenset[str]) -> None:
        """Add an article; write the file that it does not fit into any more."""
        size = len(found.article.text)
        if len(self._bin) and (
            len(self._bin) >= _ARTICLES or self._characters + size > _CHARACTERS
        ):
            self.write()
            self._begin()
        self._bin.add(as_doc(self._nlp, found, read))
        self._characters += size

    def write(self) -> None:
        """Write what there is."""
        self._number += 1
        file = self._folder / f"selaras.{self._code}.{self._number:04}.spacy"
        file.write_bytes(self._bin.to_bytes())


def as_doc(nlp: Any, found: Marked, read: frozenset[str]) -> Any:
    """An article as a ``Doc`` whose text is the article's, with what ``components.mark`` puts
    there: the spans are exact, for tokens are cut at the borders of mentions.

    Organisations are also ``doc.ents``, which trainers and viewers of names look at: of those that
    overlap the longest. Words in a language that is not one of ``read`` are marked as unknown
    there, not as no name. Sentences begin where Selaras lets them.
    """
    from spacy.util import filter_spans

    from pipeline.components import KEYS, mark
    from pipeline.detect import read_parts

    text = found.article.text
    spans = tokens(nlp.tokenizer, text, found.mentions)
    made = doc(nlp, text, spans, sentence_starts(found.article, found.mentions))
    for kind, key in KEYS.items():
        mark(made, found.article, key, [m for m in found.mentions if m.kind == kind])
    unread = [
        made.char_span(start, end, alignment_mode="contract")
        for code, start, end in read_parts(found.article.parts)
        if code not in read
    ]
    names = filter_spans(made.spans[KEYS["organisation"]])
    made.set_ents(names, missing=filter_spans([s for s in unread if s is not None]))
    return made


def docbin(results: Results, folder: Path) -> None:
    """``selaras.LANGUAGE.0001.spacy`` and so on: the articles of a language, 1,000 at most a file
    (or 2,000,000 characters), in the order of their paths."""
    files: dict[str, _Language] = {}
    read = frozenset(results.languages)
    for found in marked(results, folder):
        code = code_of(found.article)
        if code not in files:
            files[code] = _Language(code, folder)
        files[code].add(found, read)
    for language in files.values():
        language.write()
