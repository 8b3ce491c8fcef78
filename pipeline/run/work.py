"""What an engine is given to do, and what it tells of it: the same for every engine."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from pipeline.configuration import Configuration
from pipeline.read import Limits as ReadLimits
from pipeline.read import Record, Sidecar, Source
from pipeline.run.limits import Limits
from pipeline.run.parts import Parts
from pipeline.run.tasks import Outcome, Task

# A part is committed when it has so many articles or bytes, or is so old: what a run repeats.
PART_ARTICLES, PART_SECONDS, PART_BYTES = 500, 20.0, 64_000_000
_NOTHING = Sidecar()
_HEX_DIGITS = 32


class EngineError(ValueError):
    """An engine that cannot work here; the message says what to do."""


def _unheard(_note: str) -> None:
    pass


@dataclass(frozen=True, slots=True)
class Work:
    """Every article of ``sources`` that is not known is to be in a part afterwards.

    ``sidecars`` are what the user says of articles, by path. ``known`` has the digests of articles
    that need nothing any more. ``say`` is called with what a user should know.
    """

    sources: Sequence[Source]
    sidecars: Mapping[str, Sidecar]
    configuration: Configuration
    read_limits: ReadLimits
    limits: Limits
    workers: int
    parts: Parts
    known: AbstractSet[str]
    say: Callable[[str], None] = _unheard


def task_of(record: Record, sidecars: Mapping[str, Sidecar]) -> Task:
    """The task of a record, with what ``sidecars`` say of any of its names: the user's word goes
    before that of the file around it."""
    user = next((sidecars[name] for name in record.names if name in sidecars), _NOTHING)
    if user == _NOTHING:
        return Task(record, record.said, record.digest)
    said = user.or_else(record.said)
    digest = hashlib.sha256(f"{record.digest} {said!r}".encode("utf-8", "surrogatepass"))
    return Task(record, said, digest.hexdigest()[:_HEX_DIGITS])


@dataclass
class Tally:
    """How far a run is. ``changed`` is called whenever it changed.

    ``present`` has the path and the digest of every article that was met; ``seconds`` those of each
    stage, summed over the workers.
    """

    changed: Callable[[Tally], None] | None = None
    present: list[tuple[str, str]] = field(default_factory=list)
    ok: int = 0
    skipped: int = 0
    failed: int = 0
    kept: int = 0  # that needed nothing: done before, or the same as another
    ahead: int = 0  # sources that are not begun, and articles of others that wait
    stage: str = "reading"
    seconds: dict[str, float] = field(default_factory=dict)
    begun: float = field(default_factory=time.monotonic)

    @property
    def done(self) -> int:
        """How many articles were read and extracted."""
        return self.ok + self.skipped + self.failed

    @property
    def total(self) -> int:
        """How many articles there are, as far as is known: files that hold many count once."""
        return max(len(self.present), self.done + self.kept) + self.ahead

    def met(self, path: str, digest: str, ahead: int, *, kept: bool) -> None:
        """An article was met, which is ``kept`` when nothing need be done for it."""
        self.present.append((path, digest))
        self.ahead = ahead
        self.kept += kept
        if kept:
            self._tell()

    def did(self, outcome: Outcome) -> None:
        """An article is done."""
        for name, seconds in outcome.seconds.items():
            self.seconds[name] = self.seconds.get(name, 0.0) + seconds
        self.count(outcome.article["status"])

    def count(self, status: str) -> None:
        """An article is done, with this status."""
        setattr(self, status, getattr(self, status) + 1)
        self._tell()

    def enter(self, stage: str) -> None:
        """Begin the next stage of the run."""
        self.stage = stage
        self._tell()

    def _tell(self) -> None:
        if self.changed is not None:
            self.changed(self)


class Committing:
    """Outcomes to parts, as they come; all are in one when the block ends, however it does."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._held: list[Outcome] = []
        self._size = 0
        self._since = time.monotonic()

    def __enter__(self) -> Committing:
        return self

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        if not isinstance(error, OSError):  # there is no room, and will not be
            self.commit()

    def add(self, outcome: Outcome) -> None:
        """Keep one more; commit when there are enough. Raises ``OSError``."""
        if not self._held:
            self._since = time.monotonic()
        self._held.append(outcome)
        self._size += len(outcome.article["text"]) + len(outcome.mentions)
        old = time.monotonic() - self._since > PART_SECONDS
        if len(self._held) >= PART_ARTICLES or self._size >= PART_BYTES or old:
            self.commit()

    def commit(self) -> None:
        """Make a part of what is held. Raises ``OSError``."""
        if self._held:
            self._parts.commit(self._held)
            self._held, self._size = [], 0
