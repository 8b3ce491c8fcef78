"""CoNLL column files and their scores: strict spans by characters, and ``conlleval``'s by tokens.

``conlleval`` (the shared tasks' own script, E. Tjong Kim Sang, 2000–2004) reads one tag a token.
A chunk begins at ``B-``, and at ``I-`` after ``O``, after another kind, or at the start of a
sentence; it is right when first token, last token and kind are. Our model reads words, of which a
token such as ``Den-Haag`` has several: a token then has the tag of its first word, as is usual for
models of pieces. Scores by characters are never better for that: an edge inside a token is wrong.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from pipeline.recognise.encoder import Reader
from pipeline.train import data
from pipeline.train.data import Span, Text

KINDS = ("PER", "LOC", "ORG", "MISC")
LABELS = ("O", *(f"{part}-{kind}" for kind in KINDS for part in "BI"))
ALL = "all"


class Chunk(NamedTuple):
    """A name by tokens: the first, the one after the last, its kind."""

    first: int
    last: int
    kind: str


@dataclass(frozen=True)
class Document:
    """Sentences joined, one a line: the text with its names, the tokens' offsets and tags.

    ``breaks`` are the indices of the tokens that begin a sentence.
    """

    text: Text
    tokens: tuple[tuple[int, int], ...]
    tags: tuple[str, ...]
    breaks: frozenset[int]


def documents(path: Path, size: int, token: int = 1, tag: int = 2) -> list[Document]:
    """The sentences of a file in groups of ``size``, in their order: a context for each other.

    The files keep the order of the sentences but not where an article ends.
    """
    read = data.sentences(path, token, tag)
    texts = data.columns(path, token, tag)
    return [
        _document(list(zip(texts[i : i + size], read[i : i + size], strict=True)))
        for i in range(0, len(texts), size)
    ]


def _document(group: Sequence[tuple[Text, tuple[list[str], list[str]]]]) -> Document:
    position = 0
    spans: list[Span] = []
    tokens: list[tuple[int, int]] = []
    tags: list[str] = []
    breaks = set()
    for sentence, (words, own) in group:
        breaks.add(len(tokens))
        spans += [
            s._replace(start=s.start + position, end=s.end + position) for s in sentence.spans
        ]
        at = 0
        for word in words:
            at = sentence.text.index(word, at)
            tokens.append((position + at, position + at + len(word)))
            at += len(word)
        tags += own
        position += len(sentence.text) + 1
    text = Text("\n".join(sentence.text for sentence, _ in group), spans)
    return Document(text, tuple(tokens), tuple(tags), frozenset(breaks))


def chunks(tags: Sequence[str], breaks: Iterable[int] = (0,)) -> set[Chunk]:
    """The names that ``tags`` stand for, as ``conlleval`` reads them.

    ``breaks`` are the indices of tags that begin a sentence, where no name goes on.
    """
    begins = set(breaks)
    found: list[Chunk] = []
    for i, tag in enumerate(tags):
        if tag == "O":
            continue
        before = tags[i - 1] if i and i not in begins else "O"
        if tag[0] == "I" and before[2:] == tag[2:]:
            found[-1] = found[-1]._replace(last=i + 1)
        else:
            found.append(Chunk(i, i + 1, tag[2:]))
    return set(found)


def tags_of(names: Iterable[Span], tokens: Sequence[tuple[int, int]]) -> list[str]:
    """A tag for each token: that of the name which covers the token's first character.

    ``names`` and ``tokens`` are by characters, neither overlapping among themselves.
    """
    tags = []
    left = sorted(names)
    at = 0
    begun = -1
    for start, _ in tokens:
        while at < len(left) and left[at].end <= start:
            at += 1
        if at < len(left) and left[at].start <= start:
            tags.append(f"{'I' if begun == at else 'B'}-{left[at].kind}")
            begun = at
        else:
            tags.append("O")
    return tags


class Tally:
    """Names wanted, found, and found rightly, by kind and together."""

    def __init__(self) -> None:
        """Begin with nothing counted."""
        self._hits: Counter[str] = Counter()
        self._found: Counter[str] = Counter()
        self._wanted: Counter[str] = Counter()

    def add(self, wanted: set[Chunk] | set[Span], found: set[Chunk] | set[Span]) -> None:
        """Count one document. A name is right when it is in both sets: edges and kind alike."""
        right = {x for x in found if x in wanted}
        for counter, names in (
            (self._hits, right),
            (self._found, found),
            (self._wanted, wanted),
        ):
            for name in names:
                counter[name.kind] += 1
                counter[ALL] += 1

    def scores(self, kinds: Sequence[str] = KINDS) -> dict[str, dict[str, float]]:
        """Precision, recall and F1 of each kind and of all; all names count alike."""
        result = {}
        for kind in (*kinds, ALL):
            hits, found, wanted = self._hits[kind], self._found[kind], self._wanted[kind]
            result[kind] = {
                "precision": round(hits / found, 4) if found else 0.0,
                "recall": round(hits / wanted, 4) if wanted else 0.0,
                "f1": round(2 * hits / (found + wanted), 4) if found + wanted else 0.0,
                "hits": hits,
                "found": found,
                "wanted": wanted,
            }
        return result


def measure(
    read: Iterable[tuple[Document, Iterable[Span]]],
) -> dict[str, dict[str, dict[str, float]]]:
    """Scores of the names found in documents: ``spans`` by characters, ``conlleval`` by tokens."""
    by_spans, by_tokens = Tally(), Tally()
    for document, names in read:
        found = [Span(n.start, n.end, n.kind) for n in names]
        by_spans.add({Span(s.start, s.end, s.kind) for s in document.text.spans}, set(found))
        by_tokens.add(
            chunks(document.tags, document.breaks),
            chunks(tags_of(found, document.tokens), document.breaks),
        )
    return {"spans": by_spans.scores(), "conlleval": by_tokens.scores()}


def lost(texts: Iterable[Document], reader: Reader, labels: Sequence[str] = LABELS) -> int:
    """How many names no model of ``reader``'s words can find: an edge lies inside a word.

    They stay among the names wanted, so each is a miss.
    """
    return sum(data.label(document.text, reader, labels)[2] for document in texts)
