"""What each figure measures, and which figures of one story are the same figure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from pipeline.normalise.measures import comparable
from pipeline.tabulate.stories import STORY

Row = Mapping[str, Any]

_KIND_OF_INDICATOR = {"ratio": "count"}


class Indicator(NamedTuple):
    """The identity of a statistic: what it measures, and the same with its value."""

    indicator_id: str
    canonical_id: str
    counted: bool  # whether it is known what is counted


def figure(row: Row) -> tuple[object, ...]:
    """The value of a statistic in a form that compares: ``(value, of, to, kind, currency)``."""
    return tuple(row[k] for k in ("value", "of", "to", "value_kind", "currency"))


def is_settled(indicator_id: str) -> bool:
    """Whether unit, body and period of an indicator are all known, so that it may be compared.

    Others belong to one story, whose id they begin with.
    """
    return not indicator_id.startswith(STORY)


def period(start: str | None, end: str | None) -> str | None:
    """A period as text (``2024``, ``2021-2025``, ``2024-09-17``), if both its ends are known."""
    if not start or not end:
        return None
    if start[4:] == "-01-01" and end[4:] == "-12-31":
        return start[:4] if start[:4] == end[:4] else f"{start[:4]}-{end[:4]}"
    return start if start == end else f"{start}--{end}"


def _value(row: Row) -> str:
    """The value as a readable end of an id: ``557-of-1461``, ``3-to-5``, ``25000000000``."""
    text = f"{row['value']:.15g}"
    if row["of"] is not None:
        text += f"-of-{row['of']:.15g}"
    if row["to"] is not None:
        text += f"-to-{row['to']:.15g}"
    return text


def sole(said: Iterable[str | None]) -> str | None:
    """What those that say anything agree on; ``None`` when they differ or all are silent."""
    different = {value for value in said if value}
    return different.pop() if len(different) == 1 else None


def _one(rows: Sequence[Row], column: str) -> str | None:
    return sole(r[column] for r in rows)


def _one_period(rows: Sequence[Row]) -> str | None:
    return sole(period(r["period_start"], r["period_end"]) for r in rows)


def _identify(rows: Sequence[Row], story: str, ordinal: int) -> Indicator:
    """The identity that ``rows``, one figure in the articles of one story, have together.

    A measure is told in the base of its unit.
    """
    measured = _measured(rows)
    row = measured or rows[0]
    if row["value_kind"] == "measure":
        unit = measured["unit_id"] if measured else None
    else:
        unit = _one(rows, "unit_id") or _one(rows, "currency")
    body = _one(rows, "organisation_id")
    when = _one_period(rows)
    way = str(_KIND_OF_INDICATOR.get(row["value_kind"], row["value_kind"]))
    if row["change"]:
        way += f"-{row['change']}"
    settled = bool(unit and body and when)
    parts: list[str] = [unit or "?", way, body or "?", when or "?"]
    indicator = "/".join(p for p in parts if p != "?") if settled else f"{story}/" + "/".join(parts)
    repeat = f"#{ordinal}" if ordinal > 1 else ""
    return Indicator(indicator, f"{indicator}={_value(row)}{repeat}", unit is not None)


def _measured(rows: Sequence[Row]) -> Row | None:
    """The first of ``rows`` that has a unit of measure, in its base, if all that have one agree."""
    said = [comparable(r) for r in rows if r["value_kind"] == "measure" and r["unit_id"]]
    if len({(*figure(r), r["unit_id"]) for r in said}) != 1:
        return None
    return said[0]


def _in_base(row: Row) -> tuple[object, ...] | None:
    """The value and the unit of a measure as they compare; ``None`` where no unit is known."""
    if row["value_kind"] != "measure" or not row["unit_id"]:
        return None
    based = comparable(row)
    return *figure(based), row["change"], based["unit_id"]


def _keys(rows: Sequence[Row]) -> list[tuple[object, ...]]:
    """What the rows of one figure share, for each of ``rows``: the value.

    Of a measure that a story tells in several units it is the value in their base; a wording whose
    unit is not known then goes with that of the same number whose unit is.
    """
    keys = [(*figure(row), row["change"]) for row in rows]
    based = [_in_base(row) for row in rows]
    wordings: dict[tuple[object, ...], set[tuple[object, ...]]] = defaultdict(set)
    for key, base in zip(keys, based, strict=True):
        if base is not None:
            wordings[base].add(key)
    bases: dict[tuple[object, ...], list[tuple[object, ...]]] = defaultdict(list)
    for base, said in wordings.items():
        for key in said if len(said) > 1 else ():
            bases[key].append(base)
    found = []
    for key, base in zip(keys, based, strict=True):
        several = bases.get(key, [])
        if base is None and len(several) == 1:
            found.append(several[0])
        else:
            found.append(base if base is not None and base in several else key)
    return found


def _about(row: Row) -> tuple[str, str]:
    return comparable(row)["unit_id"] or "", row["organisation_id"] or ""


def _align(by_article: Mapping[str, Sequence[Row]]) -> list[list[Row]]:
    """Groups of the rows of one figure (same value) across the articles of a story.

    A figure that stands equally often in each article is matched by what it counts and of whom,
    else in order. Where the counts differ, only rows that count the same unit are joined, in order;
    the rest stay apart.
    """
    counts = {len(rows) for rows in by_article.values()}
    if len(counts) == 1:
        about = [Counter(_about(r) for r in rows) for rows in by_article.values()]
        if all(c == about[0] for c in about) and all(all(key) for key in about[0]):
            by_article = {a: sorted(rows, key=_about) for a, rows in by_article.items()}
        return [list(group) for group in zip(*by_article.values(), strict=True)]
    slots: dict[tuple[str, int], list[Row]] = defaultdict(list)
    for article, rows in by_article.items():
        seen: dict[str, int] = defaultdict(int)
        for row in rows:
            unit = comparable(row)["unit_id"] or f"?{article}"
            slots[unit, seen[unit]].append(row)
            seen[unit] += 1
    return list(slots.values())


def indicators(mentions: Iterable[Row], story: str) -> dict[tuple[str, int], Indicator]:
    """The identity of every statistic of one story: ``{(article_id, start): Indicator}``.

    Where unit, body and period are all known, figures of different stories may share an
    indicator. Where one is unknown the indicator belongs to its story alone (its id begins with
    the story's), so that nothing is compared by guess. Figures that correspond in the
    translations of one story settle each other: what one says and the other leaves open holds
    for both. Measures are told in one unit of each kind: ``1.2 km`` is ``1,200 m``.
    """
    grouped: dict[tuple[object, ...], dict[str, list[Row]]] = defaultdict(lambda: defaultdict(list))
    figures = [row for row in mentions if row["kind"] == "statistic"]
    figures.sort(key=lambda r: (str(r["article_id"]), int(r["start"])))
    for key, row in zip(_keys(figures), figures, strict=True):
        grouped[key][row["article_id"]].append(row)
    found: dict[tuple[str, int], Indicator] = {}
    for by_article in grouped.values():
        taken: dict[str, int] = defaultdict(int)
        groups = sorted(
            _align(by_article), key=lambda g: (min(r["start"] for r in g), str(g[0]["article_id"]))
        )
        for rows in groups:
            first = _identify(rows, story, 1)
            if first.counted:
                identity = first  # the same number of the same thing, said again
            else:
                taken[first.canonical_id] += 1
                identity = _identify(rows, story, taken[first.canonical_id])
            for row in rows:
                found[row["article_id"], row["start"]] = identity
    return found
