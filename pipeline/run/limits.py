"""What one article may cost before it is given up, as no choice that decides what a run finds."""

from __future__ import annotations

from dataclasses import dataclass

SECONDS, MEGABYTES = 60.0, 2500
_ORDINARY = 50_000  # bytes; a larger article has as much more time


@dataclass(frozen=True, slots=True)
class Limits:
    """``seconds`` for an article of ordinary size (more for a larger one, in proportion), and
    ``megabytes`` of memory for a worker, its models included. A new process has ``start`` seconds
    besides, to load what it needs."""

    seconds: float = SECONDS
    megabytes: int = MEGABYTES
    start: float = 30.0

    def __post_init__(self) -> None:
        if self.seconds <= 0 or self.megabytes <= 0:
            raise ValueError("a limit lies above zero")

    def seconds_for(self, size: int) -> float:
        """How long an article of ``size`` bytes may take."""
        return self.seconds * max(1.0, size / _ORDINARY)
