"""Which articles are translations of one another: one story, and so one source."""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

Row = Mapping[str, Any]
Token = tuple[object, ...]

# Two articles are one story when what they share, in the same order, is most of what each says.
# Chosen on the training part of our gold, where translations and unrelated articles lie apart.
_LEAST_SHARED_WEIGHT = 6.0
_LEAST_SIMILARITY = 0.5
_COMMON_TOKEN = 50  # a token of more articles than this tells stories apart no more
_LANGUAGE_SEGMENT = re.compile(r"^/(?:[a-z]{2}|[a-z]{2}-[a-z]{2})/")


def address_key(url: str | None) -> str | None:
    """A source address without what differs between the translations of one page.

    ``https://www.vietnam.vn/ms/ha-giang`` and ``https://vietnam.vn/nl/ha-giang`` are one; the
    address of a whole site is none.
    """
    if not url:
        return None
    rest = re.sub(r"^https?://(?:www\.)?", "", url.strip())
    host, slash, path = rest.partition("/")
    path = _LANGUAGE_SEGMENT.sub("/", slash + re.split(r"[?#]", path)[0]).rstrip("/")
    return f"{host.lower()}{path}" if path else None


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


def _weight(token: Token, articles_with: int, articles: int) -> float:
    """How much sharing a token says: rare ones much, round and small numbers little."""
    rarity = math.log2(1 + articles / articles_with)
    if token[0] == "reference":
        return 1.0 + rarity
    value = token[1]
    digits = len(f"{value:g}".replace(".", "").strip("0")) if isinstance(value, float) else 1
    return min(0.4 * digits + (0.8 if token[2] is not None else 0.0), 2.0) + 0.5 * rarity


def _shared(a: Sequence[Token], b: Sequence[Token], weights: Mapping[Token, float]) -> float:
    """The weight of the heaviest common subsequence of ``a`` and ``b``."""
    best = [0.0] * (len(b) + 1)
    for token in a:
        diagonal = 0.0
        for j, other in enumerate(b, start=1):
            previous = best[j]
            best[j] = diagonal + weights[token] if token == other else max(best[j], best[j - 1])
            diagonal = previous
    return best[-1]


def _same_story(a: _Signature, b: _Signature, weights: Mapping[Token, float]) -> bool:
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

    by_address: dict[str, str] = {}
    for row in rows:
        key = address_key(row["source_url"])
        if key is not None:
            join(by_address.setdefault(key, row["article_id"]), row["article_id"])

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
    return {article: f"story-{root(article)[:12]}" for article in signatures}
