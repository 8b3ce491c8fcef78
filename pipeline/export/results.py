"""The results of a run, read some rows at a time."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from pipeline import facts
from pipeline.records import columns_of
from pipeline.run import outputs

NAMES = ("table", "mentions", "articles")
_AT_ONCE = 8192
_EVERY_LANGUAGE = "<language>"


class Results:
    """What lies in ``out``. Raises ``outputs.OutputError`` when it cannot be read."""

    def __init__(self, out: Path) -> None:
        outputs.check_readable(out)
        self.out = out
        if not outputs.has_table(out):
            raise outputs.OutputError(f"{out}: has no table; make it: selaras table {out}")
        self.languages = outputs.languages_of(out)

    def path(self, name: str) -> Path:
        """The Parquet file of ``table``, ``mentions`` or ``articles``."""
        return self.out / f"{name}.parquet"

    def schema(self, name: str) -> pa.Schema:
        """Its columns."""
        return pq.read_schema(self.path(name)).remove_metadata()

    def batches(
        self, name: str, columns: list[str] | None = None, at_once: int = _AT_ONCE
    ) -> Iterator[pa.RecordBatch]:
        """Its rows, ``at_once`` at most; of ``columns`` alone if they are named."""
        try:
            with pq.ParquetFile(self.path(name)) as file:
                yield from file.iter_batches(at_once, columns=columns)
        except (OSError, pa.ArrowException) as error:
            raise self.unreadable(error) from error

    def unreadable(self, error: Exception) -> outputs.OutputError:
        """What to raise when the files of the run are not what they should be."""
        said = " ".join(str(error).split())[:200]
        return outputs.OutputError(
            f"{self.out}: its files cannot be read ({said}); run selaras run again"
        )

    def columns_of(self, kind: str) -> list[str]:
        """The columns of the table that say something of a kind of thing."""
        return columns_of(kind, self.schema("table").names)

    @cached_property
    def meanings(self) -> dict[str, dict[str, str]]:
        """What each column means, by file and column."""
        said: dict[str, dict[str, str]] = facts.data("columns")
        every = said["table"][_EVERY_LANGUAGE]
        whole = said["mentions"] | said["table"] | dict.fromkeys(self.languages, every)
        return {
            name: {
                column: (whole if name == "table" else said[name]).get(column, "")
                for column in self.schema(name).names
            }
            for name in NAMES
        }

    def rows(self, name: str) -> Iterator[dict[str, Any]]:
        """Its rows as Python values."""
        for some in self.batches(name):
            yield from some.to_pylist()
