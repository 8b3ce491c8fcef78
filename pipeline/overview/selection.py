"""Which rows of the table are meant, as conditions of SQL."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pipeline.display.hints import FOLDED
from pipeline.explanation import Reader, shown_id
from pipeline.normalise.places import fold
from pipeline.records import KINDS, languages_of_table
from pipeline.run import outputs
from pipeline.run.outputs import OutputError
from pipeline.terminal import printable

# Where a text is looked for, beside the columns of the languages: what a thing is called.
_CALLED = ("canonical_id", "label", "name_vi", "reference_title", "unit_id", "organisation_id")
_FEW = 5
_NUMBERS = frozenset({"BIGINT", "DOUBLE", "BOOLEAN"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Rows of the table, all by default.

    ``unit`` is a ``unit_id``, a unit as the articles word it, or a currency. ``language`` asks for
    rows that this language has, ``search`` for rows that are called so, whatever case and
    diacritics. ``sort`` is a column: numbers come largest first, texts from A, with ``-`` before
    the name the other way round; rows that say nothing there come last.
    """

    kinds: tuple[str, ...] = KINDS
    unit: str | None = None
    language: str | None = None
    agreement: str | None = None
    search: str | None = None
    sort: str | None = None


class Conditions:
    """A selection as SQL over the table of one run. Parameters count from ``$2``: the first is
    the file."""

    def __init__(self, reader: Reader, selection: Selection) -> None:
        """Check ``selection`` against the columns of the table, and its unit against the units.

        Raises ``OutputError`` that names what there is, where something is not there.
        """
        self._reader = reader
        self.columns = columns_of(reader)
        self.languages = languages_of_table(self.columns)
        self.parameters: list[object] = []
        self._parts: list[str] = []
        self._take(selection)
        self.order = self._order(selection.sort)

    @property
    def where(self) -> str:
        """The condition."""
        return " AND ".join(self._parts) or "true"

    def _parameter(self, value: str) -> str:
        self.parameters.append(value.encode("utf-8", "replace").decode("utf-8"))
        return f"${len(self.parameters) + 1}"

    def _take(self, selection: Selection) -> None:
        if set(selection.kinds) != set(KINDS):
            kinds = ", ".join(self._parameter(kind) for kind in selection.kinds)
            self._parts.append(f"kind IN ({kinds})")
        if selection.unit is not None:
            asked, folded = self._parameter(selection.unit), self._parameter(fold(selection.unit))
            self._parts.append(
                f"(unit_id = {asked} OR currency = upper({asked}) "
                f"OR {FOLDED.format('unit')} = {folded})"
            )
            self._check_unit(selection.unit)
        if selection.language is not None:
            if selection.language not in self.languages:
                raise OutputError(
                    f"{self._reader.out}: its table has no language "
                    f"{shown_id(selection.language)!r}; it has: {', '.join(self.languages)}"
                )
            self._parts.append(f"{_name(selection.language)} IS NOT NULL")
        if selection.agreement is not None:
            self._parts.append(f"agreement = {self._parameter(selection.agreement)}")
        if selection.search is not None:
            word = self._parameter(" ".join(fold(selection.search).split()))
            called = ", ".join(_name(name) for name in (*_CALLED, *self.languages))
            joined = FOLDED.format(f"concat_ws(chr(10), {called})")
            self._parts.append(f"contains({joined}, {word})")

    def _check_unit(self, unit: str) -> None:
        table = [self._reader.file(outputs.TABLE), *self.parameters]
        condition = self._parts[-1]
        # Every parameter that is given must be used: the others are named in vain.
        used = " AND ".join(f"${i} IS NOT NULL" for i in range(2, len(self.parameters) + 2))
        query = (
            "SELECT 1 FROM read_parquet($1, hive_partitioning = false) "
            f"WHERE {condition} AND {used} LIMIT 1"
        )
        if list(self._reader.ask(query, table)):
            return
        word = fold(unit).strip()
        near = self._reader.ask(
            """
            SELECT id FROM (
                SELECT coalesce(unit_id, currency) AS id, count(*) AS rows
                FROM read_parquet($1, hive_partitioning = false) GROUP BY id
            ) WHERE id IS NOT NULL
            ORDER BY contains(lower(id), $2) DESC,
                round(jaro_winkler_similarity(lower(id), $2), 1) DESC, rows DESC, id
            LIMIT $3
            """,
            [self._reader.file(outputs.TABLE), word.encode("utf-8", "replace").decode(), _FEW],
        )
        nearest = ", ".join(printable(row["id"]) for row in near)
        raise OutputError(
            f"{self._reader.out}: its table has no figures of {shown_id(unit)!r}"
            + (f"; the nearest units: {nearest}" if nearest else "")
        )

    def _order(self, sort: str | None) -> str:
        if sort is None:
            return "file_row_number"
        name = sort.removeprefix("-")
        if name not in self.columns:
            raise OutputError(
                f"{self._reader.out}: its table has no column {shown_id(name)!r}; it has: "
                + ", ".join(self.columns)
            )
        down = (self.columns[name] in _NUMBERS) != sort.startswith("-")
        return f"{_name(name)} {'DESC' if down else 'ASC'} NULLS LAST, file_row_number"


def columns_of(reader: Reader) -> Mapping[str, str]:
    """The columns of the table, each with its type in DuckDB."""
    described = reader.ask(
        "DESCRIBE SELECT * FROM read_parquet($1, hive_partitioning = false)",
        [reader.file(outputs.TABLE)],
    )
    return {row["column_name"]: row["column_type"] for row in described}


def _name(column: str) -> str:
    quoted = column.replace('"', '""')
    return f'"{quoted}"'
