"""How long each stage of reading an article takes."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

Seconds = dict[str, float]  # by the name of the stage

_measuring: list[Seconds] = []
_open: list[float] = []  # of the stages begun, the seconds that stages within them took


@contextmanager
def measured() -> Iterator[Seconds]:
    """Seconds by stage of what is done inside the ``with`` block, in this process."""
    seconds: Seconds = {}
    _measuring.append(seconds)
    try:
        yield seconds
    finally:
        _measuring.pop()


@contextmanager
def stage(name: str) -> Iterator[None]:
    """The block is of the stage ``name``, but for the stages within it, which count alone."""
    if not _measuring:
        yield
        return
    _open.append(0.0)
    begin = time.perf_counter()
    try:
        yield
    finally:
        spent = time.perf_counter() - begin
        within = _open.pop()
        if _open:
            _open[-1] += spent
        seconds = _measuring[-1]
        seconds[name] = seconds.get(name, 0.0) + spent - within
