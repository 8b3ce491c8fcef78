"""How fast our versions were: measured anew side by side, and kept in ``history.csv``.

Machines differ and are shared, so each figure stands beside a yardstick of the same minutes: a
fixed piece of work in Python and NumPy, by one thread. Articles a yardstick can be compared over
machines, as far as the program's work is like the yardstick's; articles a second cannot.
"""

from __future__ import annotations

import csv
import io
import subprocess
import tarfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
FILE = ROOT / "benchmarks" / "history.csv"
COLUMNS = (
    "commit",
    "date",
    "version",
    "cores",
    "articles",
    "articles_per_core_second",
    "words_per_core_second",
    "peak_mb",
    "yardstick",
    "articles_per_yardstick",
)
_MORE = ("+", "with changes that are not committed")

Row = dict[str, Any]


class NoVersion(RuntimeError):
    """A version that cannot be had here; the message says why."""


def yardstick(seconds: float = 1.0) -> float:
    """How many pieces of fixed work this thread does in a second of processor."""
    text = " ".join(f"{i % 97}word{i % 31}" for i in range(3000))
    array = np.linspace(0.0, 1.0, 60_000, dtype=np.float32)
    begin = time.thread_time()
    done = 0
    while time.thread_time() - begin < seconds:
        counts = Counter(word.upper() for word in text.split())
        sorted(counts.items(), key=lambda item: (-item[1], item[0]))
        np.tanh(np.exp(array) - array * array).sum()
        done += 1
    return done / (time.thread_time() - begin)


def _git(*arguments: str) -> bytes:
    done = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, check=False)
    if done.returncode:
        last = done.stderr.decode(errors="replace").strip().splitlines()[-1:] or ["git failed"]
        raise NoVersion(last[0])
    return done.stdout


def named(reference: str) -> Row:
    """``commit`` (short) and ``date`` of a git reference. Raises ``NoVersion``."""
    try:
        said = _git("log", "-1", "--format=%h %cs", "--abbrev=7", reference, "--").decode().split()
    except FileNotFoundError as error:
        raise NoVersion("git is not installed") from error
    return {"commit": said[0], "date": said[1]}


def here() -> Row:
    """``commit`` and ``date`` of this folder; ``+`` for what is not committed. Never fails."""
    try:
        changed = _git("status", "--porcelain", "--", "pipeline", "models").strip()
        found = named("HEAD")
    except (NoVersion, FileNotFoundError):
        return {"commit": "", "date": ""}
    return found | {"commit": found["commit"] + (_MORE[0] if changed else "")}


@contextmanager
def program(reference: str) -> Iterator[Path]:
    """A temporary folder with the files of the program at ``reference``. Raises ``NoVersion``."""
    named(reference)
    packed = _git("archive", "--format=tar", reference, "pipeline", "models", "pyproject.toml")
    with TemporaryDirectory(prefix="selaras-version-") as folder:
        with tarfile.open(fileobj=io.BytesIO(packed)) as files:
            files.extractall(folder, filter="data")
        yield Path(folder)


def read(path: Path = FILE) -> list[Row]:
    """The rows of the history, oldest measurement first; none when there is no file."""
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def record(rows: Iterable[Row], path: Path = FILE) -> None:
    """Add ``rows`` (of which ``COLUMNS`` are kept) at the end of the history."""
    new = not path.exists()
    with path.open("a", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, extrasaction="ignore", lineterminator="\n")
        if new:
            writer.writeheader()
        writer.writerows(rows)
