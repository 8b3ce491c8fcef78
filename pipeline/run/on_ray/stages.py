"""Reading and extracting as two stages of Ray Data: what is done in the processes of Ray.

A read task reads some sources and gives bundles of articles. An actor extracts a bundle in a child
process, which holds the models and may crash, hang or grow, and puts a part in place before it says
that the bundle is done. So whatever dies, Ray does again what was not in a part, and no more; what
comes twice by that has the same rows, and the assembly takes one of them.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import socket
import sys
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa

import pipeline
from pipeline.configuration import Configuration
from pipeline.extraction import languages_with_model
from pipeline.read import Limits as ReadLimits
from pipeline.read import Record, Sidecar, Source, formats
from pipeline.recognise import ModelError
from pipeline.run import reading
from pipeline.run.limits import Limits
from pipeline.run.parts import Parts
from pipeline.run.pool import Pool
from pipeline.run.tasks import Outcome, Task
from pipeline.run.work import EngineError, task_of

Make = Callable[[Configuration], Callable[[Task], Outcome]]

# What an actor does at once, and what is done again when one dies: some ten seconds of work.
_BUNDLE, _BUNDLE_BYTES = 128, 8_000_000
_FIRST_BUNDLE = 8  # of a file that holds many: nobody knows how many
_KEPT = 4_096  # articles that need nothing, in one bundle
_GROUP, _GROUP_OF_MANY = 256, 16  # sources of a read task; of those that hold many articles
_PER_WORKER = 4  # bundles at least, and read tasks, where there is enough for that
_RAY_MAIN = "default_worker.py"
_NAME = "S32"  # of digests, as an array that processes share


def sorted_names(digests: Collection[str]) -> np.ndarray[Any, Any]:
    """Digests as ``Given.known`` has them."""
    return np.unique(np.array(sorted(digests), dtype=_NAME))


@dataclass(frozen=True, slots=True)
class Given:
    """What every process of a run is given: the work without its sources, and how to check that it
    lies on the same files. ``known`` is sorted."""

    sidecars: Mapping[str, Sidecar]
    configuration: Configuration
    read_limits: ReadLimits
    limits: Limits
    directory: str  # in which paths of the user begin
    folder: Any
    made_by: Mapping[str, Any]
    known: np.ndarray[Any, Any]
    make: Make
    host: str
    token: str | None  # in a file beside the parts, where these lie on a disk

    def knows(self, digest: str) -> bool:
        """Whether the article needs nothing any more."""
        wanted = np.array(digest, dtype=_NAME)
        at = int(np.searchsorted(self.known, wanted))
        return at < len(self.known) and bool(self.known[at] == wanted)


class Group(NamedTuple):
    """The sources of one read task."""

    number: int
    sources: Sequence[Source]
    bundle: int  # how many articles in one
    growing: bool  # whether the first bundles are smaller


@dataclass(slots=True)
class Bundle:
    """Articles that are done at once: all that were met, and what is to be done of them.

    ``begun`` is how many sources of the group are.
    """

    group: int
    begun: int = 0
    met: list[tuple[str, str]] = field(default_factory=list)
    tasks: list[Task] = field(default_factory=list)
    size: int = 0
    error: Exception | None = None


@dataclass(slots=True)
class Done:
    """A bundle that is done: the part that has it, and of each article in it digest and status."""

    group: int
    begun: int
    met: list[tuple[str, str]]
    part: str | None = None
    outcomes: list[tuple[str, str]] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)
    error: Exception | None = None


def groups(sources: Sequence[Source], workers: int) -> list[Group]:
    """What is read by one task: many plain files, or a few that hold articles."""
    plain: list[Source] = []
    many: list[Source] = []
    for source in sources:
        ending = formats.packed(source.ending or formats.ending_of(source.file.name))[0]
        kind = formats.of(ending)
        (many if kind is not None and kind.many else plain).append(source)
    shares = _PER_WORKER * workers
    share = -(-len(plain) // shares) or 1
    bundle = min(_BUNDLE, share)
    # To start a reader costs as much as to read some dozens of files.
    of_plain = min(_GROUP, max(_GROUP // 4, share))
    of_many = min(_GROUP_OF_MANY, -(-len(many) // shares) or 1)
    found: list[Group] = []
    for alike, most, size, growing in (
        (many, of_many, _BUNDLE, True),
        (plain, of_plain, bundle, False),
    ):
        for begin in range(0, len(alike), most):
            found.append(Group(len(found), alike[begin : begin + most], size, growing))
    return found


_given: tuple[str, Given] | None = None  # what this process was given, and its reference


def _get(reference: Sequence[Any]) -> Given:
    """What the driver gave, fetched once by a process."""
    global _given
    import ray

    _plain_main()
    name = reference[0].hex()
    if _given is None or _given[0] != name:
        _given = name, ray.get(reference[0])
        with contextlib.suppress(OSError):  # it is on this machine alone
            os.chdir(_given[1].directory)
    return _given[1]


def _plain_main() -> None:
    """Keep our children from running the main module of Ray's workers, which loads all of Ray."""
    main = sys.modules["__main__"]
    if Path(getattr(main, "__file__", None) or "").name == _RAY_MAIN:
        main.__file__ = None


def read(row: dict[str, Any], reference: Sequence[Any]) -> Iterator[dict[str, Any]]:
    """The bundles of a group of sources, pickled."""
    given = _get(reference)
    group: Group = pickle.loads(row["group"])
    for bundle in _bundles(group, given):
        yield {"bundle": pickle.dumps(bundle)}


def _bundles(group: Group, given: Given) -> Iterator[Bundle]:
    first = group.sources[0]
    if (
        first.problem is None
        and isinstance(first.file, Path)
        and socket.gethostname() != given.host
        and not os.path.lexists(first.file)
    ):
        yield Bundle(group.number, error=not_seen(first.file, "articles"))
        return
    most = _FIRST_BUNDLE if group.growing else group.bundle
    bundle = Bundle(group.number)
    begun: set[str] = set()
    records: Iterator[tuple[int, Record]] = reading.isolated(
        group.sources, given.read_limits, given.limits
    )
    for ahead, record in records:
        task = task_of(record, given.sidecars)
        bundle.begun = max(0, len(group.sources) - ahead)
        bundle.met.append((record.path, task.digest))
        if task.digest not in begun and not given.knows(task.digest):
            begun.add(task.digest)
            bundle.tasks.append(task)
            bundle.size += task.size
        if len(bundle.tasks) >= most or bundle.size >= _BUNDLE_BYTES or len(bundle.met) >= _KEPT:
            yield bundle
            most = min(group.bundle, 2 * most)
            bundle = Bundle(group.number, bundle.begun)
    if bundle.met:
        yield bundle


def not_seen(path: Path, what: str) -> EngineError:
    """What is wrong when this node lacks ``path``, one of the ``what`` that the driver sees."""
    return EngineError(
        f"{socket.gethostname()}, a node of the cluster, does not see {path}: every node must find "
        f"the {what} under the same path (a shared disk, or an address such as s3://bucket/folder)"
    )


class Extractor:
    """An actor: extracts one bundle after the other in a child process with the models."""

    def __init__(self, reference: Sequence[Any]) -> None:
        self._reference = reference
        self._given: Given | None = None
        self._pool: Pool | None = None

    def __call__(self, batch: pa.Table) -> pa.Table:
        done = [self._do(pickle.loads(b)) for b in batch.column("bundle").to_pylist()]
        return pa.table({"done": pa.array([pickle.dumps(d) for d in done], pa.large_binary())})

    def _do(self, bundle: Bundle) -> Done:
        done = Done(bundle.group, bundle.begun, bundle.met, error=bundle.error)
        try:
            if bundle.tasks:
                self._extract(bundle.tasks, done)
        except (ModelError, EngineError, OSError) as error:  # no other actor would fare better
            done.error = error
        return done

    def _extract(self, tasks: Sequence[Task], done: Done) -> None:
        given, pool = self._ready()
        outcomes = list(pool.outcomes(tasks))
        done.part = Parts(given.folder, given.made_by).commit(outcomes)
        for outcome in outcomes:
            done.outcomes.append((outcome.digest, outcome.article["status"]))
            for name, seconds in outcome.seconds.items():
                done.seconds[name] = done.seconds.get(name, 0.0) + seconds

    def _ready(self) -> tuple[Given, Pool]:
        """What is needed to extract. Raises ``EngineError`` where that would give other rows."""
        if self._given is None or self._pool is None:
            given = _get(self._reference)
            if given.token is not None:
                _check_token(given.folder, given.token)
            models = languages_with_model(given.configuration.ner)
            _check_versions(given.made_by.get("versions") or {}, models)
            self._given = given
            self._pool = Pool(partial(given.make, given.configuration), given.limits, 1)
        return self._given, self._pool


def _check_versions(wanted: Mapping[str, str], models: Collection[str]) -> None:
    """Make sure that this node has the program and the libraries that the driver has.

    ``models`` are the names in ``wanted`` that are no library. Raises ``EngineError``.
    """
    from pipeline.run.batch import content

    for name, said in wanted.items():
        if name in models:  # the content of the program says as much
            continue
        try:
            if name == "content":
                here = content()
            else:
                here = pipeline.__version__ if name == "selaras" else version(name)
        except PackageNotFoundError:
            here = "none"
        if here != said:
            raise EngineError(
                f"{socket.gethostname()}, a node of the cluster, has another version of {name} "
                f"({here}, not {said}): install the same on all nodes"
            )


def token_file(folder: Path) -> Path:
    """Where the word lies that shows a node that it sees the same ``folder`` of parts."""
    return folder.with_name("token")


def _check_token(folder: Path, token: str) -> None:
    try:
        if token_file(folder).read_text() == token:
            return
    except OSError:
        pass
    raise not_seen(folder.parent, "results")
