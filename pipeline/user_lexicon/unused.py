"""Which lines of a user's lexicon no article bears out: those with a slip of the pen, mostly."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from pipeline.normalise.lexicon import tokenise
from pipeline.normalise.lexicon.own_names import own_names
from pipeline.normalise.places import fold
from pipeline.run.outputs import MENTIONS, NONE_LINES, read_run
from pipeline.terminal import printable
from pipeline.user_lexicon import NoBody, OwnDocument, OwnName, OwnUnit, UserLexicon, using

_AT_ONCE = 16_384  # mentions that are held
_NAMED = 5
_COLUMNS = ["kind", "language", "text", "canonical_id", "unit"]

Line = OwnName | OwnUnit | OwnDocument | NoBody
Words = tuple[str, ...]
Held = tuple[int, str, str | None]  # a line, what it is known by, the language that it is for


def _nones(lexicon: UserLexicon, run: dict[str, Any]) -> tuple[NoBody, ...]:
    """The lines of no body, of which the results of ``run`` can tell what they did: not those of a
    lexicon that it had not."""
    choices = run.get("configuration")
    has = isinstance(choices, dict) and choices.get("lexicon") == lexicon.digest
    return lexicon.nones if has else ()


def _folded(text: str) -> str:
    return " ".join(fold(text).split())


class _Left:
    """The lines for which nothing was found so far, by line number.

    A name or unit is found where a body's or a figure's wording holds its words, in a language for
    which the line is; so what is said to have found nothing surely has not. What a line of no body
    took away, the run says itself. What a line of another kind has done, the results do not say.
    """

    def __init__(self, lexicon: UserLexicon, run: dict[str, Any]) -> None:
        did = frozenset(run.get(NONE_LINES, ()))
        every: list[Line] = [
            *lexicon.names,
            *lexicon.units,
            *lexicon.documents,
            *(none for none in _nones(lexicon, run) if none.line not in did),
        ]
        self.lines = {entry.line: entry for entry in every}
        self._lexicon = lexicon
        self._names: dict[str, dict[str, dict[int, Words]]] = {}
        self._units = [(u.line, _folded(u.text), u.language) for u in lexicon.units]
        self._documents: dict[str, list[Held]] = defaultdict(list)
        for document in lexicon.documents:
            self._documents[document.id].append((document.line, document.id, document.language))

    def _names_of(self, language: str) -> dict[str, dict[int, Words]]:
        """The words of the names that hold in a language by line, by their first word."""
        if language not in self._names:
            found: dict[str, dict[int, Words]] = defaultdict(dict)
            with using(self._lexicon):
                for name, tokens in own_names(language):
                    found[tokens[0].word][name.line] = tuple(t.word for t in tokens)
            self._names[language] = found
        return self._names[language]

    def see(self, kind: str, language: str, text: str) -> None:
        """Strike out what a mention bears out: ``text`` is the wording of a body or of a figure's
        unit, or the id of a document."""
        if kind == "organisation":
            self._see_name(self._names_of(language), text)
            return
        folded = _folded(text)
        for line, _, only in (
            self._documents.get(text, ())
            if kind == "reference"
            else [unit for unit in self._units if unit[1] in folded]
        ):
            if only in (None, language):
                self.lines.pop(line, None)

    def _see_name(self, names: dict[str, dict[int, Words]], text: str) -> None:
        words = tuple(t.word for t in tokenise(text))
        for i, word in enumerate(words):
            for line, own in names.get(word, {}).items():
                if words[i : i + len(own)] == own:
                    self.lines.pop(line, None)


def unused(lexicon: UserLexicon, out: Path) -> list[Line]:
    """The names, units and documents of ``lexicon`` that stand in no mention of the results in
    ``out``, and what it says is no body that was not found there, in the order of their lines.
    Reads as much at once as a batch of mentions takes."""
    left = _Left(lexicon, read_run(out))
    seen: set[tuple[str, str, str]] = set()
    with (out / MENTIONS).open("rb") as stream, pq.ParquetFile(stream) as file:
        for batch in file.iter_batches(_AT_ONCE, columns=_COLUMNS):
            if not left.lines:
                break
            if len(seen) > 10 * _AT_ONCE:
                seen.clear()  # only to be quick
            for row in batch.to_pylist():
                column = {"organisation": "text", "reference": "canonical_id"}.get(row["kind"])
                key = (row["kind"], row["language"], row[column or "unit"] or "")
                if key not in seen:
                    seen.add(key)
                    left.see(*key)
    return [left.lines[line] for line in sorted(left.lines)]


def _worded(entry: Line) -> str:
    """What a line is called: a document without a word of its subject by its number."""
    return entry.text or entry.id if isinstance(entry, OwnDocument) else entry.text


def said(lexicon: UserLexicon, out: Path) -> str:
    """One line for the user: how many lines the lexicon has, and which of them found nothing; empty
    where it has none of which that can be told."""
    nones = _nones(lexicon, read_run(out))
    judged = len(lexicon.names) + len(lexicon.units) + len(lexicon.documents) + len(nones)
    if not judged:
        return ""
    lines = f"{lexicon.file}: {lexicon.lines:,} line{'' if lexicon.lines == 1 else 's'}"
    found = unused(lexicon, out)
    every = judged == lexicon.lines
    kinds = f"{judged:,} names, units{', documents and none lines' if nones else ' and documents'}"
    if not found:
        return f"{lines}, and each {'' if every else f'of {kinds} '}found something"
    named = ", ".join(
        f"line {entry.line} {printable(_worded(entry))!r}" for entry in found[:_NAMED]
    )
    more = f" and {len(found) - _NAMED:,} more" if len(found) > _NAMED else ""
    of = "of which" if every else f"of {kinds}"
    return f"{lines}, {of} {len(found):,} found nothing: {named}{more}"
