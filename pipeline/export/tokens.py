"""A text to tokens and sentences whose borders lie at those of its mentions as well.

Tokens are those of spaCy's rules for the language, cut where a mention begins or ends inside one
(``25.000dong``), so that the mentions are whole tokens and their offsets come back exactly.
"""

from __future__ import annotations

import bisect
import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from pipeline import languages
from pipeline.articles import only
from pipeline.detect import read_parts
from pipeline.extract.sentences import sentences
from pipeline.records import Article, Mention, Span

# What spaCy calls a language of which it has no rules.
MULTIPLE = "xx"
# What file names take of a language code: it may stand in results that we did not write.
_CODE = re.compile(r"[a-z]{2,8}")
_NO_CODE = "und"
_LINE = re.compile(r"[^\n]+")


def code_of(article: Article) -> str:
    """The language of an article as file names have it."""
    return article.language if _CODE.fullmatch(article.language) else _NO_CODE


def blank(code: str) -> Any:
    """spaCy's empty pipeline of a language, or that of no language where it knows it not."""
    import spacy

    try:
        return spacy.blank(code)
    except ImportError:
        return spacy.blank(MULTIPLE)


def tokens(tokenizer: Any, text: str, mentions: Sequence[Mention]) -> list[Span]:
    """The tokens of ``text`` in order, as offsets in code points, white space as spaCy has it: a
    blank behind a token belongs to none, any more are a token of their own.

    ``tokenizer`` is spaCy's. Every mention begins and ends with a token.
    """
    borders = sorted({at for mention in mentions for at in (mention.start, mention.end)})
    starts = {mention.start for mention in mentions}
    ends = {mention.end for mention in mentions}
    found: list[Span] = []
    for token in tokenizer(text):
        start, end = token.idx, token.idx + len(token)
        first = bisect.bisect_right(borders, start)
        last = bisect.bisect_left(borders, end)
        cuts = [start, *borders[first:last], end]
        found += pairwise(cuts)
        # A mention that begins or ends with a blank needs it as a token.
        if token.whitespace_ and (end in starts or end + 1 in ends):
            found.append((end, end + 1))
    return found


def doc(nlp: Any, text: str, spans: Sequence[Span], sentences: Sequence[int]) -> Any:
    """A ``Doc`` of ``text`` with the tokens that ``tokens`` gave; its text is the same. Sentences
    begin where ``sentence_starts`` says."""
    from spacy.tokens import Doc

    nexts = [start for start, _ in spans[1:]] + [len(text)]
    spaces = [following > end for (_, end), following in zip(spans, nexts, strict=True)]
    begins = {0, *(bisect.bisect_left(spans, (at, at)) for at in sentences)}
    return Doc(
        nlp.vocab,
        words=[text[start:end] for start, end in spans],
        spaces=spaces,
        sent_starts=[i in begins for i in range(len(spans))],
    )


def sentence_starts(article: Article, mentions: Sequence[Mention]) -> list[int]:
    """Where the sentences of an article begin, in order; none begins inside a mention.

    A part in a language without rules for sentences has one a line.
    """
    parts = read_parts(article.parts)
    found: set[int] = set()
    for code in {code for code, _, _ in parts} or {article.language}:
        text = only(article.text, parts, code) if parts else article.text
        if code in languages.available():
            found.update(start for start, _ in sentences(text, code))
        else:
            found.update(
                line.start() + len(line[0]) - len(line[0].lstrip())
                for line in _LINE.finditer(text)
                if line[0].strip()
            )
    inside: list[Span] = []  # of mentions, joined where they overlap
    for mention in sorted(mentions, key=lambda m: (m.start, m.end)):
        if inside and mention.start < inside[-1][1]:
            inside[-1] = (inside[-1][0], max(inside[-1][1], mention.end))
        else:
            inside.append((mention.start, mention.end))
    begins = [start for start, _ in inside]

    def is_free(at: int) -> bool:
        before = bisect.bisect_left(begins, at) - 1
        return before < 0 or inside[before][1] <= at

    return sorted(at for at in found if is_free(at))
