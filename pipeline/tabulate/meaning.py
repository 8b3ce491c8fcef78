"""Ids over a whole corpus that are one body by what their names mean."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from pipeline import user_lexicon
from pipeline.normalise.meaning import joined
from pipeline.processes import Helpers
from pipeline.tabulate.correspondence import IDENTITY, take
from pipeline.tabulate.database import Connection, rows

Row = dict[str, Any]

# As the article alone names them: what an earlier merge settled is undone as ``restore`` does.
_FOUND = """
SELECT {identity}, text, language, path, start,
FROM (
    SELECT *, article_identity AS said FROM {mentions}
    WHERE kind = 'organisation' AND canonical_id <> ''
        AND NOT coalesce((article_identity ->> 'place_missing')::BOOLEAN, place_missing, false)
        AND NOT contains(coalesce(reason, ''), '{own}')
)
"""
_OF_STORY = "%/in-story-%"
_MOST = 100_000  # wordings that are compared, the commonest: the rarest beyond are left apart


@dataclass(frozen=True, slots=True)
class Meant:
    """Ids that are one with another: that id, a row with its identity, and what joined them."""

    same: dict[str, str] = field(default_factory=dict)
    owner: dict[str, Row] = field(default_factory=dict)
    why: dict[str, str] = field(default_factory=dict)

    def take(self, rows: list[Row]) -> None:
        """Put the ids of mentions under those that they are one with, in place."""
        take(rows, self.same, self.owner, self.why)


def find_meant(connection: Connection, mentions: str, helpers: Helpers) -> Meant:
    """Which ids of ``mentions`` (SQL in the columns of ``MENTION_SCHEMA``) mean the same.

    What a user's lexicon names is left as it is, and so are bodies without a place, which belong
    to their story. Raises ``recognise.ModelError`` when the vectors of
    names cannot be loaded.
    """
    columns = ", ".join(
        f"CASE WHEN said IS NULL THEN {name} ELSE said ->> '{name}' END AS {name}"
        for name in IDENTITY
        if name != "place_missing"
    )
    found = _FOUND.format(identity=columns, mentions=mentions, own=user_lexicon.REASON)
    wordings = rows(
        connection,
        f"""
        SELECT canonical_id, text, language, body, place_id, count(*) FROM ({found})
        WHERE canonical_id NOT LIKE '{_OF_STORY}'
        GROUP BY ALL ORDER BY count(*) DESC, canonical_id, text, language, body, place_id
        LIMIT {_MOST}
        """,
    )
    near = joined(wordings, helpers=helpers)
    if not near:
        return Meant()
    same = {identity: other for identity, (other, _) in near.items()}
    likeness: dict[str, float] = {}
    for other, score in near.values():
        likeness[other] = min(score, likeness.get(other, 1.0))
    names = [name for name in IDENTITY if name != "place_missing"]
    connection.execute("CREATE TABLE meant (id VARCHAR)")
    connection.executemany("INSERT INTO meant VALUES (?)", [[i] for i in sorted(likeness)])
    owner: dict[str, Row] = {}
    for row in rows(
        connection,
        f"""
        SELECT {", ".join(names)}, text FROM ({found}) WHERE canonical_id IN (SELECT id FROM meant)
        QUALIFY row_number() OVER (PARTITION BY canonical_id ORDER BY path, start) = 1
        """,
    ):
        said = dict(zip((*names, "text"), row, strict=True)) | {"place_missing": False}
        owner[said["canonical_id"]] = said
    connection.execute("DROP TABLE meant")
    why = {
        other: f"means the same as {owner[other]['text'][:80]} ({score:.2f})"
        for other, score in likeness.items()
    }
    return Meant(same, owner, why)
