"""Whether the figures of one article agree with each other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from itertools import combinations
from typing import Any

from pipeline.normalise.references import date_check

Row = Mapping[str, Any]
CONSISTENT, INCONSISTENT = "consistent", "inconsistent"

# A percentage said of a ratio stands next to it: `557/1,461 civil servants (38.13%)`.
_NEAREST = 140
# How far below (`almost`) or around (`about`) the true share a rounded percentage may stand.
_SLACK = {"almost": (0.0, 0.1), "about": (0.1, 0.1), "over": (0.1, 0.0)}


def _agrees(part: float, whole: float, percentage: Row) -> bool:
    """Whether ``percentage`` is what ``part`` of ``whole`` is, as precisely as it was written."""
    said, share = percentage["value"], 100 * part / whole
    qualifier = percentage["qualifier"]
    if qualifier == "at_least":
        return bool(share >= said - 1e-9)
    if qualifier == "at_most":
        return bool(share <= said + 1e-9)
    decimals = len(f"{said:g}".partition(".")[2])
    rounding = 0.5 * 10**-decimals + 1e-9 + (0.5 * 10**-decimals if decimals else 0.0)
    over, under = _SLACK.get(qualifier, (0.0, 0.0))
    return bool(said - said * under - rounding <= share <= said + said * over + rounding)


def _bracketed(row: Row) -> bool:
    """Whether a figure opens a bracket: ``(38.13%)``, ``(257/900 people)``."""
    before = row["sentence"][: row["start"] - row["sentence_start"]]
    return bool(before.rstrip().endswith("("))


def check(mentions: Iterable[Row]) -> dict[int, str]:
    """Ratios, and pairs of counts, against the percentages beside them, within each sentence.

    ``mentions`` are the statistics of one article (rows with ``start``, ``end``, ``sentence``,
    ``sentence_start``, ``value``, ``of``, ``value_kind``, ``qualifier``). Returns the
    verdict (``consistent`` or ``inconsistent``) by ``start``, for both sides of each pair. A ratio
    and a percentage that disagree are held against each other only where one stands in brackets
    behind the other: two figures of one sentence often speak of different things.
    """
    by_sentence: dict[int, list[Row]] = {}
    for row in mentions:
        by_sentence.setdefault(row["sentence_start"], []).append(row)
    found: dict[int, str] = {}
    for rows in by_sentence.values():
        ratios = [r for r in rows if r["value_kind"] == "ratio" and r["of"]]
        shares = [
            r
            for r in rows
            if r["value_kind"] == "percentage" and r["to"] is None and r["change"] is None
        ]
        for ratio in ratios:
            near = [
                p
                for p in shares
                if max(p["start"] - ratio["end"], ratio["start"] - p["end"]) <= _NEAREST
            ]
            agreeing = [p for p in near if _agrees(ratio["value"], ratio["of"], p)]
            if agreeing:
                partner, verdict = agreeing[0], CONSISTENT
            elif (
                len(near) == len(ratios) == 1
                and ratio["value"] <= ratio["of"]
                and _bracketed(max(ratio, near[0], key=lambda r: r["start"]))
            ):
                partner, verdict = near[0], INCONSISTENT
            else:
                continue
            found[ratio["start"]] = verdict
            found.setdefault(partner["start"], verdict)
        counts = [r for r in rows if r["value_kind"] == "count" and r["to"] is None]
        for share in shares:
            if share["start"] not in found and share["qualifier"] is None:
                _share_of_counts(share, counts, found)
    return found


def verdicts(mentions: Iterable[Row]) -> dict[tuple[str, int], str]:
    """By article and start, whether a figure agrees with those beside it.

    ``mentions`` are all of some articles. A date of issue is held against the register of
    documents, and only told when it differs.
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


def _share_of_counts(share: Row, counts: list[Row], found: dict[int, str]) -> None:
    """A percentage against two counts named just before it: ``628 of 1,702 teachers, or 36.9%``.

    Only agreement is told, and only of a percentage with decimals: whole ones agree by chance.
    """
    if share["value"] == round(share["value"]):
        return
    before = [c for c in counts if 0 <= share["start"] - c["end"] <= _NEAREST]
    for part, whole in combinations(before, 2):
        if 0 < part["value"] < whole["value"] and _agrees(part["value"], whole["value"], share):
            for row in (part, whole, share):
                found.setdefault(row["start"], CONSISTENT)
            return
