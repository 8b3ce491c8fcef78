"""What a run was, how much it gave, and its first rows; nothing is read that is not shown."""

from __future__ import annotations

from typing import Any, NamedTuple

from pipeline.display.normal_form import SHARES
from pipeline.explanation import Reader, Row
from pipeline.overview.selection import Conditions, Selection
from pipeline.run import outputs

# Rows that contradict others, or themselves.
_CONFLICT = """(agreement IN ('conflict', 'translation') OR "check" = 'inconsistent')"""
CONFLICTS = "conflict"
_TABLE = "read_parquet($1, hive_partitioning = false, file_row_number = true)"
_ARTICLES = "read_parquet($1, hive_partitioning = false)"


class Figures(NamedTuple):
    """Figures of one unit as ``rows`` of the table; how many ``bodies`` they are of, also those
    that ``rows`` does not have; and how many figures are ``left_out``, by why."""

    rows: list[Row]
    bodies: int
    left_out: dict[str, int]


class Overview:
    """The results that ``reader`` reads, of which ``selection`` says what is meant.

    Its methods raise ``OutputError`` when the files of the run cannot be read.
    """

    def __init__(self, reader: Reader, selection: Selection) -> None:
        """Check ``selection``. Raises ``OutputError`` when it names what is not there."""
        self.reader = reader
        self.selection = selection
        self._conditions = Conditions(reader, selection)
        self.languages = self._conditions.languages
        self.run = outputs.read_run(reader.out)

    def articles(self) -> list[Row]:
        """How many articles there are: ``status``, ``language``, ``articles``."""
        return list(
            self.reader.ask(
                "SELECT status, language, count(*) AS articles "
                f"FROM {_ARTICLES} GROUP BY status, language "
                "ORDER BY status <> 'ok', status, articles DESC, language",
                [self._file(outputs.ARTICLES)],
            )
        )

    def stories(self) -> int:
        """How many stories the articles tell."""
        (row,) = self.reader.ask(
            f"SELECT count(DISTINCT story_id) AS n FROM {_ARTICLES} WHERE status = 'ok'",
            [self._file(outputs.ARTICLES)],
        )
        return int(row["n"])

    def failures(self, limit: int) -> list[Row]:
        """The first ``limit`` articles that were not read: ``path``, ``status``, ``reason``; the
        failed before the skipped."""
        return list(
            self.reader.ask(
                f"SELECT path, status, reason FROM {_ARTICLES} WHERE status <> 'ok' "
                "ORDER BY status, path LIMIT $2",
                [self._file(outputs.ARTICLES), limit],
            )
        )

    def counts(self) -> list[Row]:
        """How many rows are selected: ``kind``, ``agreement``, ``check``, ``rows``."""
        return list(
            self.reader.ask(
                f'SELECT kind, agreement, "check", count(*) AS rows FROM {_TABLE} '
                f"WHERE {self._where()} GROUP BY ALL ORDER BY ALL NULLS LAST",
                self._parameters(),
            )
        )

    def sections(self) -> list[str]:
        """What is shown one after another: the kinds, and what contradicts itself."""
        wanted = self.selection
        conflicts = "statistic" in wanted.kinds and wanted.agreement is None
        return [*wanted.kinds, *([CONFLICTS] if conflicts else [])]

    def size(self, section: str) -> int:
        """How many rows a section has."""
        (row,) = self.reader.ask(
            f"SELECT count(*) AS n FROM {_TABLE} WHERE {self._where(section)}", self._parameters()
        )
        return int(row["n"])

    def rows(self, section: str, limit: int) -> list[Row]:
        """The first ``limit`` rows of a section, in the order asked for."""
        order = self._conditions.order
        if section == CONFLICTS and self.selection.sort is None:
            # What contradicts each other stands together.
            order = "min(file_row_number) OVER (PARTITION BY indicator_id), file_row_number"
        return list(
            self.reader.ask(
                f"SELECT * EXCLUDE (file_row_number) FROM {_TABLE} "
                f"WHERE {self._where(section)} ORDER BY {order} LIMIT {int(limit)}",
                self._parameters(),
            )
        )

    def figures(self, bodies: int | None, *, every: bool) -> Figures:
        """The selected figures of the first ``bodies`` bodies, or of all; those with most first.

        Taken are levels that name a body, as in ``sheets.pivot``; with ``every`` also rises, falls
        and shares, and behind all bodies the figures that name none. ``whose_label`` is the name of
        a body.
        """
        shares = ", ".join(f"'{kind}'" for kind in sorted(SHARES))
        level = f"(change IS NULL AND coalesce(value_kind NOT IN ({shares}), true))"
        wanted = "true" if every else level
        selected = f"{self._where()} AND kind = 'statistic'"
        (count,) = self.reader.ask(
            f"""
            SELECT count(DISTINCT organisation_id) FILTER ({wanted}) AS bodies,
                count(*) FILTER (NOT {level}) AS others,
                count(*) FILTER ({level} AND organisation_id IS NULL) AS nobodys
            FROM {_TABLE} WHERE {selected}
            """,
            self._parameters(),
        )
        most = count["bodies"] if bodies is None else bodies
        rows = self.reader.ask(
            f"""
            WITH figures AS (
                SELECT * FROM {_TABLE} WHERE {selected} AND {wanted}
            ), bodies AS (
                SELECT organisation_id, row_number() OVER (
                    ORDER BY count(*) DESC, organisation_id
                ) AS nth FROM figures WHERE organisation_id IS NOT NULL GROUP BY organisation_id
            )
            SELECT figures.* EXCLUDE (file_row_number), named.label AS whose_label
            FROM figures LEFT JOIN bodies USING (organisation_id)
            LEFT JOIN (
                SELECT canonical_id, any_value(label) AS label FROM {_TABLE}
                WHERE kind = 'organisation' GROUP BY canonical_id
            ) AS named ON named.canonical_id = figures.organisation_id
            WHERE nth <= {int(most)} {"OR nth IS NULL" if every else ""}
            ORDER BY nth NULLS LAST, figures.file_row_number
            """,
            self._parameters(),
        )
        left_out = {"shares_and_changes": int(count["others"]), "no_body": int(count["nobodys"])}
        return Figures(list(rows), int(count["bodies"]), {} if every else left_out)

    def to_dict(self, limit: int) -> dict[str, Any]:
        """All of it as plain values, ``limit`` rows of a section and of what was not read."""
        return {
            "out": str(self.reader.out),
            "inputs": self.run.get("inputs"),
            "versions": self.run.get("versions"),
            "articles": self.articles(),
            "stories": self.stories(),
            "failures": self.failures(limit),
            "counts": self.counts(),
            "rows": {s: self.rows(s, limit) for s in self.sections()},
            "of": {s: self.size(s) for s in self.sections()},
        }

    def _file(self, name: str) -> str:
        return self.reader.file(name)

    def _where(self, section: str | None = None) -> str:
        if section is None:
            return self._conditions.where
        if section == CONFLICTS:
            return f"{self._conditions.where} AND {_CONFLICT}"
        return f"{self._conditions.where} AND kind = '{section}'"

    def _parameters(self) -> list[object]:
        return [self._file(outputs.TABLE), *self._conditions.parameters]
