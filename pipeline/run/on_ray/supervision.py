"""The command's side of the engine ray: what is done is told, what stands still is begun anew."""

from __future__ import annotations

import contextlib
import math
import os
import shutil
import socket
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import psutil

from pipeline.processes import Child, Died, ready
from pipeline.run.on_ray.driver import Driver, Told, Wanted
from pipeline.run.on_ray.stages import Done, Given, Make, sorted_names, token_file
from pipeline.run.tasks import performer
from pipeline.run.work import EngineError, Tally, Work

_LONGEST_TEMPORARY = 40  # characters: what is left of a socket's path by what Ray puts behind it
_PATIENCE = 10.0  # seconds for the answer of a cluster
_LAST_PORT = 65_535
_GONE = 10.0  # seconds for what a driver has started to be gone


@dataclass(slots=True)
class Patience:
    """How long nothing may come before the work is begun anew.

    Ray makes anew what was lost with a node, but at times it waits for ever for what is on none
    (seen with Ray 2.60, after one of seven nodes that were killed). So after the loss of one it has
    ``after_loss`` seconds, otherwise ``ordinary``; more where results came more slowly than that,
    and twice as many after each time that it was in vain.
    """

    ordinary: float = 600.0
    after_loss: float = 60.0
    longest: float = 0.0  # seconds between two results so far
    doublings: int = 0

    def seconds(self, lost: bool) -> float:
        """The seconds that nothing may come; ``lost`` is whether a node was."""
        least = self.after_loss if lost else self.ordinary
        return math.ldexp(max(least, 5 * self.longest), self.doublings)

    def waited(self, seconds: float) -> None:
        """A result came, so long after the one before."""
        self.longest = max(self.longest, seconds)
        self.doublings = 0


class _StandsStill(Exception):
    """Nothing comes any more."""


def extract(
    work: Work,
    tally: Tally,
    address: str | None = None,
    workers: int | None = None,
    *,
    make: Make = performer,
    patience: Patience | None = None,
) -> int:
    """Do ``work`` as ``local.extract`` does; gives how many actors did it at most.

    ``address`` is that of a cluster; without one, a Ray that this process has started, or one of
    its own on this machine with ``work.workers`` processors, which is gone afterwards. ``workers``
    is how many actors at most (``None``: as many as processors). ``make`` gives, in the process of
    an actor, what does tasks.

    Raises what ``local.extract`` does, and ``EngineError`` when Ray is not there, cannot be
    reached, or does not see the files that this process sees.
    """
    patience = patience or Patience()
    address = _of_this_process() if address in (None, "local") else address
    if address is not None:
        _check_address(address)
    # A path means the same in a process that was started elsewhere only when it is whole.
    sources = [replace(source, file=_absolute(source.file)) for source in work.sources]
    gathered = _Gathered(work, tally)
    with _room(address) as temporary, _token(work.parts.folder) as token:
        while True:
            given = Given(
                work.sidecars,
                work.configuration,
                work.read_limits,
                work.limits,
                os.getcwd(),
                _absolute(work.parts.folder),
                work.parts.made_by,
                sorted_names(gathered.known | work.known),
                make,
                socket.gethostname(),
                token,
            )
            processors = workers or work.workers
            wanted = Wanted(given, sources, address, processors, workers, temporary)
            before = len(tally.present)
            try:
                return _attempt(wanted, gathered, patience)
            except _StandsStill:
                patience.doublings += 1
                what = "stood still"
            except Died as death:
                if len(tally.present) == before:
                    raise EngineError(
                        f"the process that speaks with Ray ended ({death.reason}); is the cluster "
                        "up? What is done is kept, and the same command goes on there"
                    ) from death
                what = "was gone"
            gathered.look()
            work.say(f"Ray {what}: going on with what is left, in a new job of it")


def _attempt(wanted: Wanted, gathered: _Gathered, patience: Patience) -> int:
    """One job of Ray to its end. Raises ``_StandsStill`` and ``processes.Died`` besides."""
    seen: frozenset[str] = frozenset()
    since = begun = time.monotonic()
    with _child(wanted) as driver:
        while True:
            driver.ask(None)
            while not ready([driver], 1.0):
                if time.monotonic() - since > patience.seconds(lost=False):
                    raise _StandsStill
            told: Told = driver.answer()
            lost = bool(seen - told.nodes)
            seen |= told.nodes
            for done in told.done:
                gathered.take(done)
            if told.ended:
                return told.workers
            now = time.monotonic()
            if told.done:
                if since > begun:  # before the first result, models were loaded
                    patience.waited(now - since)
                since = now
            elif now - since > patience.seconds(lost):
                raise _StandsStill


@contextlib.contextmanager
def _child(wanted: Wanted) -> Iterator[Child]:
    """The process of a driver; it and all that it has started are gone afterwards."""
    child = Child(partial(Driver, wanted))
    try:
        yield child
    finally:
        family: list[psutil.Process] = []
        with contextlib.suppress(psutil.Error):
            family = psutil.Process(child.pid).children(recursive=True)
        child.stop()
        for process in family:
            with contextlib.suppress(psutil.Error):
                process.kill()
        psutil.wait_procs(family, _GONE)


class _Gathered:
    """What is done, told to ``tally`` once for each article and each content."""

    def __init__(self, work: Work, tally: Tally) -> None:
        self._work = work
        self._tally = tally
        self._begun: dict[int, int] = {}  # by the group, how many of its sources
        self._paths: set[str] = set()
        self._met: set[str] = set()  # digests
        self._done: set[str] = set()
        self.known: set[str] = set()  # that need nothing when the work is begun anew

    def take(self, done: Done) -> None:
        """A bundle is done. Raises what was wrong with it."""
        if done.error is not None:
            raise done.error
        self._begun[done.group] = max(done.begun, self._begun.get(done.group, 0))
        ahead = len(self._work.sources) - sum(self._begun.values())
        for path, digest in done.met:
            if path in self._paths:
                continue
            self._paths.add(path)
            # Known is also what an earlier job put in place before it could say so.
            kept = digest in self._work.known or digest in self.known or digest in self._met
            self._met.add(digest)
            self._tally.met(path, digest, ahead, kept=kept)
        for name, seconds in done.seconds.items():
            self._tally.seconds[name] = self._tally.seconds.get(name, 0.0) + seconds
        if done.part is not None:
            self._work.parts.found[done.part] = [digest for digest, _ in done.outcomes]
        for digest, status in done.outcomes:
            if digest not in self._done:  # else another actor did the same content too
                self._done.add(digest)
                self._tally.count(status)

    def look(self) -> None:
        """Take in what was put in place without a word of it."""
        self._work.parts.look()
        self.known = set(self._work.parts.digests())


def _absolute(path: Any) -> Any:
    return path.absolute() if isinstance(path, Path) else path


def _of_this_process() -> str | None:
    """The address of a Ray that this process has started or joined itself."""
    ray = sys.modules.get("ray")
    if ray is None or not ray.is_initialized():
        return None
    address: str = ray.get_runtime_context().gcs_address
    return address


def _check_address(address: str) -> None:
    """Make sure that something answers there: Ray itself waits for minutes.

    Raises ``EngineError``.
    """
    if address == "auto":
        return
    host, _, port = address.rpartition(":")
    if "://" in address or not host or not port.isdecimal() or int(port) > _LAST_PORT:
        raise EngineError(
            f"{address}: no address of a cluster; give HOST:PORT of its head (ray start --head "
            "says it), on a machine that is one of its nodes"
        )
    try:
        socket.create_connection((host.strip("[]"), int(port)), _PATIENCE).close()
    except (OSError, UnicodeError) as error:  # the second: no host can be called so
        reason = getattr(error, "strerror", None) or error
        raise EngineError(
            f"{address}: cannot be reached ({reason}); is the head node of the cluster up?"
        ) from error


@contextlib.contextmanager
def _room(address: str | None) -> Iterator[str | None]:
    """A folder for the files of a Ray of our own, where its path is short enough for sockets."""
    if address is not None:
        yield None
        return
    folder = tempfile.mkdtemp(prefix="selaras-ray-")
    try:
        yield folder if len(folder) <= _LONGEST_TEMPORARY else None
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def _token(folder: Any) -> Iterator[str | None]:
    """A word in a file beside ``folder``, for actors to see whether they see the same disk."""
    if not isinstance(folder, Path):
        yield None
        return
    folder.parent.mkdir(parents=True, exist_ok=True)
    file, token = token_file(folder), uuid.uuid4().hex
    file.write_text(token)
    try:
        yield token
    finally:
        file.unlink(missing_ok=True)
