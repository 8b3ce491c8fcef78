"""Bodies that correspond in the translations of one story settle each other's identity.

Machine translation words a rare body anew in every language, and words that no lexicon has leave it
with an id of its own in each. But translations of one article name the same bodies in the same
sentences: once the sentences are laid side by side (by the numbers, names and identities they
share), a body that is left over on both sides, of the same sort, is one.
"""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import cache
from itertools import combinations
from typing import Any

from pipeline import facts, languages
from pipeline.normalise import lexicon, places
from pipeline.normalise.lexicon import kind_of
from pipeline.normalise.organisations.composition import classes_of
from pipeline.normalise.places import SYLLABLE
from pipeline.user_lexicon import REASON, remembered

Row = dict[str, Any]
Pair = tuple[Row, Row, float]

_WORD = re.compile(r"[^\W\d_]+|\d+(?:[.,]\d+)*")
_NUMBER = re.compile(r"(?<!\w)\d+(?!\w)")
_ROMAN = re.compile(r"(?<!\w)(?:X{0,3}(?:IX|IV|VI{0,3}|I{2,3})|X{1,3})(?!\w)")

# How alike two sentences must be to be laid side by side, and two names to be one body; chosen on
# the training part of our gold.
LEAST_ALIKE = 0.05
LEAST_SAME = 1.0
LEFT_OUT = 0.5
_LEVELS = ("ministry", "department")  # which machine translation confuses
# What was settled lays further sentences side by side; this often is looked again.
_ROUNDS = 4
_MOST_SENTENCES = 500  # of an article that are laid beside another's: time grows with their product


@dataclass(frozen=True, slots=True)
class _Name:
    """What a name shows without its article."""

    kind: str
    classes: frozenset[str]
    fields: frozenset[str]
    numbers: frozenset[str]
    proper: frozenset[str]
    vietnamese: frozenset[str]
    unknown: int
    says_place: bool


@remembered(maxsize=20_000)
def _name(text: str, language: str) -> _Name:
    parsed = lexicon.parse(text, language) if language in languages.available() else None
    kind, fields, unknown, says_place = "", frozenset[str](), 99, False
    if parsed is not None:
        head = parsed.parts[0]
        kind, fields, unknown = head.kind, frozenset(head.fields), parsed.unknown
        says_place = any(part.areas for part in parsed.parts)
    words = [(m[0], places.fold(m[0])) for m in _WORD.finditer(text)]
    capital = [folded for raw, folded in words if raw[0].isupper() and len(folded) > 1]
    return _Name(
        kind,
        classes_of(kind),
        fields,
        frozenset(_NUMBER.findall(text)) | frozenset(_ROMAN.findall(text)),
        frozenset(capital),
        frozenset(w for w in capital if SYLLABLE.fullmatch(w)),
        unknown,
        says_place,
    )


def _tokens(row: Row) -> Counter[str]:
    """What a sentence says in no language: its numbers and capitalised words."""
    found: Counter[str] = Counter()
    for m in _WORD.finditer(row["sentence"]):
        word = m[0]
        if word[0].isdigit():
            found[re.sub(r"[.,]", "", word)] += 1
        elif word[0].isupper():
            found[places.fold(word)] += 1
    return found


@dataclass(slots=True)
class _Sentence:
    tokens: Counter[str]
    bodies: list[Row]


def _sentences(rows: Sequence[Row]) -> list[_Sentence]:
    """The sentences of one article that have mentions, in order."""
    found: dict[int, _Sentence] = {}
    for row in sorted(rows, key=lambda r: (int(r["start"]), str(r["kind"]))):
        at = row["sentence_start"]
        if at not in found:
            found[at] = _Sentence(_tokens(row), [])
        sentence = found[at]
        if row["kind"] == "organisation":
            if row["canonical_id"]:
                sentence.bodies.append(row)
                sentence.tokens[f"id:{row['canonical_id']}"] += 1
        elif row["kind"] == "statistic":
            sentence.tokens[f"value:{row['value']:.15g}"] += 1
        elif row["canonical_id"]:
            sentence.tokens[f"id:{row['canonical_id']}"] += 1
    return [found[at] for at in sorted(found)]


def _aligned(
    first: Sequence[_Sentence], second: Sequence[_Sentence]
) -> list[tuple[list[_Sentence], list[_Sentence]]]:
    """Sentences side by side, in order; one may stand beside two that it was split into."""
    first, second = list(first[:_MOST_SENTENCES]), list(second[:_MOST_SENTENCES])
    frequency: Counter[str] = Counter()
    for sentence in (*first, *second):
        frequency.update(sentence.tokens.keys())
    weight = {token: 1.0 / n for token, n in frequency.items()}

    def told(sentences: Sequence[_Sentence]) -> list[list[tuple[dict[str, float], float]]]:
        """The weights, and their sum, of each sentence and of each with the one before it."""
        found: list[list[tuple[dict[str, float], float]]] = [[], []]
        for i, sentence in enumerate(sentences):
            for before in (0, 1):
                both = [*sentences[max(i - before, 0) : i], sentence]
                weights = {t: weight[t] for s in both for t in s.tokens}
                found[before].append((weights, sum(weights.values())))
        return found

    left, right = told(first), told(second)

    def alike(i: int, a: int, j: int, b: int) -> float:
        """Of the ``a`` sentences that end before ``i`` and the ``b`` that end before ``j``."""
        x, of_x = left[a - 1][i - 1]
        y, of_y = right[b - 1][j - 1]
        return 2 * sum(w for t, w in x.items() if t in y) / (of_x + of_y)

    # Which sentences share any token, one bit for each of the second article: few do.
    holders: dict[str, int] = defaultdict(int)
    for j, sentence in enumerate(second, start=1):
        for token in sentence.tokens:
            holders[token] |= 1 << j
    shares = [0]
    for sentence in first:
        bits = 0
        for token in sentence.tokens:
            bits |= holders.get(token, 0)
        shares.append(bits)

    n, m = len(first), len(second)
    best = [[0.0] * (m + 1) for _ in range(n + 1)]
    back: dict[tuple[int, int], tuple[int, int, bool]] = {}
    for i in range(1, n + 1):
        above, row = best[i - 1], best[i]
        here, before = shares[i], shares[i - 1]
        for j in range(1, m + 1):
            up, beside = above[j], row[j - 1]
            if beside > up:
                row[j] = beside
                back[i, j] = (0, 1, False)
            else:
                row[j] = up
                back[i, j] = (1, 0, False)
            for a, b, share in (
                (1, 1, here >> j & 1),
                (1, 2, here >> (j - 1) & 3),
                (2, 1, (here | before) >> j & 1),
            ):
                if not share or i < a or j < b:
                    continue
                likeness = alike(i, a, j, b)
                gain = likeness * (a + b) / 2 - (0.1 if a + b > 2 else 0.0)
                if likeness >= LEAST_ALIKE and best[i - a][j - b] + gain > row[j]:
                    row[j] = best[i - a][j - b] + gain
                    back[i, j] = (a, b, True)
    found = []
    i, j = n, m
    while i or j:
        a, b, match = back.get((i, j), (1, 0, False) if i else (0, 1, False))
        if match:
            found.append((list(first[i - a : i]), list(second[j - b : j])))
        i, j = i - a, j - b
    return found[::-1]


@cache
def _are_confused(one: str, other: str) -> bool:
    """Whether translations exchange the words of two kinds; those told apart by name seldom."""
    if "named" not in (kind_of(one).get("scope"), kind_of(other).get("scope")):
        return True
    return any({one, other} <= set(of) for of in facts.data("confused")["groups"].values())


def _is_part(one: str, other: str) -> bool:
    """Whether one id is that of a part of the other's body (``office/media/nhan-dan``)."""
    return one.endswith(f"/{other}") or other.endswith(f"/{one}")


def likeness(
    x: Row, y: Row, words_of_x: Set[str] = frozenset(), words_of_y: Set[str] = frozenset()
) -> float | None:
    """How much two mentions of different ids look like one body; ``None``: they cannot be.

    ``words_of_x`` and ``words_of_y`` are the capitalised words of the articles they stand in: a
    word that the other article knows and leaves out of the name speaks against them.
    """
    a, b = _name(x["text"], x["language"]), _name(y["text"], y["language"])
    score = 0.0
    if _is_part(x["canonical_id"], y["canonical_id"]):
        return None
    if {x["canonical_id"], y["canonical_id"]} <= facts.named().keys():
        return None  # two that are known by name are two
    if a.kind != b.kind and kind_of(a.kind).get("stage") and kind_of(b.kind).get("stage"):
        return None
    if a.numbers != b.numbers:
        if a.numbers and b.numbers:
            return None
        score -= 1.0
    shared = a.proper & b.proper
    left, right = a.vietnamese - b.proper, b.vietnamese - a.proper
    if len(left) > 1 and len(right) > 1:
        return None
    score += min(len(shared), 3) * 0.7
    missing = ((a.proper - b.proper) & words_of_y) | ((b.proper - a.proper) & words_of_x)
    small = lexicon.fillers(x["language"]) | lexicon.fillers(y["language"])
    score -= LEFT_OUT * len(missing - small)
    generic = [bool(kind_of(n.kind).get("generic")) or not n.kind for n in (a, b)]
    if a.kind and b.kind:
        if a.classes & b.classes:
            score += 1.5
        elif not all(generic) or not _are_confused(a.kind, b.kind):
            return None
        else:
            score -= 0.5
    if a.fields and b.fields:
        both = len(a.fields & b.fields) / len(a.fields | b.fields)
        score += 2.0 * both - 1.0
    return score


def _pairs(
    first: Sequence[_Sentence],
    second: Sequence[_Sentence],
    words_first: Set[str],
    words_second: Set[str],
) -> list[Pair]:
    """The bodies of two sentences that correspond: those of one id, then the likest of the rest."""
    left = [row for s in first for row in s.bodies]
    right = [row for s in second for row in s.bodies]
    found: list[Pair] = []
    for row in list(left):
        other = next((r for r in right if r["canonical_id"] == row["canonical_id"]), None)
        if other is not None:
            found.append((row, other, 99.0))
            left.remove(row)
            right.remove(other)
    ranked = []
    for i, x in enumerate(left):
        for j, y in enumerate(right):
            score = likeness(x, y, words_first, words_second)
            if score is not None:
                alone = len(left) == len(right) == 1
                order = abs(i / max(len(left), 1) - j / max(len(right), 1))
                ranked.append((score + (1.0 if alone else 0.0) - order, -i, -j))
    ranked.sort(reverse=True)
    taken_left: set[int] = set()
    taken_right: set[int] = set()
    for score, i, j in ranked:
        if i not in taken_left and j not in taken_right and score >= LEAST_SAME:
            taken_left.add(i)
            taken_right.add(j)
            found.append((left[-i], right[-j], score))
    return found


def correspond(rows: Sequence[Row]) -> list[Pair]:
    """Pairs of mentions, in two languages, that name one body in the translations of a story."""
    # What an article in several languages says in one of them is an article of its own here.
    by_article: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in rows:
        by_article[row["article_id"], row["language"]].append(row)
    articles = [(key, key[1]) for key in sorted(by_article)]
    sentences = {key: _sentences(by_article[key]) for key, _ in articles}
    words = {key: frozenset[str]().union(*(s.tokens for s in of)) for key, of in sentences.items()}
    found: list[Pair] = []
    for (one, spoken), (other, said) in combinations(articles, 2):
        if spoken != said:
            for a, b in _aligned(sentences[one], sentences[other]):
                found += _pairs(a, b, words[one], words[other])
    return found


# What a mention takes from the body that it turns out to be.
IDENTITY = (
    "canonical_id",
    "label",
    "body",
    "parent_id",
    "place_id",
    "place",
    "place_successor_id",
    "place_missing",
    "name_vi",
    "reason",
)


def restore(row: Row) -> None:
    """Undo what ``settle`` did to a mention, so that merging again begins at what was found."""
    if row["article_identity"]:
        row |= json.loads(row["article_identity"])
        row["article_identity"] = None


def _is_users(rows: Sequence[Row]) -> bool:
    """Whether the user's lexicon gave the body its id."""
    return any(REASON in (row["reason"] or "") for row in rows)


def _rank(rows: Sequence[Row]) -> tuple[object, ...]:
    """How good an identity is: known by name, worded in known words, with its place; then ties."""
    identity = rows[0]["canonical_id"]
    unknown = min(_name(r["text"], r["language"]).unknown for r in rows)
    return (
        identity not in facts.named(),
        unknown,
        any(r["place_missing"] for r in rows),
        len({r["language"] for r in rows}) == 1,
        -len(rows),
        not any(_name(r["text"], r["language"]).says_place for r in rows),
        len(identity),
        identity,
    )


def _same_bodies(rows: Sequence[Row], pairs: Sequence[Pair]) -> dict[str, str]:
    """Ids that stand for one body of a story: each to the id that all of them take.

    An id that corresponds to itself in another language is established; two of these are two
    bodies.
    """
    of_id: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        if row["kind"] == "organisation" and row["canonical_id"]:
            of_id[row["canonical_id"]].append(row)
    votes = Counter(
        tuple(sorted((x["canonical_id"], y["canonical_id"])))
        for x, y, _ in pairs
        if not _levels_differ(x, y)
    )
    leader = {identity: identity for identity in of_id}
    established = {a: a == b for a, b in votes if a == b}
    for (a, b), _ in sorted(votes.items(), key=lambda item: (-item[1], item[0])):
        first, second = leader[a], leader[b]
        if first == second or (established.get(first) and established.get(second)):
            continue
        one, other = ([i for i in leader if leader[i] == leads] for leads in (first, second))
        if any(_is_part(i, j) for i in one for j in other):
            continue
        own = {i: _is_users(of_id[i]) for i in (first, second)}
        if all(own.values()):
            continue  # two bodies, says the user
        best = min(
            (first, second),
            key=lambda i: (not own[i], not established.get(i), _rank(of_id[i])),
        )
        established[best] = bool(established.get(first) or established.get(second))
        for identity, leads in leader.items():
            if leads in (first, second):
                leader[identity] = best
    return {identity: leads for identity, leads in leader.items() if identity != leads}


def _correct_levels(rows: Sequence[Row]) -> None:
    """Ministries and departments of a language that confuses them, as the others have only one.

    Where the translations name the ministry of a field and never its department, each such word is
    the ministry; and the other way round.
    """
    sure: dict[frozenset[str], dict[str, dict[str, Row]]] = defaultdict(lambda: defaultdict(dict))
    unsure = []
    for row in rows:
        if row["kind"] != "organisation" or row["body"] not in _LEVELS:
            continue
        fields = _name(row["text"], row["language"]).fields
        if _confuses(row):
            unsure.append((fields, row))
        elif fields:
            sure[fields][row["body"]].setdefault(row["canonical_id"], row)
    for fields, row in unsure:
        said = sure.get(fields, {})
        if len(said) == 1 and row["body"] not in said:
            ((_, bodies),) = said.items()
            if len(bodies) == 1:
                (owner,) = bodies.values()
                _become(row, owner, f"the translations say {owner['text'][:80]} alone")


def _levels_differ(x: Row, y: Row) -> bool:
    """Whether one mention is read as the ministry and the other as a department of its field."""
    return {x["body"], y["body"]} == set(_LEVELS)


def _confuses(row: Row) -> bool:
    """Whether this language words departments as ministries, and the name is such a word."""
    if _name(row["text"], row["language"]).kind != "ministry":
        return False
    data = languages.data(row["language"], "organisations")
    return bool(data.get("ministry_means_department"))


def _surer_level(x: Row, y: Row) -> Row | None:
    """Which of two corresponding mentions says surely whether both are a ministry, if one does."""
    a, b = _name(x["text"], x["language"]), _name(y["text"], y["language"])
    alike = {a.kind, b.kind} <= set(_LEVELS) and a.fields == b.fields
    if alike and _confuses(x) != _confuses(y):
        return y if _confuses(x) else x
    return None


def _surer_place(x: Row, y: Row) -> Row | None:
    """Which of two corresponding mentions of bodies of one kind names its place, if one does."""
    a, b = _name(x["text"], x["language"]), _name(y["text"], y["language"])
    if x["body"] == y["body"] and a.says_place != b.says_place:
        return x if a.says_place else y
    return None


def settle(rows: Sequence[Row]) -> None:
    """Give the bodies that correspond in the translations of one story one identity, in place.

    ``rows`` are all mentions of the articles of one story. An id that stands for the body of
    another one is replaced, also where it is a parent, the end of the id of a part of that body,
    or what a figure is about. ``article_identity`` then keeps, as JSON, what the article alone
    gave.
    """
    if len({row["language"] for row in rows}) < 2:
        return
    _correct_levels(rows)
    for _ in range(_ROUNDS):
        pairs = correspond(rows)
        changed = (
            _correct(pairs, _surer_level)
            or _take(rows, _same_bodies(rows, pairs))
            or _correct(pairs, _surer_place)
        )
        if not changed:
            break


def _take(rows: Sequence[Row], same: Mapping[str, str]) -> bool:
    """Put ids under those of the story that they are the same as; whether there were any."""
    owner: dict[str, Row] = {}
    for row in sorted(rows, key=lambda r: (str(r["article_id"]), int(r["start"]))):
        if row["kind"] == "organisation" and row["canonical_id"] in same.values():
            owner.setdefault(row["canonical_id"], dict(row))
    why = {new: f"corresponds to {row['text'][:80]} in a translation" for new, row in owner.items()}
    return take(rows, same, owner, why)


def take(
    rows: Sequence[Row],
    same: Mapping[str, str],
    owner: Mapping[str, Row],
    why: Mapping[str, str],
) -> bool:
    """Put the ids in ``same`` under those they are mapped to, in place; whether there were any.

    ``owner`` has of each id that is taken a row with its identity, ``why`` the reason that mentions
    then show. Ids are replaced where they are a parent, the end of the id of a part, or what a
    figure is about, too.
    """
    changed = False
    for row in rows if same else ():
        if row["kind"] == "statistic":
            about = _replaced(row["organisation_id"], same)
            if about != row["organisation_id"]:
                _keep(row, ("organisation_id",))
                row["organisation_id"] = about
        elif row["kind"] == "organisation" and row["canonical_id"]:
            new = _replaced(row["canonical_id"], same) or ""
            parent = _replaced(row["parent_id"], same)
            if row["canonical_id"] in same:
                _become(row, owner[new], why[new])
                changed = True
            elif new != row["canonical_id"] or parent != row["parent_id"]:
                _keep(row)
                row["canonical_id"], row["parent_id"] = new, parent
    return changed


def _correct(pairs: Sequence[Pair], surer: Callable[[Row, Row], Row | None]) -> bool:
    """Single mentions that the translation says more surely; whether there were any."""
    changed = False
    for x, y, _ in pairs:
        if x["canonical_id"] != y["canonical_id"]:
            sure = surer(x, y)
            if sure is not None:
                why = f"corresponds to {sure['text'][:80]} in a translation"
                _become(y if sure is x else x, sure, why)
                changed = True
    return changed


def _keep(row: Row, columns: Sequence[str] = IDENTITY) -> None:
    """Note what the article alone gave, unless that is noted already."""
    if not row["article_identity"]:
        before = {name: row[name] for name in columns}
        row["article_identity"] = json.dumps(before, ensure_ascii=False, sort_keys=True)


def _become(row: Row, owner: Row, why: str) -> None:
    """Give a mention the identity of another one, for the reason ``why``."""
    _keep(row)
    row |= {name: owner[name] for name in IDENTITY if name != "reason"}
    if why not in (row["reason"] or ""):
        row["reason"] = f"{row['reason']}; {why}" if row["reason"] else why


def _replaced(identity: str | None, same: Mapping[str, str]) -> str | None:
    """An id with the body that it is, or that it is a part of, under the id that it takes."""
    if not identity:
        return identity
    if identity in same:
        return same[identity]
    at = identity.find("/")
    while at >= 0:
        if identity[at + 1 :] in same:
            return identity[: at + 1] + same[identity[at + 1 :]]
        at = identity.find("/", at + 1)
    return identity
