"""What the commands that show something in a terminal share."""

from __future__ import annotations

import json
import math
from typing import Any


def printable(text: str) -> str:
    """``text`` on one line, without characters that a terminal would obey.

    Each becomes a space, so that offsets stay: line ends, escape sequences, and the controls that
    turn the direction of writing (U+202A to U+202E, U+2066 to U+2069) and could reorder a line.
    """
    return "".join(c if c.isprintable() else " " for c in text)


def json_text(said: object, indent: int | None = None, ascii_only: bool = False) -> str:
    """``said`` as JSON that may be shown in a terminal: what it would obey stands as ``\\u…``.

    JSON itself asks this of the first 32 characters alone, not of U+009B, which begins a command
    too, nor of what turns the direction. A number that JSON has no word for is null.
    """
    text = json.dumps(_finite(said), ensure_ascii=ascii_only, indent=indent)
    if all(line.isprintable() for line in text.split("\n")):
        return text
    return "".join(c if c.isprintable() or c == "\n" else json.dumps(c)[1:-1] for c in text)


def noun(number: int, one: str, many: str | None = None) -> str:
    """What ``number`` things are called; ``many`` where that is not ``one`` with an s."""
    return one if number == 1 else many or f"{one}s"


def counted(number: int, one: str, many: str | None = None) -> str:
    """How many there are of what: ``1 story``, ``1,024 files``."""
    return f"{number:,} {noun(number, one, many)}"


def is_limited(stream: Any) -> bool:
    """Whether a text stream knows fewer letters than Unicode has."""
    encoding = getattr(stream, "encoding", None) or "utf-8"
    return not encoding.lower().startswith("utf")


def _finite(said: Any) -> Any:
    if isinstance(said, dict):
        return {key: _finite(value) for key, value in said.items()}
    if isinstance(said, list | tuple):
        return [_finite(value) for value in said]
    return None if isinstance(said, float) and not math.isfinite(said) else said
