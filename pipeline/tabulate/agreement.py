"""What stories say of one indicator: the same, different things, or a translation that errs."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from pipeline.normalise.measures import comparable

# What a figure of a settled indicator says, who says it, and between which bounds the truth lies.
CLAIM = """
CREATE TABLE claim (indicator_id VARCHAR, canonical_id VARCHAR, story VARCHAR, article_id VARCHAR,
                    low DOUBLE, high DOUBLE)
"""
# A story that itself gives several values speaks of parts or moments of it. The values of the
# others conflict where the bounds of two of them have nothing in common: where one's lower bound is
# above the least upper bound of all, or its upper bound below the greatest lower one. All bounds of
# a value hold the value itself, so the widest stand for them.
CONFLICT = """
CREATE TABLE conflict AS
WITH sole AS (
    SELECT DISTINCT indicator_id, value AS canonical_id
    FROM (SELECT indicator_id, min(canonical_id) AS value FROM claim
          GROUP BY indicator_id, story HAVING min(canonical_id) = max(canonical_id))
), bound AS (
    SELECT indicator_id, canonical_id, min(low) AS low, max(high) AS high
    FROM claim JOIN sole USING (indicator_id, canonical_id) GROUP BY ALL
), widest AS (
    SELECT indicator_id, min(high) AS high, max(low) AS low FROM bound GROUP BY indicator_id
)
SELECT canonical_id FROM bound JOIN widest USING (indicator_id)
WHERE bound.low > widest.high OR bound.high < widest.low
"""
# Each article of a story gives one value, and not all the same.
TRANSLATION = """
CREATE TABLE translation AS
WITH article AS (
    SELECT indicator_id, story, min(canonical_id) AS first, max(canonical_id) AS last
    FROM claim GROUP BY indicator_id, story, article_id
), differing AS (
    SELECT indicator_id, story FROM article
    GROUP BY indicator_id, story HAVING bool_and(first = last) AND min(first) < max(first)
)
SELECT DISTINCT canonical_id FROM claim JOIN differing USING (indicator_id, story)
"""


def bounds(row: Mapping[str, Any]) -> tuple[float, float]:
    """Between which numbers the true value lies, if what a figure says is true.

    Values that differ may both be true: ``nearly 8,000`` and ``7,950``. Measures are in the base
    of their unit.
    """
    row = comparable(row)
    low, high = row["value"], row["to"] if row["to"] is not None else row["value"]
    if row["value_kind"] == "fraction" and row["of"]:
        low, high = low / row["of"], high / row["of"]
    slack = 0.1 * abs(high)
    found: tuple[float, float] = {
        "almost": (low - slack, high),
        "about": (low - slack, high + slack),
        "over": (low, high + slack),
        "at_least": (low, math.inf),
        "at_most": (-math.inf, high),
    }.get(row["qualifier"], (low, high))
    return found
