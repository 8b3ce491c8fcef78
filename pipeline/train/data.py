"""Gold articles and public sentences as windows of pieces with labels, and variants of them.

Gold and public sets mean different things by an organisation, so each has labels of its own
(``GOLD`` and ``PUBLIC``), learnt by a head of its own over one encoder.
"""

from __future__ import annotations

import random
import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import numpy as np

from pipeline import gold, languages
from pipeline.normalise import places
from pipeline.normalise.lexicon import match_spans
from pipeline.recognise.encoder import Array, Reader, tags, windows

GOLD = ("O", "B-ORG", "I-ORG", "B-OPT", "I-OPT")
PUBLIC = ("O", "B-ORG", "I-ORG", "B-PER", "I-PER", "B-LOC", "I-LOC", "B-MISC", "I-MISC")
NONE = -100  # a piece that begins no word has no label


class Span(NamedTuple):
    """A name in a text: half-open code-point offsets, its kind, its key in gold."""

    start: int
    end: int
    kind: str
    key: str = ""


@dataclass
class Text:
    """A text with its names, in order, none overlapping."""

    text: str
    spans: list[Span]
    language: str = ""


@dataclass
class Example:
    """One window: pieces, a label for each, what the lexicon says of it.

    ``head`` is 0 for gold labels, 1 for public ones.
    """

    ids: Array
    labels: Array
    tags: Array
    head: int


def of_gold(articles: Sequence[gold.GoldArticle]) -> list[Text]:
    """Gold articles with their organisations: kind ``ORG``, or ``OPT`` for optional ones."""
    return [
        Text(
            a.text,
            [
                Span(s.start, s.end, "OPT" if s.optional else "ORG", s.attributes.get("key", ""))
                for s in a.spans
                if s.type == "org"
            ],
            a.language,
        )
        for a in articles
    ]


def sentences(path: Path, token: int, tag: int) -> list[tuple[list[str], list[str]]]:
    """The sentences of a column file as tokens and tags.

    Column numbers count from 0; a line with too few columns ends a sentence.
    """
    found: list[tuple[list[str], list[str]]] = []
    words: list[str] = []
    tags: list[str] = []
    for line in [*path.read_text(encoding="utf-8").splitlines(), ""]:
        cells = line.replace("\t", " ").split()
        if len(cells) > max(token, tag):
            words.append(cells[token])
            tags.append(cells[tag])
        elif words:
            found.append((words, tags))
            words, tags = [], []
    return found


def columns(path: Path, token: int, tag: int) -> list[Text]:
    """The ``sentences`` of a column file with tags in BIO, words joined by spaces."""
    return [_joined(words, tags) for words, tags in sentences(path, token, tag)]


def _joined(words: list[str], tags: list[str]) -> Text:
    pieces: list[str] = []
    spans: list[Span] = []
    position = 0
    for i, (word, tag) in enumerate(zip(words, tags, strict=True)):
        # Signs that follow a word stand close to it, as in running text.
        glue = i == 0 or (len(word) == 1 and word in ",.;:!?)%") or words[i - 1] == "("
        if not glue:
            pieces.append(" ")
            position += 1
        if tag != "O":
            kind = tag[2:]
            if tag[0] == "I" and spans and tags[i - 1] != "O" and tags[i - 1][2:] == kind:
                spans[-1] = spans[-1]._replace(end=position + len(word))
            else:
                spans.append(Span(position, position + len(word), kind))
        pieces.append(word)
        position += len(word)
    return Text("".join(pieces), spans)


def label(text: Text, reader: Reader, names: Sequence[str]) -> tuple[Array, Array, int]:
    """The pieces of ``text``, a label for each, and how many names do not begin and end at words.

    A word that a name covers in part belongs to it.
    """
    pieces = reader.read(text.text)
    labels = np.full(len(pieces.ids), NONE, np.int64)
    number = {name: i for i, name in enumerate(names)}
    of_word = np.zeros(len(pieces.starts), np.int64)
    bad = 0
    for span in text.spans:
        if f"B-{span.kind}" not in number:
            continue
        first = bisect_right(pieces.ends, span.start)
        last = first
        while last < len(pieces.starts) and pieces.starts[last] < span.end:
            of_word[last] = number[f"{'B' if last == first else 'I'}-{span.kind}"]
            last += 1
        if last == first or pieces.starts[first] != span.start or pieces.ends[last - 1] != span.end:
            bad += 1
    begins = pieces.first_of >= 0
    labels[begins] = of_word[pieces.first_of[begins]]
    return pieces.ids, labels, bad


def examples(
    text: Text,
    reader: Reader,
    head: int,
    core: int,
    context: int,
    names: Sequence[str] | None = None,
    lexicon: Sequence[tuple[int, int]] | None = None,
) -> Iterator[Example]:
    """The windows of ``text``, each begun with ``<s>``, with labels for all they show.

    ``names`` are the labels, by default those of the head; ``lexicon`` is what ``forgetful``
    gives for the text, nothing when the lexicon was not asked.
    """
    pieces = reader.read(text.text)
    ids, labels, _ = label(text, reader, names or (GOLD, PUBLIC)[head])
    of_lexicon = np.zeros_like(ids) if lexicon is None else tags(pieces, lexicon)
    for window in windows(pieces, text.text, core, context):
        shown = slice(window.start, window.end)
        yield Example(
            np.concatenate([[reader.begin], ids[shown]]),
            np.concatenate([[NONE], labels[shown]]),
            np.concatenate([[0], of_lexicon[shown]]),
            head,
        )


def forgetful(text: Text, rng: random.Random, share: float) -> list[tuple[int, int]] | None:
    """The names that the lexicon of the text's language reads in it, without some.

    The lexicon was written with the training gold at hand and knows it better than it will know
    other texts: the ``share`` of its names is left out, and for that share of texts it is not
    asked at all.
    """
    if rng.random() < share:
        return None
    found = match_spans(text.text, text.language)
    return [(start, end) for start, end, _ in found if rng.random() >= share]


# --- variants -------------------------------------------------------------------------------


def replaced(text: Text, changes: Sequence[tuple[int, int, str]]) -> Text:
    """``text`` with stretches replaced: ``(start, end, new)``, sorted, none overlapping another.

    A change lies inside one name or outside all, or covers names whole; an edge of a name that is
    also an edge of a change stays one.
    """
    pieces: list[str] = []
    befores: list[int] = []
    afters: list[int] = []
    position = shift = 0
    for start, end, new in changes:
        pieces += [text.text[position:start], new]
        befores += [start, end]
        afters += [start + shift, start + shift + len(new)]
        shift += len(new) - (end - start)
        position = end
    pieces.append(text.text[position:])

    def move(offset: int) -> int:
        i = bisect_right(befores, offset) - 1
        return offset if i < 0 else offset - befores[i] + afters[i]

    spans = [s._replace(start=move(s.start), end=move(s.end)) for s in text.spans]
    return Text("".join(pieces), spans, text.language)


@cache
def _places() -> tuple[tuple[str, ...], tuple[tuple[str, str], ...], re.Pattern[str]]:
    known = [p for p in places.gazetteer().by_id.values() if not p.name[-1].isdigit()]
    larger = sorted({p.name for p in known if p.level != "commune"})
    every = sorted({(p.name, p.name_vi) for p in known})
    pattern = "|".join(map(re.escape, sorted(larger, key=len, reverse=True)))
    return tuple(larger), tuple(every), re.compile(rf"(?<!\w)(?:{pattern})(?!\w)")


def other_places(text: Text, rng: random.Random) -> Text:
    """The same article about other places: each place always becomes the same other one."""
    _, every, pattern = _places()
    chosen: dict[str, str] = {}
    accents = rng.random() < 0.1
    changes = []
    for match in pattern.finditer(text.text):
        if match.group() not in chosen:
            plain, own = rng.choice(every)
            bare = own if accents and len(own.split()) == len(plain.split()) else plain
            chosen[match.group()] = bare
        changes.append((match.start(), match.end(), chosen[match.group()]))
    return replaced(text, _not_across(text, changes))


def _not_across(text: Text, changes: Sequence[tuple[int, int, str]]) -> list[tuple[int, int, str]]:
    """The changes that cross no edge of a name."""
    edges = sorted(x for s in text.spans for x in (s.start, s.end))
    kept = []
    for start, end, new in changes:
        i = bisect_right(edges, start)
        if i == len(edges) or edges[i] >= end:
            kept.append((start, end, new))
    return kept


@cache
def _people() -> tuple[tuple[str, ...], tuple[str, ...], re.Pattern[str]]:
    known = places.gazetteer()
    surnames = tuple(sorted(name.capitalize() for name in known.surnames))
    given = tuple(sorted({w for p in known.by_id.values() for w in p.name.split() if w.isalpha()}))
    word = "[A-Z\u0110][a-z\u00e0-\u1ef9]+"
    return surnames, given, re.compile(rf"(?<!\w)(?:{'|'.join(surnames)})(?: {word}){{1,3}}(?!\w)")


def not_gold(text: Text, reader: Reader, core: int) -> Iterator[Example]:
    """Windows of a public sentence that teach gold's labels what is no organisation.

    People, places and plain words are none; what the public set calls an organisation (or
    something else) may or may not be one in gold, and has no label.
    """
    for example in examples(text, reader, 0, core, 0, PUBLIC):
        unsure = np.isin(example.labels, [PUBLIC.index(n) for n in PUBLIC if n[2:] in _UNSURE])
        labels = np.where(example.labels == NONE, NONE, 0)
        yield Example(example.ids, np.where(unsure, NONE, labels), example.tags, 0)


_UNSURE = frozenset({"ORG", "MISC"})


def in_lists(
    text: Text, rng: random.Random, pool: Sequence[str], joints: Sequence[str], chance: float
) -> Text:
    """Some names made into lists: another name stands beside each, joined by one of ``joints``."""
    pieces: list[str] = []
    spans: list[Span] = []
    position = shift = 0
    for span in text.spans:
        spans.append(span._replace(start=span.start + shift, end=span.end + shift))
        if span.kind == "ORG" and rng.random() < chance:
            joint, other = rng.choice(joints), rng.choice(pool)
            pieces += [text.text[position : span.end], joint, other]
            position = span.end
            start = span.end + shift + len(joint)
            spans.append(Span(start, start + len(other), "ORG"))
            shift += len(joint) + len(other)
    pieces.append(text.text[position:])
    return Text("".join(pieces), spans, text.language)


def joints_of(code: str) -> tuple[str, ...]:
    """What may stand between two names in a list, with the blanks: conjunctions and signs."""
    data = languages.data(code, "organisations")
    words = [w for w in data["conjunctions"][:1] if w.isalpha()]
    articles = ["", *(f"{a} " for a in data["articles"])]
    found = [f" {word} {article}" for word in words for article in articles]
    return (*found, *found, ", ", "; ", " - ")


def other_people(text: Text, rng: random.Random) -> Text:
    """The same article about other people: each Vietnamese name becomes another as long."""
    surnames, given, pattern = _people()
    chosen: dict[str, str] = {}
    changes = []
    for match in pattern.finditer(text.text):
        old = match.group()
        if places.candidates(old):
            continue
        if old not in chosen:
            rest = rng.choices(given, k=len(old.split()) - 1)
            chosen[old] = " ".join([rng.choice(surnames), *rest])
        changes.append((match.start(), match.end(), chosen[old]))
    return replaced(text, _not_across(text, changes))


# Sorts of body, by the first part of their key, that often go by a name of their own alone.
_BRANDED = frozenset(
    {"company", "bank", "media", "club", "band", "foundation", "ngo", "studio", "platform"}
)
_ENDINGS = (
    "Group",
    "Tech",
    "Foods",
    "Vina",
    "Land",
    "Media",
    "Lab",
    "Holdings",
    "Logistics",
    "Bio",
)


def invented(rng: random.Random) -> str:
    """A name of its own that nobody bears, shaped as those of companies, papers and clubs are."""
    _, given, _ = _people()
    first, second = (rng.choice(given).capitalize() for _ in range(2))
    shape = rng.random()
    if shape < 0.3:
        return f"{first} {second}"
    if shape < 0.5:
        return "".join(rng.choices("ABCDEGHIKLMNOPQRSTUVX", k=rng.randint(3, 6)))
    if shape < 0.7:
        return f"{first} {rng.choice(_ENDINGS)}"
    if shape < 0.85:
        return f"{places.fold(first).capitalize()}{rng.choice(_ENDINGS).lower()}"
    return f"{first}{places.fold(second)}".upper()


def with_people(text: Text, rng: random.Random, chance: float) -> Text:
    """A person's name put right behind some names, as translations drop what stood between."""
    surnames, given, _ = _people()
    pieces: list[str] = []
    spans: list[Span] = []
    position = shift = 0
    for span in text.spans:
        spans.append(span._replace(start=span.start + shift, end=span.end + shift))
        follows = text.text[span.end : span.end + 1]
        if span.kind == "ORG" and follows in {" ", ",", "."} and rng.random() < chance:
            person = " ".join(["", rng.choice(surnames), *rng.choices(given, k=2)])
            pieces += [text.text[position : span.end], person]
            position = span.end
            shift += len(person)
    pieces.append(text.text[position:])
    return Text("".join(pieces), spans, text.language)


# Where translated pages have a blank too many: linked words are put back with one.
_GAP = re.compile(r"(?<=[^\W\d_])(?=[,.;:)](?:\s|$))|(?<=\()(?=\w)|(?<=[^\W\d_])(?=-[^\W\d_])")
_QUOTES = (("\u201c", "\u201d"), ("\u2018", "\u2019"), ("\u201e", "\u201d"))


def other_signs(text: Text, rng: random.Random, chance: float) -> Text:
    """Blanks before some signs and after some brackets, and quotes of other shapes.

    A name keeps its edges: a blank at one of them stays outside.
    """
    shown = text.text
    if rng.random() < chance:
        opening, closing = rng.choice(_QUOTES)
        marks = [i for i, sign in enumerate(shown) if sign == '"']
        signs = list(shown)
        for i, mark in enumerate(marks):
            signs[mark] = closing if i % 2 else opening
        shown = "".join(signs)
    if rng.random() >= chance:
        return Text(shown, text.spans, text.language)
    share = rng.choice((0.03, 0.1, 0.25))
    at = [m.start() for m in _GAP.finditer(shown) if rng.random() < share]
    edges = [0, *at, len(shown)]
    new = " ".join(shown[a:b] for a, b in pairwise(edges))
    spans = [
        s._replace(start=s.start + bisect_right(at, s.start), end=s.end + bisect_left(at, s.end))
        for s in text.spans
    ]
    return Text(new, spans, text.language)


_VARIED = {"field": 1.0, "head": 0.25, "level": 0.0}


class Phrases:
    """Phrases of a language's lexicon that may stand for one another inside names."""

    def __init__(self, code: str) -> None:
        """The heads, fields and levels of language ``code``."""
        data = languages.data(code, "organisations")
        self._groups: dict[str, list[str]] = {"field": [], "head": [], "level": []}
        self._group: dict[str, str] = {}
        for group, table in (("field", "fields"), ("head", "heads"), ("level", "levels")):
            for phrases in data[table].values():
                for phrase in phrases:
                    if len(phrase) > 3:
                        self._groups[group].append(phrase)
                        self._group.setdefault(phrase, group)
        known = sorted(self._group, key=len, reverse=True)
        self._pattern = re.compile(
            r"(?<!\w)(?:" + "|".join(map(re.escape, known)) + r")(?!\w)", re.IGNORECASE
        )

    def vary(self, name: str, rng: random.Random, chance: float) -> str:
        """``name`` with fields (and, less often, heads) of other bodies, capitals as they were."""

        def other(match: re.Match[str]) -> str:
            old = match.group()
            group = self._group.get(old.lower())
            if group is None or rng.random() > chance * _VARIED[group]:
                return old
            new = rng.choice(self._groups[group])
            if old[0].isupper():
                every = " " in old and old == _title(old)
                return _title(new) if every else new[0].upper() + new[1:]
            return new

        return self._pattern.sub(other, name)

    def known(self, name: str) -> bool:
        """Whether ``name`` has a head, a field or a level of the lexicon in it."""
        return self._pattern.search(name) is not None

    def recase(self, name: str, change: Callable[[str], str]) -> str:
        """``name`` with its heads, fields and levels in other capitals, its proper names kept."""
        return self._pattern.sub(lambda match: change(match.group()), name)


def other_bodies(
    text: Text, rng: random.Random, pool: dict[str, list[str]], phrases: Phrases, chance: float
) -> Text:
    """Some names replaced by names of the same sort of body, or of the same head, other field.

    A body that comes twice in the same words is replaced alike each time.
    """
    chosen: dict[str, str] = {}
    changes = []
    for span in text.spans:
        old = text.text[span.start : span.end]
        if old not in chosen:
            new = old
            if rng.random() < chance:
                same = pool.get(sort_of(span, old))
                if same and rng.random() < 0.5:
                    new = rng.choice(same)
                elif span.kind == "ORG" and span.key.split("/")[0] in _BRANDED:
                    new = old if phrases.known(old) else invented(rng)
                elif span.kind == "ORG":
                    new = phrases.vary(old, rng, 0.7)
            chosen[old] = new
        if chosen[old] != old:
            changes.append((span.start, span.end, chosen[old]))
    return replaced(text, changes)


def sort_of(span: Span, name: str) -> str:
    """What names a name may stand for: kind of mention and first part of its key.

    A bare place (the second of two bodies under one head) stands only for its like.
    """
    kind = "place" if places.candidates(name) else span.key.split("/")[0]
    return f"{span.kind} {kind}"


def pool_of(texts: Sequence[Text]) -> dict[str, list[str]]:
    """The different names of each sort in ``texts``."""
    found: dict[str, set[str]] = defaultdict(set)
    for text in texts:
        for span in text.spans:
            name = text.text[span.start : span.end]
            found[sort_of(span, name)].add(name)
    return {sort: sorted(names) for sort, names in sorted(found.items())}


def _title(name: str) -> str:
    return re.sub(r"(?<!\w)\w", lambda m: m.group().upper(), name)


_CASES: tuple[tuple[float, Callable[[str], str]], ...] = (
    (0.5, str.lower),
    (0.3, _title),
    (0.2, lambda phrase: phrase[:1].upper() + phrase[1:].lower()),
)


def other_case(text: Text, rng: random.Random, phrases: Phrases, chance: float) -> Text:
    """Some names in other capitals, as translations waver, and now and then a line in capitals."""
    changes = []
    for span in text.spans:
        if rng.random() < chance:
            (change,) = rng.choices([c for _, c in _CASES], [w for w, _ in _CASES])
            old = text.text[span.start : span.end]
            new = phrases.recase(old, change) if phrases.known(old) else old.upper()
            if new != old and len(new) == len(old):
                changes.append((span.start, span.end, new))
    new_text = replaced(text, changes)
    lines = []
    for line in new_text.text.split("\n"):
        capitals = line.upper()
        shout = 4 < len(line.split()) < 20 and rng.random() < chance / 5
        lines.append(capitals if shout and len(capitals) == len(line) else line)
    return Text("\n".join(lines), new_text.spans, new_text.language)
