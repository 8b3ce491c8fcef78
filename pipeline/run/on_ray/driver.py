"""The process that speaks with Ray: it starts or finds one, and hands on what comes from it.

Ray prints, takes signals, loads hundreds of megabytes, and may stand still or crash; here all of
that costs a process that can be ended and started again.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import queue
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from pipeline.read import Source
from pipeline.run.on_ray.stages import Done, Extractor, Given, Group, groups, read
from pipeline.run.work import EngineError

# A read task waits for its child, and is to find a place beside the actors on a full machine.
_ACTOR_CPUS, _READ_CPUS = 0.9, 0.01
_STORE_BYTES = 200_000_000  # of objects, for a Ray of our own
_SOON = 0.5  # seconds after which something is answered
_NEEDED = "the engine ray needs the package ray: pip install 'selaras[ray]'"
_SAME_AGAIN = "what is done is kept, and the same command goes on there"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be done and where.

    ``address`` is that of a cluster; ``None`` for a Ray of our own with ``processors``, which keeps
    what it writes in ``temporary``. ``workers`` is how many actors at most (``None``: as many as
    processors).
    """

    given: Given
    sources: Sequence[Source]
    address: str | None
    processors: int
    workers: int | None
    temporary: str | None


@dataclass(frozen=True, slots=True)
class Told:
    """What is new: bundles that are done, and whether that is all. ``workers`` is how many actors
    there are at most, ``nodes`` those that live."""

    workers: int
    nodes: frozenset[str]
    done: Sequence[Done] = ()
    ended: bool = False


class Driver:
    """One job of Ray, from its start to its end; called again and again, it tells what is new."""

    def __init__(self, wanted: Wanted) -> None:
        """Start. Raises ``EngineError`` when Ray is not there or cannot be reached."""
        _hush()
        self._ray = _imported()
        self._connect(wanted)
        with self._plainly():
            self._workers = wanted.workers or int(self._ray.cluster_resources().get("CPU", 0))
        if self._workers < 1:
            raise EngineError(
                "the cluster has no processor to work with; add a node, or say how many there "
                "will be: --workers"
            )
        self._new: queue.SimpleQueue[Done | EngineError | None] = queue.SimpleQueue()
        dealt = groups(wanted.sources, self._workers)
        threading.Thread(target=self._work, args=(wanted.given, dealt), daemon=True).start()

    def __call__(self, _: object) -> Told:
        """What is new since the last call, after a moment at most.

        Raises what ended the work, ``EngineError`` where it was Ray. When all is done, Ray is left.
        """
        done: list[Done] = []
        ended = False
        with contextlib.suppress(queue.Empty):
            new = self._new.get(timeout=_SOON)
            while True:
                if isinstance(new, EngineError):
                    raise new
                if new is None:
                    ended = True
                    break
                done.append(new)
                new = self._new.get_nowait()
        with self._plainly():
            nodes = frozenset(node["NodeID"] for node in self._ray.nodes() if node["Alive"])
        if ended:
            self._ray.shutdown()
        return Told(self._workers, nodes, done, ended)

    @contextlib.contextmanager
    def _plainly(self) -> Iterator[None]:
        """Raise ``EngineError`` for what Ray raises."""
        try:
            yield
        except self._ray.exceptions.RayError as error:
            raise EngineError(_said(error)) from error

    def _connect(self, wanted: Wanted) -> None:
        options: dict[str, Any] = {
            "configure_logging": True,
            "logging_level": "ERROR",
            "log_to_driver": False,
            "address": wanted.address or "local",
        }
        if wanted.address is None:
            options |= {
                "num_cpus": wanted.processors,
                "include_dashboard": False,
                "object_store_memory": _STORE_BYTES,
            }
            if wanted.temporary is not None:
                options["_temp_dir"] = wanted.temporary
        failures = (ConnectionError, RuntimeError, ValueError, OSError, TimeoutError)
        try:
            self._ray.init(**options)
        except (*failures, self._ray.exceptions.RayError) as error:
            at = wanted.address
            where = f"{at}: cannot be reached" if at else "Ray cannot be started here"
            said = " ".join(str(error).split())
            raise EngineError(f"{where}: {said[:300]}") from error

    def _work(self, given: Given, dealt: Sequence[Group]) -> None:
        """Everything that is done, and then the end or what was wrong, into the queue."""
        try:
            for done in self._bundles(given, dealt):
                self._new.put(done)
            self._new.put(None)
        except Exception as error:  # what is wrong with an article is no exception
            self._new.put(EngineError(_said(error)))

    def _bundles(self, given: Given, dealt: Sequence[Group]) -> Iterator[Done]:
        """Every bundle of the groups, in no order."""
        import ray.data as data

        context = data.DataContext.get_current()
        context.enable_progress_bars = False
        context.target_max_block_size = 1  # a bundle is a block, handed on as soon as it is there
        context.target_min_block_size = 1
        context.max_errored_blocks = 0
        # Ray holds what is put for as long as we hold the reference; in a list it is not resolved.
        reference = [self._ray.put(given)]
        rows = [{"group": pickle.dumps(group)} for group in dealt]
        bundles = data.from_items(rows, override_num_blocks=len(rows)).flat_map(
            read,
            fn_args=[reference],
            num_cpus=_READ_CPUS,
            compute=data.TaskPoolStrategy(size=-(-self._workers // 2)),
        )
        found = bundles.map_batches(
            Extractor,
            fn_constructor_args=[reference],
            batch_size=1,
            batch_format="pyarrow",
            num_cpus=_ACTOR_CPUS,
            compute=data.ActorPoolStrategy(
                min_size=1,
                initial_size=self._workers,
                max_size=self._workers,
                max_tasks_in_flight_per_actor=2,
            ),
        )
        for block in found.iter_batches(
            batch_size=None, batch_format="pyarrow", prefetch_batches=0
        ):
            for done in block.column("done").to_pylist():
                yield pickle.loads(done)


def _hush() -> None:
    """Keep what Ray prints, its compiled part too, off the terminal; it is in Ray's own logs."""
    with open(os.devnull, "wb") as nothing:
        for stream in (1, 2):
            with contextlib.suppress(OSError):
                os.dup2(nothing.fileno(), stream)


def _imported() -> Any:
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # nothing is sent anywhere
    os.environ.setdefault("RAY_BACKEND_LOG_LEVEL", "fatal")
    try:
        import ray
        import ray.data
    except ImportError as error:
        raise EngineError(_NEEDED) from error
    return ray


def _said(error: BaseException) -> str:
    """Why Ray gave up, for the user."""
    if "No module named 'pipeline" in str(error):
        return "a node of the cluster has no Selaras: install the same version on all of them"
    cause = error
    while (inner := getattr(cause, "cause", None) or cause.__cause__) is not None:
        if not str(inner).strip():  # a mark of Ray's own, without a word
            break
        cause = inner
    first = next((line.strip() for line in str(cause).splitlines() if line.strip()), "")
    return f"Ray gave up ({type(cause).__name__}: {first}); {_SAME_AGAIN}"
