"""A process that answers one request after another, and that may crash, hang or grow.

The workers of a library's pool share one pipe with a lock: one that is killed with the lock in its
hands stops all. Here each has a pipe of its own, so that nothing but its own request is lost.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from typing import Any

import psutil

# Threads of the libraries that compute: every worker is a core's worth of work by itself.
_ONE_THREAD = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
    "RAYON_NUM_THREADS",
)
_TOO_LARGE = 77  # the exit code of a child that took more memory than it may
_LOOK = 0.05  # seconds between two looks at the memory, and at whether the parent lives
# Where the system can refuse memory itself, it does so this far above the limit: it is asked for
# stacks and arenas that are never used.
_SLACK = 1 << 30

# What a child reads in at its start it keeps: looking through it for garbage after every 700 new
# things, as Python does, is a tenth of that start.
_COLLECTED_AFTER = 10_000

Answerer = Callable[[Any], Any]


class Died(Exception):
    """A child is gone, and its request with it. ``reason`` says how, for the row of an article.

    ``innocent`` is whether it may have been something else than the request that ended it,
    ``begun`` whether it had begun to answer at all.
    """

    def __init__(self, reason: str, *, innocent: bool, begun: bool = True) -> None:
        super().__init__(reason)
        self.reason = reason
        self.innocent = innocent
        self.begun = begun


class Child:
    """One process. ``make`` is called in it, and gives the function that answers requests.

    ``make``, requests and answers are pickled. ``megabytes`` is how much memory it may take in all.
    """

    def __init__(self, make: Callable[[], Answerer], megabytes: int | None = None) -> None:
        context = get_context("spawn")
        self._megabytes = megabytes
        self.pipe, other = context.Pipe()
        self._begun = context.RawValue(ctypes.c_bool, False)
        self._process = context.Process(
            target=_serve, args=(other, megabytes, os.getpid(), self._begun), daemon=True
        )
        with _environment():
            self._process.start()
        other.close()
        self.ask(make)  # not with what starts it: a child that does not start would not take it

    @property
    def pid(self) -> int | None:
        """The number of its process."""
        return self._process.pid

    def ask(self, request: Any) -> None:
        """Send a request. One that a dead child cannot take is missed by ``answer``."""
        with contextlib.suppress(OSError):
            self.pipe.send(request)

    def answer(self) -> Any:
        """Wait for the answer to the oldest request.

        Raises what answering it raised, and ``Died`` when the child is gone.
        """
        try:
            failed, answer = self.pipe.recv()
        except (EOFError, OSError):
            self._process.join()
            raise self._death() from None
        if failed:
            if isinstance(answer, MemoryError):
                self.stop()
                raise Died(self._too_large(), innocent=True) from None
            raise answer
        return answer

    def _too_large(self) -> str:
        if self._megabytes is None:
            return "took more memory than there is"
        return (
            f"took more than {self._megabytes:,} MB of memory, the limit of a worker; split the "
            "article, or raise --worker-megabytes"
        )

    def _death(self) -> Died:
        code = self._process.exitcode or 0
        if code == _TOO_LARGE:
            return Died(self._too_large(), innocent=True)  # others before it may have filled it
        if code < 0:
            with contextlib.suppress(ValueError):
                return Died(f"crashed a worker ({signal.Signals(-code).name})", innocent=True)
        begun = bool(self._begun.value)
        return Died(f"crashed a worker (exit code {code})", innocent=True, begun=begun)

    def stop(self) -> None:
        """End the process at once, whatever it does."""
        self._process.kill()
        self._process.join()
        self.pipe.close()


def ready(children: Sequence[Child], seconds: float | None) -> list[Child]:
    """The children that have an answer or are gone, after at most ``seconds`` of waiting."""
    pipes = {id(child.pipe): child for child in children}
    return [pipes[id(pipe)] for pipe in wait([child.pipe for child in children], seconds)]


@contextlib.contextmanager
def _environment() -> Iterator[None]:
    """What a child's libraries find in the environment when they are loaded."""
    wanted = dict.fromkeys(_ONE_THREAD, "1") | {
        "OMP_WAIT_POLICY": "PASSIVE",
        "TOKENIZERS_PARALLELISM": "false",
        # One heap, also for Arrow, gives back what was freed; several keep it each for itself.
        "MALLOC_ARENA_MAX": "1",
        "ARROW_DEFAULT_MEMORY_POOL": "system",
    }
    before = {name: os.environ.get(name) for name in wanted}
    os.environ.update(wanted)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def _serve(pipe: Connection, megabytes: int | None, parent: int, begun: Any) -> None:
    begun.value = True
    gc.set_threshold(_COLLECTED_AFTER)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, which ends us
    threading.Thread(target=_watch, args=(megabytes, parent), daemon=True).start()
    if megabytes is not None:
        _refuse_above(megabytes)
    answerer: Answerer | None = None
    make: Callable[[], Answerer] | None = None
    while True:
        try:
            request = pipe.recv()
        except (EOFError, OSError):
            return
        if make is None:
            make = request
            continue
        try:
            if answerer is None:
                answerer = make()
            answer = False, answerer(request)
        except Exception as error:  # it is the parent that knows what to make of it
            answer = True, error
        try:
            pipe.send(answer)
        except BrokenPipeError:
            return
        except Exception as error:  # it cannot be pickled
            pipe.send((True, RuntimeError(f"{type(error).__name__}: {error}")))


def _watch(megabytes: int | None, parent: int) -> None:
    """End this process when its parent is gone, or when it takes more memory than it may."""
    process = psutil.Process()
    while os.getppid() == parent:
        if megabytes is not None and process.memory_info().rss > megabytes * 1_000_000:
            os._exit(_TOO_LARGE)
        time.sleep(_LOOK)
    os._exit(1)


def _refuse_above(megabytes: int) -> None:
    """Let the system refuse memory far above the limit: a single step may take it between looks."""
    try:
        import resource
    except ImportError:  # not on Windows
        return
    _, hard = resource.getrlimit(resource.RLIMIT_DATA)
    limit = megabytes * 1_000_000 + _SLACK
    if hard == resource.RLIM_INFINITY or limit < hard:
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_DATA, (limit, hard))
