"""What a person who typed a name that is not there may have meant."""

from __future__ import annotations

from collections.abc import Iterable

import duckdb
import pyarrow as pa

from pipeline.normalise.places import fold

_NEAREST = 5
_ALIKE = 0.75  # Jaro-Winkler similarity
# A column of text as DuckDB compares it with what ``fold`` gives.
FOLDED = "replace(strip_accents(lower({})), 'đ', 'd')"


def nearest(asked: str, known: Iterable[str]) -> list[str]:
    """Up to five of ``known``, the best first: those that contain ``asked``, whatever case and
    diacritics, then those written nearly so. A million names take about a second."""
    word = " ".join(fold(asked.encode("utf-8", "replace").decode("utf-8")).split())
    names = pa.table({"name": pa.array(list(known), pa.string())})
    with duckdb.connect() as database:
        database.register("known", names)
        found = database.execute(
            f"""
            SELECT name FROM (
                SELECT DISTINCT name, {FOLDED.format("name")} AS word FROM known
            ) WHERE ($1 <> '' AND contains(word, $1)) OR jaro_winkler_similarity(word, $1) >= $2
            ORDER BY $1 <> '' AND contains(word, $1) DESC,
                jaro_winkler_similarity(word, $1) DESC, name LIMIT $3
            """,
            [word, _ALIKE, _NEAREST],
        ).fetchall()
    return [name for (name,) in found]


def hint(asked: str, known: Iterable[str]) -> str:
    """The end of a message that says what may have been meant; empty where nothing is near."""
    found = nearest(asked, known)
    return f"; the nearest: {', '.join(found)}" if found else ""
