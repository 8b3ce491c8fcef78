"""How the report comes into place, and what is said of it."""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

import duckdb

from pipeline import export
from pipeline.export.results import Results
from pipeline.report import page
from pipeline.report.contents import Limits, read
from pipeline.run.outputs import OutputError

_ENDINGS = (".html", ".htm")


@dataclass(frozen=True, slots=True)
class Written:
    """A report that was written: its ``file``, and what it leaves out, a sentence each."""

    file: Path
    left_out: tuple[str, ...]


def beside(out: Path) -> Path:
    """The file that a report of ``out`` goes to when none is named: ``OUT-report.html``.

    Raises ``OutputError`` when ``out`` has no name.
    """
    return export.beside(out, "report", ".html", "FILE.html")


def report(out: Path, file: Path, limits: Limits | None = None) -> Written:
    """Write the results in ``out`` as one page to ``file``; an older one is replaced when the new
    one is whole.

    The same results give the same bytes. Raises ``OutputError`` when ``out`` holds no results that
    can be read, when ``file`` is none of ``.html``, a folder, or in ``out``, or cannot be written.
    """
    results = Results(out)
    if file.suffix.lower() not in _ENDINGS:
        raise OutputError(f"{file}: the report is a page; name a file that ends in .html: --to")
    if file.is_dir():
        raise OutputError(f"{file}: is a folder; name a file for the report: --to FILE.html")
    if file.resolve().is_relative_to(out.resolve()):
        raise OutputError(f"{file}: lies in the results themselves; name another file: --to")
    with tempfile.TemporaryDirectory(prefix="selaras-") as spill:
        try:
            contents = read(results, limits or Limits(), Path(spill))
        except (OSError, duckdb.Error) as error:
            raise results.unreadable(error) from error
    made = page.html(contents).encode("utf-8")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        _put(file, made)
    except OSError as error:
        said = error.strerror or error
        raise OutputError(
            f"{file}: cannot be written to ({said}); make room or name another file: --to"
        ) from error
    return Written(file, tuple(contents.left_out()))


def _put(file: Path, made: bytes) -> None:
    """Put a whole file in place at once, readable as any file that the user makes."""
    with tempfile.TemporaryDirectory(prefix=".selaras-", dir=file.parent) as folder:
        new = Path(folder) / file.name
        new.write_bytes(made)
        os.replace(new, file)
