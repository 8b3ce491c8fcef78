"""The engine of one machine: a reader, workers, and parts."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from pipeline.read import Record
from pipeline.run import reading
from pipeline.run.pool import Pool
from pipeline.run.tasks import Task, given_up, performer
from pipeline.run.work import Committing, Tally, Work, task_of


def extract(work: Work, tally: Tally, *, isolated: bool = True) -> None:
    """Do ``work``: every article that is not known is in a part afterwards.

    Without ``isolated`` all is done in this process, and an article that crashes or hangs takes it
    along. What was done is in parts however this ends. Raises ``recognise.ModelError`` for models
    that cannot be loaded and ``OSError`` when a part cannot be written.
    """
    with Committing(work.parts) as parts:
        if isolated:
            read = reading.isolated(work.sources, work.read_limits, work.limits)
            make = partial(performer, work.configuration)
            with Pool(make, work.limits, work.workers) as pool:
                for outcome in pool.outcomes(_tasks(work, tally, read)):
                    parts.add(outcome)
                    tally.did(outcome)
            return
        perform = performer(work.configuration)
        for task in _tasks(work, tally, reading.here(work.sources, work.read_limits)):
            try:
                outcome = perform(task)
            except MemoryError:
                outcome = given_up(task, "needs more memory than there is; split the article")
            parts.add(outcome)
            tally.did(outcome)


def _tasks(work: Work, tally: Tally, read: Iterator[tuple[int, Record]]) -> Iterator[Task]:
    """What is to be done, each article of the same content once."""
    begun: set[str] = set()
    for ahead, record in read:
        task = task_of(record, work.sidecars)
        kept = task.digest in work.known or task.digest in begun
        tally.met(record.path, task.digest, ahead, kept=kept)
        if not kept:
            begun.add(task.digest)
            yield task
