"""Which articles are translations of one another: one story, and so one source."""

from __future__ import annotations

import datetime
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

import pyarrow as pa

from pipeline.tabulate.database import Connection, insert, rows

# A path that names no article: one short word or two, or the front page by its file name.
_SECTION = re.compile(r"/(?:index|home|default)\.\w+|/[a-z]+(?:-[a-z]+)?", re.IGNORECASE)

STORY = "story-"  # what the id of a story begins with

# Two articles are one story when what they share, in the same order, is most of what each says.
# Chosen on the training part of our gold, where translations and unrelated articles lie apart.
_LEAST_SHARED_WEIGHT = 6.0
_LEAST_SIMILARITY = 0.5
_COMMON = 50  # a token, or an address, of more articles than this tells stories apart no more
_MOST_RARE = 6.0  # bits; past this a rare token says no more about two articles
_MOST_DAYS_APART = 45  # translations appear within days of each other
_MOST_TOKENS = 3000  # of an article that are compared; the rest of a longer one says no more
_LANGUAGE_SEGMENT = re.compile(r"^/[a-z]{2}(?:-[a-z]{2})?(?=/|$)", re.IGNORECASE)
_TRACKING = re.compile(r"(?:utm_\w+|fbclid|gclid)=[^&]*&?")

_PAIRS = 4096  # pairs of articles that are held at once, with all that they say


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


@dataclass(frozen=True, slots=True)
class _Signature:
    """What one article says, in no language.

    ``tokens`` are the numbers of its references and figures in order, ``figures`` those of its
    figures.
    """

    tokens: Sequence[int]
    figures: frozenset[int]
    bodies: frozenset[str]
    published: datetime.date | None


@lru_cache(maxsize=1 << 16)
def _weight(value: float | None, whole: bool, figure: bool, articles_with: int, all_: int) -> float:
    """How much sharing a token says: rare ones much, round and small numbers little."""
    rarity = min(math.log2(1 + all_ / articles_with), _MOST_RARE)
    if not figure:
        return 1.0 + rarity
    digits = len(f"{value:g}".replace(".", "").strip("0")) if value is not None else 1
    return min(0.4 * digits + (0.8 if whole else 0.0), 2.0) + 0.5 * rarity


def _shared(a: Sequence[int], b: Sequence[int], weights: Mapping[int, float]) -> float:
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


def _same_story(a: _Signature, b: _Signature, weights: Mapping[int, float]) -> bool:
    """Whether two articles give the same references and figures in the same order.

    Documents alone prove nothing (every article of a campaign cites the same), so a figure must be
    shared, and a body where both name any.
    """
    if a.published and b.published and abs((a.published - b.published).days) > _MOST_DAYS_APART:
        return False
    if not a.figures & b.figures:
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


class _Joined:
    """Articles by their number; those that were joined have the least of them as root."""

    def __init__(self, count: int) -> None:
        self._parent = list(range(count))

    def root(self, article: int) -> int:
        parent = self._parent
        while parent[article] != article:
            parent[article] = parent[parent[article]]
            article = parent[article]
        return article

    def join(self, a: int, b: int) -> None:
        low, high = sorted((self.root(a), self.root(b)))
        self._parent[high] = low


# An article's number is its place among the sorted ids, so that the answer depends on no order.
_ARTICLE = """
CREATE TABLE article AS
SELECT (row_number() OVER (ORDER BY article_id) - 1)::INTEGER AS number,
       article_id, language, published, source_url
FROM {articles} WHERE status = 'ok'
"""
# What an article says, in order. The key has all that makes two figures, or two documents, one.
_SAID = """
CREATE TEMP TABLE said AS
SELECT a.number AS article, m.start, m."end", m.kind = 'statistic' AS figure,
       CASE WHEN m.kind = 'statistic' THEN {{
           'value': m.value + 0.0, 'of': m."of" + 0.0, 'to': m."to" + 0.0,
           'kind': m.value_kind, 'currency': m.currency}} END AS what,
       CASE WHEN m.kind = 'reference' THEN m.canonical_id END AS document
FROM {mentions} m JOIN article a USING (article_id)
WHERE m.kind IN ('reference', 'statistic')
"""
_TOKEN = """
CREATE TEMP TABLE token AS
SELECT (row_number() OVER ())::INTEGER AS token, *
FROM (SELECT figure, what, document, count(DISTINCT article)::INTEGER AS articles
      FROM said GROUP BY figure, what, document)
"""
_SPOKEN = """
CREATE TABLE spoken AS
SELECT s.article, s.start, s."end", s.figure, t.token, t.articles,
       s.what.value AS value, s.what."of" IS NOT NULL AS whole
FROM said s JOIN token t ON s.figure = t.figure
    AND s.what IS NOT DISTINCT FROM t.what AND s.document IS NOT DISTINCT FROM t.document
"""
# As the article alone names them: what an earlier merge settled is undone as ``restore`` does.
_BODY = """
CREATE TABLE body AS
SELECT DISTINCT a.number AS article,
       coalesce(m.article_identity ->> 'canonical_id', m.canonical_id) AS body
FROM {mentions} m JOIN article a USING (article_id)
WHERE m.kind NOT IN ('reference', 'statistic') AND m.canonical_id <> ''
    AND NOT coalesce((m.article_identity ->> 'place_missing')::BOOLEAN, m.place_missing, false)
"""
# Pairs of articles in two languages that share two tokens at least, few others having them.
_CANDIDATE = f"""
CREATE TABLE candidate AS
WITH rare AS (
    SELECT DISTINCT s.article, s.token, a.language, a.published
    FROM spoken s JOIN article a ON a.number = s.article
    WHERE s.articles BETWEEN 2 AND {_COMMON}
)
SELECT l.article AS a, r.article AS b
FROM rare l JOIN rare r ON l.token = r.token AND l.article < r.article
WHERE l.language <> r.language
    AND coalesce(abs(l.published - r.published) <= {_MOST_DAYS_APART}, true)
GROUP BY ALL HAVING count(*) >= 2
"""
_SAME_ADDRESS = f"""
SELECT list(article ORDER BY article), count(DISTINCT a.language) = count(*)
FROM address JOIN article a ON a.number = article
GROUP BY key HAVING count(*) BETWEEN 2 AND {_COMMON} OR
    (count(*) > 1 AND count(DISTINCT a.language) = count(*))
"""
_STORY = f"""
CREATE TABLE story AS
SELECT a.number, a.article_id, '{STORY}' || substr(r.article_id, 1, 12) AS story_id
FROM root JOIN article a ON a.number = root.article JOIN article r ON r.number = root.root
"""


def _addresses(connection: Connection, joined: _Joined) -> None:
    """Join the articles of one address; those that must be compared become candidates."""
    connection.execute("CREATE TABLE address (article INTEGER, key VARCHAR)")
    given = rows(
        connection, "SELECT number, source_url FROM article WHERE source_url IS NOT NULL ORDER BY 1"
    )
    while part := list(islice(given, _PAIRS)):
        keys = [(number, key) for number, url in part if (key := address_key(url)) is not None]
        numbers = pa.array([n for n, _ in keys], pa.int32())
        insert(connection, "address", [numbers, pa.array([k for _, k in keys], pa.string())])
    compared: list[tuple[int, int]] = []
    for named, sole in rows(connection, _SAME_ADDRESS):
        # An address that two articles of one language give is that of a section, or of two
        # translations: then what they say decides.
        if sole:
            for other in named[1:]:
                joined.join(named[0], other)
        else:
            compared += [(a, b) for i, a in enumerate(named) for b in named[i + 1 :]]
        if len(compared) > _PAIRS:
            _add(connection, compared)
            compared = []
    _add(connection, compared)


def _add(connection: Connection, pairs: Sequence[tuple[int, int]]) -> None:
    columns = [pa.array([p[side] for p in pairs], pa.int32()) for side in (0, 1)]
    insert(connection, "candidate", columns)


def _signatures(
    connection: Connection, articles: Sequence[int], count: int
) -> tuple[dict[int, _Signature], dict[int, float]]:
    """What some of ``count`` articles say, and how much sharing each token of theirs does."""
    with connection.cursor() as cursor:
        cursor.register("wanted", pa.table({"article": pa.array(articles, pa.int32())}))
        published = dict(
            cursor.execute(
                "SELECT number, published FROM article JOIN wanted ON number = article"
            ).fetchall()
        )
        bodies: dict[int, list[str]] = {article: [] for article in articles}
        for article, body in cursor.execute(
            "SELECT article, body FROM body JOIN wanted USING (article)"
        ).fetchall():
            bodies[article].append(body)
        tokens: dict[int, list[int]] = {article: [] for article in articles}
        figures: dict[int, set[int]] = {article: set() for article in articles}
        weights: dict[int, float] = {}
        for article, token, figure, value, whole, articles_with in cursor.execute(
            "SELECT article, token, figure, value, whole, articles FROM spoken "
            'JOIN wanted USING (article) ORDER BY article, start, "end", figure, token'
        ).fetchall():
            tokens[article].append(token)
            if figure:
                figures[article].add(token)
            weights[token] = _weight(value, whole, figure, articles_with, count)
    return {
        article: _Signature(
            tokens[article],
            frozenset(figures[article]),
            frozenset(bodies[article]),
            published[article],
        )
        for article in articles
    }, weights


def _candidates(connection: Connection) -> Iterator[list[tuple[int, int]]]:
    """The pairs to compare, some at once."""
    found = rows(connection, "SELECT DISTINCT a, b FROM candidate ORDER BY a, b")
    while part := list(islice(found, _PAIRS)):
        yield [(a, b) for a, b in part]


def find_stories(connection: Connection, articles: str, mentions: str) -> None:
    """Articles to stories: the table ``story`` (``number``, ``article_id``, ``story_id``).

    ``articles`` and ``mentions`` are SQL in the columns of ``pipeline.records``; only articles that
    are ``ok`` have a story. Two articles are one story when their source address is the same, or
    when, in two languages, they give the same references and figures in the same order. The answer
    does not depend on the order of the rows.

    Compared are pairs that share two tokens which at most 50 articles have, or an address that at
    most 50 have: so their number grows as the articles do. What they say is read for some pairs at
    once.
    """
    connection.execute(_ARTICLE.format(articles=articles))
    for query in (_SAID, _TOKEN, _SPOKEN, _BODY, _CANDIDATE):
        connection.execute(query.format(mentions=mentions))
    connection.execute("DROP TABLE said; DROP TABLE token")
    (count,) = connection.execute("SELECT count(*) FROM article").fetchall()[0]
    joined = _Joined(count)
    _addresses(connection, joined)
    for pairs in _candidates(connection):
        pairs = [(a, b) for a, b in pairs if joined.root(a) != joined.root(b)]
        wanted = sorted({article for pair in pairs for article in pair})
        signatures, weights = _signatures(connection, wanted, count)
        for a, b in pairs:
            if joined.root(a) != joined.root(b) and _same_story(
                signatures[a], signatures[b], weights
            ):
                joined.join(a, b)
    connection.execute("CREATE TABLE root (article INTEGER, root INTEGER)")
    insert(
        connection,
        "root",
        [
            pa.array(range(count), pa.int32()),
            pa.array((joined.root(article) for article in range(count)), pa.int32()),
        ],
    )
    connection.execute(_STORY)
    for table in ("spoken", "body", "candidate", "address", "root"):
        connection.execute(f"DROP TABLE {table}")
