"""Two runs over the same articles: what one found and the other did not, thing by thing."""

from __future__ import annotations

import dataclasses
import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.records import MENTION_SCHEMA
from pipeline.run import outputs

Row = dict[str, Any]
Key = tuple[str, str, int, int, int]

# What says where a mention stands, and how it was found: no part of its identity or value.
_ASIDE = frozenset(
    {"article_id", "path", "language", "kind", "text", "start", "end", "sentence"}
    | {"sentence_start", "score", "source", "reason"}
)
COLUMNS = tuple(name for name in MENTION_SCHEMA.names if name not in _ASIDE)
SIDES = ("same", "changed", "only_a", "only_b")


@dataclass(frozen=True, slots=True)
class Difference:
    """A mention that is not the same in both runs. Offsets are code points, half-open.

    ``changed`` is by column: what run A says, what run B says; empty for a mention that one run
    alone has. ``instead`` are the surfaces of mentions of the same kind that the other run alone
    has there, with other borders.
    """

    path: str
    language: str
    kind: str
    start: int
    end: int
    text: str
    canonical_id: str | None
    sentence: str
    sentence_start: int
    changed: Mapping[str, tuple[object, object]]
    instead: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """The difference as plain values."""
        said = dataclasses.asdict(self)
        said["changed"] = {name: list(values) for name, values in self.changed.items()}
        said["instead"] = list(self.instead)
        return said


@dataclass(frozen=True, slots=True)
class Comparison:
    """What runs A and B have in common and what not.

    ``counts`` is by kind and language, then by ``SIDES``; ``columns`` is how many mentions of a
    kind changed in a column. ``only_articles_a`` and ``only_articles_b`` are paths that one run
    alone has, ``other_text`` those whose text is not the same: their mentions are not compared.
    ``articles`` is by path what else differs of an article (``status``, ``language``), A then B.
    """

    common: int
    counts: Mapping[tuple[str, str], Mapping[str, int]]
    columns: Mapping[tuple[str, str], int]
    changed: Sequence[Difference]
    only_a: Sequence[Difference]
    only_b: Sequence[Difference]
    only_articles_a: Sequence[str]
    only_articles_b: Sequence[str]
    other_text: Sequence[str]
    articles: Mapping[str, Mapping[str, tuple[object, object]]]

    def to_dict(self, limit: int | None = None) -> dict[str, Any]:
        """The comparison as plain values, with at most ``limit`` mentions and articles each."""
        return {
            "articles": {
                "in_both": self.common,
                "only_a": list(self.only_articles_a[:limit]),
                "only_b": list(self.only_articles_b[:limit]),
                "other_text": list(self.other_text[:limit]),
                "changed": [
                    {"path": path, **{name: list(pair) for name, pair in said.items()}}
                    for path, said in list(self.articles.items())[:limit]
                ],
            },
            "counts": [
                {"kind": kind, "language": language, **counts}
                for (kind, language), counts in self.counts.items()
            ],
            "columns": [
                {"kind": kind, "column": column, "changed": n}
                for (kind, column), n in self.columns.items()
            ],
            "changed": [d.to_dict() for d in self.changed[:limit]],
            "only_a": [d.to_dict() for d in self.only_a[:limit]],
            "only_b": [d.to_dict() for d in self.only_b[:limit]],
        }


def _equal(a: object, b: object) -> bool:
    both_nan = isinstance(a, float) and isinstance(b, float) and math.isnan(a) and math.isnan(b)
    return both_nan or a == b


def _by_key(rows: Sequence[Row]) -> dict[Key, Row]:
    """Rows by article, kind and place; a thing found twice at one place is counted through."""
    found: dict[Key, Row] = {}
    seen: Counter[tuple[str, str, int, int]] = Counter()
    for row in rows:
        place = row["path"], row["kind"], row["start"], row["end"]
        found[(*place, seen[place])] = row
        seen[place] += 1
    return found


def _difference(
    row: Row,
    changed: Mapping[str, tuple[object, object]] | None = None,
    instead: tuple[str, ...] = (),
) -> Difference:
    names = [f.name for f in dataclasses.fields(Difference)[:-2]]
    return Difference(**{name: row[name] for name in names}, changed=changed or {}, instead=instead)


def _with_neighbours(rows: Sequence[Row], others: Sequence[Row]) -> list[Difference]:
    """Each of ``rows`` with what overlaps it among ``others``: both of one run alone."""
    by_article: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for other in others:
        by_article[other["path"], other["kind"]].append(other)
    return [
        _difference(
            row,
            instead=tuple(
                other["text"]
                for other in by_article[row["path"], row["kind"]]
                if other["start"] < row["end"]
                and row["start"] < other["end"]
                and (other["start"], other["end"]) != (row["start"], row["end"])
            ),
        )
        for row in rows
    ]


def _order(row: Row) -> tuple[str, int, int, str]:
    return row["path"], row["start"], row["end"], row["kind"]


def compared(
    articles_a: Sequence[Row],
    mentions_a: Sequence[Row],
    articles_b: Sequence[Row],
    mentions_b: Sequence[Row],
) -> Comparison:
    """The rows of run A against those of run B, both in the columns of ``pipeline.records``."""
    first = {r["path"]: r for r in articles_a}
    second = {r["path"]: r for r in articles_b}
    shared = sorted(first.keys() & second.keys())
    other_text = [p for p in shared if first[p]["text"] != second[p]["text"]]
    common = set(shared) - set(other_text)
    a = _by_key(sorted((r for r in mentions_a if r["path"] in common), key=_order))
    b = _by_key(sorted((r for r in mentions_b if r["path"] in common), key=_order))

    counts: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    columns: Counter[tuple[str, str]] = Counter()
    changed: list[Difference] = []
    for key, row in a.items():
        other = b.get(key)
        if other is None:
            continue
        values = {
            name: (row[name], other[name]) for name in COLUMNS if not _equal(row[name], other[name])
        }
        counts[row["kind"], row["language"]]["changed" if values else "same"] += 1
        columns.update((row["kind"], name) for name in values)
        if values:
            changed.append(_difference(row, values))
    lost = [row for key, row in a.items() if key not in b]
    gained = [row for key, row in b.items() if key not in a]
    for side, rows in (("only_a", lost), ("only_b", gained)):
        for row in rows:
            counts[row["kind"], row["language"]][side] += 1
    return Comparison(
        common=len(common),
        counts={key: {s: counts[key][s] for s in SIDES} for key in sorted(counts)},
        columns=dict(sorted(columns.items(), key=lambda item: (item[0][0], -item[1], item[0][1]))),
        changed=changed,
        only_a=_with_neighbours(lost, gained),
        only_b=_with_neighbours(gained, lost),
        only_articles_a=sorted(first.keys() - second.keys()),
        only_articles_b=sorted(second.keys() - first.keys()),
        other_text=other_text,
        articles={
            path: said
            for path in sorted(common)
            if (
                said := {
                    name: (first[path][name], second[path][name])
                    for name in ("status", "language")
                    if first[path][name] != second[path][name]
                }
            )
        },
    )


def compare(out_a: Path, out_b: Path) -> Comparison:
    """The run in the folder ``out_a`` against that in ``out_b``.

    Mentions are the same thing when path, kind and borders are; scores, sources and reasons are
    not compared. Raises ``outputs.OutputError`` for a folder that holds no run.
    """
    return compared(*outputs.read(out_a), *outputs.read(out_b))
