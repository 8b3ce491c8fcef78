"""Workers: articles in, outcomes out, whatever one of them does to its worker."""

from __future__ import annotations

import contextlib
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from pipeline.processes import Child, Died, ready
from pipeline.run.limits import Limits
from pipeline.run.tasks import Outcome, Task, given_up
from pipeline.run.work import EngineError

# A task as small as this is sent while the one before it is worked on, so that no worker waits for
# the next; both fit into what a pipe holds, so that neither side waits for the other for ever.
_SMALL = 16_384
_TRIES = 2  # of an article whose worker died: it may have been killed for another's sake
_ASLEEP = 2.0  # seconds that waiting takes longer than it should
_HOPELESS = 3  # workers that do not even begin, one after the other: it is none of the articles


@dataclass(slots=True)
class _Worker:
    child: Child
    tasks: deque[Task] = field(default_factory=deque)
    since: float = 0.0  # when the oldest of its tasks was begun
    fresh: bool = True  # it has done nothing yet


class Pool:
    """Worker processes, each with its models, for as long as the ``with`` block lasts."""

    def __init__(
        self, make: Callable[[], Callable[[Task], Outcome]], limits: Limits, workers: int
    ) -> None:
        """``make`` is called in each of at most ``workers`` processes, and gives what does tasks.

        Nothing is started yet: a worker is when there is something for it to do.
        """
        self._make = make
        self._limits = limits
        self._size = workers
        self._workers: list[_Worker] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """End all workers at once."""
        for worker in self._workers:
            worker.child.stop()
        self._workers = []

    def outcomes(self, tasks: Iterable[Task]) -> Iterator[Outcome]:
        """Every task done, in no order.

        An article that crashes its worker twice, takes longer than it may or more memory than a
        worker has is given up: its outcome says so. Raises ``recognise.ModelError`` when a worker
        cannot load its models, ``EngineError`` when workers do not start.
        """
        coming = iter(tasks)
        again: deque[Task] = deque()
        tried: dict[int, int] = {}
        more, unbegun = True, 0
        next_: Task | None = None
        while True:
            while True:
                if next_ is None and again:
                    next_ = again.popleft()
                elif next_ is None and more:
                    next_ = next(coming, None)
                    more = next_ is not None
                worker = self._free(next_) if next_ is not None else None
                if next_ is None or worker is None:
                    break
                self._give(worker, next_)
                next_ = None
            busy = [worker for worker in self._workers if worker.tasks]
            if not busy:
                return
            for worker, answer in self._answers(busy):
                if isinstance(answer, Outcome):
                    tried.pop(id(worker.tasks[0]), None)
                    worker.tasks.popleft()
                    unbegun = 0
                    yield answer
                    continue
                unbegun = 0 if answer.begun else unbegun + 1
                if unbegun >= _HOPELESS:
                    raise EngineError(
                        "the processes that read articles do not start; see what they say above, "
                        "and if a script started the run, put the call under "
                        "'if __name__ == \"__main__\":'"
                    )
                # The worker is gone: what it had not begun is for the others.
                task = worker.tasks.popleft()
                self._workers.remove(worker)
                again.extend(worker.tasks)
                tries = tried.get(id(task), 0) + 1
                if answer.innocent and (tries < _TRIES or not answer.begun):
                    tried[id(task)] = tries
                    again.appendleft(task)
                else:
                    tried.pop(id(task), None)
                    yield given_up(task, answer.reason)

    def _free(self, task: Task) -> _Worker | None:
        """A worker that takes ``task`` now, started if need be."""
        for worker in self._workers:
            if not worker.tasks:
                return worker
        if len(self._workers) < self._size:
            worker = _Worker(Child(self._make, self._limits.megabytes))
            self._workers.append(worker)
            return worker
        for worker in self._workers:
            if len(worker.tasks) == 1 and max(worker.tasks[0].size, task.size) <= _SMALL:
                return worker
        return None

    def _give(self, worker: _Worker, task: Task) -> None:
        if not worker.tasks:
            worker.since = time.monotonic()
        worker.tasks.append(task)
        worker.child.ask(task)

    def _allowed(self, worker: _Worker) -> float:
        """The seconds that a worker may take for the task that it is at."""
        seconds = self._limits.seconds_for(worker.tasks[0].size)
        return seconds + self._limits.start * worker.fresh

    def _answers(self, busy: list[_Worker]) -> Iterator[tuple[_Worker, Outcome | Died]]:
        """What is answered, or goes wrong, until the first task is over its time."""
        now = time.monotonic()
        left = [worker.since + self._allowed(worker) - now for worker in busy]
        by_child = {id(w.child): w for w in busy}
        wait = max(0.0, min(left))
        answered = ready([w.child for w in busy], wait)
        for child in answered:
            worker = by_child[id(child)]
            try:
                outcome = child.answer()
            except Died as death:
                yield worker, death
            else:
                worker.since = time.monotonic()
                worker.fresh = False
                yield worker, outcome
        if answered:
            return
        asleep = time.monotonic() - now - wait
        if asleep > _ASLEEP:  # this program was, by Ctrl-Z or with its machine: so were the workers
            for worker in self._workers:
                worker.since += asleep
            return
        now = time.monotonic()
        for worker in busy:
            if now - worker.since > self._allowed(worker):
                with contextlib.suppress(OSError):
                    worker.child.stop()
                allowed = self._limits.seconds_for(worker.tasks[0].size)
                reason = (
                    f"not read within {allowed:g} seconds; split the article, or raise "
                    "--article-seconds"
                )
                yield worker, Died(reason, innocent=False)
