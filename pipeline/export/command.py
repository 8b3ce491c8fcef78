"""Which formats there are, and how their files come into place."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from pipeline.export import databases, spreadsheet, texts
from pipeline.export.results import Results
from pipeline.run.outputs import OutputError

# What writes a format: given the results and a folder, it leaves files there.
FORMATS: dict[str, Callable[[Results, Path], None]] = {
    "csv": texts.csv,
    "jsonl": texts.jsonl,
    "xlsx": spreadsheet.xlsx,
    "sqlite": databases.sqlite,
    "duckdb": databases.duckdb,
}


def export(out: Path, folder: Path, formats: Sequence[str]) -> list[Path]:
    """Write the results in ``out`` to ``folder`` in each of ``formats``; gives the files.

    Files of an earlier export are replaced, each only when the new one is whole. Whatever is not of
    an export is left alone. Rows are read some at a time.

    Raises ``OutputError`` when ``out`` holds no results that can be read, when ``folder`` is in it,
    or cannot be written to.
    """
    results = Results(out)
    if folder.resolve().is_relative_to(out.resolve()):
        raise OutputError(f"{folder}: lies in the results themselves; name another folder: --to")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".selaras-", dir=folder) as temporary:
            for name in formats:
                FORMATS[name](results, Path(temporary))
            made = sorted(Path(temporary).iterdir())
            return [file.replace(folder / file.name) for file in made]
    except OSError as error:
        raise OutputError(
            f"{folder}: cannot be written to ({error.strerror or error}); make room or name "
            "another folder: --to"
        ) from error
