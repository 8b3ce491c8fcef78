"""The engine of many machines: reading and extracting as two stages of Ray Data.

A read task reads some sources and gives bundles of articles. An actor extracts a bundle in a child
process, which holds the models and may crash, hang or grow, and puts a part in place before it says
that the bundle is done. So whatever dies, Ray does again what was not in a part, and no more; what
comes twice by that has the same rows, and the assembly takes one of them.
"""

from __future__ import annotations

import contextlib
import io
import os
import pickle
import shutil
import signal
import socket
import sys
import tempfile
import threading
import uuid
from collections.abc import Callable, Collection, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
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
from pipeline.run.tasks import Outcome, Task, performer
from pipeline.run.work import EngineError, Tally, Work, task_of

Make = Callable[[Configuration], Callable[[Task], Outcome]]

# What an actor does at once, and what is done again when one dies: some ten seconds of work.
_BUNDLE, _BUNDLE_BYTES = 128, 8_000_000
_FIRST_BUNDLE = 8  # of a file that holds many: nobody knows how many
_KEPT = 4_096  # articles that need nothing, in one bundle
_GROUP, _GROUP_OF_MANY = 256, 16  # sources of a read task; of those that hold many articles
_PER_WORKER = 4  # bundles at least, and read tasks, where there is enough for that
# A read task waits for its child, and is to find a place beside the actors on a full machine.
_ACTOR_CPUS, _READ_CPUS = 0.9, 0.01
_STORE_BYTES = 200_000_000  # of objects, for a Ray of our own
_LONGEST_TEMPORARY = 40  # characters: what is left of a socket's path by what Ray puts behind it
_PATIENCE = 10.0  # seconds for the answer of a cluster
_RAY_MAIN = "default_worker.py"
_NAME = "S32"  # of digests, as an array that processes share
_NEEDED = "the engine ray needs the package ray: pip install 'selaras[ray]'"
_SAME_AGAIN = "what is done is kept, and the same command goes on there"


@dataclass(frozen=True, slots=True)
class _Given:
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


class _Group(NamedTuple):
    """The sources of one read task."""

    number: int
    sources: Sequence[Source]
    bundle: int  # how many articles in one
    growing: bool  # whether the first bundles are smaller


@dataclass(slots=True)
class _Bundle:
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
class _Done:
    """A bundle that is done: the part that has it, and of each article in it digest and status."""

    group: int
    begun: int
    met: list[tuple[str, str]]
    part: str | None = None
    outcomes: list[tuple[str, str]] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)
    error: Exception | None = None


def extract(
    work: Work,
    tally: Tally,
    address: str | None = None,
    workers: int | None = None,
    *,
    make: Make = performer,
) -> int:
    """Do ``work`` as ``local.extract`` does; gives how many actors did it at most.

    ``address`` is that of a cluster; without one, a Ray of its own on this machine with
    ``work.workers`` processors, which is gone afterwards. ``workers`` is how many actors at most
    (``None``: as many as processors). ``make`` gives, in the process of an actor, what does tasks.

    Raises what ``local.extract`` does, and ``EngineError`` when Ray is not there, cannot be
    reached, or does not see the files that this process sees.
    """
    if address == "local":
        address = None
    with _quiet():
        ray = _imported()
        with _connected(ray, address, workers or work.workers), _token(work.parts.folder) as token:
            size = workers or int(ray.cluster_resources().get("CPU", 0))
            if size < 1:
                raise EngineError(
                    "the cluster has no processor to work with; add a node, or say how many there "
                    "will be: --workers"
                )
            given = _Given(
                work.sidecars,
                work.configuration,
                work.read_limits,
                work.limits,
                os.getcwd(),
                _absolute(work.parts.folder),
                work.parts.made_by,
                np.unique(np.array(sorted(work.known), dtype=_NAME)),
                make,
                socket.gethostname(),
                token,
            )
            sources = [replace(source, file=_absolute(source.file)) for source in work.sources]
            groups = _groups(sources, size)
            with contextlib.closing(_done(ray, given, groups, size)) as found:
                _gather(work, tally, found)
            return size


def _absolute(path: Any) -> Any:
    """A path that means the same in a process that was started elsewhere."""
    return path.absolute() if isinstance(path, Path) else path


def _gather(work: Work, tally: Tally, found: Iterator[_Done]) -> None:
    """Tell of what is done, each article of the same content once."""
    begun: dict[int, int] = {}
    seen: set[str] = set()
    for done in found:
        if done.error is not None:
            raise done.error
        begun[done.group] = max(done.begun, begun.get(done.group, 0))
        ahead = len(work.sources) - sum(begun.values())
        new: set[str] = set()
        for path, digest in done.met:
            kept = digest in work.known or digest in seen
            tally.met(path, digest, ahead, kept=kept)
            if not kept:
                seen.add(digest)
                new.add(digest)
        for name, seconds in done.seconds.items():
            tally.seconds[name] = tally.seconds.get(name, 0.0) + seconds
        if done.part is not None:
            work.parts.found[done.part] = [digest for digest, _ in done.outcomes]
        for digest, status in done.outcomes:
            if digest in new:  # else another actor did the same content, for another file
                tally.count(status)


def _groups(sources: Sequence[Source], workers: int) -> list[_Group]:
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
    groups: list[_Group] = []
    for found, most, size, growing in (
        (many, of_many, _BUNDLE, True),
        (plain, of_plain, bundle, False),
    ):
        for begin in range(0, len(found), most):
            groups.append(_Group(len(groups), found[begin : begin + most], size, growing))
    return groups


def _done(ray: Any, given: _Given, groups: Sequence[_Group], workers: int) -> Generator[_Done]:
    """Every bundle of ``groups``, in no order, done by at most ``workers`` actors."""
    import ray.data as data

    context = data.DataContext.get_current()
    wanted = {
        "enable_progress_bars": False,
        "target_max_block_size": 1,  # a bundle is a block, handed on as soon as it is there
        "target_min_block_size": 1,
        "max_errored_blocks": 0,
    }
    before = {name: getattr(context, name) for name in wanted}
    for name, value in wanted.items():
        setattr(context, name, value)
    # Ray holds what is put for as long as we hold the reference; in a list it is not resolved.
    reference = [ray.put(given)]
    try:
        rows = [{"group": pickle.dumps(group)} for group in groups]
        bundles = data.from_items(rows, override_num_blocks=len(rows)).flat_map(
            _read,
            fn_args=[reference],
            num_cpus=_READ_CPUS,
            compute=data.TaskPoolStrategy(size=-(-workers // 2)),
        )
        found = bundles.map_batches(
            _Extractor,
            fn_constructor_args=[reference],
            batch_size=1,
            batch_format="pyarrow",
            num_cpus=_ACTOR_CPUS,
            compute=data.ActorPoolStrategy(
                min_size=1, initial_size=workers, max_size=workers, max_tasks_in_flight_per_actor=2
            ),
        )
        blocks = found.iter_batches(batch_size=None, batch_format="pyarrow", prefetch_batches=0)
        with contextlib.closing(iter(blocks)) as coming:
            for block in coming:
                for done in block.column("done").to_pylist():
                    yield pickle.loads(done)
    except ray.exceptions.RayError as error:
        raise EngineError(_said(error)) from error
    finally:
        for name, value in before.items():
            setattr(context, name, value)


def _said(error: BaseException) -> str:
    """Why Ray gave up, for the user."""
    if "No module named 'pipeline" in str(error):
        return "a node of the cluster has no Selaras: install the same version on all of them"
    cause = error
    while (inner := getattr(cause, "cause", None) or cause.__cause__) is not None:
        cause = inner
    first = next((line.strip() for line in str(cause).splitlines() if line.strip()), "")
    return f"Ray gave up ({type(cause).__name__}: {first}); {_SAME_AGAIN}"


# What runs in the processes of Ray.

_given: tuple[str, _Given] | None = None  # what this process was given, and its reference


def _get(reference: Sequence[Any]) -> _Given:
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


def _read(row: dict[str, Any], reference: Sequence[Any]) -> Iterator[dict[str, Any]]:
    """The bundles of a group of sources, pickled."""
    given = _get(reference)
    group: _Group = pickle.loads(row["group"])
    for bundle in _bundles(group, given):
        yield {"bundle": pickle.dumps(bundle)}


def _bundles(group: _Group, given: _Given) -> Iterator[_Bundle]:
    first = group.sources[0]
    if (
        first.problem is None
        and isinstance(first.file, Path)
        and socket.gethostname() != given.host
        and not os.path.lexists(first.file)
    ):
        yield _Bundle(group.number, error=_not_seen(first.file, "articles"))
        return
    most = _FIRST_BUNDLE if group.growing else group.bundle
    bundle = _Bundle(group.number)
    begun: set[str] = set()
    records: Iterator[tuple[int, Record]] = reading.isolated(
        group.sources, given.read_limits, given.limits
    )
    for ahead, record in records:
        task = task_of(record, given.sidecars)
        bundle.begun = len(group.sources) - ahead
        bundle.met.append((record.path, task.digest))
        if task.digest not in begun and not given.knows(task.digest):
            begun.add(task.digest)
            bundle.tasks.append(task)
            bundle.size += task.size
        if len(bundle.tasks) >= most or bundle.size >= _BUNDLE_BYTES or len(bundle.met) >= _KEPT:
            yield bundle
            most = min(group.bundle, 2 * most)
            bundle = _Bundle(group.number, bundle.begun)
    if bundle.met:
        yield bundle


def _not_seen(path: Path, what: str) -> EngineError:
    return EngineError(
        f"{socket.gethostname()}, a node of the cluster, does not see {path}: every node must find "
        f"the {what} under the same path (a shared disk, or an address such as s3://bucket/folder)"
    )


class _Extractor:
    """An actor: extracts one bundle after the other in a child process with the models."""

    def __init__(self, reference: Sequence[Any]) -> None:
        self._reference = reference
        self._given: _Given | None = None
        self._pool: Pool | None = None

    def __call__(self, batch: pa.Table) -> pa.Table:
        done = [self._do(pickle.loads(b)) for b in batch.column("bundle").to_pylist()]
        return pa.table({"done": pa.array([pickle.dumps(d) for d in done], pa.large_binary())})

    def _do(self, bundle: _Bundle) -> _Done:
        done = _Done(bundle.group, bundle.begun, bundle.met, error=bundle.error)
        try:
            if bundle.tasks:
                self._extract(bundle.tasks, done)
        except (ModelError, EngineError, OSError) as error:  # no other actor would fare better
            done.error = error
        return done

    def _extract(self, tasks: Sequence[Task], done: _Done) -> None:
        given, pool = self._ready()
        outcomes = list(pool.outcomes(tasks))
        done.part = Parts(given.folder, given.made_by).commit(outcomes)
        for outcome in outcomes:
            done.outcomes.append((outcome.digest, outcome.article["status"]))
            for name, seconds in outcome.seconds.items():
                done.seconds[name] = done.seconds.get(name, 0.0) + seconds

    def _ready(self) -> tuple[_Given, Pool]:
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


# How a run finds Ray, and what it leaves behind.


def _imported() -> Any:
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # nothing is sent anywhere
    os.environ.setdefault("RAY_BACKEND_LOG_LEVEL", "fatal")  # past any stream of Python
    try:
        import ray
        import ray.data
    except ImportError as error:
        raise EngineError(_NEEDED) from error
    return ray


@contextlib.contextmanager
def _connected(ray: Any, address: str | None, processors: int) -> Iterator[None]:
    """Ray, as long as the block lasts: the one of this process, a cluster, or one of our own."""
    if ray.is_initialized():
        yield
        return
    options: dict[str, Any] = {
        "configure_logging": True,
        "logging_level": "ERROR",
        "log_to_driver": False,
    }
    temporary = None
    if address is None:
        temporary = tempfile.mkdtemp(prefix="selaras-ray-")
        options |= {
            "num_cpus": processors,
            "include_dashboard": False,
            "object_store_memory": _STORE_BYTES,
            "address": "local",
        }
        if len(temporary) <= _LONGEST_TEMPORARY:
            options["_temp_dir"] = temporary
    else:
        _check_address(address)
        options["address"] = address
    main = threading.current_thread() is threading.main_thread()
    handler = signal.getsignal(signal.SIGTERM) if main else None
    try:
        try:
            with _silent():
                ray.init(**options)
        except (ConnectionError, RuntimeError, ValueError, OSError, TimeoutError) as error:
            where = f"{address}: cannot be reached" if address else "Ray cannot be started here"
            said = " ".join(str(error).split())
            raise EngineError(f"{where}: {said[:300]}") from error
        if main and handler is not None:  # Ray has its own, which ends the process
            signal.signal(signal.SIGTERM, handler)
        yield
    finally:
        ray.shutdown()
        if main and handler is not None:
            signal.signal(signal.SIGTERM, handler)
        if temporary is not None:
            shutil.rmtree(temporary, ignore_errors=True)


def _check_address(address: str) -> None:
    """Make sure that something answers there: Ray itself waits for minutes.

    Raises ``EngineError``.
    """
    if address == "auto":
        return
    host, _, port = address.rpartition(":")
    if "://" in address or not host or not port.isdecimal():
        raise EngineError(
            f"{address}: no address of a cluster; give HOST:PORT of its head (ray start --head "
            "says it), on a machine that is one of its nodes"
        )
    try:
        socket.create_connection((host.strip("[]"), int(port)), _PATIENCE).close()
    except OSError as error:
        raise EngineError(
            f"{address}: cannot be reached ({error.strerror or error}); is the head node of the "
            "cluster up?"
        ) from error


@contextlib.contextmanager
def _token(folder: Any) -> Iterator[str | None]:
    """A word in a file beside ``folder``, for actors to see whether they see the same disk."""
    if not isinstance(folder, Path):
        yield None
        return
    folder.parent.mkdir(parents=True, exist_ok=True)
    file, token = _token_file(folder), uuid.uuid4().hex
    file.write_text(token)
    try:
        yield token
    finally:
        file.unlink(missing_ok=True)


def _token_file(folder: Path) -> Path:
    return folder.with_name("token")


def _check_token(folder: Path, token: str) -> None:
    try:
        if _token_file(folder).read_text() == token:
            return
    except OSError:
        pass
    raise _not_seen(folder.parent, "results")


class _Nothing(io.TextIOBase):
    """A stream that all is forgotten in."""

    def write(self, text: str) -> int:
        """Forget ``text``."""
        return len(text)


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Keep what Ray prints off the terminal; it is in Ray's own logs."""
    nothing = _Nothing()
    with contextlib.redirect_stdout(nothing), contextlib.redirect_stderr(nothing):
        yield


@contextlib.contextmanager
def _silent() -> Iterator[None]:
    """Keep even what Ray's compiled part prints off standard error, and with it all else."""
    with open(os.devnull, "wb") as nothing:
        try:
            kept = os.dup(2)
        except OSError:  # there is none
            yield
            return
        try:
            os.dup2(nothing.fileno(), 2)
            yield
        finally:
            os.dup2(kept, 2)
            os.close(kept)
