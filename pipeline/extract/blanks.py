"""Blanks that hardly any text has, which patterns look for only where it does.

A class with a character beyond Latin-1 takes ``re`` ten times as long to compile, and a pattern of
many words has one between any two of them: half of the time that an article's patterns took.
"""

from __future__ import annotations

import re

# Zero-width space, narrow no-break space.
_RARE = re.compile("[\u200b\u202f]")


def has_rare(text: str) -> bool:
    """Whether ``text`` has any of the rare blanks."""
    return not text.isascii() and _RARE.search(text) is not None


def compiled(pattern: str, rare: bool) -> re.Pattern[str]:
    """``pattern``, compiled; without ``rare`` it is only for texts that have no rare blank."""
    return re.compile(pattern if rare else _RARE.sub("", pattern))
