"""Which formats there are, and how their files come into place."""

from __future__ import annotations

import os
import re
import sqlite3
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import duckdb
from xlsxwriter.exceptions import XlsxWriterException

from pipeline.export import conll, databases, docbin, spreadsheet, texts, web_annotation
from pipeline.export.results import Results
from pipeline.run import outputs
from pipeline.run.outputs import OutputError

# What writes a format: given the results and a folder, it leaves files there.
FORMATS: dict[str, Callable[[Results, Path], None]] = {
    "csv": texts.csv,
    "jsonl": texts.jsonl,
    "xlsx": spreadsheet.xlsx,
    "sqlite": databases.sqlite,
    "duckdb": databases.duckdb,
    "docbin": docbin.docbin,
    "webannotation": web_annotation.webannotation,
    "conll": conll.conll,
}
# The files of formats that have a file for each language, or several: how many differs.
_FILES = {
    "docbin": re.compile(r"selaras\.[a-z]{2,8}\.\d{4,}\.spacy"),
    "conll": re.compile(r"selaras\.[a-z]{2,8}\.conllup"),
}


def beside(out: Path, what: str = "export", ending: str = "", to: str = "FOLDER") -> Path:
    """Where ``what`` is made of ``out`` goes when no place is named: ``OUT-export`` beside it.

    ``ending`` is that of a file. Raises ``OutputError`` when ``out`` has no name; ``to`` is what is
    to be named then.
    """
    whole = Path(os.path.normpath(out.absolute()))
    if not whole.name:
        raise OutputError(f"{out}: has no name; say where the {what} shall go: --to {to}")
    name = f"{whole.name}-{what}{ending}"
    return out.with_name(name) if out.name == whole.name else whole.with_name(name)


def export(out: Path, folder: Path, formats: Sequence[str]) -> list[Path]:
    """Write the results in ``out`` to ``folder`` in each of ``formats``; gives the files.

    Files of an earlier export are replaced, each only when the new one is whole, and those that one
    has too many, of the same formats, are removed. Whatever is not of an export is left alone. Rows
    are read some at a time.

    Raises ``OutputError`` when ``out`` holds no results that can be read, when ``folder`` is in it
    or holds results itself, or cannot be written to.
    """
    results = Results(out)
    if folder.resolve().is_relative_to(out.resolve()):
        raise OutputError(f"{folder}: lies in the results themselves; name another folder: --to")
    if any((folder / name).exists() for name in outputs.FILES - {outputs.CSV}):
        raise OutputError(f"{folder}: holds the results of a run; name another folder: --to")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".selaras-", dir=folder) as temporary:
            for name in formats:
                FORMATS[name](results, Path(temporary))
            made = sorted(Path(temporary).iterdir())
            placed = [file.replace(folder / file.name) for file in made]
            for file in sorted(folder.iterdir()):
                if file not in placed and any(
                    name in formats and pattern.fullmatch(file.name)
                    for name, pattern in _FILES.items()
                ):
                    file.unlink()  # of an earlier export, and not of these results
            return placed
    except (OSError, sqlite3.Error, duckdb.Error, XlsxWriterException) as error:
        said = " ".join(str(getattr(error, "strerror", None) or error).split())
        raise OutputError(
            f"{folder}: cannot be written to ({said[:200]}); make room or name another folder: --to"
        ) from error
