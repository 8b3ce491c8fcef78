"""How far a run is, for people: a bar on a terminal, lines in a log."""

from __future__ import annotations

import sys
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Literal, TextIO

from pipeline.run.work import Tally
from pipeline.terminal import printable

How = Literal["auto", "bar", "log", "none"]
Changed = Callable[[Tally], None]
Say = Callable[[str], None]

_LINE_EVERY = 30.0  # seconds
_BAR_EVERY = 0.1
_RECENT = 120.0  # seconds, over which the rate is measured


class Pace:
    """Articles per second over the last two minutes, and what that means for the rest."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._seen: deque[tuple[float, int, int]] = deque()

    def look(self, tally: Tally) -> None:
        """Note how far it is."""
        now = self._now()
        self._seen.append((now, tally.done, tally.done + tally.kept))
        while len(self._seen) > 2 and self._seen[1][0] < now - _RECENT:
            self._seen.popleft()

    @property
    def rate(self) -> float | None:
        """Articles read and extracted in a second; ``None`` before any was."""
        return self._per_second(1)

    def left(self, tally: Tally) -> float | None:
        """Seconds until all articles that are known of are done."""
        pace = self._per_second(2)
        rest = max(0, tally.total - tally.done - tally.kept)
        return rest / pace if pace else None

    def _per_second(self, column: int) -> float | None:
        if len(self._seen) < 2:
            return None
        first, last = self._seen[0], self._seen[-1]
        seconds = last[0] - first[0]
        count = last[column] - first[column]
        return count / seconds if seconds > 0 and count > 0 else None


def duration(seconds: float) -> str:
    """``95`` as ``1 min 35 s``; two units at most."""
    whole = round(seconds)
    for size, unit, smaller, of_smaller in (
        (86_400, "d", "h", 3_600),
        (3_600, "h", "min", 60),
        (60, "min", "s", 1),
    ):
        if whole >= size:
            rest = whole % size // of_smaller
            return f"{whole // size} {unit}" + (f" {rest} {smaller}" if rest else "")
    return f"{whole} s"


def line(tally: Tally, pace: Pace) -> str:
    """How far it is, in one line."""
    if tally.stage != "reading":
        return f"{tally.stage} {tally.done + tally.kept:,} articles"
    said = f"{tally.done + tally.kept:,} of {tally.total:,} articles ({counts(tally)})"
    if pace.rate is not None:
        said += f", {pace.rate:.1f} per second"
    left = pace.left(tally)
    return said + (f", {duration(left)} left" if left else "")


def counts(tally: Tally) -> str:
    """``12 ok, 1 failed``, and how many needed nothing."""
    named = {
        "ok": tally.ok,
        "skipped": tally.skipped,
        "failed": tally.failed,
        "done before": tally.kept,
    }
    return ", ".join(f"{n:,} {name}" for name, n in named.items() if n) or "none yet"


@contextmanager
def shown(how: How | str, to: TextIO | None = None) -> Iterator[tuple[Changed | None, Say]]:
    """What a run calls as it goes on, and what it says things with, shown on ``to`` (standard
    error) while the block lasts."""
    target = to or sys.stderr
    if how == "auto":
        how = "bar" if target.isatty() else "log"
    if how == "bar":
        with _bar(target) as found:
            yield found
    elif how == "log":
        yield _lines(target), lambda said: print(printable(said), file=target, flush=True)
    else:
        yield None, lambda said: print(printable(said), file=target, flush=True)


def _lines(target: TextIO) -> Changed:
    pace = Pace()
    last = time.monotonic()
    stage = "reading"

    def changed(tally: Tally) -> None:
        nonlocal last, stage
        now = time.monotonic()
        if now - last < _LINE_EVERY and (tally.stage == stage or now - tally.begun < _LINE_EVERY):
            return
        last, stage = now, tally.stage
        pace.look(tally)
        print(line(tally, pace), file=target, flush=True)

    return changed


@contextmanager
def _bar(target: TextIO) -> Iterator[tuple[Changed, Say]]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
    from rich.text import Text

    pace = Pace()
    last = 0.0
    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[said]}"),
        console=Console(file=target),
        transient=True,
    ) as bar:
        task = bar.add_task("reading", total=None, said="")
        stage = "reading"

        def changed(tally: Tally) -> None:
            nonlocal last, stage
            now = time.monotonic()
            if now - last < _BAR_EVERY and tally.stage == stage:
                return
            last, stage = now, tally.stage
            pace.look(tally)
            said = counts(tally)
            if tally.stage == "reading":
                rate, left = pace.rate, pace.left(tally)
                said += f"; {rate:.1f}/s" if rate is not None else ""
                said += f", {duration(left)} left" if left else ""
            bar.update(
                task,
                description=tally.stage,
                completed=tally.done + tally.kept,
                total=tally.total,
                said=said,
            )

        # A path in brackets is none of rich's markup.
        yield changed, lambda said: bar.console.print(Text(printable(said)), soft_wrap=True)
