"""Settled mentions to the rows of the cross-lingual table."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pipeline.normalise.measures import comparable
from pipeline.records import MENTION_SCHEMA, table_schema
from pipeline.tabulate.agreement import CONFLICT, TRANSLATION
from pipeline.tabulate.checks import CONSISTENT, INCONSISTENT
from pipeline.tabulate.database import Connection, batches, parquet, read_parquet, write
from pipeline.tabulate.dealing import deal
from pipeline.tabulate.indicators import period, sole

_OWN_OF_MENTION = {
    "article_id",
    "path",
    "language",
    "kind",
    "text",
    "start",
    "end",
    "sentence",
    "sentence_start",
    "canonical_id",
    "label",
    "score",
    "source",
    "reason",
    "article_identity",
}
MERGED_COLUMNS = tuple(name for name in MENTION_SCHEMA.names if name not in _OWN_OF_MENTION)

# What a row of the table needs of its mentions, before the columns that are merged by their
# commonest value (these and the label).
_NEEDED = (
    "m.kind",
    "m.canonical_id",
    "m.path",
    "s.number",
    "s.story_id",
    "m.language",
    "m.text",
    "m.sentence",
    "m.score",
    "m.reason",
    "v.verdict",
)
_COMMONEST = ("label", *MERGED_COLUMNS)
_AT = {name: i for i, name in enumerate(_COMMONEST, start=len(_NEEDED))}
_UNIT = _AT["unit"]

# All mentions of a thing are in one bucket.
_BY_THING = """
SELECT {columns}, m.start, m."end",
       (hash(m.kind, m.canonical_id) % {buckets})::INTEGER AS bucket
FROM {mentions} m JOIN story s USING (article_id)
    LEFT JOIN verdict v ON v.article_id = m.article_id AND v.start = m.start
WHERE m.canonical_id <> ''
"""
# Mentions of one thing side by side, in order of path and place: the first with the highest score
# is the example, the first of all gives a figure its value.
_IN_ORDER = ("kind", "canonical_id", "path", "start", "end")
# The name of the body that a figure is about, and what stories say of each other, are known when
# all rows are.
_COMPLETE = """
SELECT {columns}, t.file_row_number AS row
FROM {things} t
    LEFT JOIN {things} b ON b.kind = 'organisation' AND b.canonical_id = t.about
    LEFT JOIN conflict c ON t.kind = 'statistic' AND c.canonical_id = t.canonical_id
    LEFT JOIN translation l ON t.kind = 'statistic' AND l.canonical_id = t.canonical_id
"""
# Rows are wide: what is sorted are their numbers, and then they are dealt out.
_ORDER = """
SELECT file_row_number FROM {things}
ORDER BY kind, said_in DESC, stories DESC, mentions DESC, canonical_id
"""
_COMPUTED = {
    "label": """CASE WHEN t.kind <> 'statistic' OR t.label IS NULL THEN t.label
        ELSE concat_ws(', ', nullif(t.label, ''), b.name, t.said_when) END""",
    "agreement": """CASE WHEN c.canonical_id IS NOT NULL THEN 'conflict'
        WHEN t.agreement = 'single' AND l.canonical_id IS NOT NULL THEN 'translation'
        ELSE t.agreement END""",
}
# Of a row beside its columns: what names a body, and of a figure the body and the period.
_BESIDE = pa.schema(
    [
        ("said_in", pa.int64()),
        ("name", pa.string()),
        ("about", pa.string()),
        ("said_when", pa.string()),
    ]
)
_ROWS = 8192  # of the table, held at once
_OF_BUCKET, _MENTIONS = 32_768, 2048  # in a bucket, and held as objects at once

Counts = dict[Any, int]


def _commonest(counts: Counts | None) -> Any:
    """The commonest of the values that were counted; the smallest among equals; else ``None``."""
    if not counts:
        return None
    if len(counts) == 1:
        return next(iter(counts))
    return min(counts, key=lambda value: (-counts[value], value))


def _count(counts: Counts, value: Any) -> None:
    counts[value] = counts.get(value, 0) + 1


def _wording(text: str, unit: str | None) -> str:
    """How an article words a thing: a statistic with what it counts, unless its span says it."""
    return f"{text} {unit}" if unit and unit.lower() not in text.lower() else text


class _Sum:
    """A sum of any number of values, exact, so that it is the same in any order.

    Partial sums that do not overlap, as ``math.fsum`` keeps them (Shewchuk 1997, Adaptive Precision
    Floating-Point Arithmetic); a list of a few numbers instead of one of all values.
    """

    def __init__(self) -> None:
        self._partials: list[float] = []

    def add(self, value: float) -> None:
        """Add a finite value."""
        kept = 0
        partials = self._partials
        for other in partials:
            large, small = (value, other) if abs(value) >= abs(other) else (other, value)
            value = large + small
            rest = small - (value - large)
            if rest:
                partials[kept] = rest
                kept += 1
        partials[kept:] = [value]

    def total(self) -> float:
        """The sum, rounded once."""
        return math.fsum(self._partials)


class _Thing:
    """One row of the table while its mentions go by: counts, and no mention but the example.

    What it holds grows with the different values that mentions have, not with their number.
    """

    def __init__(self, first: tuple[Any, ...]) -> None:
        self.kind, self.canonical_id = first[:2]
        self.first = first
        self.example = first
        self.mentions = self.articles = 0
        self._article: int | None = None
        self.stories: set[str] = set()
        self.languages: Counts = {}
        self.reasons: Counts = {}
        self.verdicts: set[str] = set()
        self.score = _Sum()
        self.counts: dict[int, Counts] = {}
        self.wordings: dict[str, Counts] = {}
        self.units: dict[str, Counts] = {}
        self.worded: dict[tuple[str, str], tuple[Any, ...]] = {}
        self.periods: set[tuple[str, str | None]] = set()
        self.readable_periods: set[str | None] = set()

    def add(self, row: tuple[Any, ...]) -> None:
        """Count one mention; they come in order of path."""
        _, _, _, article, story, language, text, _, score, reason, verdict = row[: len(_NEEDED)]
        self.mentions += 1
        if article != self._article:
            self._article = article
            self.articles += 1
            self.stories.add(story)
        _count(self.languages, language)
        if reason is not None:
            _count(self.reasons, reason)
        if verdict is not None:
            self.verdicts.add(verdict)
        self.score.add(score)
        if score > self.example[8]:
            self.example = row
        for i in range(len(_NEEDED), len(row)):
            value = row[i]
            if value is not None:
                counts = self.counts.get(i)
                if counts is None:
                    self.counts[i] = {value: 1}
                else:
                    counts[value] = counts.get(value, 0) + 1
        unit = row[_UNIT]
        _count(self.wordings.setdefault(language, {}), _wording(text, unit))
        if self.kind == "statistic":
            if unit is not None:
                _count(self.units.setdefault(language, {}), unit)
                self.worded.setdefault((language, unit), row)
            start, end = row[_AT["period_start"]], row[_AT["period_end"]]
            if start:
                self.periods.add((start, end))
            self.readable_periods.add(period(start, end))

    def _said(self, column: str) -> Counts:
        return self.counts.get(_AT[column], {})

    def cells(self, languages: Sequence[str]) -> dict[str, Any]:
        """The row of the table, with the columns in ``_BESIDE``; one that is left out is null."""
        said_in = sorted(self.languages)
        cells = {_COMMONEST[i - len(_NEEDED)]: _commonest(n) for i, n in self.counts.items()}
        beside = {"said_in": len(said_in)}
        agree = len(self.stories) > 1
        if self.kind == "statistic":
            beside |= self._figure(cells)
        elif self.kind == "organisation":
            named = {label: n for label, n in self._said("label").items() if label}
            beside |= {"name": _commonest(named)}
        if dates := self._said("reference_date"):
            issued = _issued(dates)
            agree = agree and (issued is not None or not any(dates))
            if self.kind == "reference":
                cells["reference_date"] = issued
                if issued:
                    cells["label"] = self._titled(cells.get("label"))
        checked = INCONSISTENT if INCONSISTENT in self.verdicts else CONSISTENT
        return {
            **cells,
            **beside,
            "kind": self.kind,
            "canonical_id": self.canonical_id,
            **{code: _commonest(self.wordings.get(code)) for code in languages},
            "languages": ",".join(said_in),
            "stories": len(self.stories),
            "articles": self.articles,
            "mentions": self.mentions,
            "score": round(self.score.total() / self.mentions, 4),
            "reason": self._joined_by(said_in),
            "agreement": "agree" if agree else "single",
            "check": checked if self.verdicts else None,
            "example": self.example[7],
            "example_path": self.example[2],
        }

    def _figure(self, cells: dict[str, Any]) -> dict[str, Any]:
        """What is merged otherwise in the cells of a figure; gives what is known beside them."""
        for name in ("unit_id", "organisation_id"):
            cells[name] = sole(self._said(name))
        one = next(iter(self.periods)) if len(self.periods) == 1 else (None, None)
        cells["period_start"], cells["period_end"] = one
        leading = min(self.languages, key=lambda code: (-self.languages[code], code))
        cells["unit"] = _commonest(self.units.get(leading)) or cells.get("unit")
        shown = self.first
        if len(self._said("unit_id")) > 1 and (other := self._in_several_units(leading, cells)):
            shown = other
            cells["unit_id"], cells["label"] = (shown[_AT[n]] for n in ("unit_id", "label"))
        for name in ("value", "of", "to", "value_kind", "currency"):
            cells[name] = shown[_AT[name]]
        if cells.get("label") is not None and cells["value_kind"] in ("percentage", "fraction"):
            cells["label"] = f"share: {cells['label']}"
        return {"about": cells["organisation_id"], "said_when": sole(self.readable_periods)}

    def _titled(self, label: str | None) -> str | None:
        """``label`` with the subject that a mention with its day of issue has.

        Numbers that several documents bear are told apart by their days alone.
        """
        longer = {
            text: number
            for text, number in self._said("label").items()
            if text and label and text.startswith(f"{label} ")
        }
        return _commonest(longer) or label

    def _in_several_units(self, leading: str, cells: Mapping[str, Any]) -> tuple[Any, ...] | None:
        """The mention whose wording the row shows, where one measure is told in several units."""
        names = ("value", "to", "value_kind", "unit_id")
        told = [{n: row[_AT[n]] for n in names} for row in self.worded.values()]
        based = [comparable(t) for t in told if t["value_kind"] == "measure" and t["unit_id"]]
        if len({tuple(b.values()) for b in based}) != 1:
            return None
        unit = cells["unit"]
        by_language = sorted(self.worded, key=lambda key: (key[0] != leading, key))
        return self.worded[next(key for key in by_language if key[1] == unit)]

    def _joined_by(self, said_in: Sequence[str]) -> str:
        """What made the mentions one, in a few words."""
        own = _commonest(self.reasons)
        if self.mentions == 1:
            how = "one mention"
        elif self.kind == "reference":
            how = "same document number"
        elif self.kind == "organisation":
            how = "same body by the parts of its name"
        elif self.articles > 1 and len(self.stories) == 1:
            how = "same figure in translations of one story"
        elif len(self.stories) > 1:
            how = "same unit, body, period and value"
        else:
            how = "same figure again in one article"
        if len(said_in) > 1:
            how += f" ({', '.join(said_in)})"
        return f"{how}; {own}" if own else how


def _issued(dates: Iterable[str]) -> str | None:
    """The date of issue that mentions agree on, as precisely as any says it.

    ``None`` when they name different days: offices of different provinces use the same numbers, and
    a translation may err.
    """
    said = sorted((d for d in dates if d), key=len)
    return said[-1] if said and all(said[-1].startswith(d) for d in said) else None


def _in_order(bucket: pa.RecordBatch) -> Iterator[tuple[Any, ...]]:
    """The rows of a bucket, thing by thing, in the columns of ``_NEEDED`` and ``_COMMONEST``."""
    order = pc.sort_indices(bucket, [(name, "ascending") for name in _IN_ORDER])
    width = len(_NEEDED) + len(_COMMONEST)
    for start in range(0, len(order), _MENTIONS):
        part = bucket.take(order.slice(start, _MENTIONS))
        yield from zip(*(column.to_pylist() for column in part.columns[:width]), strict=True)


def _things(found: Iterable[tuple[Any, ...]], languages: Sequence[str]) -> Iterator[dict[str, Any]]:
    thing: _Thing | None = None
    for row in found:
        if thing is None or (row[1], row[0]) != (thing.canonical_id, thing.kind):
            if thing is not None:
                yield thing.cells(languages)
            thing = _Thing(row)
        thing.add(row)
    if thing is not None:
        yield thing.cells(languages)


def _arrow(found: Iterable[Mapping[str, Any]], schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    columns: list[list[Any]] = [[] for _ in schema]
    names = schema.names

    def batch() -> pa.RecordBatch:
        arrays = [pa.array(c, f.type) for c, f in zip(columns, schema, strict=True)]
        return pa.record_batch(arrays, schema=schema)

    for cells in found:
        for name, column in zip(names, columns, strict=True):
            column.append(cells.get(name))
        if len(columns[0]) >= _ROWS:
            yield batch()
            columns = [[] for _ in schema]
    yield batch()


def write_table(
    connection: Connection, mentions: Path, languages: Sequence[str], path: Path
) -> None:
    """Write the cross-lingual table, one row per thing, in the columns of ``table_schema``.

    ``mentions`` is what ``settle`` wrote; reads the tables that it and ``find_stories`` made. Rows
    are sorted by kind, then those that most languages, stories and mentions name first, then by id;
    the order of the mentions does not matter.
    """
    schema = table_schema(languages)
    things, dealt = path.with_name("things.parquet"), path.with_name("buckets.arrow")
    columns = ", ".join((*_NEEDED, *(f'm."{name}"' for name in _COMMONEST)))
    query = _BY_THING.format(
        columns=columns,
        mentions=parquet(mentions, MENTION_SCHEMA),
        buckets=1 + pq.read_metadata(mentions).num_rows // _OF_BUCKET,
    )
    with_beside = pa.unify_schemas([schema, _BESIDE])
    buckets = deal(batches(connection, query), "bucket", dealt)
    found = (cells for bucket in buckets for cells in _things(_in_order(bucket), languages))
    write(things, with_beside, _arrow(found, with_beside))
    connection.execute(CONFLICT)
    connection.execute(TRANSLATION)
    read = read_parquet([things], "file_row_number = true")
    complete = _COMPLETE.format(
        columns=", ".join(_COMPUTED.get(n, f't."{n}"') + f' AS "{n}"' for n in schema.names),
        things=read,
    )
    order = [b.column(0).to_numpy() for b in batches(connection, _ORDER.format(things=read))]
    place = np.empty(sum(map(len, order)), np.int64)
    place[np.concatenate([place[:0], *order])] = np.arange(len(place))
    buckets = deal(_placed(batches(connection, complete), place), "bucket", dealt)
    write(path, schema, _sorted(buckets, schema))
    things.unlink()


def _placed(
    found: Iterable[pa.RecordBatch], place: np.ndarray[Any, Any]
) -> Iterator[pa.RecordBatch]:
    """Batches with the place of each row in the table, and the bucket that has it."""
    for rows in found:
        at = place[rows.column("row").to_numpy()]
        rows = rows.append_column("rank", pa.array(at))
        yield rows.append_column("bucket", pa.array(at // _OF_BUCKET))


def _sorted(buckets: Iterable[pa.RecordBatch], schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    for bucket in buckets:
        rows = bucket.select(schema.names).take(pc.sort_indices(bucket.column("rank")))
        yield pa.record_batch(rows.columns, schema=schema)
