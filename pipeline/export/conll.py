"""CoNLL-U Plus: a token a line, and a column of ``B-``, ``I-`` and ``O`` for each kind of mention.

The format is that of https://universaldependencies.org/ext-format.html, whose first line names the
columns:

    ID                        number of the token in its sentence
    FORM                      the token
    START END                 where it stands in the text of the article, in code points
    ORG REF STAT              its tag: a figure may stand inside the number of a document, so that
                              each kind has a column of its own
    ORG:ID REF:ID STAT:ID     the ``canonical_id`` of the mention; ``%``, blanks and line ends in it
                              are written as in an address (``%20``)

The mention of a ``B-`` begins at its START and ends at the END of the last ``I-`` behind it. What
no column can hold, because it overlaps another mention of its kind or begins or ends with a blank,
stands above its sentence, so that nothing is lost: ``# mention = ORG 12 45 ID``.
"""

from __future__ import annotations

import bisect
import contextlib
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, TextIO
from urllib.parse import quote

from pipeline.export.results import Results
from pipeline.export.spans import Marked, marked
from pipeline.export.tokens import blank, code_of, sentence_starts, tokens
from pipeline.records import Mention, Organisation, Reference, Span, Statistic

# The column of each kind.
_TAGS = {Organisation.kind: "ORG", Reference.kind: "REF", Statistic.kind: "STAT"}
COLUMNS = ("ID", "FORM", "START", "END", *_TAGS.values(), *(f"{t}:ID" for t in _TAGS.values()))
_NONE = "_"
_UNSAFE = re.compile(r"[\s%]")
# What would end a line, or is obeyed by a terminal.
_CONTROL = re.compile(r"[\s\x00-\x1f\x7f-\x9f]")
# A vocabulary keeps every word that it meets: a new one after so many characters.
_RENEWED = 1_000_000


class _Language:
    """The file of one language."""

    def __init__(self, code: str, folder: Path) -> None:
        self._code = code
        self._nlp = blank(code)
        self._characters = 0
        path = folder / f"selaras.{code}.conllup"
        self.file: TextIO = path.open("w", encoding="utf-8", newline="\n")
        self.file.write(f"# global.columns = {' '.join(COLUMNS)}\n")

    def add(self, found: Marked) -> None:
        """Write an article."""
        self._characters += len(found.article.text)
        if self._characters > _RENEWED:
            self._nlp, self._characters = blank(self._code), 0
        self.file.writelines(lines(self._nlp.tokenizer, found))


def conll(results: Results, folder: Path) -> None:
    """``selaras.LANGUAGE.conllup``: the articles of a language, in the order of their paths."""
    files: dict[str, _Language] = {}
    with contextlib.ExitStack() as opened:
        for found in marked(results, folder):
            code = code_of(found.article)
            if code not in files:
                files[code] = _Language(code, folder)
                opened.enter_context(files[code].file)
            files[code].add(found)


def lines(tokenizer: Any, found: Marked) -> Iterator[str]:
    """The lines of one article, each with its end; ``tokenizer`` is spaCy's."""
    article, text = found.article, found.article.text
    shown = [s for s in tokens(tokenizer, text, found.mentions) if not text[s[0] : s[1]].isspace()]
    if not shown:
        return
    begins = [start for start, _ in shown]
    tags, others = _tagged(shown, found.mentions)
    starts = sorted({0, *(bisect.bisect_left(begins, a) for a in _starts(found))} - {len(shown)})
    about = {
        "newdoc id": article.article_id,
        "path": article.path,
        "story_id": article.story_id,
        "language": article.language,
        "parts": article.parts,
        "title": article.title,
        "published": article.published and article.published.isoformat(),
        "source_url": article.source_url,
    }
    yield from (_comment(name, value) for name, value in about.items() if value)
    rest = iter(others)
    other = next(rest, None)
    for number, (first, last) in enumerate(zip(starts, [*starts[1:], len(shown)], strict=True), 1):
        begin, end = shown[first][0], shown[last - 1][1]
        yield _comment("sent_id", f"{article.article_id}-{number}")
        yield _comment("text", text[begin:end])
        while other is not None and (other.start < end or last == len(shown)):
            identity = _identity(other)
            yield f"# mention = {_TAGS[other.kind]} {other.start} {other.end} {identity}\n"
            other = next(rest, None)
        for i in range(first, last):
            start, end = shown[i]
            place = (str(i - first + 1), text[start:end], str(start), str(end))
            said = [tags[tag][i] for tag in _TAGS.values()]
            yield "\t".join((*place, *(tag for tag, _ in said), *(id_ for _, id_ in said))) + "\n"
        yield "\n"


def _starts(found: Marked) -> list[int]:
    return sentence_starts(found.article, found.mentions)


def _tagged(
    shown: Sequence[Span], mentions: Sequence[Mention]
) -> tuple[dict[str, list[tuple[str, str]]], list[Mention]]:
    """For each kind the tag and the identity of each token, and the mentions that have none, in
    order of place; of those that overlap the first has it, and of those the longest."""
    tags = {tag: [("O", _NONE)] * len(shown) for tag in _TAGS.values()}
    begins = [start for start, _ in shown]
    ends = [end for _, end in shown]
    taken = dict.fromkeys(_TAGS, 0)
    others = []
    for mention in sorted(mentions, key=lambda m: (m.start, -m.end, m.kind)):
        first = bisect.bisect_left(begins, mention.start)
        last = bisect.bisect_left(ends, mention.end)
        if (
            mention.start < taken[mention.kind]
            or last >= len(shown)
            or (begins[first], ends[last]) != (mention.start, mention.end)
        ):
            others.append(mention)
            continue
        taken[mention.kind] = mention.end
        tag = _TAGS[mention.kind]
        for i in range(first, last + 1):
            tags[tag][i] = (f"{'B' if i == first else 'I'}-{tag}", _identity(mention))
    return tags, others


def _identity(mention: Mention) -> str:
    """A ``canonical_id`` as a cell."""
    if not mention.canonical_id:
        return _NONE
    return _UNSAFE.sub(lambda sign: quote(sign[0], safe=""), mention.canonical_id)


def _comment(name: str, value: str) -> str:
    """A line above a sentence; line ends and the like in it are blanks."""
    return f"# {name} = {_CONTROL.sub(' ', value)}\n"
