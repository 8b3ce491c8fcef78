"""What is particular to one language, as data: a folder per language, a TOML file per topic.

Nothing here knows how the data is used. A third language is a folder beside ``ms`` and ``nl``.
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources
from typing import Any


class UnknownLanguage(LookupError):
    """Raised for a language code that has no folder here."""


@cache
def available() -> tuple[str, ...]:
    """The ISO 639-1 codes of the languages that have data, sorted."""
    folder = resources.files(__name__)
    return tuple(
        sorted(
            entry.name
            for entry in folder.iterdir()
            if entry.is_dir() and (entry / "language.toml").is_file()
        )
    )


@cache
def data(code: str, topic: str) -> dict[str, Any]:
    """The parsed ``<code>/<topic>.toml``; the caller must not change what it gets.

    Raises ``UnknownLanguage`` when the language or the topic is not there.
    """
    path = resources.files(__name__) / code / f"{topic}.toml"
    if not path.is_file():
        known = ", ".join(available())
        raise UnknownLanguage(f"no {topic!r} data for language {code!r} (languages: {known})")
    return tomllib.loads(path.read_text(encoding="utf-8"))


def examples(code: str, topic: str) -> dict[str, Any]:
    """The positive and negative examples that stand beside a topic's data, for the tests."""
    return data(code, f"examples/{topic}")
