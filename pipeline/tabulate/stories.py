"""Which articles are translations of one another: one story, and so one source."""

from __future__ import annotations

import datetime
import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

Row = Mapping[str, Any]

# A path that names no article: one short word or two, or the front page by its file name.
_SECTION = re.compile(r"/(?:index|home|default)\.\w+|/[a-z]+(?:-[a-z]+)?", re.IGNORECASE)
Token = tuple[object, ...]

STORY = "story-"  # what the id of a story begins with

# Two articles are one story when what they share, in the same order, is most of what each says.
# Chosen on the training part of our gold, where translations and unrelated articles lie apart.
_LEAST_SHARED_WEIGHT = 6.0
_LEAST_SIMILARITY = 0.5
_COMMON_TOKEN = 50  # a token of more articles than this tells stories apart no more
_MOST_RARE = 6.0  # bits; past this a rare token says no more about two articles
_MOST_DAYS_APART = 45  # translations appear within days of each other
_MOST_TOKENS = 3000  # of an article that are compared; the rest of a longer one says no more
_LANGUAGE_SEGMENT = re.compile(r"^/[a-z]{2}(?:-[a-z]{2})?(?=/|$)", re.IGNORECASE)
_TRACKING = re.compile(r"(?:utm_\w+|fbclid|gclid)=[^&]*&?")


def address_key(url: str | None) -> str | None:
    """A source address without what differs between the translations of one page.

    ``https://www.vietnam.vn/ms/ha-giang`` and ``https://vietnam.vn/nl/ha-giang`` are one; the
    address of a whole site, or of a section without a word for the article, is none.
    """
    if not url:
        return None
    rest = re.sub(r"^https?://(?:www\.)?", "", url.strip(), flags=re.IGNORECASE).partition("#")[0]
    address, _, query = rest.partition("?")
    host, slash, path = address.partition("/")
    path = _LANGUAGE_SEGMENT.sub("", slash + path).rstrip("/")
    query = _TRACKING.sub("", query).rstrip("&")
    if not path or (_SECTION.fullmatch(path) and not query):
        return None
    return f"{host.lower()}{path}" + (f"?{query}" if query else "")


def figure(row: Row) -> Token:
    """The value of a statistic in a form that compares: ``(value, of, to, kind, currency)``."""
    return tuple(row[k] for k in ("value", "of", "to", "value_kind", "currency"))


def _token(row: Row) -> Token | None:
    if row["kind"] == "reference":
        return ("reference", row["canonical_id"])
    if row["kind"] == "statistic":
        return ("statistic", *figure(row))
    return None


@dataclass(slots=True)
class _Signature:
    """What one article says, in order, in no language."""

    language: str
    tokens: list[Token]
    bodies: frozenset[str]
    published: datetime.date | None


def _weight(token: Token, articles_with: int, articles: int) -> float:
    """How much sharing a token says: rare ones much, round and small numbers little."""
    rarity = min(math.log2(1 + articles / articles_with), _MOST_RARE)
    if token[0] == "reference":
        return 1.0 + rarity
    value = token[1]
    digits = len(f"{value:g}".replace(".", "").strip("0")) if isinstance(value, float) else 1
    return min(0.4 * digits + (0.8 if token[2] is not None else 0.0), 2.0) + 0.5 * rarity


def _shared(a: Sequence[Token], b: Sequence[Token], weights: Mapping[Token, float]) -> float:
    """The weight of the heaviest common subsequence of ``a`` and ``b``."""
    both = set(a) & set(b)
    a = [t for t in a if t in both][:_MOST_TOKENS]
    b = [t for t in b if t in both][:_MOST_TOKENS]
    best = [0.0] * (len(b) + 1)
    for token in a:
        diagonal = 0.0
        for j, other in enumerate(b, start=1):
            previous = best[j]
            best[j] = diagonal + weights[token] if token == other else max(best[j], best[j - 1])
            diagonal = previous
    return best[-1]


def _same_story(a: _Signature, b: _Signature, weights: Mapping[Token, float]) -> bool:
    """Whether two articles give the same references and figures in the same order.

    Documents alone prove nothing (every article of a campaign cites the same), so a figure must be
    shared, and a body where both name any.
    """
    if a.published and b.published and abs((a.published - b.published).days) > _MOST_DAYS_APART:
        return False
    if not any(t[0] == "statistic" for t in set(a.tokens) & set(b.tokens)):
        return False
    if a.bodies and b.bodies and not a.bodies & b.bodies:
        return False
    total = sum(weights[t] for t in a.tokens) + sum(weights[t] for t in b.tokens)
    shared = _shared(a.tokens, b.tokens, weights)
    union = len(a.bodies | b.bodies)
    bodies = len(a.bodies & b.bodies) / union if union else 0.0
    similarity = 2 * shared / total if total else 0.0
    # Bodies in common make up for few figures, and bodies without any in common call for more.
    need = _LEAST_SHARED_WEIGHT * (1.2 - 0.5 * bodies)
    return shared >= need and similarity >= _LEAST_SIMILARITY - 0.3 * (bodies - 0.25)


def stories(articles: Iterable[Row], mentions: Iterable[Row]) -> dict[str, str]:
    """The story of every article: ``{article_id: story_id}``.

    ``articles`` are rows with ``article_id``, ``language``, ``source_url``; ``mentions`` rows as
    in ``MENTION_SCHEMA`` (``start`` gives their order). Two articles are one story when their
    source address is the same, or when, in two languages, they give the same references and
    figures in the same order. The answer does not depend on the order of the rows.
    """
    rows = sorted(articles, key=lambda r: str(r["article_id"]))
    found: dict[str, list[tuple[int, Token]]] = defaultdict(list)
    bodies: dict[str, set[str]] = defaultdict(set)
    for row in mentions:
        token = _token(row)
        if token is not None:
            found[row["article_id"]].append((row["start"], token))
        elif row["canonical_id"] and not row["place_missing"]:
            bodies[row["article_id"]].add(row["canonical_id"])
    signatures = {
        row["article_id"]: _Signature(
            row["language"],
            [token for _, token in sorted(found[row["article_id"]], key=lambda p: p[0])],
            frozenset(bodies[row["article_id"]]),
            row["published"],
        )
        for row in rows
    }
    frequency = Counter(t for s in signatures.values() for t in set(s.tokens))
    weights = {t: _weight(t, n, len(signatures)) for t, n in frequency.items()}

    parent = {article: article for article in signatures}

    def root(article: str) -> str:
        while parent[article] != article:
            parent[article] = parent[parent[article]]
            article = parent[article]
        return article

    def join(a: str, b: str) -> None:
        low, high = sorted((root(a), root(b)))
        parent[high] = low

    by_address: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        key = address_key(row["source_url"])
        if key is not None and row["article_id"] not in by_address[key]:
            by_address[key].append(row["article_id"])
    for named in by_address.values():
        # An address that two articles of one language give is that of a section, or of two
        # translations: then what they say decides.
        sole = len({signatures[a].language for a in named}) == len(named)
        for a, b in combinations(named, 2):
            if sole or _same_story(signatures[a], signatures[b], weights):
                join(a, b)

    holders: dict[Token, list[str]] = defaultdict(list)
    for article, signature in signatures.items():
        for token in set(signature.tokens):
            if frequency[token] <= _COMMON_TOKEN:
                holders[token].append(article)
    pairs: Counter[tuple[str, str]] = Counter()
    for shared in holders.values():
        pairs.update(combinations(sorted(shared), 2))
    for (a, b), count in sorted(pairs.items()):
        if (
            count >= 2
            and signatures[a].language != signatures[b].language
            and root(a) != root(b)
            and _same_story(signatures[a], signatures[b], weights)
        ):
            join(a, b)
    return {article: f"{STORY}{root(article)[:12]}" for article in signatures}
