"""One article of a run, with its mentions."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from pipeline.display.hints import FOLDED
from pipeline.explanation import Reader, Row, UnknownRow, shown_id
from pipeline.normalise.places import fold
from pipeline.run import outputs
from pipeline.run.outputs import OutputError
from pipeline.terminal import printable

_NEAREST, _LISTED = 5, 10
_ALIKE = 0.75
_ARTICLES = "read_parquet($1, hive_partitioning = false)"
_MENTIONS = "read_parquet($1, hive_partitioning = false)"


@dataclass(frozen=True, slots=True)
class Marked:
    """An article as a mapping of its columns, with its ``mentions`` in order of place."""

    article: Row
    mentions: list[Row]

    def to_dict(self) -> dict[str, Any]:
        """Article and mentions as plain values; what says nothing is left out of a mention."""
        return {
            "article": self.article,
            "mentions": [
                {name: value for name, value in mention.items() if value is not None}
                for mention in self.mentions
            ],
        }


class Piece(NamedTuple):
    """A stretch of the text: ``text[start:end]``, the mention it is of (the innermost), and which
    mentions begin and end with it, the outer first at its beginning and last at its end."""

    start: int
    end: int
    mention: int | None
    opened: tuple[int, ...]
    closed: tuple[int, ...]


def find_article(reader: Reader, asked: str) -> Marked | None:
    """The article whose ``article_id`` or path is ``asked``; else the one whose path ends so, or
    that ``asked``, a path typed from elsewhere, ends with. ``None`` when there is none.

    Raises ``OutputError`` naming the paths when several end so.
    """
    asked = asked.encode("utf-8", "replace").decode("utf-8")
    articles = reader.file(outputs.ARTICLES)
    found = list(
        reader.ask(
            f"SELECT * FROM {_ARTICLES} WHERE article_id = $2 OR path = $2 "
            "ORDER BY path <> $2, status <> 'ok', path LIMIT 1",
            [articles, asked],
        )
    )
    if not found and asked.strip("/"):
        found = list(
            reader.ask(
                f"SELECT * FROM {_ARTICLES} "
                "WHERE ends_with($2, '/' || path) OR ends_with(path, '/' || $2) "
                "ORDER BY length(path) DESC, path LIMIT $3",
                [articles, asked, _LISTED + 1],
            )
        )
        # Of those that the typed path ends with, the longest says most.
        whole = [row for row in found if asked.endswith(f"/{row['path']}")]
        found = whole[:1] or found
    if len(found) > 1:
        paths = ", ".join(printable(row["path"]) for row in found[:_LISTED])
        more = ", …" if len(found) > _LISTED else ""
        raise OutputError(f"{reader.out}: several articles end so: {paths}{more}")
    if not found:
        return None
    (article,) = found
    if article["published"] is not None:
        article["published"] = article["published"].isoformat()
    mentions = reader.ask(
        f'SELECT * FROM {_MENTIONS} WHERE article_id = $2 ORDER BY start, "end" DESC, kind',
        [reader.file(outputs.MENTIONS), article["article_id"]],
    )
    # A copy has the id of the article that was read, and is none of it.
    return Marked(article, list(mentions) if article["status"] == "ok" else [])


def unknown(reader: Reader, asked: str) -> UnknownRow:
    """What to raise when ``asked`` is neither a row nor an article; it names the nearest."""
    asked = shown_id(asked)
    near = reader.ask(
        f"""
        SELECT path FROM (
            SELECT path, {FOLDED.format("path")} AS word FROM {_ARTICLES}
        ) WHERE ($2 <> '' AND contains(word, $2))
            OR jaro_winkler_similarity(word, $2) >= $3
            OR jaro_winkler_similarity(regexp_replace(word, '^.*/', ''), $2) >= $3
        ORDER BY contains(word, $2) DESC, jaro_winkler_similarity(word, $2) DESC, path LIMIT $4
        """,
        [reader.file(outputs.ARTICLES), fold(asked).strip(), _ALIKE, _NEAREST],
    )
    found = [*reader.nearest(asked), *(row["path"] for row in near)][:_NEAREST]
    nearest = ", ".join(map(printable, found))
    return UnknownRow(
        f"{reader.out}: no row of its table and no article of it is {asked!r}"
        + (f"; the nearest: {nearest}" if nearest else "; without an id, show gives the first rows")
    )


def pieces(text: str, mentions: Sequence[Row]) -> Iterator[Piece]:
    """``text`` cut where mentions begin and end; the pieces joined are the text.

    ``mentions`` have ``start`` and ``end`` in code points, half-open; what reaches beyond the text
    is cut to it, and what is empty is left out.
    """
    spans = [(max(0, m["start"]), min(len(text), m["end"]), i) for i, m in enumerate(mentions)]
    spans = sorted((s for s in spans if s[0] < s[1]), key=lambda s: (s[0], -s[1], s[2]))
    borders = sorted({0, len(text), *(s[0] for s in spans), *(s[1] for s in spans)})
    opened: dict[int, list[int]] = {}
    for start, _, i in spans:
        opened.setdefault(start, []).append(i)
    ends = {i: end for _, end, i in spans}
    active: list[int] = []
    for start, end in itertools.pairwise(borders):
        begun = opened.get(start, [])
        active += begun
        inner = active[-1] if active else None
        closed = tuple(i for i in reversed(active) if ends[i] == end)
        yield Piece(start, end, inner, tuple(begun), closed)
        active = [i for i in active if ends[i] != end]


def things(mentions: Sequence[Row]) -> dict[tuple[str, str | None], list[Row]]:
    """The mentions by kind and ``canonical_id``, in order of first appearance."""
    found: dict[tuple[str, str | None], list[Row]] = {}
    for mention in mentions:
        found.setdefault((mention["kind"], mention["canonical_id"]), []).append(mention)
    return found
