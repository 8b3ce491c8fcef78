"""What a user may choose, in one place, checked once."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

from pipeline import languages
from pipeline.read.files import MAX_BYTES


class ConfigurationError(ValueError):
    """A choice that cannot be; the message says what to choose instead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Configuration:
    """The choices that decide what a run finds.

    ``language`` overrides detection for every article; ``min_language_score`` is what a detected
    language must reach; ``max_bytes`` is the largest file that is read.
    Raises ``ConfigurationError`` for a language without data or a score outside 0 to 1.
    """

    language: str | None = None
    min_language_score: float = 0.5
    max_bytes: int = MAX_BYTES

    def __post_init__(self) -> None:
        if self.language is not None and self.language not in languages.available():
            known = ", ".join(languages.available())
            raise ConfigurationError(
                f"language {self.language!r} has no model; choose from {known}"
            )
        if not 0 <= self.min_language_score <= 1:
            raise ConfigurationError(
                f"a language score lies between 0 and 1, not {self.min_language_score}"
            )
        if self.max_bytes <= 0:
            raise ConfigurationError("the largest file size must be above zero")

    def as_dict(self) -> dict[str, object]:
        """The choices as plain values, for ``run.json``."""
        return dataclasses.asdict(self)
