"""Mentions of any number of articles to the cross-lingual table."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pipeline.normalise.references import date_check
from pipeline.records import MENTION_SCHEMA, table_schema
from pipeline.tabulate.bodies import scope_bodies
from pipeline.tabulate.checks import CONSISTENT, INCONSISTENT, check
from pipeline.tabulate.correspondence import restore, settle
from pipeline.tabulate.indicators import indicators, is_settled, one, one_period
from pipeline.tabulate.stories import figure, stories

Row = Mapping[str, Any]
Key = tuple[str, str]

KINDS = ("organisation", "reference", "statistic")
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


def merge(
    articles: Iterable[Row], mentions: Iterable[Row]
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Articles with their story, and mentions with the identity that their story settles.

    Takes and gives rows of ``ARTICLE_SCHEMA`` and ``MENTION_SCHEMA``. What was found in one
    article stays as it is; set are ``story_id``, of statistics ``canonical_id`` and
    ``indicator_id``, and the ids of bodies whose place is unknown, all from what the articles say,
    so that merging again changes nothing.
    """
    article_rows = [dict(row) for row in articles]
    mention_rows = [dict(row) for row in mentions]
    for row in mention_rows:
        restore(row)
    story_of = stories((r for r in article_rows if r["status"] == "ok"), mention_rows)
    for row in article_rows:
        row["story_id"] = story_of.get(row["article_id"]) if row["status"] == "ok" else None
    scope_bodies(mention_rows, story_of)
    by_story: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in mention_rows:
        by_story[story_of[row["article_id"]]].append(row)
    for rows in by_story.values():
        settle(rows)
    found = indicators(mention_rows, story_of)
    for row in mention_rows:
        if row["kind"] == "statistic":
            identity = found[row["article_id"], row["start"]]
            row["canonical_id"] = identity.canonical_id
            row["indicator_id"] = identity.indicator_id
    return article_rows, mention_rows


def _commonest(values: Iterable[Any]) -> Any:
    """The commonest of the values that say anything; the smallest among equals; else ``None``."""
    counts = Counter(v for v in values if v is not None)
    return min(counts, key=lambda v: (-counts[v], v)) if counts else None


def _wording(row: Row) -> str:
    """How an article words a thing: a statistic with what it counts, unless its span says it."""
    text, unit = str(row["text"]), row["unit"]
    return f"{text} {unit}" if unit and unit.lower() not in text.lower() else text


def _joined_by(
    rows: Sequence[Row], languages: Sequence[str], n_stories: int, n_articles: int
) -> str:
    """What made the rows one, in a few words."""
    own = _commonest(r["reason"] for r in rows)
    kind = rows[0]["kind"]
    if len(rows) == 1:
        how = "one mention"
    elif kind == "reference":
        how = "same document number"
    elif kind == "organisation":
        how = "same body by the parts of its name"
    elif n_articles > 1 and n_stories == 1:
        how = "same figure in translations of one story"
    elif n_stories > 1:
        how = "same unit, body, period and value"
    else:
        how = "same figure again in one article"
    if len(languages) > 1:
        how += f" ({', '.join(languages)})"
    return f"{how}; {own}" if own else how


def _agreements(
    groups: Mapping[tuple[str, str], list[Row]], story_of: Mapping[str, str]
) -> dict[tuple[str, str], str]:
    """``single``, ``agree``, ``conflict`` or ``translation`` for every row of the table."""
    by_indicator: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for key, rows in groups.items():
        if key[0] == "statistic":
            by_indicator[rows[0]["indicator_id"]].append(key)
    found = {}
    for key, rows in groups.items():
        own = {story_of[r["article_id"]] for r in rows}
        days = any(r["reference_date"] for r in rows)
        same = not days or _issued(rows) is not None
        found[key] = "agree" if len(own) > 1 and same else "single"
    for indicator, keys in by_indicator.items():
        if not is_settled(indicator):
            continue  # unit, body or period is unknown: nothing is compared by guess
        # values said of one indicator by each story, and by each article of it
        said: dict[str, set[Key]] = defaultdict(set)
        worded: dict[str, dict[str, set[Key]]] = defaultdict(lambda: defaultdict(set))
        for key in keys:
            for row in groups[key]:
                story = story_of[row["article_id"]]
                said[story].add(key)
                worded[story][row["article_id"]].add(key)
        for story, by_article in worded.items():
            values = list(by_article.values())
            if all(len(v) == 1 for v in values) and len(set.union(*values)) > 1:
                for key in said[story]:
                    if found[key] == "single":
                        found[key] = "translation"
        # A story that itself gives several values speaks of parts or moments of it.
        sole = sorted({next(iter(v)) for v in said.values() if len(v) == 1})
        bounds = {key: [_bounds(r) for r in groups[key]] for key in sole}
        for key in sole:
            if any(not _may_be_one(bounds[key], bounds[other]) for other in sole):
                found[key] = "conflict"
    return found


def _may_be_one(
    first: Sequence[tuple[float, float]], second: Sequence[tuple[float, float]]
) -> bool:
    """Whether values that differ may both be true: ``nearly 8,000`` and ``7,950``."""
    return any(a[0] <= b[1] and b[0] <= a[1] for a in first for b in second)


def _bounds(row: Row) -> tuple[float, float]:
    """Between which numbers the true value lies, if what the row says is true."""
    low, high = row["value"], row["to"] if row["to"] is not None else row["value"]
    if row["value_kind"] == "fraction" and row["of"]:
        low, high = low / row["of"], high / row["of"]
    slack = 0.1 * abs(high)
    bounds: tuple[float, float] = {
        "almost": (low - slack, high),
        "about": (low - slack, high + slack),
        "over": (low, high + slack),
        "at_least": (low, math.inf),
        "at_most": (-math.inf, high),
    }.get(row["qualifier"], (low, high))
    return bounds


def _checks(mentions: Iterable[Row]) -> dict[tuple[str, int], str]:
    """By article and start, whether a figure agrees with those beside it.

    A date of issue is held against the register of documents, and only told when it differs.
    """
    found: dict[tuple[str, int], str] = {}
    by_article: dict[str, list[Row]] = defaultdict(list)
    for row in mentions:
        if row["kind"] == "statistic":
            by_article[row["article_id"]].append(row)
        elif date_check(row["canonical_id"], row["reference_date"]) == INCONSISTENT:
            found[row["article_id"], row["start"]] = INCONSISTENT
    for article, rows in by_article.items():
        found |= {(article, start): verdict for start, verdict in check(rows).items()}
    return found


def _issued(rows: Sequence[Row]) -> str | None:
    """The date of issue that mentions agree on, as precisely as any says it.

    ``None`` when they name different days: offices of different provinces use the same numbers, and
    a translation may err.
    """
    said = sorted({r["reference_date"] for r in rows if r["reference_date"]}, key=len)
    return said[-1] if said and all(said[-1].startswith(d) for d in said) else None


def _labels(mentions: Iterable[Row]) -> dict[str, str]:
    """The English names of the bodies that statistics may be about."""
    said: dict[str, list[str]] = defaultdict(list)
    for row in mentions:
        if row["kind"] == "organisation" and row["canonical_id"] and row["label"]:
            said[row["canonical_id"]].append(row["label"])
    return {body: _commonest(names) for body, names in said.items()}


def _label(rows: Sequence[Row], bodies: Mapping[str, str]) -> str | None:
    """The English name of a row; of a statistic what it counts, of whom and when, if known."""
    label: str | None = _commonest(r["label"] for r in rows)
    if rows[0]["kind"] != "statistic" or label is None:
        return label
    if rows[0]["value_kind"] in ("percentage", "fraction"):
        label = f"share: {label}"
    body = bodies.get(one(rows, "organisation_id") or "")
    when = one_period(rows)
    return ", ".join(part for part in (label, body, when) if part)


def table(
    articles: Iterable[Row], mentions: Iterable[Row], languages: Sequence[str]
) -> list[dict[str, Any]]:
    """The cross-lingual table: one row per thing, in the columns of ``table_schema(languages)``.

    Takes the rows that ``merge`` gave. Rows are sorted by kind, then those that most languages,
    stories and mentions name first, then by id; the order of the input does not matter.
    """
    story_of = {r["article_id"]: r["story_id"] for r in articles if r["story_id"]}
    rows_in = sorted(mentions, key=lambda r: (str(r["path"]), int(r["start"]), str(r["kind"])))
    groups: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in rows_in:
        if row["canonical_id"]:
            groups[row["kind"], row["canonical_id"]].append(row)
    agreements = _agreements(groups, story_of)
    verdicts = _checks(rows_in)
    labels = _labels(rows_in)
    names = table_schema(languages).names
    result = []
    for key, rows in groups.items():
        kind, canonical = key
        said_in = sorted({r["language"] for r in rows})
        n_stories = len({story_of[r["article_id"]] for r in rows})
        n_articles = len({r["article_id"] for r in rows})
        checked = {verdicts[p] for r in rows if (p := (r["article_id"], r["start"])) in verdicts}
        example = max(rows, key=lambda r: r["score"])
        cells: dict[str, Any] = dict.fromkeys(names)
        cells |= {name: _commonest(r[name] for r in rows) for name in MERGED_COLUMNS}
        if kind == "statistic":
            cells |= dict(
                zip(("value", "of", "to", "value_kind", "currency"), figure(rows[0]), strict=True)
            )
            cells |= {name: one(rows, name) for name in ("unit_id", "organisation_id")}
            periods = {(r["period_start"], r["period_end"]) for r in rows if r["period_start"]}
            period = next(iter(periods)) if len(periods) == 1 else (None, None)
            cells["period_start"], cells["period_end"] = period
            most = Counter(r["language"] for r in rows)
            leading = min(most, key=lambda code: (-most[code], code))
            cells["unit"] = (
                _commonest(r["unit"] for r in rows if r["language"] == leading) or cells["unit"]
            )
        elif kind == "reference":
            cells["reference_date"] = _issued(rows)
        cells |= {
            "kind": kind,
            "canonical_id": canonical,
            "label": _label(rows, labels),
            **{
                code: _commonest(_wording(r) for r in rows if r["language"] == code)
                for code in languages
            },
            "languages": ",".join(said_in),
            "stories": n_stories,
            "articles": n_articles,
            "mentions": len(rows),
            "score": round(math.fsum(r["score"] for r in rows) / len(rows), 4),
            "reason": _joined_by(rows, said_in, n_stories, n_articles),
            "agreement": agreements[key],
            "check": INCONSISTENT if INCONSISTENT in checked else CONSISTENT if checked else None,
            "example": example["sentence"],
            "example_path": example["path"],
        }
        result.append(cells)
    result.sort(
        key=lambda c: (
            KINDS.index(c["kind"]),
            -(c["languages"].count(",") + 1),
            -c["stories"],
            -c["mentions"],
            c["canonical_id"],
        )
    )
    return result
