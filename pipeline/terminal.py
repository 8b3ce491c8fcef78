"""What the commands that show something in a terminal share."""

from __future__ import annotations


def printable(text: str) -> str:
    """``text`` on one line, without characters that a terminal would obey."""
    return "".join(c if c.isprintable() else " " for c in text)
