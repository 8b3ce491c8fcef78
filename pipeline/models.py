"""Where the trained models lie: inside the installed package, or beside it in a checkout."""

from __future__ import annotations

from functools import cache
from pathlib import Path

NAMES = "names"  # the folder of the encoder of names, which all languages share
DETECTION = "detection"  # the folder of what tells languages apart
COUNTED = "counted"  # the folder of the weights for what figures count, a file a language

_PACKAGE = Path(__file__).resolve().parent


def folder(code: str) -> Path:
    """The folder of language ``code``'s model, or of one that all share; it need not exist."""
    installed = _PACKAGE / "models" / code
    return installed if installed.is_dir() else _PACKAGE.parent / "models" / code


@cache
def available() -> tuple[str, ...]:
    """The languages that have a model here, sorted."""
    found: set[str] = set()
    for root in (_PACKAGE / "models", _PACKAGE.parent / "models"):
        if root.is_dir():
            found |= {p.name for p in root.iterdir() if (p / "meta.json").is_file()}
    return tuple(sorted(found - {NAMES, DETECTION, COUNTED}))
