"""What a command costs with all the processes that it starts: time, processor, memory, disk."""

from __future__ import annotations

import os
import subprocess
import tempfile
import textwrap
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

INTERVAL = 0.2  # seconds between two looks at the memory
_DISK_INTERVAL = 2.0
_PSS = "Pss:"


class Failed(RuntimeError):
    """A command that did not end with 0; the message is its last line."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What a command took. Seconds, MB (10^6 bytes), bytes.

    ``cpu`` is user and system time of all processes. ``memory`` is the most that all of them held
    at one moment; ``driver`` the most of the first process, ``worker`` of the largest other one.
    What processes share is counted in equal parts (PSS) on Linux, and not at all elsewhere (USS).
    ``disk`` is the most that lay in the folder of results at a look.
    """

    seconds: float
    cpu: float
    memory: float
    driver: float
    worker: float
    disk: int


def measure(
    command: Sequence[str], cwd: Path, watched: Path, environment: Mapping[str, str] | None = None
) -> Cost:
    """Run ``command`` in ``cwd`` to its end and watch it, and how large ``watched`` gets.

    ``environment`` is added to this process's own. Raises ``Failed``.
    """
    with tempfile.TemporaryFile() as said:
        begin = time.perf_counter()
        process = subprocess.Popen(
            command,
            cwd=cwd,
            env={**os.environ, **(environment or {})},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=said,
        )
        watch = _Watch(process.pid, watched)
        watch.start()
        try:
            spent = _wait(process)
        except BaseException:
            process.terminate()
            process.wait()
            raise
        finally:
            watch.stop()
        seconds = time.perf_counter() - begin
        if process.returncode:
            said.seek(0)
            lines = said.read().decode(errors="replace").strip().splitlines()
            last = lines[-1] if lines else f"ended with {process.returncode}"
            raise Failed(textwrap.shorten(last, 300, placeholder=" …"))
    # Processes that nobody waited for are known from the looks alone.
    cpu = max(spent, sum(watch.cpu.values()))
    return Cost(seconds, cpu, watch.memory, watch.driver, watch.worker, watch.disk)


def _wait(process: subprocess.Popen[bytes]) -> float:
    """Wait for the end; seconds of processor that the process and its children took, if known."""
    if not hasattr(os, "wait4"):
        process.wait()
        return 0.0
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return used.ru_utime + used.ru_stime


class _Watch(threading.Thread):
    """Looks at a process and all below it until it is told to stop."""

    def __init__(self, pid: int, folder: Path) -> None:
        super().__init__(daemon=True)
        self.memory = self.driver = self.worker = 0.0
        self.disk = 0
        self.cpu: dict[tuple[int, float], float] = {}
        self._root = pid
        self._folder = folder
        self._over = threading.Event()

    def run(self) -> None:
        """Look every now and then; what ended meanwhile is passed over."""
        looked = 0.0
        while not self._over.is_set():
            try:
                root = psutil.Process(self._root)
                found = {p.pid: self._look(p) for p in [root, *root.children(recursive=True)]}
            except psutil.Error:
                return
            others = [size for pid, size in found.items() if pid != self._root]
            self.memory = max(self.memory, sum(found.values()))
            self.driver = max(self.driver, found[self._root])
            self.worker = max([self.worker, *others])
            if time.monotonic() - looked > _DISK_INTERVAL:
                self.disk = max(self.disk, folder_size(self._folder))
                looked = time.monotonic()
            self._over.wait(INTERVAL)

    def _look(self, process: psutil.Process) -> float:
        try:
            with process.oneshot():
                times = process.cpu_times()
                self.cpu[process.pid, process.create_time()] = times.user + times.system
            return held(process) / 1e6
        except psutil.Error:
            return 0.0

    def stop(self) -> None:
        """End the looking, with a last look at the folder."""
        self._over.set()
        self.join()
        self.disk = max(self.disk, folder_size(self._folder))


def held(process: psutil.Process) -> int:
    """Bytes of memory of one process, its share of what it has together with others among them.

    Raises ``psutil.Error`` for a process that is gone.
    """
    try:
        rollup = Path(f"/proc/{process.pid}/smaps_rollup").read_text()
        return (
            next(int(line.split()[1]) for line in rollup.splitlines() if line.startswith(_PSS))
            * 1024
        )
    except (OSError, StopIteration):
        info = process.memory_full_info()
        return int(getattr(info, "uss", info.rss))


def folder_size(folder: Path) -> int:
    """Bytes of all files below ``folder``; 0 when it is not there."""
    size = 0
    for place, _, names in os.walk(folder):
        for name in names:
            try:
                size += os.stat(os.path.join(place, name)).st_size
            except OSError:  # gone meanwhile
                continue
    return size
