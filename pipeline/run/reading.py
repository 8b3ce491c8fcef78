"""Every record under the inputs, read in a process of its own: a file that kills its reader, or
that it never comes back from, costs that file and nothing else."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

from pipeline.processes import Child, Died, ready
from pipeline.read import Limits as ReadLimits
from pipeline.read import Record, Source, records
from pipeline.run.limits import Limits

# What is handed over at once; twice as much is held in memory.
_RECORDS, _BYTES = 64, 4_000_000
_PATIENCE = 5  # times the seconds of an article: some records of an archive may be far inside it
_TRIES = 2  # of the same records: their reader may have been killed for another's sake


class _Wanted(NamedTuple):
    """Where to read on: the source, how many of its records were read, and how many to read."""

    source: int
    skip: int
    most: int = _RECORDS


class _Batch(NamedTuple):
    """Some records and where the next ones begin: a source beyond the last after all."""

    records: list[Record]
    next: _Wanted


@dataclass(slots=True)
class _Reader:
    """Reads on from where it is told to, without a new start where it stopped there."""

    sources: Sequence[Source]
    limits: ReadLimits
    _open: Iterator[Record] | None = None
    _at: tuple[int, int] | None = None

    def __call__(self, wanted: _Wanted) -> _Batch:
        source, skip, most = wanted
        if (source, skip) != self._at:
            self._open = None
        found: list[Record] = []
        size = 0
        while source < len(self.sources):
            if self._open is None:
                self._open = records(self.sources[source], self.limits, skip)
            for record in self._open:
                found.append(record)
                skip += 1
                size += len(record.data)
                if len(found) >= most or size >= _BYTES:
                    self._at = source, skip
                    return _Batch(found, _Wanted(source, skip))
            self._open = None
            source, skip = source + 1, 0
            if most == 1:  # the next may be the bad one
                break
        return _Batch(found, _Wanted(source, skip))


def _reader(sources: Sequence[Source], limits: ReadLimits) -> Callable[[_Wanted], _Batch]:
    return _Reader(sources, limits)


def here(sources: Sequence[Source], read_limits: ReadLimits) -> Iterator[tuple[int, Record]]:
    """The records of ``sources``, in order, each with how many sources lie behind it."""
    for left, source in zip(range(len(sources) - 1, -1, -1), sources, strict=True):
        for record in records(source, read_limits):
            yield left, record


def isolated(
    sources: Sequence[Source], read_limits: ReadLimits, limits: Limits
) -> Iterator[tuple[int, Record]]:
    """What ``here`` gives, from a process of its own that reads ahead: behind a record lie the
    records that were read with it, too.

    A source that kills it or that it is stuck in is a record with a problem behind those before.
    """
    make = partial(_reader, sources, read_limits)
    child: Child | None = None
    wanted, tries = _Wanted(0, 0), 0
    asked = fresh = False
    careful = 0  # how many more records are read one by one
    spent = 0.0  # seconds on the source that is read: to go on in it takes as long again
    try:
        while wanted.source < len(sources):
            if child is None:
                child, asked, fresh = Child(make, limits.megabytes), False, True
            if not asked:
                child.ask(wanted)
            begun = time.monotonic()
            patience = limits.seconds * _PATIENCE
            if fresh:
                patience += limits.start + _PATIENCE * spent
            try:
                batch = _answer(child, patience)
            except Died as death:
                child, tries = None, tries + 1
                if death.innocent and tries < _TRIES:
                    continue
                if wanted.most > 1:  # one by one, to find which it was
                    wanted, tries, careful = wanted._replace(most=1), 0, wanted.most
                    continue
                source = sources[wanted.source]
                left = len(sources) - wanted.source - 1
                yield left, Record(source.path, "", b"", source.said, death.reason)
                wanted, tries = _Wanted(wanted.source + 1, 0), 0
                continue
            spent += time.monotonic() - begun
            same = batch.next.source == wanted.source
            spent, fresh, careful = spent * same, False, max(0, careful - 1)
            wanted, tries = batch.next, 0
            if careful:
                wanted = wanted._replace(most=1)
            asked = wanted.source < len(sources)
            if asked:
                child.ask(wanted)  # while these are worked on
            left = max(0, len(sources) - wanted.source - 1)
            for behind, record in zip(
                range(len(batch.records) - 1, -1, -1), batch.records, strict=True
            ):
                yield left + behind, record
    finally:
        if child is not None:
            child.stop()


def _answer(child: Child, seconds: float) -> _Batch:
    if not ready([child], seconds):
        with contextlib.suppress(OSError):
            child.stop()
        raise Died("could not be read in time; is its disk or its server there?", innocent=False)
    batch: _Batch = child.answer()
    return batch
