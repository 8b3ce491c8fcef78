"""A folder of results in a store that fsspec knows (``s3://bucket/folder``).

A run works in a temporary folder of this machine. Its parts go to the store as they are made, so
that nothing that is done depends on this machine; earlier results are fetched, and the new ones are
put in place in the order that they are on a disk.
"""

from __future__ import annotations

import contextlib
import datetime
import json
import os
import socket
import tempfile
import threading
import time
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from pipeline.read.discover import shown_argument
from pipeline.run.outputs import (
    ARTICLES,
    FILES,
    MENTIONS,
    ORDER,
    RUN,
    TABLE,
    WORK,
    OutputError,
    Workplace,
)

# A lease is renewed so often, and is nobody's after so long without: seconds.
RENEWED, STALE = 20.0, 90.0
_SETTLED = 2.0  # seconds in which two runs that take one lease at once see each other's


def check(out: Any) -> None:
    """Make sure that results may go to ``out``. Raises ``OutputError`` when it is a file, or holds
    something other than a run."""
    with _explained(out):
        out.fs.invalidate_cache()
        if out.is_file():
            raise OutputError(f"{_shown(out)}: is a file; name a folder for the results")
        names = {entry.name for entry in out.iterdir()} if out.is_dir() else set()
    strange = sorted(n for n in names - FILES if n and n != out.name and not n.startswith("."))
    if strange:
        raise OutputError(
            f"{_shown(out)}: already holds other things ({strange[0]!r}); name a new or empty "
            "folder"
        )


@dataclass(frozen=True, slots=True)
class RemoteWorkplace(Workplace):
    """A temporary ``folder`` here, and ``.selaras-work`` in ``out``."""

    out: Any
    lease: _Lease

    @property
    def parts(self) -> Any:
        """Of the run that goes on, or of one that was stopped: in the store."""
        self.out.fs.invalidate_cache()  # others write there
        return self.out / WORK / "parts"

    def results(self, out: Path | None) -> Path | None:
        """A folder here with the results that lie in ``out``."""
        return self.folder / "results"

    def fetched(self, names: Sequence[str]) -> list[Path]:
        """Copies here of the parts with these names."""
        folder = self.scratch / "parts"
        folder.mkdir()
        with _explained(self.out):
            remote = [_path(self.parts / name) for name in names]
            if remote:
                self.out.fs.get(remote, [str(folder / name) for name in names])
        return [folder / name for name in names]

    def put(self, finished: Path, out: Path) -> None:
        """Put the files in the folder ``finished`` in place.

        A run that is killed meanwhile is finished by the next. Raises ``OutputError``.
        """
        self.lease.check()
        with _explained(self.out):
            for name in ORDER:
                self._store(finished / name, self.out / WORK / "result" / name)
            self.complete()

    def complete(self) -> None:
        """Put what was finished in place, if a run left it."""
        store, result = self.out.fs, self.out / WORK / "result"
        store.invalidate_cache()
        left = [name for name in ORDER if store.exists(_path(result / name))]
        if RUN in left:
            with contextlib.suppress(FileNotFoundError):
                store.rm_file(_path(self.out / RUN))
            for name in left:
                self._copy(result / name, self.out / name)
        for name in reversed(left):
            store.rm_file(_path(result / name))

    def fetch(self) -> None:
        """Copy what the next run reads of the results in place to this machine."""
        folder = self.folder / "results"
        folder.mkdir()
        store = self.out.fs
        store.invalidate_cache()
        if not store.exists(_path(self.out / RUN)):
            return
        for name in (ARTICLES, MENTIONS, TABLE, RUN):
            with contextlib.suppress(FileNotFoundError):
                store.get_file(_path(self.out / name), str(folder / name))

    def _store(self, file: Path, target: Any) -> None:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.fs.put_file(str(file), _path(target))

    def _copy(self, source: Any, target: Any) -> None:
        try:
            source.fs.cp_file(_path(source), _path(target))
        except NotImplementedError:
            again = self.scratch / source.name
            source.fs.get_file(_path(source), str(again))
            self._store(again, target)


@contextmanager
def workplace(out: Any) -> Iterator[RemoteWorkplace]:
    """The workplace in ``out``, for this process alone while the block lasts.

    What a killed run was about to put in place is put there first. Raises ``OutputError`` when
    another run is in it, or was in the last minute and a half.
    """
    with tempfile.TemporaryDirectory(prefix="selaras-") as temporary, _Lease(out) as lease:
        place = RemoteWorkplace(Path(temporary), out, lease)
        place.scratch.mkdir()
        with _explained(out):
            place.complete()
            place.fetch()
        yield place


class _Lease:
    """The word of one run that ``out`` is its own: an object that it renews as long as it lives.

    Stores of objects know no locks. Raises ``OutputError`` on entering when it is another's.
    """

    def __init__(self, out: Any) -> None:
        self._out = out
        self._file = out / WORK / "lease"
        self._owner = uuid.uuid4().hex
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._renew, daemon=True)

    def __enter__(self) -> _Lease:
        with _explained(self._out):
            sure = self._take()
            if not sure:
                time.sleep(_SETTLED)
                self.check()
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()
        with contextlib.suppress(Exception):  # it is nobody's in a while
            if (self._found() or {}).get("owner") == self._owner:
                self._file.fs.rm_file(_path(self._file))
        with contextlib.suppress(Exception):  # where folders are more than names
            self._file.fs.rmdir(_path(self._file.parent))

    def check(self) -> None:
        """Make sure that it is still ours. Raises ``OutputError``."""
        found = self._found()
        if found is not None and found.get("owner") != self._owner:
            raise OutputError(_busy(self._out, found))

    def _take(self) -> bool:
        """Take it; gives whether nobody else can have done so at the same time."""
        found = self._found()
        if found is not None:
            if _lives(found):
                raise OutputError(_busy(self._out, found))
            self._write()
            return False
        self._file.parent.mkdir(parents=True, exist_ok=True)
        try:
            self._file.fs.pipe_file(_path(self._file), self._text(), mode="create")
        except FileExistsError:
            raise OutputError(_busy(self._out, self._found() or {})) from None
        except (NotImplementedError, TypeError, ValueError):  # not every store can
            self._write()
            return False
        return True

    def _text(self) -> bytes:
        process = psutil.Process()
        said = {
            "owner": self._owner,
            "host": socket.gethostname(),
            "process": os.getpid(),
            "begun": process.create_time(),
            "at": time.time(),
        }
        return json.dumps(said).encode()

    def _write(self) -> None:
        self._file.fs.pipe_file(_path(self._file), self._text())

    def _found(self) -> dict[str, Any] | None:
        self._file.fs.invalidate_cache()
        try:
            said = json.loads(self._file.fs.cat_file(_path(self._file)))
        except FileNotFoundError:
            return None
        except ValueError:
            return {}
        return said if isinstance(said, dict) else {}

    def _renew(self) -> None:
        while not self._over.wait(RENEWED):
            with contextlib.suppress(Exception):  # the next time, or before results are put
                self.check()
                self._write()


def _lives(lease: dict[str, Any]) -> bool:
    """Whether its run may be alive."""
    if lease.get("at", 0.0) + STALE < time.time():
        return False
    if lease.get("host") != socket.gethostname():
        return True
    try:
        return bool(psutil.Process(lease["process"]).create_time() == lease["begun"])
    except (KeyError, psutil.Error):
        return False


def _busy(out: Any, lease: dict[str, Any]) -> str:
    until = datetime.datetime.fromtimestamp(lease.get("at", time.time()) + STALE, datetime.UTC)
    return (
        f"{_shown(out)}: another run is writing here (process {lease.get('process', '?')} on "
        f"{lease.get('host', 'another machine')}), or was killed a moment ago: then this is free "
        f"at {until:%H:%M:%S} UTC; wait, or name another folder"
    )


def _path(place: Any) -> str:
    return str(place.path)


def _shown(out: Any) -> str:
    return shown_argument(str(out))


@contextmanager
def _explained(out: Any) -> Iterator[None]:
    """What a store raises, and each raises what it likes, as one line for the user."""
    try:
        yield
    except OutputError:
        raise
    except Exception as error:
        said = f"{type(error).__name__}: {error}".replace(str(out), _shown(out))
        raise OutputError(f"{_shown(out)}: cannot be used: {said}") from error
