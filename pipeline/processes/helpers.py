"""A function on many items, in several processes, the results in the order of the items."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from types import TracebackType
from typing import Any, Self, TypeVar

from pipeline.processes.child import Child, Died, ready

_T = TypeVar("_T")
_R = TypeVar("_R")

_AHEAD = 2  # items for each process that are done or under way before the oldest is taken


def _call(request: tuple[Callable[[Any], Any], Any]) -> Any:
    function, item = request
    return function(item)


def _without_item(function: Callable[[], None]) -> None:
    function()


def _caller() -> Callable[[Any], Any]:
    return _call


class Helpers:
    """Processes that are started when there is work for them, and end with the ``with`` block."""

    def __init__(self, count: int) -> None:
        """Use ``count`` processes; with one, or less, everything is done in this one."""
        self._count = count if count > 1 else 0
        self._children: list[Child] = []
        self._owed: Counter[int] = Counter()  # answers to ``prepare`` that a child is to give

    def __enter__(self) -> Self:
        return self

    @property
    def count(self) -> int:
        """How many processes work at once, at least one: this."""
        return self._count or 1

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.renew()

    def renew(self) -> None:
        """End all processes, with what they hold; new ones are started as they are needed."""
        for child in self._children:
            child.stop()
        self._children = []
        self._owed.clear()

    def prepare(self, function: Callable[[], None]) -> None:
        """Let each process, started now if need be, call ``function`` before its next item.

        This one goes on meanwhile. Nothing is done without processes, and nothing is raised.
        """
        while len(self._children) < self._count:
            self._start()
        for child in self._children:
            child.ask((_without_item, function))
            self._owed[id(child)] += 1

    def map(self, function: Callable[[_T], _R], items: Iterable[_T]) -> Iterator[_R]:
        """``function`` of each item, in order; some items are taken before they are needed.

        Both are pickled. Whatever ``function`` raises is raised here. An item whose process dies
        is done in this one. One ``map`` at a time.
        """
        if not self._count:
            yield from map(function, items)
            return
        coming = enumerate(items)
        done: dict[int, _R] = {}
        at: dict[int, tuple[int, _T]] = {}  # by the process, what it is at
        wanted = 0
        while True:
            room = _AHEAD * self._count - len(done) - len(at)
            for number, item in islice(coming, max(0, min(room, self._count - len(at)))):
                child = self._free(at)
                at[id(child)] = number, item
                child.ask((function, item))
            while wanted in done:
                yield done.pop(wanted)
                wanted += 1
                if len(at) < self._count:
                    break  # to keep all at work
            else:
                if not at:
                    return
                for child in ready([c for c in self._children if id(c) in at], None):
                    number, item = at.pop(id(child))
                    try:
                        self._settled(child)
                        done[number] = child.answer()
                    except Died:
                        self._children.remove(child)
                        done[number] = function(item)

    def _free(self, busy: dict[int, Any]) -> Child:
        for child in self._children:
            if id(child) not in busy:
                return child
        return self._start()

    def _start(self) -> Child:
        child = Child(_caller)
        self._children.append(child)
        return child

    def _settled(self, child: Child) -> None:
        """Take the answers to ``prepare`` that are still to come. Raises ``Died``."""
        for _ in range(self._owed.pop(id(child), 0)):
            try:
                child.answer()
            except Died:
                raise
            except Exception:  # what failed does so again where it is needed
                continue
