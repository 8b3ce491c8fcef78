"""Texts of tests with the names of bodies between square brackets."""

from __future__ import annotations

import re
from typing import Any

from pipeline.normalise.organisations import identify
from pipeline.records import Organisation

_NAME = re.compile(r"\[([^\]]*)\]")


def unmarked(marked: str) -> tuple[str, list[Organisation]]:
    """The text without its brackets, and a mention for each name between them, in order."""
    text, mentions, done = "", [], 0
    for m in _NAME.finditer(marked):
        text += marked[done : m.start()]
        mentions.append(Organisation(start=len(text), end=len(text) + len(m[1]), text=m[1]))
        text += m[1]
        done = m.end()
    return text + marked[done:], mentions


def identified(marked: str, code: str, **said: Any) -> list[Organisation]:
    """The marked names of an article with the identity that it gives them, in order."""
    text, mentions = unmarked(marked)
    return identify(mentions, text, code, **said)


def ids(marked: str, code: str, **said: Any) -> list[str | None]:
    """The identities of the marked names of an article, in order."""
    return [o.canonical_id for o in identified(marked, code, **said)]
