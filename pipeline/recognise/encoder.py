"""Organisation names by a small transformer encoder: ONNX, int8, no training library.

A model is a folder: ``model.onnx`` (pieces in, label scores out), ``tokenizer.json`` (words to
pieces) and ``meta.json`` (format, labels, window, calibration per language). With each piece the
model sees whether the lexicon reads a name there, and has learnt from gold where to trust it. An
article is read in windows of whole lines or sentences, and where a sentence is longer than a
window, with a stretch of text on both sides that the model sees but that yields no names; every
window is run alone, without padding, so what stands beside an article never changes its numbers.
"""

from __future__ import annotations

import math
import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from pipeline import languages
from pipeline.normalise.lexicon import match_spans
from pipeline.recognise import ModelError, Name, model_files
from pipeline.recognise.model_files import META, MODEL, TOKENIZER
from pipeline.recognise.windows import readable

FORMAT = 1

# A word, or one sign; combining marks belong to the letter before them. The tokeniser splits
# before and after every sign too, so that a piece never spans two words.
WORD = re.compile(r"[\w\u0300-\u036f]+|[^\w\s\u0300-\u036f]")
_STOPS = frozenset(".!?;\u2026")
_BLOCK = 100_000  # characters that are held in memory as pieces at once

# What the lexicon says of a word: not asked, no name, a name's first word, inside, last, only one.
TAGS = ("", "O", "B", "I", "E", "U")

Array = np.ndarray[Any, Any]


class Pieces(NamedTuple):
    """A stretch of text as pieces: ids, the word each begins (-1: none), the words' offsets."""

    ids: Array
    first_of: Array
    starts: list[int]
    ends: list[int]
    breaks: list[int]  # the piece indices just after a line's end, rising


def tags(pieces: Pieces, spans: Sequence[tuple[int, int]]) -> Array:
    """For each piece the index in ``TAGS`` of its word, by the names ``spans`` (code points).

    ``spans`` are in order and do not overlap; a word that a name covers in part belongs to it.
    """
    of_word = np.full(len(pieces.starts) + 1, TAGS.index("O"), np.int64)
    for start, end in spans:
        first = bisect_right(pieces.ends, start)
        last = max(first, bisect_left(pieces.starts, end) - 1)
        if first < len(pieces.starts):
            of_word[first : last + 1] = TAGS.index("I")
            of_word[last] = TAGS.index("E")
            of_word[first] = TAGS.index("B" if last > first else "U")
    word = np.maximum.accumulate(np.append(-1, pieces.first_of))[1:]  # pieces within a word too
    found = of_word[word]
    found[np.asarray(pieces.breaks, np.int64) - 1] = TAGS.index("O")
    return found


class Window(NamedTuple):
    """Pieces ``[start, end)`` are shown; names that begin in ``[first, last)`` are taken."""

    start: int
    end: int
    first: int
    last: int


def blocks(text: str) -> Iterator[tuple[int, str]]:
    """``text`` in parts of whole lines, each with its offset; a huge line is cut at a space."""
    start = 0
    while start < len(text):
        end = len(text)
        if end - start > _BLOCK:
            for sign in ("\n", " "):
                cut = text.rfind(sign, start + _BLOCK // 2, start + _BLOCK)
                if cut > 0:
                    break
            end = cut + 1 if cut > 0 else start + _BLOCK
        yield start, text[start:end]
        start = end


class Reader:
    """Text to pieces, by a ``tokenizers`` file."""

    def __init__(self, tokenizer: Any) -> None:
        """Read with ``tokenizer``, which must know ``<s>`` and ``</s>``."""
        self._tokenizer = tokenizer
        self.begin = int(tokenizer.token_to_id("<s>"))
        self.end = int(tokenizer.token_to_id("</s>"))

    def read(self, text: str) -> Pieces:
        """The pieces of ``text``, lines joined by ``</s>``; word offsets are those in ``text``."""
        ids: list[int] = []
        first_of: list[int] = []
        starts: list[int] = []
        ends: list[int] = []
        breaks: list[int] = []
        position = 0
        for line in text.split("\n"):
            if line and not line.isspace():
                spans = [m.span() for m in WORD.finditer(line)]
                read = self._tokenizer.encode(readable(line), add_special_tokens=False)
                ids += read.ids
                at, taken = 0, -1
                for start, end in read.offsets:
                    while at < len(spans) and spans[at][1] <= start:
                        at += 1
                    if at < len(spans) and at > taken and spans[at][0] < end:
                        taken = at
                        first_of.append(len(starts))
                        starts.append(position + spans[at][0])
                        ends.append(position + spans[at][1])
                    else:
                        first_of.append(-1)
                ids.append(self.end)
                first_of.append(-1)
                breaks.append(len(ids))
            position += len(line) + 1
        return Pieces(
            np.asarray(ids, np.int64), np.asarray(first_of, np.int64), starts, ends, breaks
        )


def windows(pieces: Pieces, text: str, core: int, context: int) -> Iterator[Window]:
    """Windows of at most ``core`` pieces, in order.

    They end at the end of a line where that leaves them half full, else after a sentence, else
    before a word; in that last case ``context`` pieces on both sides of the cut are shown in both.
    """
    total = len(pieces.ids)
    first = start = 0
    while first < total:
        last, clean = total, True
        if total - first > core:
            last, clean = _cut(pieces, text, first, first + core)
        end = last
        if not clean:
            end = min(total, last + context)
            while last < end < total and pieces.first_of[end] < 0:
                end -= 1
        yield Window(start, end, first, last)
        first = start = last
        if not clean:
            start = max(0, last - context)
            while start < first and pieces.first_of[start] < 0:
                start += 1


def _cut(pieces: Pieces, text: str, first: int, limit: int) -> tuple[int, bool]:
    """Where the window from ``first`` ends, and whether a line or sentence ends there too."""
    half = first + (limit - first) // 2
    at = bisect_right(pieces.breaks, limit) - 1
    if at >= 0 and pieces.breaks[at] > half:
        return pieces.breaks[at], True
    begins = [i for i in range(half, limit) if pieces.first_of[i] >= 0]
    for i in reversed(begins):
        word = int(pieces.first_of[i])
        if word and text[pieces.ends[word - 1] - 1] in _STOPS:
            return i, True
    return (begins[-1] if begins and begins[-1] > first else limit), False


@dataclass(frozen=True)
class Labels:
    """``O``, ``B-KIND`` and ``I-KIND`` for some kinds, in the order of the model's scores."""

    names: tuple[str, ...]

    def kind(self, label: int) -> str:
        """The kind of a label; empty for ``O``."""
        return self.names[label][2:]

    @cached_property
    def allowed(self) -> Array:
        """``[before, after]``: 0 where a label may follow another, else minus infinity."""
        size = len(self.names)
        table = np.zeros((size, size), np.float32)
        for after, name in enumerate(self.names):
            if name.startswith("I-"):
                for before in range(size):
                    if self.kind(before) != name[2:]:
                        table[before, after] = -math.inf
        return table

    @cached_property
    def starts(self) -> Array:
        """0 where a label may come first, else minus infinity."""
        return np.asarray(
            [-math.inf if name.startswith("I-") else 0.0 for name in self.names], np.float32
        )

    @cached_property
    def begins(self) -> Array:
        """Which labels begin a name."""
        return np.asarray([name[0] == "B" for name in self.names])

    @cached_property
    def goes_on(self) -> Array:
        """Which labels go on with one."""
        return np.asarray([name[0] == "I" for name in self.names])


def viterbi(scores: Array, labels: Labels) -> list[int]:
    """The best permitted sequence of labels for ``scores`` (words by labels, log scale)."""
    if not len(scores):
        return []
    allowed, starts = labels.allowed, labels.starts
    best = scores.argmax(axis=1)
    if starts[best[0]] == 0 and not allowed[best[:-1], best[1:]].any():
        return [int(x) for x in best]  # nothing forbidden: the best of each is the best of all
    sums = scores[0] + starts
    back = np.zeros(scores.shape, np.int64)
    for i in range(1, len(scores)):
        paths = sums[:, None] + allowed
        back[i] = paths.argmax(axis=0)
        sums = paths.max(axis=0) + scores[i]
    path = [int(sums.argmax())]
    for i in range(len(scores) - 1, 0, -1):
        path.append(int(back[i, path[-1]]))
    return path[::-1]


def log_softmax(scores: Array) -> Array:
    """Logarithms of the probabilities that ``scores`` stand for, row by row."""
    shifted = scores - scores.max(axis=1, keepdims=True)
    result: Array = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    return result


def model_input(
    reader: Reader, pieces: Pieces, window: Window, of_lexicon: Array
) -> tuple[Array, Array]:
    """The ids and tags of ``window``, begun with ``<s>``, as a batch of one."""
    shown = slice(window.start, window.end)
    ids = np.concatenate([[reader.begin], pieces.ids[shown]])[None].astype(np.int64)
    return ids, np.concatenate([[0], of_lexicon[shown]])[None].astype(np.int64)


class Found(NamedTuple):
    """A name before it is weighed: offsets, kind, and the model's own estimate of it."""

    start: int
    end: int
    kind: str
    raw: float


def decode(scores: Array, pieces: Pieces, window: Window, labels: Labels) -> Iterator[Found]:
    """The names in one window from its ``scores`` (a row of labels for each piece shown).

    Lines are decoded apart, so that no name crosses from one to the next. ``raw`` is the
    probability that the name begins and ends just there, kinds taken together.
    """
    first_of = pieces.first_of[window.start : window.end]
    at = np.nonzero(first_of >= 0)[0]
    if not len(at):
        return
    logs = log_softmax(scores[at])
    probable = np.exp(logs)
    begins = probable[:, labels.begins].sum(axis=1)
    goes_on = probable[:, labels.goes_on].sum(axis=1)
    lines = np.searchsorted(pieces.breaks, window.start + at, side="right")
    edges = [0, *(np.nonzero(np.diff(lines))[0] + 1).tolist(), len(at)]
    for low, high in pairwise(edges):
        path = viterbi(logs[low:high], labels)
        i = 0
        while i < len(path):
            kind = labels.kind(path[i])
            j = i + 1
            if not kind:
                i = j
                continue
            while j < len(path) and labels.names[path[j]] == f"I-{kind}":
                j += 1
            a, b = low + i, low + j
            if window.first <= window.start + int(at[a]) < window.last:
                raw = float(begins[a]) * float(np.prod(goes_on[a + 1 : b]))
                if b < high:
                    raw *= 1 - float(goes_on[b])
                word, after = int(first_of[at[a]]), int(first_of[at[b - 1]])
                yield Found(pieces.starts[word], pieces.ends[after], kind, raw)
            i = j


def log_odds(raw: float) -> float:
    """The logarithm of ``raw``'s odds; probabilities nearer than 1e-4 to 0 or 1 count as that."""
    raw = min(max(raw, 1e-4), 1 - 1e-4)
    return math.log(raw / (1 - raw))


def calibrated(raw: float, slope: float, shift: float) -> float:
    """``raw`` as a probability that the name is right (Platt: a line through its log odds)."""
    return 1 / (1 + math.exp(-max(-50.0, slope * log_odds(raw) + shift)))


_OPENING, _CLOSING = "([{\u00ab\u201c\u2018", ")]}\u00bb\u201d\u2019"
_EDGES = ".,;:!?'\"-\u2010\u2011\u2012\u2013\u2014\u2015/+|*&\u2022"


def snap(text: str, start: int, end: int, articles: Sequence[str]) -> tuple[int, int] | None:
    """``text[start:end]`` with its edges as ``annotation.md`` wants them; none if nothing is left.

    Signs at the edges and a leading article go, brackets and quotes that only one side has too;
    a full stop stays where it ends an abbreviation, as does a bracket that the name itself opens.
    """
    while start < end:
        first, last = text[start], text[end - 1]
        closing = _CLOSING[_OPENING.index(first)] if first in _OPENING else ""
        closed = text.find(closing, start + 1, end) if closing else 0
        if first.isspace() or first in _EDGES or first in _CLOSING or closed < 0:
            start += 1
        elif closing and closed == end - 1:
            start, end = start + 1, end - 1
        elif last.isspace() or last in _OPENING:
            end -= 1
        elif last in _CLOSING:
            opening = _OPENING[_CLOSING.index(last)]
            if text.count(opening, start, end) >= text.count(last, start, end):
                break
            end -= 1
        elif last in _EDGES and not (last == "." and text[end - 3 : end - 2] in {".", " "}):
            end -= 1
        else:
            break
    word = WORD.match(text, start, end)
    if word and word.end() < end and word.group() in articles and text[word.end()].isspace():
        return snap(text, word.end(), end, articles)
    return (start, end) if start < end else None


class EncoderRecogniser:
    """Names found by a model folder of this project's own kind."""

    def __init__(
        self, folder: Path, language: str, threads: int = 1, threshold: float | None = None
    ) -> None:
        """Load the model in ``folder`` for texts of ``language``.

        Names whose score is below ``threshold`` (the model's own when not given) are left out;
        where the lexicon reads a name with the same edges, the model's lower one is enough.

        ``meta.json`` may name files outside the folder (``path``, relative to it), so that two
        languages share one model; it is then held in memory once.

        Raises ``ModelError`` when a file is missing, cut short, damaged or of another version.
        """
        path = folder / META
        try:
            meta = model_files.described(folder, FORMAT)
            self._labels = Labels(tuple(meta["labels"]))
            self._core, self._context = int(meta["window"]["core"]), int(meta["window"]["context"])
            self.kinds = frozenset(meta["kinds"])
            self._lexicon = bool(meta["lexicon"])
            tuned = meta["languages"][language]
            self._slope, self._shift = (float(x) for x in tuned["calibration"])
            own = float(tuned.get("threshold", 0.0))
            self._threshold = own if threshold is None else threshold
            self._agreed = min(self._threshold, float(tuned.get("threshold_agreed", own)))
            self.source = f"{meta['name']} {meta['version']}"
            files = {
                name: model_files.checked(folder, name, meta["files"][name])
                for name in (MODEL, TOKENIZER)
            }
        except (KeyError, TypeError, ValueError) as error:
            raise ModelError(
                f"{path}: not the description of a model for '{language}' ({error!r})"
            ) from error
        self._language = language
        self.articles = tuple(languages.data(language, "organisations").get("articles", ()))
        self._session, tokenizer = model_files.load(files[MODEL], files[TOKENIZER], threads)
        # Models made before version 1.1 of ours ask which pieces are no padding; none is.
        self._masked = any(taken.name == "mask" for taken in self._session.get_inputs())
        self._reader = Reader(tokenizer)

    def scores(self, pieces: Pieces, window: Window, of_lexicon: Array) -> Array:
        """The model's scores of labels for each piece of ``window``, ``of_lexicon`` by ``tags``."""
        ids, kinds = model_input(self._reader, pieces, window, of_lexicon)
        shown = {"ids": ids, "tags": kinds}
        if self._masked:
            shown["mask"] = np.ones_like(ids)
        found: Array = self._session.run(None, shown)[0]
        return found[0, 1:]

    def find(self, text: str) -> Iterator[Found]:
        """Every name in ``text``, optional ones too, unweighed and unsnapped, in order."""
        for offset, block in blocks(text):
            pieces = self._reader.read(block)
            of_lexicon = np.zeros_like(pieces.ids)
            if self._lexicon:
                names = match_spans(block, self._language)
                of_lexicon = tags(pieces, [(start, end) for start, end, _ in names])
            for window in windows(pieces, block, self._core, self._context):
                scores = self.scores(pieces, window, of_lexicon)
                for found in decode(scores, pieces, window, self._labels):
                    yield found._replace(start=found.start + offset, end=found.end + offset)

    def recognise(self, text: str) -> list[Name]:
        """The organisation names in ``text``, sorted; see ``Recogniser.recognise``."""
        known = match_spans(text, self._language) if self._lexicon else []
        agreed = {(start, end) for start, end, _ in known}
        names: list[Name] = []
        position = 0
        for found in self.find(text):
            if found.kind not in self.kinds:
                continue
            score = calibrated(found.raw, self._slope, self._shift)
            edges = snap(text, found.start, found.end, self.articles)
            if edges is None or edges[0] < position:
                continue
            if score < (self._agreed if edges in agreed else self._threshold):
                continue
            names.append(Name(*edges, round(score, 4), "model"))
            position = edges[1]
        return names


def load(model: str, language: str) -> EncoderRecogniser:
    """The engine ``selaras:MODEL``: a folder that ``selaras train`` wrote, or one in it.

    Raises ``ModelError`` as ``EncoderRecogniser`` does.
    """
    folder = Path(model)
    own = folder / language
    return EncoderRecogniser(own if own.is_dir() else folder, language)
