"""Text to spans of organisation names: one small protocol, one module per engine."""

from __future__ import annotations

from typing import NamedTuple, Protocol


class Name(NamedTuple):
    """One organisation name: half-open code-point offsets, a score from 0 to 1, who found it."""

    start: int
    end: int
    score: float
    reason: str


class Recogniser(Protocol):
    """Finds the names of organisations in texts of one language."""

    @property
    def source(self) -> str:
        """Which extractor, model and version this is, as mentions show it."""
        ...

    def recognise(self, text: str) -> list[Name]:
        """The organisation names in ``text``, sorted, none overlapping another.

        The same text gives the same names whatever was read before it.
        """
        ...


class ModelError(RuntimeError):
    """A model that is missing, cut short or of another version; the message says what to do."""
