"""Bodies whose place nothing says: the same as no body of another story."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from pipeline.normalise.lexicon import kind_of

_SCOPE = re.compile(r"/in-story-[0-9a-f]+$")


def _is_sole(body: str) -> bool:
    """Whether there is one body of this id in the country (``national-assembly``)."""
    return bool(kind_of(body.partition("/")[0]).get("scope") == "state")


def scope_bodies(mentions: Sequence[dict[str, Any]], story: str) -> None:
    """Put the story into the ids of bodies without a place, in place.

    ``mentions`` are those of one story. ``party-committee/health-department`` of an article that
    names no province becomes ``party-committee/health-department/in-story-…``, so that it is joined
    with its translations and with nothing else. ``canonical_id``, ``parent_id`` and the
    ``organisation_id`` of statistics are set; an id that already has a story gets that of now.
    """
    missing: dict[str, set[str]] = defaultdict(set)
    for row in mentions:
        for column in ("parent_id", "organisation_id"):
            if row[column]:
                row[column] = _SCOPE.sub("", row[column])
        if row["kind"] == "organisation" and row["canonical_id"]:
            row["canonical_id"] = _SCOPE.sub("", row["canonical_id"])
            if row["place_missing"]:
                missing[row["article_id"]].add(row["canonical_id"])
    scope = f"/in-{story}"
    for row in mentions:
        unplaced = missing.get(row["article_id"])
        if not unplaced:
            continue
        if row["kind"] == "statistic" and row["organisation_id"] in unplaced:
            row["organisation_id"] += scope
        elif row["kind"] == "organisation" and row["place_missing"]:
            row["canonical_id"] += scope
            if row["parent_id"] and not _is_sole(row["parent_id"]):
                row["parent_id"] += scope
