"""The folder of results: checked before a run, read back, written so that no file is ever half."""

from __future__ import annotations

import contextlib
import datetime
import errno
import json
import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq
from filelock import FileLock, Timeout

from pipeline.read.discover import is_here
from pipeline.records import ARTICLE_SCHEMA, MENTION_SCHEMA, languages_of_table, table_schema
from pipeline.run.parts import sync_folder
from pipeline.tabulate import merging, write_rows

if TYPE_CHECKING:
    import pandas as pd

ARTICLES, MENTIONS, TABLE = merging.ARTICLES, merging.MENTIONS, merging.TABLE
CSV, RUN = "table.csv", "run.json"
NONE_LINES = "none_lines"  # in run.json: the lines of a lexicon that took a name away
# In the order in which they are put in place: run.json last, it says that the others are there.
ORDER = (ARTICLES, MENTIONS, TABLE, CSV, RUN)
FILES = frozenset(ORDER)
WORK = ".selaras-work"  # begins with a dot: no result, and nothing that a run reads
_ROWS_AT_ONCE = 16_384
_NO_ROOM = {errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC), errno.EFBIG, errno.EROFS}
# A cell that begins so is run as a formula by spreadsheets; an apostrophe makes it text.
FORMULA = ("=", "+", "-", "@", "\t", "\r")

# When a workbook says that it was written: the same results are the same bytes.
WRITTEN = datetime.datetime(2025, 1, 1)

Rows = list[dict[str, Any]]


class OutputError(ValueError):
    """A folder of results that cannot be used; the message says what to do."""


def check(out: Path) -> None:
    """Make sure that results may be written to ``out``, before anything is.

    Raises ``OutputError`` when it is a file, holds something other than a run, or cannot be
    written to.
    """
    if not is_here(out):
        from pipeline.run import remote

        remote.check(out)
        return
    if "?" in str(out.absolute()):
        raise OutputError(f"{out}: the database of the merge takes no ? in a path; choose another")
    if out.is_file() or (out.exists() and not out.is_dir()):
        raise OutputError(f"{out}: is a file; name a folder for the results")
    if out.is_dir():
        try:
            # Names with a dot are left alone: viewers leave locks and thumbnails behind.
            strange = sorted(
                p.name for p in out.iterdir() if p.name not in FILES and not p.name.startswith(".")
            )
        except OSError as error:
            raise OutputError(f"{out}: cannot be listed: {error.strerror}") from error
        if strange:
            raise OutputError(
                f"{out}: already holds other things ({strange[0]!r}); name a new or empty folder"
            )
        if not os.access(out, os.W_OK):
            raise OutputError(f"{out}: cannot be written to; choose another folder")
        return
    ancestor = next(p for p in out.absolute().parents if p.exists())
    if not ancestor.is_dir() or not os.access(ancestor, os.W_OK):
        raise OutputError(f"{out}: cannot be made, {ancestor} is no folder that can be written to")


@dataclass(frozen=True, slots=True)
class Workplace:
    """Where a run works: inside its folder of results, so that files can be put in place at once.

    ``parts`` is what it has done so far and outlives it; ``scratch`` is for files in the making.
    """

    folder: Path

    @property
    def parts(self) -> Any:
        """Of the run that goes on, or of one that was stopped."""
        return self.folder / "parts"

    @property
    def scratch(self) -> Path:
        """There, and empty when the workplace is opened."""
        return self.folder / "scratch"

    @property
    def result(self) -> Path:
        """Finished files that are about to be put in place; there only as a whole."""
        return self.folder / "result"

    def results(self, out: Path | None) -> Path | None:
        """Where the results that lie in ``out`` can be read."""
        return out

    def fetched(self, names: Sequence[str]) -> list[Path]:
        """The parts with these names, where they can be read."""
        return [self.parts / name for name in names]

    def put(self, finished: Path, out: Path) -> None:
        """Put the files in the folder ``finished`` in place."""
        finished.rename(self.result)
        _put_result(out, self)


@contextmanager
def workplace(out: Path | None) -> Iterator[Workplace]:
    """The workplace in ``out``, or a temporary one, for this process alone while the block lasts.

    What a killed run was about to put in place is put there first. Afterwards only parts are left,
    if there are any. Raises ``OutputError`` when another run is in it; a dead one is not.
    """
    if out is None:
        with tempfile.TemporaryDirectory(prefix="selaras-") as temporary:
            place = Workplace(Path(temporary))
            place.scratch.mkdir()
            yield place
        return
    if not is_here(out):
        from pipeline.run import remote

        with remote.workplace(out) as place:
            yield place
        return
    made = not out.exists()
    place = Workplace(out / WORK)
    place.folder.mkdir(parents=True, exist_ok=True)
    lock = FileLock(place.folder / "lock")  # the system takes it from a process that dies
    try:
        lock.acquire(blocking=False)
    except Timeout:
        raise OutputError(
            f"{out}: another run is writing here; wait until it is done, or name another folder"
        ) from None
    try:
        shutil.rmtree(place.scratch, ignore_errors=True)
        _put_result(out, place)
        place.scratch.mkdir()
        yield place
    finally:
        shutil.rmtree(place.scratch, ignore_errors=True)
        if not place.result.exists() and not (place.parts.is_dir() and any(place.parts.iterdir())):
            shutil.rmtree(place.folder, ignore_errors=True)
        lock.release()
        if made:
            with contextlib.suppress(OSError):
                out.rmdir()  # unless something is in it


@contextmanager
def room(out: Path | None) -> Iterator[None]:
    """Raises ``OutputError`` where what is done inside the block finds no room for its files."""
    try:
        yield
    except OSError as error:
        if error.errno not in _NO_ROOM:
            raise
        raise OutputError(
            f"{out or tempfile.gettempdir()}: no room for the results "
            f"({os.strerror(error.errno or 0)}); make room, and give the same command again: "
            "what is done is kept"
        ) from error


def _replace(path: Path, source: Path) -> None:
    """Put a finished file in place at once."""
    os.replace(source, path)


def _put_result(out: Path, place: Workplace) -> None:
    """Put the finished files in place, if there are any that are not.

    ``run.json`` goes first and comes last: while it is there, the files beside it belong together.
    """
    if not place.result.is_dir():
        return
    if (place.result / RUN).exists():
        (out / RUN).unlink(missing_ok=True)
        for name in ORDER:
            if (place.result / name).exists():
                _replace(out / name, place.result / name)
        sync_folder(out)
    place.result.rmdir()


def read(out: Path) -> tuple[Rows, Rows]:
    """The rows of articles and mentions in ``out``.

    Raises ``OutputError`` when there are none, or when a stopped run left files that do not belong
    together.
    """
    try:
        articles: Rows = pq.read_table(out / ARTICLES, schema=ARTICLE_SCHEMA).to_pylist()
        mentions: Rows = pq.read_table(out / MENTIONS, schema=MENTION_SCHEMA).to_pylist()
    except (OSError, pa.ArrowException) as error:
        raise _unreadable(out, error) from error
    ok = {row["article_id"] for row in articles if row["status"] == "ok"}
    if not ok.issuperset(row["article_id"] for row in mentions):
        raise OutputError(_stopped(out))
    return articles, mentions


def _stopped(out: Path) -> str:
    return f"{out}: a run was stopped while writing here; run selaras run again"


def check_readable(out: Path) -> None:
    """Make sure that ``out`` holds articles and mentions that belong together.

    Raises ``OutputError`` as ``read`` does, without holding what it reads.
    """
    try:
        with pq.ParquetFile(out / ARTICLES) as file:
            ok = {
                article
                for batch in file.iter_batches(_ROWS_AT_ONCE, columns=["article_id", "status"])
                for article, status in zip(*(c.to_pylist() for c in batch.columns), strict=True)
                if status == "ok"
            }
        with pq.ParquetFile(out / MENTIONS) as file:
            for batch in file.iter_batches(_ROWS_AT_ONCE, columns=["article_id"]):
                if not ok.issuperset(batch.column(0).unique().to_pylist()):
                    raise OutputError(_stopped(out))
    except (OSError, KeyError, pa.ArrowException) as error:
        raise _unreadable(out, error) from error


def _unreadable(out: Path, error: Exception) -> OutputError:
    if isinstance(error, FileNotFoundError):
        missing = next((n for n in (ARTICLES, MENTIONS) if not (out / n).exists()), ARTICLES)
        return OutputError(f"{out}: holds no run ({missing} is missing); make one: selaras run")
    return OutputError(f"{out}: its files cannot be read: {error}")


def paths(out: Path) -> set[str]:
    """The paths of the articles in ``out``."""
    with (out / ARTICLES).open("rb") as file:
        column = pq.read_table(file, columns=["path"]).column("path")
    return set(column.to_pylist())


def failures(out: Path) -> Rows:
    """The articles in ``out`` that were not read: ``path``, ``status``, ``reason``."""
    columns = ["path", "status", "reason"]
    with pq.ParquetFile(out / ARTICLES) as file:
        return [
            row
            for batch in file.iter_batches(_ROWS_AT_ONCE, columns=columns)
            for row in batch.to_pylist()
            if row["status"] != "ok"
        ]


def has_table(out: Path) -> bool:
    """Whether there is a table in ``out`` that can be read, and the counts that go with it."""
    try:
        pq.read_schema(out / TABLE)
    except (OSError, pa.ArrowException):
        return False
    return "counts" in read_run(out)


def languages_of(out: Path) -> tuple[str, ...]:
    """The languages that the table in ``out`` has a column for, whatever models are installed here.

    Raises ``OutputError`` when it cannot be read.
    """
    try:
        return languages_of_table(pq.read_schema(out / TABLE).names)
    except (OSError, pa.ArrowException) as error:
        raise OutputError(f"{out}: {TABLE} cannot be read: {error}") from error


def read_table(out: Path, languages: Sequence[str]) -> Rows:
    """The rows of the table in ``out``. Raises ``OutputError`` when they cannot be read."""
    try:
        rows: Rows = pq.read_table(out / TABLE, schema=table_schema(languages)).to_pylist()
    except (OSError, pa.ArrowException) as error:
        raise OutputError(f"{out}: {TABLE} cannot be read: {error}") from error
    return rows


def read_run(out: Path) -> dict[str, Any]:
    """What ``run.json`` says, or nothing when there is none that can be read."""
    try:
        said = json.loads((out / RUN).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return said if isinstance(said, dict) else {}


def _harmless(cell: Any) -> Any:
    """A cell that a spreadsheet shows and does not run, nor takes for two rows."""
    if not isinstance(cell, str):
        return cell
    text = f"'{cell}" if cell.startswith(FORMULA) else cell
    return text.replace("\r\n", "\n").replace("\r", "\n")  # the one line end that gets no quotes


def csv_text(frame: pd.DataFrame, header: bool = True) -> str:
    """A table as CSV: whole numbers without a point, no cell that a spreadsheet would run."""
    import pandas as pd  # takes a third of a second, and a run has long begun when it is needed

    safe = frame.copy()
    for column in safe.columns:
        if not pd.api.types.is_numeric_dtype(safe[column]):
            safe[column] = [_harmless(cell) for cell in safe[column]]
    safe.columns = pd.Index([_harmless(name) for name in safe.columns])
    return safe.to_csv(index=False, header=header, lineterminator="\n", float_format="%.15g")


def write(
    out: Path,
    articles: Rows,
    mentions: Rows,
    table: Rows,
    languages: Sequence[str],
    run: dict[str, Any],
) -> None:
    """Write the five files of a run from its rows."""
    with workplace(out) as place:
        write_rows(place.scratch / ARTICLES, ARTICLE_SCHEMA, articles)
        write_rows(place.scratch / MENTIONS, MENTION_SCHEMA, mentions)
        write_rows(place.scratch / TABLE, table_schema(languages), table)
        put(out, place, run)


def put(out: Path, place: Workplace, run: dict[str, Any]) -> None:
    """Put the results in ``scratch`` (articles, mentions and table as Parquet) in place in ``out``,
    with the table as CSV and with what ``run.json`` says.

    Everything is written before anything is replaced, and once it is, a run that is killed while
    it replaces is finished by the next.
    """
    folder = place.scratch
    with (
        (folder / CSV).open("w", encoding="utf-8", newline="") as sheet,
        pq.ParquetFile(folder / TABLE) as table,
    ):
        sheet.write(csv_text(table.schema_arrow.empty_table().to_pandas()))
        for batch in table.iter_batches(_ROWS_AT_ONCE):
            sheet.write(csv_text(batch.to_pandas(), header=False))
    said = json.dumps(run, ensure_ascii=False, indent=2) + "\n"
    (folder / RUN).write_text(said, encoding="utf-8", newline="\n")
    finished = folder / "finished"
    finished.mkdir()
    for name in ORDER:
        with (folder / name).open("r+b") as file:
            os.fsync(file.fileno())
        (folder / name).rename(finished / name)
    sync_folder(finished)
    place.put(finished, out)
