"""Processes that help: the same results as without them, whatever becomes of them."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable

import pytest

from pipeline.processes import Helpers


def _doubled(number: int) -> tuple[int, int]:
    time.sleep(0.05 * (number % 3 == 0))  # later ones are done before it
    return 2 * number, os.getpid()


def _fatal(parent: int) -> int:
    if os.getpid() != parent:
        os.kill(os.getpid(), signal.SIGKILL)
    return parent


def _greedy(parent: int) -> int:
    if os.getpid() != parent:
        raise MemoryError
    return parent


def _wrong(number: int) -> int:
    raise ValueError(f"not {number}")


@pytest.mark.parametrize("count", [1, 2, 3])
def test_results_come_in_order_from_as_many_processes_as_were_asked_for(count: int) -> None:
    with Helpers(count) as helpers:
        found = list(helpers.map(_doubled, range(20)))
        again = list(helpers.map(_doubled, range(5)))
    assert [number for number, _ in found] == list(range(0, 40, 2))
    assert [number for number, _ in again] == list(range(0, 10, 2))
    pids = {pid for _, pid in (*found, *again)}
    assert pids == {os.getpid()} if count == 1 else len(pids) == count and os.getpid() not in pids


def test_few_items_are_taken_before_they_are_needed() -> None:
    taken = 0

    def items() -> object:
        nonlocal taken
        for number in range(100):
            taken += 1
            yield number

    with Helpers(2) as helpers:
        for i, _ in enumerate(helpers.map(_doubled, items()), start=1):  # type: ignore[arg-type]
            assert taken <= i + 4


def test_nothing_is_nothing() -> None:
    with Helpers(2) as helpers:
        assert list(helpers.map(_doubled, ())) == []


@pytest.mark.parametrize("function", [_fatal, _greedy])
def test_what_a_process_died_of_is_done_here(function: Callable[[int], int]) -> None:
    with Helpers(2) as helpers:
        assert list(helpers.map(function, [os.getpid()] * 5)) == [os.getpid()] * 5


def test_an_error_is_that_of_the_function() -> None:
    with Helpers(2) as helpers, pytest.raises(ValueError, match="not 3"):
        list(helpers.map(_wrong, [3]))
